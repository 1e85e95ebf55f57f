"""The levels of an archive's ladder: what they are called, how they are printed, which go together.

A reference is a path of (level, value) pairs; the values are text. Which levels an archive has is
its system's matter: fond, opis, delo in Russia; class, series, piece in Kew.
"""

import re
from dataclasses import dataclass

from pipeline.references.leaves import LETTER, normalize_text

#: What a level's value looks like in a reference of the Russian kind: 0129, R-5446, 5-os, 47a.
VALUE = (
    rf"(?:{LETTER}{{1,2}}-?)?[0-9]{{1,12}}+(?:-[0-9]{{1,12}}+)*+(?:-?{LETTER}{{1,3}})?+"
    r"(?![^\W_]|/|-\w|\.\d)"
)


@dataclass(frozen=True, slots=True)
class FondLevel:
    """A level of the Russian kind."""

    prefix: str  #: before its value, in our normal form
    legend_prefix: str  #: the same in a Russian legend
    pattern: str  #: a regular expression of the ways in which people write it


#: From the fond downwards: their order is the ladder's.
FOND_LEVELS = {
    "fond": FondLevel("f", "Ф", "фонди?|ф|fonds?|fund|f"),
    "opis": FondLevel("op", "Оп", "опись|опис|оп?|opis['’ʹ]?|op?|inventory|inv"),
    "perechen": FondLevel("per", "Пер", "перечень|пер|perechen['’ʹ]?|per"),
    "part": FondLevel("ch", "Ч", "часть|ч|chast['’ʹ]?|ch|part|pt"),
    "papka": FondLevel("p", "П", "папка|п|papka|p"),
    "delo": FondLevel(
        "d", "Д",
        r"(?P<files>дд|dd)|дело|д|delo|d|file|ед\.? ?хр|ed\.? ?khr|storage unit|справа|спр|spr|"
        r"од\.? ?зб|od\.? ?zb|а\.? ?е|a\.? ?e|кн|док|dok|doc",
    ),
    "volume": FondLevel("t", "Т", "том|т|tom|t|vol"),
}  # fmt: skip
RANKS = {level: rank for rank, level in enumerate(FOND_LEVELS)}
#: Printed where the archive's own word for the file is another.
FILE_WORDS = {"bg": ("a.e", "А.е"), "ua": ("spr", "Спр"), "files": ("ed.khr", "Ед. хр")}
#: Printed before a value, where something is.
LEVEL_PREFIXES = {
    "record_group": "RG ", "entry": "Entry ", "lot": "Lot ", "transfer": "TIN ", "box": "Box ",
    "volume": "Bd. ", "sygnatura": "sygn. ",
    "wiazka": "w. ", "teczka": "t. ",
}  # fmt: skip

#: By system: the levels of a whole reference, as a regular expression over their names.
LADDERS = {
    "ru": re.compile("fond (opis|perechen)( part)?( papka)? delo( volume)?"),
    "bg": re.compile("fond( opis)?( part)? delo( volume)?"),
    "ua": re.compile("fond( opis)?( part)? delo( volume)?"),
    "files": re.compile("fond( opis)?( part)? delo( volume)?"),
    "uk": re.compile("class series piece( item)?"),
    "us": re.compile(
        "(record_group )?(entry )?(series )?(lot|transfer|box|file|folder)( box| file| folder)*"
    ),
    "de": re.compile("bestand( signatur| volume| signatur volume)"),
    "pl": re.compile("(zespol )?sygnatura( volume)?|zespol( wiazka)? teczka"),
    "hu": re.compile("signatura( box)?"),
    "cn": re.compile("signatura"),
}  # fmt: skip
#: Systems that are cited by fond, delo and leaf.
FOND_SYSTEMS = frozenset(["ru", "bg", "ua", "files"])


def is_complete_path(system: str, levels: tuple[str, ...]) -> bool:
    """Return whether these levels lead down to a file or a document."""
    return LADDERS[system].fullmatch(" ".join(levels)) is not None


def normalize_value(archive: str, level: str, value: str) -> str:
    """Return a value in our form: a fond's class letter is R or P and has a hyphen.

    Raises:
        ValueError: it is no value of the level.
    """
    if level not in FOND_LEVELS or (level == "volume" and not re.match("[0-9]", value)):
        if value != " ".join(value.split()) or not re.search(r"\w", value) or "\n" in value:
            msg = f"not a value of {level}: {value!r}"
            raise ValueError(msg)
        return value
    if not re.fullmatch(VALUE, value, re.IGNORECASE) or normalize_text(value) != value:
        msg = f"not a value of {level}: {value!r}"
        raise ValueError(msg)
    letter = re.fullmatch("([RrPpРрПп])-?([0-9].*)", value) if level == "fond" else None
    if letter is None:
        return value
    russian_r = letter[1] in "RrРр" or (archive == "GARF" and letter[1] in "Pp")
    return f"{'R' if russian_r else 'P'}-{letter[2]}"
