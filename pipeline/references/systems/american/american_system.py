"""American references: record groups, lots, boxes and decimal files, as source notes cite them.

    NARA, RG 59, Central Files, 711.5/5-858.
    Department of State, OAS Files: Lot 60 D 665, Reference Papers.

Commas separate the steps. Before the first lot, box or file a step is the series; after it, the
folder. The tail of a decimal file is a date, not leaves. The end of a sentence ends the reference.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache

from pipeline.references.archives import all_spellings, find_archive
from pipeline.references.leaves import normalize_text
from pipeline.references.match import CitingText, Problem, ReferenceMatch, ReferenceStatus
from pipeline.references.place import ArchivePlace, LevelPath
from pipeline.references.signatures import match_from_regex
from pipeline.references.system import Level, ReferenceSystem

_MAX_NOTE_CHARS = 400  #: characters of one source note
_NATIONAL_ARCHIVES = "US-NARA"  #: code of "National Archives" before a record group
_LIBRARIES = {  # cited by collection and series; the box is optional
    "US-DDEL", "US-GRFL", "US-HSTL", "US-JCL", "US-JFKL", "US-LBJL", "US-LC", "US-RNL", "US-RRL",
}  # fmt: skip
_RECORD_GROUP = r"(?:RG|Record Group) ?[0-9]{1,3}(?! ?[A-Z]?[0-9])"
_NOTE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\bNo)(?<!\bDr)(?<!\bMr)(?<!\b[Vv]ol)(?<!\bno)[.;](?=\s|$)"
    r"|\.(?=\s+(?:Top |Very )?(?:Secret|Confidential|Unclassified|Limited|No class))"
)
#: Starts a step of an archival reference; a note that cites a printed bulletin has none.
_ARCHIVAL_STEP = re.compile(
    r"(?:RG|Record Group|Lot|Box|Job|Entry|Reel) ?[0-9]|.*\b(?:Files?|Papers|Records|Series|"
    r"Collection|Documents|Lot|Diar(?:y|ies))\b"
)
_STEP_START = re.compile(r"[ ,;-]+(RG|Record Group|Entry|Lot|Box|Folder)[ -]?(?=[0-9])")
_DECIMAL_FILE = re.compile(
    r"[0-9]{3}[A-Za-z]?\.[0-9A-Za-z.]*(?:/[0-9][\w-]*)?|[A-Z]{2,4} [0-9][\w -]*"
)
_LOT = re.compile(
    r"(?:(?P<series>.*?)[:,]? )??(?:Lot(?: File)? )?(?P<lot>[0-9]{2} ?[DF] ?[0-9]{1,4})"
)
_LEVEL_PATTERNS = (
    ("record_group", re.compile(r"(?:RG|Record Group) ?([0-9]{1,3})")),
    ("entry", re.compile(r"Entry ((?:[A-Z]{1,3}-?)?[0-9]+[A-Z]?)")),
    ("transfer", re.compile(r"TIN:? ?([0-9]{6,15})")),
    ("box", re.compile(r"Box(?:es)? ((?:[A-Z]{1,3}[- ]?)?[0-9]+[A-Z]?(?:-[0-9]+)?)")),
    ("folder", re.compile(r"Folder:? (.+)")),
)


class AmericanSystem(ReferenceSystem):
    """The American system: steps name their own levels; there are no leaves."""

    def find(self, text: CitingText, context: ArchivePlace | None) -> Iterator[ReferenceMatch]:
        """Yield the references of a text; "Ibid." is not supported. Dashes are part of values."""
        del context
        read_until = 0  #: where the last certain reference ends
        for match in _archive_pattern(self.key).finditer(text.as_written):
            if match.start() < read_until:
                continue
            end = _NOTE_END.search(match.string, match.end(), match.end() + 2 * _MAX_NOTE_CHARS)
            rest = match.string[match.end() : end.start() if end else None][:_MAX_NOTE_CHARS]
            steps = [step.strip() for step in rest.split(", ") if step.strip()]
            if any(_ARCHIVAL_STEP.match(step) or _named_levels(step) for step in steps):
                reference = self._match_of(match, rest, steps)
                if reference.status is ReferenceStatus.OK:
                    read_until = match.end() + len(rest)
                yield reference

    def cite_file_name(self, name: str) -> str:
        """Return a file name with commas between its steps."""
        return _STEP_START.sub(r", \1 ", name)

    def _match_of(self, match: re.Match[str], rest: str, steps: list[str]) -> ReferenceMatch:
        archive = find_archive(match["archive"] or "")
        code = archive.code if archive else _NATIONAL_ARCHIVES if match["archive"] else None
        path = _path_from_steps(steps)
        if code in _LIBRARIES and [level for level, _ in path] == ["series"] and len(steps) > 1:
            path = (("series", ", ".join(steps[:-1])), ("folder", steps[-1]))
        reference = replace(match_from_regex(self, match, code, path), as_cited=match[0] + rest)
        if reference.status is ReferenceStatus.INCOMPLETE and code is not None:
            problem = Problem("incomplete", "Neither lot, box nor file is named.")
            return replace(reference, problems=(problem,))
        return reference


def _path_from_steps(steps: list[str]) -> LevelPath:
    path: list[tuple[str, str]] = []
    series: list[str] = []
    for index, step in enumerate(steps):
        levels = _named_levels(step)
        if (
            levels is None
            and _DECIMAL_FILE.fullmatch(normalize_text(step))
            and not has_level(path, "file")
        ):
            levels = (("file", normalize_text(step)),)
        if levels is None and has_level(path, "lot", "transfer", "box", "file"):
            rest = ", ".join(steps[index:])
            boxes = re.search(r"(?:, |^)Box ([0-9]+[A-Z]?)", rest)
            level = "folder" if has_level(path, "box") else "file"
            if boxes:
                before = rest[: boxes.start()]
                file = [("file", before)] if before else []
                folder = _folder_after_box(rest[boxes.end() :])
                return _path_with_series([*path, *file, ("box", boxes[1]), *folder], series)
            return _path_with_series([*path, (level, rest)], series)
        if levels is None:
            series.append(step)
            continue
        for level, value in levels:
            if level == "series":
                series.append(value)
            else:
                path.append((level, value))
    return _path_with_series(path, series)


def _folder_after_box(rest: str) -> list[tuple[str, str]]:
    return [("folder", rest.strip(", "))] if rest.strip(", ") else []


@lru_cache(maxsize=256)  # of notes that overlap
def _named_levels(step: str) -> tuple[tuple[str, str], ...] | None:
    """Return the levels that a step names; None if it names none."""
    step = normalize_text(step)
    for level, pattern in _LEVEL_PATTERNS:
        match = pattern.fullmatch(step)
        if match:
            return ((level, match[1]),)
    lot = _LOT.fullmatch(step)
    if lot is None:
        return None
    return (*([("series", lot["series"])] if lot["series"] else []), ("lot", lot["lot"]))


def has_level(path: list[tuple[str, str]], *levels: str) -> bool:
    """Return whether one of the levels is on the path."""
    return any(level in levels for level, _ in path)


def _path_with_series(path: list[tuple[str, str]], series: list[str]) -> LevelPath:
    """Return the path with the series inserted after record group and entry."""
    if not series:
        return tuple(path)
    above = [step for step in path if step[0] in {"record_group", "entry"}]
    below = [step for step in path if step not in above]
    return (*above, ("series", ", ".join(series)), *below)


@cache
def _archive_pattern(system: str) -> re.Pattern[str]:
    archive = "|".join(map(re.escape, [*all_spellings(system), "U.S. Department of State"]))
    archive += "|National Archives(?=[^;]{0,60} RG )"
    city = r"(?:, (?:College Park|Washington)(?:, (?:Maryland|MD|D\.?C\.?))?)?"
    return re.compile(rf"(?<![\w-])(?:(?P<archive>{archive}){city}[,:] |(?={_RECORD_GROUP},))")


SYSTEMS = (
    AmericanSystem(
        key="us",
        levels=(
            Level("record_group", "RG ", folder_prefix="rg", description_level="recordgrp"),
            Level("entry", "Entry "),
            Level("series", description_level="series"),
            Level("lot", "Lot ", folder_prefix="lot"),
            Level("transfer", "TIN "),
            Level("box", "Box ", folder_prefix="box"),
            Level("file"),
            Level("folder"),
        ),
        levels_pattern=(
            "(record_group )?(entry )?(series )?(lot|transfer|box|file|folder)( box| file| folder)*"
        ),
    ),
)
