"""The levels of the Russian kind: spellings, printed forms and normal values."""

import re
from dataclasses import dataclass

from pipeline.references.leaves import LETTER, normalize_text
from pipeline.references.system import Level

_LETTERS_BEFORE = rf"(?:{LETTER}{{1,2}}-?)?"
_NUMBERS = rf"[0-9]{{1,12}}+(?:-[0-9]{{1,12}}+)*+(?:-?{LETTER}{{1,3}})?+"
_VALUE_END = r"(?![^\W_]|/|-\w|\.\d)"
#: Pattern of a level's value: 0129, R-5446, 5-os, 47a, 12-бис.
VALUE = rf"{_LETTERS_BEFORE}{_NUMBERS}{_VALUE_END}"
#: The same as it is also written: Р 5446, Р.-5446, 12 бис; ``join_value`` gives its form.
WRITTEN_VALUE = (
    rf"(?:[RPАAРП](?:\.[ -]{{0,2}}| )(?=[0-9])|{_LETTERS_BEFORE}){_NUMBERS}"
    rf"(?: (?:бис|bis)(?! ?[0-9]))?{_VALUE_END}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FondLevel(Level):
    """A level of the Russian kind."""

    legend_prefix: str  #: printed before its value in a Russian legend
    pattern: str  #: regular expression of its spellings


def _level(name: str, mark: str, legend: str, description_level: str, pattern: str) -> FondLevel:
    return FondLevel(
        name,
        f"{mark}. ",
        folder_prefix=mark,
        description_level=description_level,
        legend_prefix=f"{legend}. ",
        pattern=pattern,
    )


#: Part of an archive above its fonds; in Georgia.
SECTION = _level("section", "sec", "Отд", "subfonds", "section|sec|отдел|отд|otdel")
#: Outermost first; ``RANKS`` is their order.
FOND_LEVELS = (
    _level("fond", "f", "Ф", "fonds", "фонди?|ф|fonds?|fund|f"),
    _level(
        "opis", "op", "Оп", "series",
        "опись|в?опис|воп|оп?|opis['’ʹ]?|opys|op?|inventory|inv",
    ),
    _level("perechen", "per", "Пер", "series", "перечень|пер|perechen['’ʹ]?|per"),
    _level("part", "ch", "Ч", "subseries", "часть|ч|chast['’ʹ]?|ch|part|pt"),
    _level("papka", "p", "П", "subseries", "папка|п|papka|p"),
    _level("karton", "k", "К", "subseries", "картон|karton"),
    _level(
        "delo", "d", "Д", "file",
        r"(?P<files>д\.?д|d\.?d)|дело|д|delo|d|file|ед\.? ?хр|ed\.? ?khr|storage unit|справа|спр|"
        r"sprava|spr|од\.? ?зб|od\.? ?zb|а\.? ?е|a\.? ?e|кн|док|dok|doc",
    ),
    _level("volume", "t", "Т", "file", "том|т|tom|t|vol"),
)  # fmt: skip
RANKS = {level.name: rank for rank, level in enumerate((SECTION, *FOND_LEVELS))}


def join_value(text: str) -> str:
    """Return a written value without spaces and stops.

    >>> join_value("Р. 5446"), join_value("12 бис"), join_value("47a")
    ('Р-5446', '12-бис', '47a')
    """
    return re.sub(r"(?<=[^\W\d_])[. -]+(?=[0-9])|(?<=[0-9]) (?=\D)", "-", text)


def normalize_fond_value(archive: str, level: str, value: str) -> str:
    """Return the normal form of a value: a fond's class letter is R or P and has a hyphen.

    Raises:
        ValueError: it is not a value of the level.
    """
    pattern = r"[IVX]{1,5}|[0-9]{1,3}" if level == "section" else VALUE
    is_valid = re.fullmatch(pattern, value, re.IGNORECASE) and normalize_text(value) == value
    if level not in RANKS or not is_valid:
        msg = f"not a value of {level}: {value!r}"
        raise ValueError(msg)
    letter = re.fullmatch("([RrPpРрПп])-?([0-9].*)", value) if level == "fond" else None
    if letter is None:
        return value
    russian_r = letter[1] in "RrРр" or (archive == "GARF" and letter[1] in "Pp")
    return f"{'R' if russian_r else 'P'}-{letter[2]}"
