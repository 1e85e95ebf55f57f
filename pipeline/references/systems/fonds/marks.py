"""The marks of levels and leaves, and those that only the archives of one country have.

In Latvia ``l.`` is a file (lieta), in Moldova ``f.`` also a leaf (filă): such a mark is a level
until a file is cited, then it is one of leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.references.systems.fonds.levels import FOND_LEVELS, SECTION

LEAF_MARKS = r"л\.?л|л|l\.?l|l|лист[ыа]?|list[ya]?|sheets?|арк|аркуші?|ark|arkush[i]?"
PAGE_MARKS = r"pp?|сс?|стр|pages?"  #: "p." may also be a papka
RUSSIAN = "ru"  #: the key of the marks that all archives have
_ALL_LEAF_MARKS = f"{LEAF_MARKS}|bll?|blatt|fol|folios?"
_LEVEL_MARKS = {
    **{level.name: level.pattern for level in FOND_LEVELS},
    "karton": r"картон|karton|к(?=\.)",  # without a stop it is a preposition
}


@dataclass(frozen=True, slots=True)
class Marks:
    """Patterns of the marks in one country's citations."""

    key: str  #: of a system
    levels: Mapping[str, str]
    leaves: str = _ALL_LEAF_MARKS
    #: A level, and marks of it that are those of leaves once a file is cited.
    level_or_leaves: tuple[str, str] = ("karton", r"k(?=\.)")
    unit: str = "l"  #: of leaves with such a mark
    after_numbers: tuple[
        tuple[str, str], ...
    ] = ()  #: "12. apr.": level, or "" for leaves, and mark
    may_be_dots: bool = False  #: "ERAF.1.4.567": levels without marks


def _more(**words: str) -> dict[str, str]:
    """Return the marks of all levels, some with further words."""
    further = {name: f"{_LEVEL_MARKS[name]}|{pattern}" for name, pattern in words.items()}
    return {**_LEVEL_MARKS, **further}


_ALL_MARKS = (
    Marks(RUSSIAN, _LEVEL_MARKS),
    Marks("ge", {**_LEVEL_MARKS, "section": SECTION.pattern}),
    Marks("lt", _more(opis="apyrašas|ap", delo="byla|b"), f"{_ALL_LEAF_MARKS}|lap"),
    Marks(
        "lv",
        _more(opis="apraksts|apr", delo="lieta"),
        "ll|lpp?|lapa",
        ("delo", "l"),
        after_numbers=(("fond", "f"), ("opis", "apr"), ("delo", "l"), ("", "lpp?")),
    ),
    Marks(
        "ee",
        _more(opis="nimistu|nim|n", delo="säilik|s"),
        f"{_ALL_LEAF_MARKS}|leht",
        may_be_dots=True,
    ),
    Marks(
        "md",
        {**_more(delo="dosar"), "fond": "фонди?|ф|fonds?|fondul"},
        f"{_ALL_LEAF_MARKS}|fila|filele",
        ("fond", "ff?"),
        unit="f",
    ),
)
_MARKS_BY_SYSTEM = {marks.key: marks for marks in _ALL_MARKS}
#: Systems whose archives have marks of their own.
SYSTEMS_WITH_MARKS = _MARKS_BY_SYSTEM.keys() - {RUSSIAN}


def marks_of(system: str) -> Marks:
    """Return the marks of a system in ``SYSTEMS_WITH_MARKS``, or ``RUSSIAN``."""
    return _MARKS_BY_SYSTEM[system]
