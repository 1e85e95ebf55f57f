"""Files and folders of the site: each there whole or not at all."""

import json
import os
import shutil
from pathlib import Path


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and only where it changes."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.partial")
    beside.write_bytes(content)
    beside.replace(path)


def read_digests(path: Path) -> dict[str, str]:
    """Return the digests by name that an earlier build left in a file; none where it is no such."""
    try:
        found: dict[str, str] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found


def write_digests(path: Path, digests: dict[str, str]) -> None:
    """Leave digests by name to the next build."""
    write_file(path, json.dumps(digests, sort_keys=True).encode())


def copy_file(source: Path, target: Path) -> None:
    """Copy a file; where the file system shares blocks between files it takes no room.

    It is no hard link: who edits the site must not reach into the archive.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("wb") as written:
        left = os.fstat(read.fileno()).st_size
        try:
            while left > 0 and (done := os.copy_file_range(read.fileno(), written.fileno(), left)):
                left -= done
        except OSError:  # another disk, or a file system that cannot
            read.seek(0)
            written.seek(0)
            written.truncate()
            shutil.copyfileobj(read, written, 2**20)


def replace_folder(new: Path, target: Path) -> None:
    """Put a folder where another is, or none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)
