"""The steps of an American reference, and the levels that they name.

Commas separate the steps. Before the first lot, box or file a step is the series; after it, the
folder. The tail of a decimal file is a date, not leaves.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from pipeline.references.leaves import normalize_text
from pipeline.references.place import LevelPath
from pipeline.references.systems.american.designations import is_film_number, may_be_file_number

_ABBREVIATED_SERIES = "PSF|NSF|POF|WHCF|WHSF|CDF|SNF|CFPF"
_SERIES_WORDS = r"Files?|Papers|Records|Series|Collection|Documents|Diar(?:y|ies)"
_YEARS = r"(?:18|19)[0-9]{2}[-–](?:[0-9]{2}){1,2}"
#: Starts a step of an archival reference; a note that cites a printed bulletin has none.
_ARCHIVAL_STEP = re.compile(
    r"(?:RG|Record Group|Lot|Box|Job|Entry|Reel|Roll) ?[0-9]|Microfilm |[MT]-?[0-9]{2,4}$|"
    rf".*\b(?:{_SERIES_WORDS}|Lot|{_ABBREVIATED_SERIES})\b"
)
_END_OF_SERIES = re.compile(
    rf".*\b(?:{_SERIES_WORDS}|{_ABBREVIATED_SERIES})(?: {_YEARS})?|{_YEARS}"
)
_LOT = re.compile(
    r"(?:(?P<series>.*?)[:,]? )??(?:Lot(?: File)? )?(?P<lot>[0-9]{2} ?[DF] ?[0-9]{1,4})"
)
_SERIES_AND_BOX = re.compile(r"(?P<series>.*\S) (?:box|Box) (?P<box>[0-9]+[A-Z]?)")
_RECORD_GROUP_NUMBER = r"(?:RG|Record Group)[ -]?([0-9]{1,3})"
_LEVEL_PATTERNS = tuple(
    (level, re.compile(pattern))
    for level, pattern in (
        ("record_group", rf"{_RECORD_GROUP_NUMBER}(?: \(RG [0-9]+\))?(?:: .+)?"),
        ("entry", r"[Ee]ntry ((?:[A-Z]{1,3}-?)?[0-9]+[A-Z]?)"),
        ("transfer", r"TIN:? ?([0-9]{6,15})"),
        ("box", r"[Bb]ox(?:es)? ((?:[A-Z]{1,3}[- ]?)?[0-9]+[A-Z]?(?:-[0-9]+)?)"),
        ("folder", r"[Ff]older:? (.+)"),
        (
            "publication",
            r"(?:(?:[Mm]icrofilm|NARA)(?: [Pp]ublication)?(?: Series| Copy)? )?([AMT]-?[0-9]{2,4})",
        ),
        ("reel", r"(?:[Mm]icrofilm )?(?:[Rr]eel|[Rr]oll)(?: [Nn]o\.)? ?([0-9]{1,4}[A-Z]?)"),
        ("frame", r"[Ff]rames?(?: [Nn]os?\.)? ?([0-9]{1,7}(?:-[0-9]{1,7})?)"),
    )
)


def is_archival(step: str) -> bool:
    """Return whether a step is one of an archival reference."""
    return bool(_ARCHIVAL_STEP.match(step) or named_levels(step))


def path_from_steps(
    steps: list[str], is_number: Callable[[str], bool] = may_be_file_number
) -> LevelPath:
    """Return the levels of steps, outermost first; ``is_number`` recognizes numbers of files."""
    path: list[tuple[str, str]] = []
    series: list[str] = []
    for index, step in enumerate(steps):
        levels = named_levels(step)
        number = _without_kind(normalize_text(step))
        if levels is None and is_film_number(number):
            levels = (("film", number),)
        elif levels is None and is_number(number) and not has_level(path, "file"):
            levels = (("file", number),)
        if levels is None and has_level(path, "lot", "transfer", "box", "file"):
            rest = _path_of_rest(path, ", ".join(steps[index:]))
            return _path_with_series([*path, *rest], series)
        for level, value in levels or (("series", step),):
            if level == "series":
                series.append(value)
            else:
                path.append((level, value))
    return _path_with_series(path, series)


def _without_kind(step: str) -> str:
    """Return a step without "file" before it, or what was sent after it: "…/1-1449: Telegram"."""
    return re.sub(r"^[Ff]ile (?=[0-9]{3})|: ?(?:Circular )?(?:[Tt]elegram|[Aa]irgram)$", "", step)


def _path_of_rest(path: list[tuple[str, str]], rest: str) -> list[tuple[str, str]]:
    """Return the levels of what follows a lot, box or file: a file or folder, perhaps a box."""
    box = re.search(r"(?:, |^)[Bb]ox ([0-9]+[A-Z]?)", rest)
    if box is None:
        return [("folder" if has_level(path, "box") else "file", rest)]
    before, after = rest[: box.start()], rest[box.end() :].strip(", ")
    file = [("file", before)] if before else []
    return [*file, ("box", box[1]), *([("folder", after)] if after else [])]


@lru_cache(maxsize=256)  # of notes that overlap
def named_levels(step: str) -> tuple[tuple[str, str], ...] | None:
    """Return the levels that a step names; None if it names none."""
    normalized = normalize_text(step)
    for level, pattern in _LEVEL_PATTERNS:
        match = pattern.fullmatch(normalized)
        if match:
            return ((level, match[1]),)
    for pattern, level in ((_LOT, "lot"), (_SERIES_AND_BOX, "box")):
        match = pattern.fullmatch(normalized)
        if match:
            series = step[match.start("series") : match.end("series")] if match["series"] else ""
            return (*([("series", series)] if series else []), (level, match[level]))
    return None


def has_level(path: LevelPath | list[tuple[str, str]], *levels: str) -> bool:
    """Return whether one of the levels is on the path."""
    return any(level in levels for level, _ in path)


def is_whole_series(path: LevelPath) -> bool:
    """Return whether the path ends with a series, and its name is that of one."""
    level, value = path[-1] if path else ("", "")
    return level == "series" and _END_OF_SERIES.fullmatch(value.rpartition(", ")[2]) is not None


def _path_with_series(path: list[tuple[str, str]], series: list[str]) -> LevelPath:
    """Return the path with the series inserted after record group and entry."""
    above = [step for step in path if step[0] in {"record_group", "entry"}]
    below = [step for step in path if step not in above]
    return (*above, *([("series", ", ".join(series))] if series else []), *below)
