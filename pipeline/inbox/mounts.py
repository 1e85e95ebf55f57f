"""Checks that the disks of inbox and output are mounted: a network disk may go and come back.

An empty mount point looks like an inbox without scans and an archive without records: no run may
start and no record may be published there.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from pipeline.errors import AwayError, lost_disk_message
from pipeline.settings import Settings


def with_mounts(settings: Settings) -> Settings:
    """Return the settings with the mount points of inbox and output, if they name none.

    A disk that is not mounted now cannot be found in this way; the settings have to name it.
    """
    return settings.model_copy(update={"mounts": _mount_points(settings)})


def require_mounts(settings: Settings) -> None:
    """Check that every disk of inbox and output is mounted.

    Raises:
        AwayError: a disk is not mounted; the message names it.
    """
    for mount in _mount_points(settings):
        if not os.path.ismount(mount):
            msg = f"{mount} is not mounted, or its server does not answer."
            raise AwayError(msg)


@contextmanager
def guard_mounts(settings: Settings) -> Iterator[None]:
    """Run the block if all disks are mounted.

    Raises:
        AwayError: a disk is not mounted, or the block raised an OSError.
    """
    try:
        require_mounts(settings)
        yield
    except OSError as error:
        raise AwayError(lost_disk_message(error) or _unreadable_message(error)) from error


def _unreadable_message(error: OSError) -> str:
    return f"{error.filename or 'A folder'} cannot be read ({error.strerror})."


def _mount_points(settings: Settings) -> tuple[Path, ...]:
    return settings.mounts or _find_mount_points(settings.inbox, settings.output)


@cache
def _find_mount_points(inbox: Path, output: Path) -> tuple[Path, ...]:
    """Return the mount points as they were at the first call in this process."""
    return tuple(sorted({_mount_point_of(folder) for folder in (inbox, output)} - {Path("/")}))


def _mount_point_of(folder: Path) -> Path:
    folder = folder.resolve()
    return next(path for path in (folder, *folder.parents) if os.path.ismount(path))
