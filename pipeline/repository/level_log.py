"""What is known of the levels of archives: ``output/levels.jsonl``, a line for each file taken.

It outlives the inbox, where it comes from. Of a level the newest description counts; an empty one
takes back what was known. The lines are linked to those before them (see ``line_chain``).
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from pydantic import AwareDatetime, ValidationError

from pipeline.description.level_descriptions import DescribedLevel, LevelDescription
from pipeline.model import Clock, FrozenModel
from pipeline.repository.archive_lock import archive_lock
from pipeline.repository.bag import Finding
from pipeline.repository.line_chain import LEVEL_LINES, append_linked, check_chain
from pipeline.repository.receipts import read_receipts
from pipeline.settings import LEVELS_FILE


class LevelLogEntry(FrozenModel):
    """A line of the log: what a file said about levels that was not known."""

    when: AwareDatetime
    source: str  #: name of the file
    levels: dict[str, LevelDescription]  #: by reference, in normal form
    previous: str = ""  #: links the line to those before it
    torn_bytes: int = 0  #: of the line before this one, which a power cut left unfinished


def read_levels(output: Path) -> Mapping[str, LevelDescription]:
    """Return what is known of each level, by its reference; skip lines that are incomplete."""
    file = output / LEVELS_FILE
    try:
        status = file.stat()
    except FileNotFoundError:
        return MappingProxyType({})
    return _parsed_log(file, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=4)
def _parsed_log(file: Path, size: int, changed: int) -> Mapping[str, LevelDescription]:
    """Return the log; it is parsed again only if its size or time of change differ."""
    del size, changed
    levels: dict[str, LevelDescription] = {}
    for line in file.read_bytes().splitlines():
        with suppress(ValidationError):
            entry = LevelLogEntry.model_validate_json(line)
            levels |= entry.levels
    return MappingProxyType(
        {name: levels[name] for name in sorted(levels) if not levels[name].is_empty}
    )


def new_levels(levels: Iterable[DescribedLevel], output: Path) -> list[DescribedLevel]:
    """Return the levels that are not known as they are described."""
    known, unknown = read_levels(output), LevelDescription()
    return [level for level in levels if known.get(level.reference, unknown) != level.description]


def add_levels(
    levels: Iterable[DescribedLevel], source: str, output: Path, clock: Clock
) -> list[DescribedLevel]:
    """Append what is new about levels, and force it to disk; return that.

    Args:
        levels: as a file describes them, each once.
        source: its name.
        output: the output folder; created if it is missing.
        clock: dates the lines.

    Raises:
        OSError: the log cannot be written.
    """
    given = new_levels(levels, output)
    if not given:
        return []
    output.mkdir(parents=True, exist_ok=True)
    with archive_lock(output):
        changed = new_levels(given, output)  # another process may have added them
        if changed:
            new = {level.reference: level.description for level in changed}
            entry = LevelLogEntry(when=clock.now(), source=source, levels=new)
            append_linked(output / LEVELS_FILE, _linked_line(entry))
    return changed


def _linked_line(entry: LevelLogEntry) -> Callable[[str, int], bytes]:
    def linked_line(previous: str, torn_bytes: int) -> bytes:
        linked = entry.model_copy(update={"previous": previous, "torn_bytes": torn_bytes})
        return linked.model_dump_json(exclude_defaults=True).encode() + b"\n"

    return linked_line


def check_levels(output: Path) -> list[Finding]:
    """Return a finding for each break of the log that nobody accepted."""
    acceptances = [one for one in read_receipts(output) if one.scan == LEVELS_FILE]
    accepted = {(one.size or 0, one.sha256 or "") for one in acceptances}
    return check_chain(output / LEVELS_FILE, LEVEL_LINES, accepted)
