"""The archives Opis knows, from ``archives.toml``: codes, names, and every way to cite them."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

#: Where an archive is, said behind its name: "TsDA, Sofia, f. 1"; never part of a signature.
CITY = (
    r"(?:,? \(?(?:Moscow|Москва|Podolsk|Подольск|St\. Petersburg|Saint Petersburg|Санкт-Петербург|"
    r"СПб|Sofia|София|Kiev|Kyiv|Київ|Киев|Lviv|Львів|Львов|Minsk|Минск|Warsaw|Warszawa|Budapest|"
    r"Berlin|Potsdam|Koblenz|Freiburg|London|Kew|Beijing)\b\)?)?"
)


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that references may start with."""

    code: str
    name_en: str
    name_ru: str
    aliases: tuple[str, ...]  #: all other ways to cite it
    system: str = "ru"  #: the key of its reference system, in a module of ``systems/``

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every text that stands for it: code, names, aliases."""
        return (self.code, self.name_en, self.name_ru, *self.aliases)


@cache
def known_archives() -> tuple[Archive, ...]:
    """Return all of them, as the data file orders them."""
    text = files("pipeline.references").joinpath("archives.toml").read_text(encoding="utf-8")
    return tuple(
        Archive(**{**entry, "aliases": tuple(entry["aliases"])})
        for entry in tomllib.loads(text)["archive"]
    )


def find_archive(spelling: str) -> Archive | None:
    """Return the archive that a code, a name or an alias stands for.

    >>> find_archive("АП РФ").code
    'APRF'
    """
    return _archives_by_spelling().get(_bare_letters(spelling))


def all_spellings(system: str = "") -> list[str]:
    """Return all spellings of the archives of a system, or of all archives, the longest first."""
    found = {
        text
        for archive in known_archives()
        if archive.system == system or not system
        for text in archive.spellings
    }
    return sorted(found, key=lambda text: (-len(text), text))


@cache
def spelling_pattern() -> str:
    """Return a regular expression for any spelling, the longest first; spaces may be missing."""
    return "|".join(map(_spacing_pattern, all_spellings()))


def _spacing_pattern(text: str) -> str:
    """Return a pattern of a spelling; letters that are a word of their own may bear stops."""
    return re.escape(text).replace(r"\ ", r"[ .]? ?")


@cache
def _archives_by_spelling() -> Mapping[str, Archive]:
    return {
        _bare_letters(text): archive for archive in known_archives() for text in archive.spellings
    }


def _bare_letters(text: str) -> str:
    """Return the letters alone, small: what two spellings of one archive share."""
    return re.sub(r"[\W\d_]", "", text).casefold()
