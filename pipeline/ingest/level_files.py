"""Takes what ``_levels.yaml`` files of the inbox say about levels of archives into the archive.

The files stay where they are, as the defaults of a folder do. Only what is new in them is added.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.description.levels_file import is_levels_file, read_levels_file
from pipeline.description.sources import display_path
from pipeline.errors import DescriptionError, LinkError
from pipeline.inbox.files import LEVELS_STEM, SIDECAR_SUFFIXES
from pipeline.ingest.outcome import Outcome
from pipeline.model import Clock
from pipeline.repository.level_log import add_levels
from pipeline.settings import Settings
from pipeline.wording import escape_unprintable


def take_levels(files: Iterable[Path], settings: Settings, clock: Clock) -> Iterator[Outcome]:
    """Add the levels that files describe; yield a refusal for each fault in a file.

    Args:
        files: of the inbox; those that describe no levels are left out.
        settings: of the archive.
        clock: dates what is added.

    Raises:
        OSError: the output cannot be written.
    """
    for path in filter(is_levels_file, files):
        label = display_path(path, settings.inbox)
        if path.is_symlink():
            reason = str(LinkError(f"{label} is a link to another place."))
            yield Outcome(escape_unprintable(label), refusal_reason=reason, cause=LinkError.cause)
            continue
        reading = read_levels_file(path, label)
        add_levels(reading.levels, label, settings.output, clock)
        for error in reading.errors:
            name, cause = escape_unprintable(label), DescriptionError.cause
            yield Outcome(name, refusal_reason=str(error), cause=cause)


def level_files_above(scans: Iterable[Path], inbox: Path) -> list[Path]:
    """Return the files of levels in the folders of scans and, up to the inbox, above them."""
    folders = {
        folder
        for scan in scans
        for folder in scan.parents
        if folder == scan.parent or folder.is_relative_to(inbox)
    }
    names = [f"{LEVELS_STEM}{suffix}" for suffix in SIDECAR_SUFFIXES]
    return sorted(path for folder in folders for name in names if (path := folder / name).is_file())
