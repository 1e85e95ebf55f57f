"""American references: record groups, lots, boxes and decimal files, as source notes cite them.

    NARA, RG 59, Central Files, 711.5/5-858.
    Department of State, OAS Files: Lot 60 D 665, Reference Papers.
    761.93/1-1449, CDF 1945-49, RG 59, NARA

The end of a sentence ends the reference.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from pipeline.references.archives import all_spellings, find_archive
from pipeline.references.match import CitingText, Problem, ReferenceMatch, ReferenceStatus
from pipeline.references.place import ArchivePlace, LevelPath
from pipeline.references.signatures import match_from_regex
from pipeline.references.system import Level, ReferenceSystem
from pipeline.references.systems.american.cited_steps import (
    is_archival,
    is_whole_series,
    path_from_steps,
)
from pipeline.references.systems.american.designations import (
    DATED_DECIMAL,
    is_file_number,
    may_be_file_number,
)

_MAX_NOTE_CHARS = 400  #: characters of one source note
_NATIONAL_ARCHIVES = "US-NARA"  #: code of "National Archives" before a record group
_LIBRARIES = {  # cited by collection and series; the box is optional
    "US-DDEL", "US-FDRL", "US-GBL", "US-GRFL", "US-HSTL", "US-JCL", "US-JFKL", "US-LBJL", "US-LC",
    "US-RNL", "US-RRL",
}  # fmt: skip
_RECORD_GROUP = r"(?:RG|Record Group)[ -]?[0-9]{1,3}(?! ?[A-Z]?[0-9])"
_FILM = r"[AMT]-?[0-9]{2,4}, (?:[Rr]eel|[Rr]oll) [0-9]"
_NOTE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\bNo)(?<!\bDr)(?<!\bMr)(?<!\b[Vv]ol)(?<!\bno)[.;](?=\s|$)"
    r"|\.(?=\s+(?:Top |Very )?(?:Secret|Confidential|Unclassified|Limited|No class))"
)
_STEP_START = re.compile(r"[ ,;-]+(RG|Record Group|Entry|Lot|Box|Folder)[ -]?(?=[0-9])")
_YEARS_APART = re.compile(r"(?<=[Ff]ile|iles|.CDF|.SNF), (?=(?:18|19)[0-9]{2}[-–])")


class AmericanSystem(ReferenceSystem):
    """The American system: steps name their own levels; there are no leaves."""

    def find(self, text: CitingText, context: ArchivePlace | None) -> Iterator[ReferenceMatch]:
        """Yield the references of a text; "Ibid." is not supported. Dashes are part of values."""
        del context
        yield from self._find_innermost_first(text)
        read_until = 0  #: where the last certain reference ends
        for match in _archive_pattern(self.key).finditer(text.as_written):
            if match.start() < read_until:
                continue
            end = _NOTE_END.search(match.string, match.end(), match.end() + 2 * _MAX_NOTE_CHARS)
            rest = match.string[match.end() : end.start() if end else None][:_MAX_NOTE_CHARS]
            steps = _steps_of(rest)
            if any(map(is_archival, steps)) or (steps and is_file_number(steps[0])):
                reference = self._match_of(match, rest, steps)
                if reference.status is ReferenceStatus.OK:
                    read_until = match.end() + len(rest)
                yield reference

    def cite_file_name(self, name: str) -> str:
        """Return a file name with commas between its steps."""
        return _STEP_START.sub(r", \1 ", name)

    def is_complete(self, path: LevelPath) -> bool:
        """Return whether the path reaches a file or a document, or ends with a whole series."""
        return super().is_complete(path) and (path[-1][0] != "series" or is_whole_series(path))

    def _find_innermost_first(self, text: CitingText) -> Iterator[ReferenceMatch]:
        """Yield references whose file stands before the record group and the archive."""
        for match in _record_group_and_archive(self.key).finditer(text.as_written):
            before = text.as_written[max(match.start() - _MAX_NOTE_CHARS, 0) : match.start()]
            start = match.start() - len(before)
            breaks = [one.end() for one in re.finditer(r"[;.] (?=\S)", before)]
            steps = _trailing_steps(before[breaks[-1] if breaks else 0 :])
            if steps:
                begin = text.as_written.rindex(steps[0], start, match.start())
                path = path_from_steps([match["record_group"], *reversed(steps)])
                cited = text.as_written[begin : match.end()]
                yield self._checked(match, match["archive"], path, cited, begin)

    def _match_of(self, match: re.Match[str], rest: str, steps: list[str]) -> ReferenceMatch:
        name, (first, *others) = match["archive"], steps
        if name is None and others and self._is_archive(others[-1]):
            name, steps = others[-1], [first, *others[:-1]]  # RG 59, 893.00/1-1449, NARA
        archive = find_archive(name or "")
        in_library = archive is not None and archive.code in _LIBRARIES
        path = path_from_steps(steps, is_file_number if in_library else may_be_file_number)
        if in_library and [level for level, _ in path] == ["series"] and len(steps) > 1:
            path = (("series", ", ".join(steps[:-1])), ("folder", steps[-1]))
        return self._checked(match, name, path, match[0] + rest, match.start())

    def _is_archive(self, step: str) -> bool:
        archive = find_archive(step)
        return step == "National Archives" or (archive is not None and archive.system == self.key)

    def _checked(
        self, match: re.Match[str], name: str | None, path: LevelPath, as_cited: str, start: int
    ) -> ReferenceMatch:
        """Return the reference of a match to the archive of a name, with its status."""
        archive = find_archive(name or "")
        code = archive.code if archive else _NATIONAL_ARCHIVES if name else None
        found = match_from_regex(self, match, code, path)
        reference = replace(found, as_cited=as_cited, start=start)
        if reference.status is ReferenceStatus.INCOMPLETE and code is not None:
            problem = Problem("incomplete", "Neither series, lot, box nor file is named.")
            return replace(reference, problems=(problem,))
        return reference


def _steps_of(text: str) -> list[str]:
    """Return the steps between commas; years belong to the series before them."""
    joined = _YEARS_APART.sub("\0", text)
    steps = (step.strip().replace("\0", ", ") for step in joined.split(", "))
    return [step for step in steps if step]


def _trailing_steps(text: str) -> list[str]:
    """Return the steps at the end of a text that are archival or a file number, in text order."""
    steps: list[str] = []
    for step in reversed(_steps_of(text.rstrip(", "))):
        if not (is_archival(step) or is_file_number(step.removeprefix("file ").replace("–", "-"))):
            break
        steps.insert(0, step)
    return steps


@cache
def _archive_pattern(system: str) -> re.Pattern[str]:
    archive = _spellings(system) + (
        r"|National Archives(?=[^;]{0,60} (?:RG|Record Group|Microfilm Publication)\b)"
    )
    city = r"(?:, (?:College Park|Washington)(?:, (?:Maryland|MD|D\.?C\.?))?)?"
    bare = f"(?={_RECORD_GROUP},)|(?={_FILM})|(?={DATED_DECIMAL})"
    return re.compile(
        rf"(?<![\w-])(?:(?P<archive>{archive}){city}(?:[,:] | (?=Microfilm Publication))|{bare})"
    )


@cache
def _record_group_and_archive(system: str) -> re.Pattern[str]:
    archive = f"{_spellings(system)}|National Archives"
    return re.compile(
        rf"(?P<record_group>{_RECORD_GROUP}(?:: [^,;]{{3,90}})?), (?P<archive>{archive})(?![\w-])"
    )


def _spellings(system: str) -> str:
    """Return a pattern of the archives' spellings, with or without stops in "US"."""
    return "|".join(re.escape(x).replace(r"US\ ", r"U\.?S\.? ") for x in all_spellings(system))


SYSTEMS = (
    AmericanSystem(
        key="us",
        levels=(
            Level("record_group", "RG ", folder_prefix="rg", description_level="recordgrp"),
            Level("entry", "Entry "),
            Level("series", description_level="series"),
            Level("publication", "Microfilm Publication ", description_level="series"),
            Level("reel", "Reel ", folder_prefix="reel"),
            Level("frame", "Frame ", folder_prefix="frame", description_level="item"),
            Level("lot", "Lot ", folder_prefix="lot"),
            Level("transfer", "TIN "),
            Level("box", "Box ", folder_prefix="box"),
            Level("file"),
            Level("film"),
            Level("folder"),
        ),
        levels_pattern=(
            "(record_group )?(entry )?(series )?(publication )?"
            "(lot|transfer|box|file|film|folder|reel)( box| file| film| folder| frame)*"
            "|(record_group )?(entry )?series"
        ),
    ),
)
