"""Whether inbox and output lie where they should: a network disk may go, and come back.

An empty mount point looks like an inbox without scans and an archive without records: nothing
must be begun, or published, there.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from pipeline.errors import AwayError, lost_disk_message
from pipeline.settings import Settings


def with_mounts(settings: Settings) -> Settings:
    """Return the settings with the mount points that inbox and output lie below, if none are named.

    A disk that is away at this moment cannot be found so; it has to be named.
    """
    return settings.model_copy(update={"mounts": _mount_points(settings)})


def require_mounts(settings: Settings) -> None:
    """Check that every disk is mounted that inbox and output lie on.

    Raises:
        AwayError: one is not; its text says which.
    """
    for mount in _mount_points(settings):
        if not os.path.ismount(mount):
            msg = f"{mount} is not mounted, or its server does not answer."
            raise AwayError(msg)


@contextmanager
def guard_mounts(settings: Settings) -> Iterator[None]:
    """Run the block while all disks are there.

    Raises:
        AwayError: one is not there, or the block could not read a folder.
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
    """Return the mount points as they were when this process first asked."""
    return tuple(sorted({_mount_point_of(folder) for folder in (inbox, output)} - {Path("/")}))


def _mount_point_of(folder: Path) -> Path:
    folder = folder.resolve()
    return next(path for path in (folder, *folder.parents) if os.path.ismount(path))
