"""File names of the Russian kind, rewritten as citations: ``f558-op11`` as ``f. 558, op. 11``."""

import re

from pipeline.references.systems.fonds.levels import FOND_LEVELS
from pipeline.references.systems.fonds.marks import LEAF_MARKS, PAGE_MARKS

_LEVELS = "|".join(re.sub(r"\(\?P<\w+>", "(?:", level.pattern) for level in FOND_LEVELS)
#: A mark and the beginning of its value. Marks that are also the class of a fond (П-5446) or a
#: common word (с) do not follow a digit.
_STEP = re.compile(
    rf"[ .,;-]*(?:(?<![^\W_])(?P<page>{PAGE_MARKS})|(?<![^\W\d_])(?P<mark>{_LEVELS}|{LEAF_MARKS}))"
    r"[ .=№-]{0,3}(?P<value>(?:[RPРП][ -]?)?[0-9])",
    re.IGNORECASE,
)
_LEAF_RANGE = re.compile(
    rf"((?<![^\W_])(?:{LEAF_MARKS})[ .]{{0,2}}[0-9]{{1,6}}[^\W\d_]{{0,3}}\.?) ?- ?"
    rf"(?:{LEAF_MARKS})[ .]{{0,2}}(?=[0-9])",
    re.IGNORECASE,
)
_VERSO = re.compile(
    r"(?<=[0-9])([^\W\d_]?)[ .,-]{0,2}(?:verso|vers|оборот|обор|об|ob|зв|v)(?![^\W_])\.?"
    r"(?! *[^\W\d_]{2})",
    re.IGNORECASE,
)
_RECTO = re.compile(r"(?<=[0-9])[ .,-]{0,2}(?:recto|лиц)(?![^\W_])\.?", re.IGNORECASE)


def cite_fonds(name: str) -> str:
    """Return a file name with its marks and sides as citations have them.

    >>> cite_fonds("RGASPI-f17-op3-d6-l12"), cite_fonds("ГАРФ Ф.Р-5446 Оп 1 Д 12 л5-л6об")
    ('RGASPI, f. 17, op. 3, d. 6, l. 12', 'ГАРФ, Ф. Р-5446, Оп. 1, Д. 12, л. 5-6v')
    """
    citation = _RECTO.sub("", _VERSO.sub(r"\1v", _LEAF_RANGE.sub(r"\1-", name)))
    return _STEP.sub(_as_step, citation).removeprefix(", ")


def _as_step(match: re.Match[str]) -> str:
    return f", {match['mark'] or match['page']}. {match['value'].replace(' ', '')}"
