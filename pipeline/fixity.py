"""Fixity: whether bytes are still what they were."""

import hashlib
from pathlib import Path


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, read piece by piece.

    Raises:
        OSError: it cannot be read to its end.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
