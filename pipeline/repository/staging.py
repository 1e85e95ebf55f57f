"""Where a version is made: beside its place, under a name that no reader looks at.

While it is made, a note in ``.opis/staging`` names it, which lasts as long as its run. A note
without an owner tells what a killed run left, and that is cleared.
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
    """Lend a name beside ``home/vN`` to make a version under; what is left of it is removed."""
    with hold_note(_notes_folder(settings)) as note:
        folder = home / f".v{version}.{note.stem}{_PARTIAL_SUFFIX}"
        try:
            note.write_text(folder.relative_to(settings.records).as_posix(), encoding="utf-8")
            home.mkdir(parents=True, exist_ok=True)
            yield folder
        finally:
            _clear_staging(folder, note, settings)


def clear_leftovers(settings: Settings) -> None:
    """Remove what killed runs left half made; what another run is making now stays."""
    clear_abandoned(_notes_folder(settings), partial(_clear_noted, settings))


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


def _clear_noted(settings: Settings, note: Path) -> None:
    name = note.read_text("utf-8") if note.exists() else ""
    # A note that was cut off by the crash names another folder, maybe a published one.
    whole = name.endswith(f".{note.stem}{_PARTIAL_SUFFIX}")
    _clear_staging(settings.records / name if whole else None, note, settings)


def _clear_staging(folder: Path | None, note: Path, settings: Settings) -> None:
    if folder is not None:
        discard_folder(folder)
        remove_empty_folders(folder.parent, settings.records)
    remove_note(note)


def _notes_folder(settings: Settings) -> Path:
    return settings.work_folder / "staging"
