"""Writes and replaces files and folders of the site."""

import json
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


def replace_folder(new: Path, target: Path) -> None:
    """Move a folder to ``target``, replacing the folder there if there is one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)
