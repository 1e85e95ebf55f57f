"""Staging folders: a version is written beside its place, under a name that readers ignore.

Meanwhile a note in ``.opis/staging`` names the folder (see ``owner_lock``). A note without an owner
names the folder of a killed run, which is then removed.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pipeline.inbox.files import remove_empty_folders
from pipeline.owner_lock import clear_abandoned, hold_note, remove_note
from pipeline.settings import Settings

_PARTIAL_SUFFIX = ".partial"


@contextmanager
def staging(home: Path, version: int, settings: Settings) -> Iterator[Path]:
    """Yield a path beside ``home/vN`` to write a version to; remove it if it was not renamed."""
    with hold_note(_notes_folder(settings)) as note:
        folder = home / f".v{version}.{note.stem}{_PARTIAL_SUFFIX}"
        try:
            note.write_text(folder.relative_to(settings.records).as_posix(), encoding="utf-8")
            home.mkdir(parents=True, exist_ok=True)
            yield folder
        finally:
            _clear_staging(folder, note, settings)


def clear_leftovers(settings: Settings) -> None:
    """Remove the staging folders of killed runs; those of running ones stay."""
    clear_abandoned(_notes_folder(settings), partial(_clear_noted, settings))


def is_unfinished(path: Path) -> bool:
    """Return whether a path is a staging folder, or a folder of nothing else, or empty."""
    waiting = [path]
    while waiting:
        folder = waiting.pop()
        if folder.name.startswith(".v") and folder.name.endswith(_PARTIAL_SUFFIX):
            continue
        try:
            if folder.is_symlink() or not folder.is_dir():
                return False
            waiting += folder.iterdir()
        except OSError:  # it cannot be read
            return False
    return True


def discard_folder(folder: Path) -> None:
    """Remove a folder, if it exists, even where it is read-only already."""
    if folder.exists():
        for path in [folder, *folder.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)
        shutil.rmtree(folder)


def _clear_noted(settings: Settings, note: Path) -> None:
    name = note.read_text("utf-8") if note.exists() else ""
    # A note that was cut off by the crash names another folder, maybe a published one.
    is_complete = name.endswith(f".{note.stem}{_PARTIAL_SUFFIX}")
    _clear_staging(settings.records / name if is_complete else None, note, settings)


def _clear_staging(folder: Path | None, note: Path, settings: Settings) -> None:
    if folder is not None:
        discard_folder(folder)
        remove_empty_folders(folder.parent, settings.records)
    remove_note(note)


def _notes_folder(settings: Settings) -> Path:
    return settings.work_folder / "staging"
