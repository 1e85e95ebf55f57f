"""Places above the leaves: an archive and the first levels of a path, such as a fond or an opis."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import regex

from pipeline.references.archives import find_archive
from pipeline.references.finder import find_references
from pipeline.references.place import ArchivePlace, LevelPath
from pipeline.references.result import ParsedReference
from pipeline.references.slug import to_ascii_slug
from pipeline.references.system_registry import description_level, system_of

_SERIES = ("series", "subseries")


@dataclass(frozen=True, slots=True)
class LevelPlace(ArchivePlace):
    """A level of an archive; its path may end above the file, and it has no leaves.

    Raises:
        ValueError: the archive is unknown, or a step is not valid in its system.
    """

    def __post_init__(self) -> None:
        system = system_of(self.archive)
        names = " ".join(level for level, _ in self.path)
        is_begun = regex.fullmatch(system.levels_pattern, names, partial=True)
        if not self.path or self.leaves or not is_begun:
            msg = f"not a level of {self.archive}: {names}"
            raise ValueError(msg)
        for level, value in self.path:
            if system.normalize_value(self.archive, level, value) != value:
                msg = f"not the normal form of {level}: {value!r}"
                raise ValueError(msg)

    @property
    def normal(self) -> str:
        """The normal printed form."""
        return system_of(self.archive).format_normal(self, [])

    @property
    def folder(self) -> str:
        """The folder of its records, relative to ``records/``: ``rgaspi/f558/op11``."""
        names = system_of(self.archive).folder_names(self.path)
        return "/".join([to_ascii_slug(self.archive), *names])

    def levels_down(self) -> Iterator[Self]:
        """Yield the levels on the way to this one, the outermost first, and this one."""
        for length in range(1, len(self.path) + 1):
            yield type(self)(self.archive, self.path[:length])

    def lies_in(self, other: Self) -> bool:
        """Return whether this level is below another one."""
        steps = len(other.path)
        is_same = (self.archive, self.path[:steps]) == (other.archive, other.path)
        return is_same and len(self.path) > steps


def child_level(archive: str, path: LevelPath, value: str, kind: str) -> LevelPlace | None:
    """Return the level of a bare value below a path; None if it is in doubt which level that is.

    Args:
        archive: its code.
        path: the levels above, the outermost first; it may be empty.
        value: of the level.
        kind: EAD's term, such as ``series``; empty if it is not known.
    """
    names = [level.name for level in system_of(archive).levels]
    below = names[names.index(path[-1][0]) + 1 :] if path else names[:1]
    found = [
        place for name in below if (place := _level_or_none(archive, path, name, value)) is not None
    ]
    exact = [place for place in found if description_level(place.path[-1][0]) == kind]
    if not exact and kind in _SERIES and len(path) == 1:  # archives name the second level so
        exact = [place for place in found if description_level(place.path[-1][0]) in _SERIES]
    is_single = len(found) == 1 and (not path or kind == "")
    return exact[0] if exact else found[0] if is_single else None


def _level_or_none(archive: str, path: LevelPath, name: str, value: str) -> LevelPlace | None:
    try:
        normal = system_of(archive).normalize_value(archive, name, value)
        return LevelPlace(archive, (*path, (name, normal)))
    except ValueError:
        return None


def parse_level(text: str) -> LevelPlace | None:
    """Return the level of an archive that a text names; None if it names none, or leaves.

    >>> parse_level("РГАСПИ. Ф. 558. Оп. 11").folder
    'rgaspi/f558/op11'
    >>> parse_level("RGASPI, op. 11"), parse_level("RGASPI, f. 558, op. 11, d. 330, l. 5")
    (None, None)
    """
    found = find_references(text)
    if len(found.references) != 1 or found.problems:
        return _plain_level(text)
    (parsed,) = found.references
    is_sure = {problem.code for problem in parsed.problems} <= {"incomplete"}
    is_all = not re.search(r"\w", text.replace(parsed.as_cited, "", 1))
    if not (is_sure and is_all) or parsed.archive is None:
        return None
    try:
        return LevelPlace(parsed.archive, (*parsed.path, *_level_read_as_leaves(parsed)))
    except ValueError:
        return None


def _level_read_as_leaves(parsed: ParsedReference) -> LevelPath:
    """Return the level whose mark is that of pages: p. 315 of an opis is a papka.

    Raises:
        ValueError: the text names leaves.
    """
    if not parsed.leaves:
        return ()
    levels = system_of(parsed.archive or "").levels
    names = [level.name for level in levels if level.prefix.rstrip(". ") == parsed.unit]
    label = parsed.leaves[0].as_stamped
    if len(names) != 1 or len(parsed.leaves) > 1:
        msg = f"names leaves: {label}"
        raise ValueError(msg)
    return ((names[0], label),)


def _plain_level(text: str) -> LevelPlace | None:
    """Return the first level of an archive that is named by its bare value: AAN, KC PZPR."""
    name, _, value = text.strip(" .").partition(", ")
    archive = find_archive(name)
    if archive is None or not value or "," in value:
        return None
    return child_level(archive.code, (), value.strip(), "")
