"""Claims on scans, so that two runs on one inbox do not read the same pages twice.

A claim is a note in ``output/.opis/claims`` that lasts as long as its run; machines that share the
folder see each other's. Claims only save work: the rename in ``pipeline.repository.publish``
ensures that a scan is published once.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from pipeline.owner_lock import clear_abandoned, hold_note, remove_note
from pipeline.settings import Settings


@contextmanager
def claim(paths: Sequence[Path], settings: Settings) -> Iterator[tuple[list[Path], list[Path]]]:
    """Claim scans for as long as the block runs.

    Yields:
        The scans that this run has claimed, and those that another run has.
    """
    folder = settings.work_folder / "claims"
    with hold_note(folder) as note:
        try:
            with FileLock(folder / "claims.mutex"):
                taken = _claimed_names(folder)
                names = {path: _portable_name(path, settings.inbox) for path in paths}
                free = [path for path in paths if names[path] not in taken]
                note.write_text("\0".join(names[path] for path in free), encoding="utf-8")
            yield free, [path for path in paths if names[path] in taken]
        finally:
            remove_note(note)


def _claimed_names(folder: Path) -> set[str]:
    """Return the names that live runs have claimed; the note of this run is not written yet."""
    clear_abandoned(folder)
    taken: set[str] = set()
    for note in folder.glob("*.txt"):
        with suppress(FileNotFoundError):  # its run has just ended
            taken.update(note.read_text("utf-8").split("\0"))
    return taken


def _portable_name(path: Path, inbox: Path) -> str:
    """Return a path relative to the inbox if it is in it; bytes that are not UTF-8 are escaped."""
    shown = path.relative_to(inbox) if path.is_relative_to(inbox) else path
    return str(shown).encode("utf-8", "backslashreplace").decode()
