"""Reads American references: record groups, lots, boxes and decimal files, as notes cite them.

    NARA, RG 59, Central Files, 711.5/5-858.
    Department of State, OAS Files: Lot 60 D 665, Reference Papers.

Commas part the steps. Before the first lot, box or file a step is the series; behind it, the
folder. The tail of a decimal file is a date, no leaves. A sentence ends the reference.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from pipeline.references.archives import archive_named, spellings
from pipeline.references.leaves import plain
from pipeline.references.result import Problem, Reading, Status
from pipeline.references.signatures import Path, reading_of

_LONGEST = 400  #: characters of one source note
_PLAIN = "US-NARA"  #: "National Archives" before a record group
_LIBRARIES = {  # cited by collection and series; a box is a courtesy
    "US-DDEL", "US-GRFL", "US-HSTL", "US-JCL", "US-JFKL", "US-LBJL", "US-LC", "US-RNL", "US-RRL",
}  # fmt: skip
_RG = r"(?:RG|Record Group) ?[0-9]{1,3}(?! ?[A-Z]?[0-9])"
_END = re.compile(
    r"(?<!\b[A-Z])(?<!\bNo)(?<!\bDr)(?<!\bMr)(?<!\b[Vv]ol)(?<!\bno)[.;](?=\s|$)"
    r"|\.(?=\s+(?:Top |Very )?(?:Secret|Confidential|Unclassified|Limited|No class))"
)
_FILES = re.compile(  # the first step of what is kept in an archive, not printed in a bulletin
    r"(?:RG|Record Group|Lot|Box|Job|Entry|Reel) ?[0-9]|.*\b(?:Files?|Papers|Records|Series|"
    r"Collection|Documents|Lot|Diar(?:y|ies))\b",
)
_DECIMAL = re.compile(r"[0-9]{3}[A-Za-z]?\.[0-9A-Za-z.]*(?:/[0-9][\w-]*)?|[A-Z]{2,4} [0-9][\w -]*")
_LOT = re.compile(
    r"(?:(?P<series>.*?)[:,]? )??(?:Lot(?: File)? )?(?P<lot>[0-9]{2} ?[DF] ?[0-9]{1,4})"
)
_MARKED = (
    ("record_group", re.compile(r"(?:RG|Record Group) ?([0-9]{1,3})")),
    ("entry", re.compile(r"Entry ((?:[A-Z]{1,3}-?)?[0-9]+[A-Z]?)")),
    ("transfer", re.compile(r"TIN:? ?([0-9]{6,15})")),
    ("box", re.compile(r"Box(?:es)? ((?:[A-Z]{1,3}[- ]?)?[0-9]+[A-Z]?(?:-[0-9]+)?)")),
    ("folder", re.compile(r"Folder:? (.+)")),
)


def read_american(text: str) -> Iterator[Reading]:
    """Yield the references of a text; its spaces are alike, its dashes are as they were."""
    for found in _pattern().finditer(text):
        end = _END.search(text, found.end(), found.end() + 2 * _LONGEST)
        whole = text[found.end() : end.start() if end else len(text)][:_LONGEST]
        steps = [step.strip() for step in whole.split(", ") if step.strip()]
        if any(_FILES.match(step) or _marked(plain(step)) for step in steps):
            yield _reading(found, whole, steps)


def _reading(found: re.Match[str], whole: str, steps: list[str]) -> Reading:
    archive = archive_named(found["archive"] or "")
    code = archive.code if archive else _PLAIN if found["archive"] else None
    path = _path(steps)
    if code in _LIBRARIES and [level for level, _ in path] == ["series"] and len(steps) > 1:
        path = (("series", ", ".join(steps[:-1])), ("folder", steps[-1]))
    made = replace(reading_of(found, code, path, ""), as_cited=found[0] + whole)
    if made.status is Status.INCOMPLETE and code is not None:
        lack = Problem("incomplete", "Neither lot, box nor file is named.")
        return replace(made, problems=(lack,))
    return made


def _path(steps: list[str]) -> Path:
    path: list[tuple[str, str]] = []
    series: list[str] = []
    for place, step in enumerate(steps):
        known = _marked(plain(step))
        if known is None and _DECIMAL.fullmatch(plain(step)) and not path_has(path, "file"):
            known = [("file", plain(step))]
        if known is None and path_has(path, "lot", "transfer", "box", "file"):
            rest = ", ".join(steps[place:])
            boxes = re.search(r"(?:, |^)Box ([0-9]+[A-Z]?)", rest)
            level = "folder" if path_has(path, "box") else "file"
            if boxes:
                before = rest[: boxes.start()]
                return _whole([*path, *([("file", before)] if before else []), ("box", boxes[1]),
                               *_behind(rest[boxes.end() :])], series)  # fmt: skip
            return _whole([*path, (level, rest)], series)
        if known is None:
            series.append(step)
            continue
        for level, value in known:
            if level == "series":
                series.append(value)
            else:
                path.append((level, value))
    return _whole(path, series)


def _behind(rest: str) -> list[tuple[str, str]]:
    return [("folder", rest.strip(", "))] if rest.strip(", ") else []


def _marked(step: str) -> list[tuple[str, str]] | None:
    """Return the level that a step names itself."""
    for level, pattern in _MARKED:
        found = pattern.fullmatch(step)
        if found:
            return [(level, found[1])]
    lot = _LOT.fullmatch(step)
    if lot is None:
        return None
    return [*([("series", lot["series"])] if lot["series"] else []), ("lot", lot["lot"])]


def path_has(path: list[tuple[str, str]], *levels: str) -> bool:
    """Return whether one of the levels is on the path."""
    return any(level in levels for level, _ in path)


def _whole(path: list[tuple[str, str]], series: list[str]) -> Path:
    """Return the path with its series in its place: behind record group and entry."""
    if not series:
        return tuple(path)
    above = [step for step in path if step[0] in {"record_group", "entry"}]
    below = [step for step in path if step not in above]
    return (*above, ("series", ", ".join(series)), *below)


@cache
def _pattern() -> re.Pattern[str]:
    archive = "|".join(map(re.escape, [*spellings("us"), "U.S. Department of State"]))
    archive += "|National Archives(?=[^;]{0,60} RG )"
    place = r"(?:, (?:College Park|Washington)(?:, (?:Maryland|MD|D\.?C\.?))?)?"
    return re.compile(rf"(?<![\w-])(?:(?P<archive>{archive}){place}[,:] |(?={_RG},))")
