"""The folders that a worker may write to, and the files that it hands over.

Scratch lies with the temporary files of this machine. Results lie on the disk of the output, so
that a file is renamed into its place, however large it is. The folder of one request has a note
with a lock (see ``owner_lock``): so what a killed process leaves is removed.
"""

import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipeline.errors import PageError
from pipeline.owner_lock import clear_abandoned, hold_note, remove_note
from pipeline.system.scratch_files import remove_stale_scratch, scratch_prefix


@dataclass(frozen=True, slots=True)
class WorkerFolders:
    """The folders of one worker process."""

    scratch: Path
    results: Path  #: shared with other workers, or in ``scratch``

    @classmethod
    def create(cls, results: Path | None) -> Self:
        """Create the folders, and remove scratch of processes that were killed.

        Args:
            results: is used if it is there; without an archive results lie with scratch.
        """
        remove_stale_scratch()
        scratch = Path(tempfile.mkdtemp(prefix=scratch_prefix("worker")))
        is_there = results is not None and results.is_dir()
        return cls(scratch, results if results is not None and is_there else scratch)

    def remove(self) -> None:
        """Remove scratch."""
        shutil.rmtree(self.scratch, ignore_errors=True)


@contextmanager
def request_folder(results: Path) -> Iterator[Path]:
    """Yield a new folder for the files of one request; remove it after the block."""
    with hold_note(results) as note:
        try:
            note.touch()
            folder = note.with_suffix("")
            folder.mkdir()
            yield folder
        finally:
            _remove_results(note)


def clear_results(results: Path) -> None:
    """Create the folder of results if need be; remove what processes left that were killed."""
    results.mkdir(exist_ok=True)
    clear_abandoned(results, _remove_results)


def take_file(file: Path, target: Path) -> None:
    """Move a file that a worker has written to its place.

    Raises:
        PageError: it is no file of its own; a link could lead anywhere.
    """
    status = file.lstat() if file.exists() else None
    if status is None or not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        msg = f"the reading process left no {file.name}"
        raise PageError(msg)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(file, target)


def _remove_results(note: Path) -> None:
    shutil.rmtree(note.with_suffix(""), ignore_errors=True)
    remove_note(note)
