"""The lock for changes of an archive."""

from pathlib import Path

from filelock import FileLock


def archive_lock(output: Path) -> FileLock:
    """Return the lock for changes of the archive; a thread may take it twice."""
    work = output / ".opis"
    work.mkdir(parents=True, exist_ok=True)
    return FileLock(work / "publish.lock", is_singleton=True)
