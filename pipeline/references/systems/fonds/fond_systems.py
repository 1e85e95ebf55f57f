"""The systems of the Russian kind; the Russian system parses for all of them.

One text may cite archives of several systems, and "Ibid." may repeat a reference of another.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.references.archives import find_archive
from pipeline.references.leaves import join_leaves, with_en_dashes
from pipeline.references.match import CitingText, Problem, ReferenceMatch, ReferenceStatus
from pipeline.references.place import ArchivePlace, LevelPath
from pipeline.references.system import ReferenceSystem
from pipeline.references.systems.fonds.assembler import ReferenceAssembler
from pipeline.references.systems.fonds.candidate import ReferenceCandidate
from pipeline.references.systems.fonds.file_name import cite_fonds
from pipeline.references.systems.fonds.levels import (
    FOND_LEVELS,
    RANKS,
    SECTION,
    FondLevel,
    normalize_fond_value,
)

#: The letter that stands in the archive's own language for one of a value.
_CYRILLIC = dict(zip("abvgdezklmnoprstuf", "абвгдезклмнопрстуф", strict=True))


class FondSystem(ReferenceSystem):
    """Archives cited by fond, delo and leaf."""

    levels: tuple[FondLevel, ...]

    @property
    def needed_levels(self) -> list[str]:
        """The levels without which no reference is complete."""
        without_optional = re.sub(r"\([^()]*\)\?", "", self.levels_pattern)
        return re.sub(r"\((\w+)\|[^()]*\)", r"\1", without_optional).split()

    def normalize_value(self, archive: str, level: str, value: str) -> str:
        """Return the normal form of a value: a fond's class letter is R or P and has a hyphen."""
        return normalize_fond_value(archive, level, value)

    def format_legend(self, place: ArchivePlace) -> str:
        """Return the place with stops between its parts, in Cyrillic letters."""
        prefixes = {level.name: level.legend_prefix for level in self.levels}
        steps = [f"{prefixes[level]}{_cyrillic_value(value)}" for level, value in place.path]
        leaves = [_legend_leaves(part.unpadded_label) for part in place.leaves]
        tail = [f"{'С' if place.unit == 'p' else 'Л'}. {join_leaves(leaves)}"] if leaves else []
        return ". ".join([_cyrillic_alias(place.archive), *steps, *tail])


class LatinFondSystem(FondSystem):
    """Archives of the Russian kind in a country with Latin letters; their legends have these."""

    def format_legend(self, place: ArchivePlace) -> str:
        """Return the normal form."""
        return ReferenceSystem.format_legend(self, place)


class RussianSystem(FondSystem):
    """The Russian system, with the parser of all systems of its kind."""

    def find(self, text: CitingText, context: ArchivePlace | None) -> Iterator[ReferenceMatch]:
        """Yield the references to archives of the Russian kind, and those without an archive.

        References to other archives are yielded, too; they are incomplete.
        """
        for candidate in ReferenceAssembler(text.normalized, context).find_candidates():
            yield _match_of(candidate, text.normalized)

    def cite_file_name(self, name: str) -> str:
        """Return a file name with the marks that citations of the Russian kind have."""
        return cite_fonds(name)


def _match_of(candidate: ReferenceCandidate, text: str) -> ReferenceMatch:
    path = tuple(sorted(candidate.path.items(), key=lambda step: RANKS[step[0]]))
    problems = list(candidate.problems)
    status = _status_of(candidate, path)
    if status is ReferenceStatus.OK:
        try:
            _check_place(candidate, path)
        except ValueError as error:
            status = ReferenceStatus.SUSPECT
            problems.append(Problem("leaves", f"It cannot be right: {error}."))
    if not problems and status is not ReferenceStatus.OK:
        problems.append(_missing_problem(status, candidate))
    cited = text[candidate.start : candidate.end]
    return ReferenceMatch(
        status,
        candidate.archive,
        path,
        candidate.unit,
        candidate.leaves,
        cited,
        tuple(problems),
        candidate.start,
    )


def _status_of(candidate: ReferenceCandidate, path: LevelPath) -> ReferenceStatus:
    if candidate.is_suspect:
        return ReferenceStatus.SUSPECT
    if candidate.archive is None:
        return ReferenceStatus.NEEDS_CONTEXT if candidate.is_ibid else ReferenceStatus.INCOMPLETE
    system = _fond_system_of(candidate.archive)
    is_complete = system is not None and system.is_complete(path)
    return ReferenceStatus.OK if is_complete else ReferenceStatus.INCOMPLETE


def _check_place(candidate: ReferenceCandidate, path: LevelPath) -> None:
    code = candidate.archive or ""
    system = _fond_system_of(code)
    if system is not None:
        system.check(ArchivePlace(code, path, candidate.unit, candidate.leaves))


def _fond_system_of(code: str) -> FondSystem | None:
    """Return the system of the archive with this code; None if it is not of the Russian kind."""
    archive = find_archive(code)
    matching = (
        system for system in SYSTEMS if archive is not None and system.key == archive.system
    )
    return next(matching, None)


def _missing_problem(status: ReferenceStatus, candidate: ReferenceCandidate) -> Problem:
    if status is ReferenceStatus.NEEDS_CONTEXT:
        return Problem("needs-context", "“Ibid.” needs the reference before it.")
    if candidate.archive is None:
        return Problem("no-archive", "No archive that Opis knows is named.")
    system = _fond_system_of(candidate.archive)
    if system is None:
        return Problem("incomplete", f"References of {candidate.archive} have other levels.")
    missing = [level for level in system.needed_levels if level not in candidate.path]
    return Problem("incomplete", f"Missing: {', '.join(missing) or 'a level'}.")


def _legend_leaves(leaves: str) -> str:
    sides = re.split("(v?(?:–|$))", with_en_dashes(leaves))
    return "".join(
        side.replace("v", " об.") if number % 2 else _cyrillic_value(side)
        for number, side in enumerate(sides)
    )


def _cyrillic_value(value: str) -> str:
    """Return a value in Cyrillic letters, or as it is if one of its letters is ambiguous.

    >>> _cyrillic_value("R-5446"), _cyrillic_value("9401-os"), _cyrillic_value("3x")
    ('Р-5446', '9401-ос', '3x')
    """
    latin = set(re.findall("[a-z]", value.lower()))
    if not latin <= _CYRILLIC.keys():
        return value
    letters = [_CYRILLIC.get(letter.lower(), letter) for letter in value]
    return "".join(
        new.upper() if old.isupper() else new for old, new in zip(value, letters, strict=True)
    )


def _cyrillic_alias(code: str) -> str:
    """Return the first Cyrillic alias of an archive, or its code."""
    archive = find_archive(code)
    aliases = archive.aliases if archive else ()
    return next((alias for alias in aliases if re.match("[А-ЯІ]", alias)), code)


def _levels_with(**words: tuple[str, str]) -> tuple[FondLevel, ...]:
    """Return the levels with a system's words for some, in the normal form and in legends."""
    return tuple(
        replace(level, prefix=f"{words[level.name][0]} ", legend_prefix=f"{words[level.name][1]} ")
        if level.name in words
        else level
        for level in FOND_LEVELS
    )


def _latin_system(
    key: str, opis: str, delo: str, leaf_unit: tuple[str, str] = ("l", "ll")
) -> FondSystem:
    levels = _levels_with(opis=(opis, opis), delo=(delo, delo))
    return LatinFondSystem(key, levels, _WITH_OPIS, leaf_unit)


_WITH_OPIS = "fond opis( part)?( papka)? delo( volume)?"
_OPTIONAL_OPIS = "fond( opis)?( part)? delo( volume)?"
SYSTEMS: tuple[FondSystem, ...] = (
    RussianSystem("ru", FOND_LEVELS, "fond (opis|perechen)( part)?( papka)? delo( volume)?"),
    FondSystem("bg", _levels_with(delo=("a.e.", "А.е.")), _OPTIONAL_OPIS),
    FondSystem("ua", _levels_with(delo=("spr.", "Спр.")), _OPTIONAL_OPIS),
    FondSystem(
        "files",
        _levels_with(delo=("ed.khr.", "Ед. хр.")),
        "fond( opis| karton)?( part)? delo( volume)?",
    ),
    FondSystem("ge", (SECTION, *FOND_LEVELS), f"(section )?{_WITH_OPIS}"),
    _latin_system("lt", "ap.", "b."),
    _latin_system("lv", "apr.", "lieta"),
    _latin_system("ee", "n.", "s."),
    _latin_system("md", "inv.", "d.", ("f", "ff")),
)
