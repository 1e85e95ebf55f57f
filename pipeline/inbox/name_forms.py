"""Names of files: composed and decomposed letters (й as one character or two) are the same."""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path


def name_key(name: str) -> str:
    r"""Return the form in which equal names are equal: a Mac writes letters with marks decomposed.

    >>> name_key("и\u0306") == "й"
    True
    """
    return unicodedata.normalize("NFC", name)


def path_key(path: Path, name: str) -> Path:
    """Return the form of the path of ``name`` beside a file."""
    return path.with_name(name_key(name))


def files_of_stem(folder: Path, stem: str) -> list[str]:
    """Return the names in a folder that begin with a stem and a stop, sorted; none if it is gone."""
    prefix = f"{name_key(stem)}."
    try:
        with os.scandir(folder) as entries:
            return sorted(e.name for e in entries if name_key(e.name).startswith(prefix))
    except OSError:
        return []


def rest_of_name(name: str, stem: str) -> str:
    """Return what follows a stem in a file name, which may be of another form."""
    return name_key(name).removeprefix(name_key(stem))


def same_names(folder: Path, name: str) -> Iterator[Path]:
    """Yield the files of a name in a folder, whatever its form; an ASCII name has one."""
    if name.isascii():
        yield folder / name
        return
    stem = Path(name).stem
    for found in files_of_stem(folder, stem):
        if name_key(found) == name_key(name):
            yield folder / found
