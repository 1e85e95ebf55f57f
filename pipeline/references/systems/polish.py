"""References to Polish archives: a signature, or bundle and folder of the foreign ministry.

AAN, KC PZPR, sygn. 237/V-5, k. 12; AMSZ, z. 10, w. 46, t. 411
"""

from pipeline.references.place import LevelPath
from pipeline.references.signatures import BOX_OR_BUNDLE, SignatureSystem
from pipeline.references.system import Level

_SYGNATURA = (
    r"{archive}[\s,:]+(?:(?P<zespol>(?!sygn)[^,;]{{2,80}}?), )?"
    r"(?:sygn\.|sygnatura)? ?(?P<sygnatura>(?:[A-Z]++ ?+)*+(?:(?<=[A-Z])/)?"
    r"[0-9][0-9A-Z/.-]*+[0-9A-Za-z]?)(?:, (?:t|tom)\. ?(?P<volume>[0-9]{{1,20}}))?"
    r"(?:, (?:k|karta|s|str)\. ?(?P<leaves>{leaves}))?"
)
_TECZKA = (
    r"{archive}[\s,:]+(?:z\.|zesp\.|zespół)? ?(?P<zespol>[0-9]{{1,4}}(?:/[0-9]{{1,4}})?)"
    r"(?:,? (?:w\.|wiązka) ?(?P<wiazka>[0-9]{{1,4}}))?"
    r",? (?:t\.|teczka) ?(?P<teczka>[0-9]{{1,5}}[a-z]?)"
    r"(?:,? (?:kk?\.|karta|karty|s\.|str\.) ?(?P<leaves>{leaves}))?"
)


class PolishSystem(SignatureSystem):
    """The Polish system: a numbered record group is printed with a mark, a named one without."""

    def format_path(self, path: LevelPath) -> list[str]:
        """Return the printed levels; a record group before a folder has its mark: z. 10."""
        first, *rest = super().format_path(path)
        return [f"z. {first}" if "teczka" in dict(path) else first, *rest]


SYSTEMS = (
    PolishSystem(
        key="pl",
        levels=(
            Level("zespol"),
            Level("sygnatura", prefix="sygn. "),
            Level("volume", prefix="t. ", folder_prefix="t", values="[0-9]{1,12}"),
            Level("wiazka", prefix="w. "),
            Level("teczka", prefix="t. ", folder_prefix="t"),
        ),
        levels_pattern="(zespol )?sygnatura( volume)?|zespol( wiazka)? teczka",
        leaf_unit=("k", "k"),
        patterns=(_SYGNATURA, _TECZKA),
        unread_part=BOX_OR_BUNDLE,
    ),
)
