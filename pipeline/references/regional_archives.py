"""Archives of regions, read by rule: the kind of an archive, then its region.

Both stand in ``archive_kinds.csv`` and ``regions.csv``, with their letters and their names: ГАСК
and "Государственный архив Ставропольского края" are one archive. Letters that several regions share
(ГАКО: Kaluga, Kirov, Kursk …) are a code of their own, because nothing says which is meant; such a
region's archive in words has its region in its code, ``GA Kirovskoi oblasti``.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from pipeline.references.archive import Archive
from pipeline.references.slug import romanize

#: Latin letters for a Cyrillic one, where romanizations differ: ALA-LC, BGN, scientific, German.
_LATIN = {
    "Ц": "(?:Ts|TS|C)", "Х": "(?:Kh|KH|H)", "Ж": "(?:Zh|ZH|Ž)", "Ч": "(?:Ch|CH|Č)",
    "Ш": "(?:Sh|SH|Š)", "Я": "(?:Ia|Ya|IA|YA|Ja)", "Ю": "(?:Iu|Yu|IU|YU|Ju)", "Г": "[GH]",
    " ": "[ ]?",
}  # fmt: skip
#: Letters that Ukrainian and Belarusian, which have an і, pronounce otherwise than Russian.
_WITH_UKRAINIAN_SOUND = str.maketrans({"г": "h", "и": "y"})
#: Words for a region's kind, in English.
_ENGLISH_KINDS = {"Krai": "(?:Krai|Kray|Territory|Region)", "Oblast": "(?:Oblast|Region|Province)"}
_JOINT = r"(?: ?- ?|\. ?| )?"  #: between kind and region


@dataclass(frozen=True, slots=True)
class Region:
    """A region or country whose archives are cited by its letters: a row of ``regions.csv``."""

    name: tuple[str, ...]  #: in the genitive, as it follows the archive's kind
    english: tuple[str, ...]
    initials: tuple[str, ...]  #: Cyrillic: СК; the usual ones first, none if it has none
    system: str  #: the reference system of its archives

    @property
    def is_province(self) -> bool:
        """Whether it is an oblast, krai or okrug, not a republic or a country."""
        return re.search("(края|област[иі]|вобласці|округа)$", self.name[0]) is not None


@dataclass(frozen=True, slots=True)
class ArchiveKind:
    """A kind of archive that several regions have: a row of ``archive_kinds.csv``."""

    letters: str  #: Cyrillic: ЦГА
    name: tuple[str, ...]
    english: tuple[str, ...]
    is_national: bool  #: only countries and republics have one
    system: str

    def is_of(self, region: Region) -> bool:
        """Return whether a region may have such an archive."""
        return region.system == self.system and not (self.is_national and region.is_province)


@lru_cache(maxsize=1024)
def find_regional_archive(spelling: str) -> Archive | None:
    """Return the archive of a region that a spelling names; None if it names none.

    >>> [find_regional_archive(text).code for text in ("ГАСК", "State Archive of Kirov Oblast")]
    ['GASK', 'GA Kirovskoi oblasti']
    """
    text = " ".join(spelling.split())
    for kinds in _kind_groups():
        match = re.fullmatch(_archive_pattern(kinds), text, re.IGNORECASE)
        if match is not None:
            kind = next(one for one in kinds if _is_spelled(_kind_pattern(one), match[1]))
            return _archive_from_region(kind, match[2])
    return None


def may_have_regional_archive(text: str) -> bool:
    """Return whether a text has the name or the letters of a kind of archive."""
    return _any_kind_pattern().search(text) is not None


@cache
def regional_pattern() -> str:
    """Return a regular expression of all spellings, in any case of names but not of letters."""
    return "|".join(_archive_pattern(kinds).replace("(?#1)(", "(?:") for kinds in _kind_groups())


def _archive_from_region(kind: ArchiveKind, spelling: str) -> Archive:
    for region in _regions(kind):
        if _is_spelled(_names_pattern(region), spelling):
            return _archive_of_region(kind, region)
    return next(
        _archive_of_letters(kind, initials)
        for initials in _initials(kind)
        if re.fullmatch(_letters_pattern(initials), spelling)
    )


def _archive_of_region(kind: ArchiveKind, region: Region) -> Archive:
    """Return the archive of one region; its code is its letters if no other region has them."""
    article = "the " if re.search("Republic|Okrug", region.english[0]) else ""
    english = f"{kind.english[0]} of {article}{region.english[0]}"
    name = f"{kind.name[0]} {region.name[0]}"
    owners = _owners(kind, region.initials[0]) if region.initials else []
    if len(owners) == 1:
        letters = _joined(kind, region.initials[0])
        return Archive(romanize(letters), english, name, (letters,), region.system)
    code = f"{kind.letters} {region.name[0]}"
    shared = tuple(romanize(_joined(kind, initials)) for initials in region.initials)
    return Archive(_romanized(code), english, name, (code,), region.system, shared)


def _archive_of_letters(kind: ArchiveKind, initials: str) -> Archive:
    """Return the archive with these letters, of the only region that has them or of any."""
    owners = _owners(kind, initials)
    if len(owners) == 1 and owners[0].initials[0] == initials:
        return _archive_of_region(kind, owners[0])
    letters = _joined(kind, initials)
    return Archive(romanize(letters), romanize(letters), letters, (letters,), kind.system)


def _joined(kind: ArchiveKind, initials: str) -> str:
    """Return the letters of an archive, with a space before those of a republic or city."""
    are_of_province = any(region.is_province for region in _owners(kind, initials))
    return f"{kind.letters}{'' if are_of_province else ' '}{initials}"


def _owners(kind: ArchiveKind, initials: str) -> list[Region]:
    return [region for region in _regions(kind) if initials in region.initials]


def _romanized(name: str) -> str:
    """Return a name, after its kind's letters or alone, in Latin letters."""
    return romanize(name.translate(_WITH_UKRAINIAN_SOUND) if "і" in name else name)


@cache
def _archive_pattern(kinds: tuple[ArchiveKind, ...]) -> str:
    """Return a pattern of the archives of kinds that the same regions have: kind and region."""
    regions = [_names_pattern(region) for region in _regions(kinds[0])]
    regions += [f"(?-i:{_letters_pattern(initials)})" for initials in _initials(kinds[0])]
    kind = _alternatives(map(_kind_pattern, kinds))
    return f"(?#1)({kind}){_JOINT}(?#1)({_alternatives(regions)})"


@cache
def _kind_pattern(kind: ArchiveKind) -> str:
    names = [*map(re.escape, kind.name), *map(_romanized_pattern, kind.name)]
    names += [f"{name.replace('Archive', 'Archives?')} of (?:the )?" for name in kind.english]
    letters = re.sub("^(Ц?ГА)(?=.)", r"\1 ", kind.letters)  # ЦГАПД, ЦГА ПД
    return _alternatives([*names, f"(?-i:{_letters_pattern(letters)})"])


@cache
def _names_pattern(region: Region) -> str:
    """Return a pattern of a region's names: in the genitive, romanized, in English."""
    names = [re.sub("област[иі]$", r"(?:\g<0>|обл\.?)", re.escape(name)) for name in region.name]
    names += map(_romanized_pattern, region.name)
    for name in region.english:
        word, _, kind = name.rpartition(" ")
        known = _ENGLISH_KINDS.get(kind)
        names.append(f"{re.escape(word)} {known}" if known else re.escape(name))
    return _alternatives(names)


@cache
def _romanized_pattern(name: str) -> str:
    """Return a pattern of a name in Latin letters, where a soft sign may be an apostrophe."""
    return re.escape(_romanized(name.replace("ь", "'"))).replace("'", "['’ʹ]?")


@cache
def _letters_pattern(letters: str) -> str:
    """Return a pattern of Cyrillic letters and of their romanizations; spaces may be missing."""
    cyrillic = (_LATIN[" "] if letter == " " else re.escape(letter) for letter in letters)
    latin = (_LATIN.get(letter) or re.escape(romanize(letter)) for letter in letters)
    return f"(?:{''.join(cyrillic)}|{''.join(latin)})".replace(r"\(", r" ?\(")


def _is_spelled(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.IGNORECASE) is not None


def _alternatives(patterns: Iterable[str]) -> str:
    """Return the patterns as alternatives, the longest first."""
    return "|".join(sorted(dict.fromkeys(patterns), key=lambda text: (-len(text), text)))


@cache
def _any_kind_pattern() -> re.Pattern[str]:
    kinds = _alternatives(map(_kind_pattern, all_kinds()))
    return re.compile(rf"(?<![^\W_])(?:{kinds})", re.IGNORECASE)


@cache
def _kind_groups() -> tuple[tuple[ArchiveKind, ...], ...]:
    """Return the kinds in groups that the same regions have."""
    groups: dict[tuple[Region, ...], list[ArchiveKind]] = {}
    for kind in all_kinds():
        groups.setdefault(_regions(kind), []).append(kind)
    return tuple(map(tuple, groups.values()))


@cache
def _regions(kind: ArchiveKind) -> tuple[Region, ...]:
    return tuple(region for region in all_regions() if kind.is_of(region))


@cache
def _initials(kind: ArchiveKind) -> tuple[str, ...]:
    found = {initials for region in _regions(kind) for initials in region.initials}
    return tuple(sorted(found, key=lambda text: (-len(text), text)))


@cache
def all_kinds() -> tuple[ArchiveKind, ...]:
    """Return the kinds, those with the most letters first."""
    kinds = [
        ArchiveKind(
            row["letters"], _parts(row["name"]), _parts(row["english"]), row["of"] == "countries",
            row["system"],
        )
        for row in _rows("archive_kinds.csv")
    ]  # fmt: skip
    return tuple(sorted(kinds, key=lambda kind: -len(kind.letters)))


@cache
def all_regions() -> tuple[Region, ...]:
    """Return the regions in the order of the file."""
    return tuple(
        Region(_parts(row["name"]), _parts(row["english"]), _parts(row["initials"]), row["system"])
        for row in _rows("regions.csv")
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("pipeline.references").joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()
