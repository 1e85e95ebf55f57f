"""The archives Opis knows, from ``archives.toml``: codes, names and spellings."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pipeline.references.archive import Archive
from pipeline.references.regional_archives import (
    find_regional_archive,
    may_have_regional_archive,
    regional_pattern,
)

#: Optional city after an archive's name: "TsDA, Sofia, f. 1"; never part of a signature.
CITY = (
    r"(?:,? \(?(?:Moscow|Москва|Podolsk|Подольск|St\. Petersburg|Saint Petersburg|Санкт-Петербург|"
    r"СПб|Sofia|София|Kiev|Kyiv|Київ|Киев|Lviv|Львів|Львов|Minsk|Минск|Warsaw|Warszawa|Budapest|"
    r"Berlin|Potsdam|Koblenz|Freiburg|London|Kew|Beijing|Tbilisi|Тбилиси|Vilnius|Вильнюс|Riga|Рига|"
    r"Tallinn|Таллин|Chișinău|Chisinau|Кишинев|Bucharest|București|Prague|Praha|Bratislava|Belgrade|"
    r"Beograd|Almaty|Алматы|Tashkent|Ташкент|Bishkek|Бишкек|Yerevan|Ереван)\b\)?)?"
)


_MAX_LETTERS = 16  #: characters of an abbreviation; longer spellings are names in words


@cache
def known_archives() -> tuple[Archive, ...]:
    """Return all archives in the order of the data file."""
    text = files("pipeline.references").joinpath("archives.toml").read_text(encoding="utf-8")
    return tuple(
        Archive(**{"system": "ru", **entry, "aliases": tuple(entry["aliases"])})
        for entry in tomllib.loads(text)["archive"]
    )


def find_archive(spelling: str) -> Archive | None:
    """Return the archive with this code, name or alias, or of a region; None if there is none.

    Only letters count, and their case does not, unless another archive is so spelled exactly.

    >>> find_archive("АП РФ").code, find_archive("НАРБ").code, find_archive("НА РБ").code
    ('APRF', 'NARB', 'NA RB')
    """
    archives = _archives_by_spelling()
    if spelling in archives:
        return archives[spelling]
    regional = find_regional_archive(spelling)
    if regional is not None:
        return archives.get(regional.name_ru, regional)
    return archives.get(_bare_letters(spelling))


def all_spellings(system: str = "") -> list[str]:
    """Return the spellings of a system's archives, or of all archives, the longest first."""
    spellings = {
        text
        for archive in known_archives()
        if archive.system == system or not system
        for text in archive.spellings
    }
    return sorted(spellings, key=lambda text: (-len(text), text))


def spelling_pattern(text: str) -> str:
    """Return a regular expression of the spellings that a text may have, the longest first.

    In letters a space may be missing. A pattern of all spellings would take a fifth of a second.
    """
    folded = text.casefold()
    known = [pattern for first, pattern in _spellings_by_beginning() if first in folded]
    regional = [regional_pattern()] if may_have_regional_archive(text) else []
    return "|".join([*regional, *known]) or "(?!)"


@cache
def _spellings_by_beginning() -> list[tuple[str, str]]:
    """Return the pattern of each spelling, the longest first, after its first word."""
    return [
        (re.split(r"[\W_]", text, maxsplit=1)[0].casefold(), _spacing_pattern(text))
        for text in all_spellings()
    ]


def _spacing_pattern(text: str) -> str:
    """Return a pattern of a spelling; in letters a space may be missing or follow a stop."""
    are_letters = len(text) <= _MAX_LETTERS
    return re.escape(text).replace(r"\ ", r"[ .]? ?" if are_letters else " ")


@cache
def _archives_by_spelling() -> Mapping[str, Archive]:
    """Return the archives by their spellings, exact and as bare letters."""
    pairs = [(text, archive) for archive in known_archives() for text in archive.spellings]
    return {_bare_letters(text): archive for text, archive in pairs} | dict(pairs)


def _bare_letters(text: str) -> str:
    """Return only the letters, casefolded."""
    return re.sub(r"[\W\d_]", "", text).casefold()
