"""Archival references of the Russian system: read as people cite them, printed in one form.

    RGASPI,  f. 558,  op. 11,  d. 330,  ll. 0110-0113
    archive  fond     opis     delo     leaves

Russian, transliterated and English forms are read. A wrong reference is worse than none: what
is incomplete, or can be read in two ways, is not read. "p." is a papka before the delo, pages
after it. Zeros before a leaf belong to its label alone; fonds 129 and 0129 are two fonds.
"""

import re
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from typing import Self

from pipeline.description.archives import archive_named, spelling_pattern
from pipeline.description.leaves import (
    LEAF_LIST,
    LEAVES,
    LETTER,
    MONTH,
    YEAR,
    Leaf,
    LeafRange,
    full_end,
    plain,
    read_leaves,
    write_leaves,
)

__all__ = ["ArchivalReference", "Leaf", "LeafRange", "from_file_name", "parse", "parse_all"]

_VALUE = (
    rf"(?:{LETTER}{{1,2}}-?)?[0-9]{{1,12}}+(?:-[0-9]{{1,12}}+)*+(?:-?{LETTER}{{1,3}})?+"
    r"(?![^\W_]|/|-\w|\.\d)"
)
_LEVELS = {  # level: as we print it, as people cite it
    "fond": ("f", "фонд|ф|fonds?|f"),
    "opis": ("op", "опись|оп?|opis['’ʹ]?|op?|inventory"),
    "perechen": ("per", "перечень|пер|perechen['’ʹ]?|per"),
    "part": ("ch", "часть|ч|chast['’ʹ]?|ch|part|pt"),
    "papka": ("p", "папка|п|papka|p"),
    "delo": ("d", r"(?P<files>дд|dd)|дело|д|delo|d|file|ед\.? ?хр|ed\.? ?khr|спр|кн|док|dok"),
    "volume": ("t", "том|т|tom|t|vol"),
}
_LADDER = re.compile("fond (opis|perechen)( part)?( papka)? delo( volume)?")
_MARK = re.compile(  # a level, or a group of leaves; "9 л. 1949" is an extent and a year
    rf"(?<!\w)(?<!\d )(?:(?=[lл]){LEAVES}|(?:фонд|fond|ф|f|опись|opis|оп|op|дело|delo|дд?|dd?)"
    r"\.?\s*[RPРП]?-?[0-9]|(?:лл?|ll?)\.\s*[0-9])",
    re.IGNORECASE,
)
_DOUBT = re.compile(  # right after a reference: half a range, a level we do not know, one more file
    rf"-|\s+с\s+об|[\s.,;:]*(?!no\.|{MONTH})[^\W\d_]{{1,3}}\.\s*[0-9]|[\s,;]*(?:and\b|и\b|&|[,;])"
    rf"\s*(?!{YEAR})[0-9]+(?:-[0-9]+)?(?![./]?[0-9])\s*(?:[.,;&)\]]|and\b|и\b|$)",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    rf"(?P<archive>[^\W\d_]+(?:[-_ ][^\W\d_]+)*?)_[fф](?P<fond>{_VALUE})"
    rf"_(?:op|оп)(?P<opis>{_VALUE})(?:_[pп](?P<papka>{_VALUE}))?_[dд](?P<delo>{_VALUE})"
    rf"(?:_(?:ll?|лл?|(?P<pages>pp?|сс?))(?P<leaves>{LEAF_LIST}))?"
    r"(?:_part\w{0,8}|_[0-9]{1,3}|_[a-z])?",
    re.IGNORECASE,
)
_ASCII = str.maketrans(
    "абвгдезийклмнопрстуфыэёіїєґ", "abvgdeziiklmnoprstufyeeiieg"
) | str.maketrans(
    {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia"}
)


@dataclass(frozen=True, slots=True)
class ArchivalReference:
    """An archive, the way down its ladder, and the leaves; equal where they name one place."""

    archive: str  #: code in archives.toml
    path: tuple[tuple[str, str], ...]  #: (level, value), outermost first; values are text
    unit: str = ""  #: "l" leaves, "p" pages, "" the whole file
    leaves: tuple[LeafRange, ...] = ()
    as_cited: str = field(default="", compare=False)  #: the text it was read from, byte for byte

    def __post_init__(self) -> None:
        ladder = _LADDER.fullmatch(" ".join(level for level, _ in self.path))
        values = all(_value(self.archive, *step) == step[1] for step in self.path)
        archive = archive_named(self.archive)
        if archive is None or archive.code != self.archive or not ladder or not values:
            msg = f"no place in an archive that we know: {self.archive}, {self.path}"
            raise ValueError(msg)
        like_years = any(re.match(YEAR, part.unpadded) for part in self.leaves[1:])
        if like_years or self.unit not in (("l", "p") if self.leaves else ("",)):
            msg = f"leaves without a unit, or that may be years: {self.unit!r}, {self.leaves}"
            raise ValueError(msg)

    @property
    def normal(self) -> str:
        """The one printed form, leaves without the zeros in front."""
        return self._printed([part.unpadded for part in self.leaves])

    @property
    def labelled(self) -> str:
        """The printed form with leaves as stamped."""
        return self._printed([part.labelled for part in self.leaves])

    @property
    def slug(self) -> str:
        """The record id; small ASCII letters, digits and hyphens."""
        mark = f"-{self.unit}"
        leaves = mark.join(part.labelled for part in self.leaves)
        return _safe("-".join(self.folder) + (mark + _safe(leaves) if leaves else ""))

    @property
    def folder(self) -> tuple[str, ...]:
        """The ladder as names of folders, the archive's first."""
        steps = (_LEVELS[level][0] + _safe(value) for level, value in self.path)
        return (_ascii(self.archive), *steps)

    def leaf_labels(self) -> tuple[str, ...]:
        """Return the labels covered, in order; see ``LeafRange.labels`` on sides."""
        return tuple(label for part in self.leaves for label in part.labels())

    def agrees(self, other: Self) -> bool:
        """Return whether both may name one place: letters and alphabets may differ, places not.

        >>> parse("ГАРФ, ф. 5-ос, оп. 1, д. 15А").agrees(parse("GARF, f. 5-os, op. 1, d. 15a"))
        True
        """
        return self._place() == other._place()

    def _place(self) -> tuple[str, ...]:
        leaves = (_ascii(part.unpadded) for part in self.leaves)
        return (self.archive, *(f"{level} {_ascii(value)}" for level, value in self.path), *leaves)

    def _printed(self, leaves: list[str]) -> str:
        steps = [f"{_LEVELS[level][0]}. {value}" for level, value in self.path]
        alone = len(self.leaves) == 1 and self.leaves[0].first == self.leaves[0].last
        unit = self.unit if alone else 2 * self.unit
        tail = [f"{unit}. {write_leaves(leaves)}"] if leaves else []
        return ", ".join([self.archive, *steps, *tail])


def parse(text: str) -> ArchivalReference | None:
    """Read the one reference that ``text`` holds; None where there is none, or more than one.

    >>> parse("РГАСПИ. Ф. 558. Оп. 11. Д. 330. Лл. 0110–0113 об.").labelled
    'RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113v'
    """
    found = parse_all(text)
    return found[0] if len(found) == 1 else None


def parse_all(text: str) -> tuple[ArchivalReference, ...]:
    """Read every reference that ``text`` holds, or nothing at all where any is in doubt."""
    wanted, start, found = plain(text), 0, list[ArchivalReference]()
    try:
        for match in _pattern().finditer(wanted):
            _check_rest(wanted[start : match.start()], found)
            found.append(_from_match(match, text))
            start = match.end()
        _check_rest(wanted[start:], found)
    except ValueError:
        return ()
    return tuple(found)


def from_file_name(stem: str) -> ArchivalReference | None:
    """Read ``RGASPI_f558_op11_d330_ll0110-0113``; None where the name is of another kind.

    A name of this kind that cannot be right (leaves that run backward) is a ValueError.
    """
    match = _FILE_NAME.fullmatch(plain(stem))
    known = match is not None and archive_named(match["archive"]) is not None
    return _from_match(match, stem) if match is not None and known else None


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern of a whole reference in running text."""
    level = {
        name: rf"(?:{mark})\.? ?(?:№ ?)?(?P<{name}>{_VALUE})" for name, (_, mark) in _LEVELS.items()
    }
    gap = r"[ .,;:)]+"
    return re.compile(
        rf"(?<![\w-])(?P<archive>{spelling_pattern()}){gap}{level['fond']}{gap}"
        rf"(?:{level['opis']}|{level['perechen']}){gap}(?:{level['part']}{gap})?"
        rf"(?:{level['papka']}{gap})?{level['delo']}(?:{gap}{level['volume']})?"
        rf"(?:{gap}{LEAVES})?",
        re.IGNORECASE,
    )


def _from_match(match: re.Match[str], cited: str) -> ArchivalReference:
    """Return the reference of a match of either pattern; ValueError where it cannot be right."""
    groups = match.groupdict()
    archive = archive_named(groups["archive"])
    code = "" if archive is None else archive.code
    if groups.get("files"):
        groups["delo"] = full_end(groups["delo"])
    given = ((level, groups.get(level)) for level in _LEVELS)
    path = tuple((level, _value(code, level, value)) for level, value in given if value)
    reference = ArchivalReference(code, path, as_cited=cited)
    return _with_leaves(reference, match) if groups["leaves"] else reference


def _with_leaves(reference: ArchivalReference, match: re.Match[str]) -> ArchivalReference:
    unit = "p" if match["pages"] else "l"
    return replace(reference, unit=unit, leaves=read_leaves(match["leaves"], unit))


def _check_rest(rest: str, found: list[ArchivalReference]) -> None:
    """Add a later group of leaves of the last reference; ValueError at any other level.

    "L. 19. Copy. L. 20-21. Original." are two references; "L. 14. L. 47-52." is a misprint.
    """
    start = 0
    if found and _DOUBT.match(rest):
        msg = f"more of the reference than could be read: {rest!r}"
        raise ValueError(msg)
    for mark in _MARK.finditer(rest):
        prose = re.search(r"[^\W\d_]{3}", rest[start : mark.start()])
        if not (mark["leaves"] and prose and found and found[-1].unit == "l"):
            msg = f"part of a reference, or two in one: {rest!r}"
            raise ValueError(msg)
        found.append(_with_leaves(found[-1], mark))
        start = mark.end()


def _value(archive: str, level: str, value: str) -> str:
    """Return a value in our form: a fond's class letter is R or P and has a hyphen."""
    letter = re.fullmatch("([RrPpРрПп])-?([0-9].*)", value) if level == "fond" else None
    if not re.fullmatch(_VALUE, value, re.IGNORECASE):
        msg = f"not a value of {level}: {value!r}"
        raise ValueError(msg)
    if letter is None:
        return value
    russian_r = letter[1] in "RrРр" or (archive == "GARF" and letter[1] in "Pp")
    return f"{'R' if russian_r else 'P'}-{letter[2]}"


def _ascii(text: str) -> str:
    """Return small ASCII letters, digits and single hyphens; loses information."""
    return re.sub("[^a-z0-9]+", "-", text.lower().translate(_ASCII)).strip("-")


def _safe(text: str) -> str:
    """Return what may name a folder; a digest makes up for what is cut or is not ASCII."""
    plain_text = _ascii(text)
    if text.isascii() and len(plain_text) <= 120:
        return plain_text
    return f"{plain_text[:112].rstrip('-')}-{sha256(text.encode()).hexdigest()[:6]}"
