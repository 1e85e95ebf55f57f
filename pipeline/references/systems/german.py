"""References to German archives: a holding, a signature in it, perhaps a volume.

SAPMO-BArch, DY 30/IV 2/2/1234, Bl. 5; PA AA, B 130, Bd. 3421A; BStU, MfS, ZAIG 1081, Bl. 8-16
"""

from pipeline.references.place import LevelPath
from pipeline.references.signatures import SignatureSystem
from pipeline.references.system import Level

_LEAVES = r"(?:,? (?:Bll?|Blatt|S|fol)\.? ?(?P<leaves>{leaves}))?"
_REFERENCE = (
    r"{archive}[\s,:]+(?P<bestand>[A-Z][A-Za-z]{{0,5}}(?: ?[0-9]{{1,5}}[a-z]?)?"
    r"(?: [IVX]+(?![\w.]))?)(?:(?:/| /|, (?:Nr\. )?(?=(?:[A-C] ?)?[0-9]))"
    r"(?P<signatur>[^\s,;.]++(?: [0-9A-Z/]++)*))?"
    r"(?:,? (?:Bd|Band|Bände)\.? (?P<volume>[0-9]{{1,20}}+[A-Za-z]?))?" + _LEAVES
)
#: The Ministry for State Security and its districts: a department and a number.
_STATE_SECURITY = (
    r"{archive}[\s,:]+(?:ZA,? )?(?P<bestand>MfS|BV [A-ZÄÖÜ][\w-]+)(?:,? - |[ ,/-]{{1,2}})(?:ZA,? )?"
    r"(?P<signatur>[A-ZÄÖÜ][\w.]*(?:[ /-](?:[A-ZÄÖÜ][\w.]*|[0-9]{{1,2}}(?=[ ,])))*,? "
    r"(?:Nr\.? ?)?[0-9]{{1,6}}(?:/[0-9]{{1,5}})*)" + _LEAVES
)
#: The Foreign Office until 1945: a holding without number.
_FOREIGN_OFFICE = (
    r"(?=PA|Pol){archive}[\s,:]+(?P<bestand>R) ?(?P<signatur>[0-9]{{4,6}}[a-z]?)" + _LEAVES
)


class GermanSystem(SignatureSystem):
    """The German system: a slash joins a numbered holding and the signature."""

    def format_path(self, path: LevelPath) -> list[str]:
        """Return holding and signature as one step: DY 30/3682."""
        first, *rest = super().format_path(path)
        if "signatur" not in dict(path):
            return [first, *rest]
        if first == "MfS" or first.startswith("BV "):
            return [first, *rest]
        return [f"{first}{' ' if first == 'R' else '/'}{rest[0]}", *rest[1:]]


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
        patterns=(_REFERENCE, _STATE_SECURITY, _FOREIGN_OFFICE),
        unread_part=r"[\s,.]*(?:Bll?|Blatt|Bd|Bände|S|fol)\b\.? ?[0-9]|f{1,2}\.|/",
    ),
)
