"""References to German archives: a holding, a signature in it, perhaps a volume.

SAPMO-BArch, DY 30/IV 2/2/1234, Bl. 5; PA AA, B 130, Bd. 3421A
"""

from pipeline.references.place import LevelPath
from pipeline.references.signatures import SignatureSystem
from pipeline.references.system import Level

_REFERENCE = (
    r"{archive}[\s,:]+(?P<bestand>[A-Z][A-Za-z]{{0,5}}(?: ?[0-9]{{1,5}}[a-z]?)?"
    r"(?: [IVX]+(?![\w.]))?)(?:(?:/| /|, (?:Nr\. )?(?=(?:[A-C] ?)?[0-9]))"
    r"(?P<signatur>[^\s,;.]++(?: [0-9A-Z/]++)*))?"
    r"(?:,? (?:Bd|Band|Bände)\.? (?P<volume>[0-9]{{1,20}}+[A-Za-z]?))?"
    r"(?:,? (?:Bl|Blatt|S|fol)\.? ?(?P<leaves>{leaves}))?"
)


class GermanSystem(SignatureSystem):
    """The German system: a slash joins holding and signature."""

    def format_path(self, path: LevelPath) -> list[str]:
        """Return holding and signature as one step: DY 30/3682."""
        first, *rest = super().format_path(path)
        if "signatur" in dict(path):
            return [f"{first}/{rest[0]}", *rest[1:]]
        return [first, *rest]


SYSTEMS = (
    GermanSystem(
        key="de",
        levels=(
            Level("bestand"),
            Level("signatur"),
            Level("volume", prefix="Bd. ", folder_prefix="t", values="[0-9]{1,12}[A-Za-z]?"),
        ),
        levels_pattern="bestand( signatur| volume| signatur volume)",
        leaf_unit=("Bl", "Bl"),
        patterns=(_REFERENCE,),
    ),
)
