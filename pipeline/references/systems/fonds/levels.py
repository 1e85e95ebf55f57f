"""The levels of the Russian kind: how they are written, printed and normalized."""

import re
from dataclasses import dataclass

from pipeline.references.leaves import LETTER, normalize_text
from pipeline.references.system import Level

#: What a level's value looks like in a reference of the Russian kind: 0129, R-5446, 5-os, 47a.
VALUE = (
    rf"(?:{LETTER}{{1,2}}-?)?[0-9]{{1,12}}+(?:-[0-9]{{1,12}}+)*+(?:-?{LETTER}{{1,3}})?+"
    r"(?![^\W_]|/|-\w|\.\d)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FondLevel(Level):
    """A level of the Russian kind."""

    legend_prefix: str  #: before its value in a Russian legend
    pattern: str  #: a regular expression of the ways in which people write it


def _level(name: str, mark: str, legend: str, description_level: str, pattern: str) -> FondLevel:
    return FondLevel(
        name, f"{mark}. ", folder_prefix=mark, description_level=description_level,
        legend_prefix=f"{legend}. ", pattern=pattern,
    )  # fmt: skip


#: From the fond downwards: their order is the ladder's.
FOND_LEVELS = (
    _level("fond", "f", "Ф", "fonds", "фонди?|ф|fonds?|fund|f"),
    _level("opis", "op", "Оп", "series", "опись|опис|оп?|opis['’ʹ]?|op?|inventory|inv"),
    _level("perechen", "per", "Пер", "series", "перечень|пер|perechen['’ʹ]?|per"),
    _level("part", "ch", "Ч", "subseries", "часть|ч|chast['’ʹ]?|ch|part|pt"),
    _level("papka", "p", "П", "subseries", "папка|п|papka|p"),
    _level(
        "delo", "d", "Д", "file",
        r"(?P<files>дд|dd)|дело|д|delo|d|file|ед\.? ?хр|ed\.? ?khr|storage unit|справа|спр|spr|"
        r"од\.? ?зб|od\.? ?zb|а\.? ?е|a\.? ?e|кн|док|dok|doc",
    ),
    _level("volume", "t", "Т", "file", "том|т|tom|t|vol"),
)  # fmt: skip
RANKS = {level.name: rank for rank, level in enumerate(FOND_LEVELS)}


def normalize_fond_value(archive: str, level: str, value: str) -> str:
    """Return a value in our form: a fond's class letter is R or P and has a hyphen.

    Raises:
        ValueError: it is no value of the level.
    """
    fits = re.fullmatch(VALUE, value, re.IGNORECASE) and normalize_text(value) == value
    if level not in RANKS or not fits:
        msg = f"not a value of {level}: {value!r}"
        raise ValueError(msg)
    letter = re.fullmatch("([RrPpРрПп])-?([0-9].*)", value) if level == "fond" else None
    if letter is None:
        return value
    russian_r = letter[1] in "RrРр" or (archive == "GARF" and letter[1] in "Pp")
    return f"{'R' if russian_r else 'P'}-{letter[2]}"
