"""Writes, copies and replaces files and folders of the site."""

import json
import os
import shutil
from pathlib import Path


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and only if its content changes."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)


def read_digests(path: Path) -> dict[str, str]:
    """Return the digests by name that an earlier build saved; none if the file is no JSON."""
    try:
        digests: dict[str, str] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return digests


def write_digests(path: Path, digests: dict[str, str]) -> None:
    """Save digests by name for the next build."""
    write_file(path, json.dumps(digests, sort_keys=True).encode())


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, sharing its blocks where the file system can.

    A hard link would let an edit of the site change the archive.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as reader, target.open("wb") as writer:
        left = os.fstat(reader.fileno()).st_size
        try:
            while left > 0 and (size := os.copy_file_range(reader.fileno(), writer.fileno(), left)):
                left -= size
        except OSError:  # another disk, or a file system without copy_file_range
            reader.seek(0)
            writer.seek(0)
            writer.truncate()
            shutil.copyfileobj(reader, writer, 2**20)


def replace_folder(new: Path, target: Path) -> None:
    """Move a folder to ``target``, replacing the folder there if there is one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)
