"""Copies files that stay independent of their source."""

import os
import shutil
from pathlib import Path


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, sharing its blocks where the file system can.

    A hard link would let an edit of the copy change the archive.
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
