"""Where a version is made: beside its place, under a name that no reader looks at.

While it is made, a note of it lies in ``.opis/staging`` under a lock, which the system takes from
a process that dies. A note that nobody holds tells what a killed run left, and that is cleared.
"""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.settings import Settings

_PARTIAL_SUFFIX = ".partial"


@contextmanager
def staging(home: Path, version: int, settings: Settings) -> Iterator[Path]:
    """Lend a name beside ``home/vN`` to make a version under; what is left of it is removed."""
    token = uuid.uuid4().hex[:12]
    folder = home / f".v{version}.{token}{_PARTIAL_SUFFIX}"
    note = _notes_folder(settings) / f"{token}.txt"
    note.parent.mkdir(parents=True, exist_ok=True)
    with _note_lock(note):
        try:
            note.write_text(folder.relative_to(settings.records).as_posix(), encoding="utf-8")
            home.mkdir(parents=True, exist_ok=True)
            yield folder
        finally:
            _clear_staging(folder, note, settings)


def clear_leftovers(settings: Settings) -> None:
    """Remove what killed runs left half made; what another run is making now stays."""
    for lock in sorted(_notes_folder(settings).glob("*.lock")):
        note = lock.with_suffix(".txt")
        with suppress(Timeout), _note_lock(note, timeout=0):
            name = note.read_text("utf-8") if note.exists() else ""
            # A note that was cut off by the crash names another folder, maybe a published one.
            whole = name.endswith(f".{note.stem}{_PARTIAL_SUFFIX}")
            _clear_staging(settings.records / name if whole else None, note, settings)


def is_unfinished(path: Path) -> bool:
    """Whether a folder holds nothing but what was never finished, or nothing at all."""
    if path.name.startswith(".v") and path.name.endswith(_PARTIAL_SUFFIX):
        return True
    return path.is_dir() and not path.is_symlink() and all(map(is_unfinished, path.iterdir()))


def discard_folder(folder: Path) -> None:
    """Remove a folder that nobody reads, however far it got."""
    if folder.exists():
        for path in [folder, *folder.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)
        shutil.rmtree(folder)


def _clear_staging(folder: Path | None, note: Path, settings: Settings) -> None:
    if folder is not None:
        discard_folder(folder)
        _remove_if_empty(folder.parent, settings.records)
    note.unlink(missing_ok=True)
    _lock_path(note).unlink(missing_ok=True)


def _remove_if_empty(folder: Path, root: Path) -> None:
    """Take away the folders that a version which never came left empty."""
    while folder != root:
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:  # not empty, or filled by another run this very moment
            return
        folder = folder.parent


def _notes_folder(settings: Settings) -> Path:
    return settings.work_folder / "staging"


def _note_lock(note: Path, timeout: float = -1) -> FileLock:
    return FileLock(_lock_path(note), timeout=timeout)


def _lock_path(note: Path) -> Path:
    return note.with_suffix(".lock")
