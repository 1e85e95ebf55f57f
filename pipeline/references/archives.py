"""The archives Opis knows, from ``archives.toml``: codes, names and spellings."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

#: Optional city after an archive's name: "TsDA, Sofia, f. 1"; never part of a signature.
CITY = (
    r"(?:,? \(?(?:Moscow|Москва|Podolsk|Подольск|St\. Petersburg|Saint Petersburg|Санкт-Петербург|"
    r"СПб|Sofia|София|Kiev|Kyiv|Київ|Киев|Lviv|Львів|Львов|Minsk|Минск|Warsaw|Warszawa|Budapest|"
    r"Berlin|Potsdam|Koblenz|Freiburg|London|Kew|Beijing)\b\)?)?"
)


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that references may name."""

    code: str
    name_en: str
    name_ru: str
    aliases: tuple[str, ...]  #: all other spellings
    system: str = "ru"  #: the key of its reference system, in a module of ``systems/``

    @property
    def spellings(self) -> tuple[str, ...]:
        """Code, names and aliases."""
        return (self.code, self.name_en, self.name_ru, *self.aliases)


@cache
def known_archives() -> tuple[Archive, ...]:
    """Return all archives in the order of the data file."""
    text = files("pipeline.references").joinpath("archives.toml").read_text(encoding="utf-8")
    return tuple(
        Archive(**{**entry, "aliases": tuple(entry["aliases"])})
        for entry in tomllib.loads(text)["archive"]
    )


def find_archive(spelling: str) -> Archive | None:
    """Return the archive with this code, name or alias; None if there is none.

    Only letters count; their case does not.

    >>> find_archive("АП РФ").code
    'APRF'
    """
    return _archives_by_spelling().get(_bare_letters(spelling))


def all_spellings(system: str = "") -> list[str]:
    """Return the spellings of a system's archives, or of all archives, the longest first."""
    spellings = {
        text
        for archive in known_archives()
        if archive.system == system or not system
        for text in archive.spellings
    }
    return sorted(spellings, key=lambda text: (-len(text), text))


@cache
def spelling_pattern() -> str:
    """Return a regular expression of all spellings, the longest first; spaces may be missing."""
    return "|".join(map(_spacing_pattern, all_spellings()))


def _spacing_pattern(text: str) -> str:
    """Return a pattern of a spelling; each space may be missing or follow a stop."""
    return re.escape(text).replace(r"\ ", r"[ .]? ?")


@cache
def _archives_by_spelling() -> Mapping[str, Archive]:
    return {
        _bare_letters(text): archive for archive in known_archives() for text in archive.spellings
    }


def _bare_letters(text: str) -> str:
    """Return only the letters, casefolded."""
    return re.sub(r"[\W\d_]", "", text).casefold()
