"""Mirrors published versions to another place: a folder, or an object store.

A version is whole there when its ``bagit.txt`` is: that file is written last, after all others were
read back and their digests compared. A push that breaks off is simply begun again.
"""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from posixpath import join
from typing import Any

from fsspec.core import url_to_fs

from pipeline.errors import MachineError, OpisError, SetupError
from pipeline.fixity import digest
from pipeline.repository.bag import TAG_MANIFEST, Damage, Finding, check_files
from pipeline.repository.catalog import Catalog
from pipeline.settings import Settings

_DECLARATION = "bagit.txt"  #: without it, nobody takes a folder for a version
_AT_ONCE = 8  #: files that are sent or read back side by side
_PIECE = 2**20  #: bytes


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of a version."""

    path: str  #: relative to ``records/``
    sent: int  #: files that were not there, or not whole; 0 where all of it was
    size: int  #: bytes of these


class Mirror:
    """A place that holds copies of versions."""

    def __init__(self, url: str) -> None:
        """Find the place.

        Args:
            url: as fsspec has it, such as ``s3://bucket/records`` or ``file:///mnt/copy``.

        Raises:
            SetupError: nothing here speaks its protocol.
        """
        try:
            self._fs, self._root = url_to_fs(url)
        except (ImportError, ValueError) as error:
            msg = f"{url} cannot be reached: {error}. For s3:// `uv sync --extra s3` helps."
            raise SetupError(msg) from error
        self.url = url

    def holds(self, version: str) -> bool:
        """Whether a version is there, whole."""
        return bool(self._fs.exists(join(self._root, version, _DECLARATION)))

    def versions(self) -> Iterator[str]:
        """Yield the versions that are there, and those that are half there, by name."""
        if not self._fs.exists(self._root):
            return
        marks = (_DECLARATION, TAG_MANIFEST)
        names = self._fs.find(self._root)
        found = {name.rpartition("/")[0] for name in names if name.rpartition("/")[2] in marks}
        yield from sorted(name[len(self._root) :].lstrip("/") for name in found)

    def check(self, version: str) -> list[Finding]:
        """Return what is not as it was when the version was published."""
        there = _There(self._fs, join(self._root, version))
        found = check_files(there)
        if _DECLARATION not in there.names():
            detail = "the version was not sent whole: push it again"
            found = [Finding(_DECLARATION, Damage.MISSING, detail)]
        return [replace(finding, path=f"{version}/{finding.path}") for finding in found]

    def manifest(self, version: str) -> str:
        """Return the digest of a version's tag manifest; empty where there is none."""
        there = _There(self._fs, join(self._root, version))
        return there.digest(TAG_MANIFEST) if TAG_MANIFEST in there.names() else ""

    def push(self, folder: Path, version: str, pool: ThreadPoolExecutor) -> Pushed:
        """Send what is not there, read it back, and declare the version whole.

        Raises:
            OSError: it cannot be written, or does not come back as it was sent.
        """
        if self.holds(version):
            return Pushed(version, 0, 0)
        paths = (path for path in folder.rglob("*") if path.is_file())
        names = {path.relative_to(folder).as_posix() for path in paths} - {_DECLARATION}
        send = partial(self._send, folder, version)
        sizes = list(pool.map(send, sorted(names)))
        sizes.append(send(_DECLARATION))
        return Pushed(version, sum(size > 0 for size in sizes), sum(sizes))

    def _send(self, folder: Path, version: str, name: str) -> int:
        """Send a file unless it is there; return how many bytes were sent."""
        ours, target = folder / name, join(self._root, version, name)
        wanted, there = digest(ours), _There(self._fs, join(self._root, version))
        if self._fs.exists(target) and there.digest(name) == wanted:
            return 0
        self._fs.makedirs(target.rpartition("/")[0], exist_ok=True)
        self._fs.put_file(str(ours), target)
        if (found := there.digest(name)) != wanted:
            msg = f"{version}/{name} does not come back as it was sent: {found}, not {wanted}"
            raise OSError(msg)
        return ours.stat().st_size


@dataclass(frozen=True, slots=True)
class _There:
    """A bag in another place."""

    fs: Any
    root: str

    def names(self) -> set[str]:
        return {name[len(self.root) :].lstrip("/") for name in self.fs.find(self.root)}

    def read(self, name: str) -> bytes:
        content: bytes = self.fs.cat_file(join(self.root, name))
        return content

    def digest(self, name: str) -> str:
        sum_ = hashlib.sha256()
        with self.fs.open(join(self.root, name), "rb", cache_type="readahead") as file:
            while piece := file.read(_PIECE):
                sum_.update(piece)
        return sum_.hexdigest()


@contextmanager
def _reached(url: str) -> Iterator[None]:
    """Turn what goes wrong on the way into a sentence: each store has errors of its own."""
    try:
        yield
    except OpisError:
        raise
    except Exception as error:
        msg = f"{url}: {type(error).__name__}: {error}. What was sent stays; a next push goes on."
        raise MachineError(msg) from error


def push(settings: Settings, url: str, tell: Callable[[Pushed], None]) -> int:
    """Mirror every published version, those that are there already in no time; return how many.

    Raises:
        MachineError: the place cannot be written to; what was sent stays.
        SetupError: nothing here speaks its protocol.
    """
    mirror, count = Mirror(url), 0
    with (
        _reached(url),
        Catalog(settings.catalog, settings.records) as catalog,
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        for known in catalog.versions():
            version = f"{known.folder}/v{known.version}"
            tell(mirror.push(settings.records / version, version, pool))
            count += 1
    return count


def check_mirror(settings: Settings, url: str) -> tuple[int, list[Finding]]:
    """Return how many versions another place holds, and everything that is wrong with them.

    Where there is a catalogue here, what it knows and the place has not, or has otherwise, is a
    finding, too.

    Raises:
        MachineError: the place cannot be read.
        SetupError: nothing here speaks its protocol.
    """
    mirror, found = Mirror(url), []
    with _reached(url), ThreadPoolExecutor(_AT_ONCE) as pool:
        there = list(mirror.versions())
        for findings in pool.map(mirror.check, there):
            found += findings
        if settings.catalog.exists():
            found += _compared(settings, mirror, set(there))
    return len(there), found


def _compared(settings: Settings, mirror: Mirror, there: set[str]) -> Iterator[Finding]:
    with Catalog(settings.catalog, settings.records) as catalog:
        for known in catalog.versions():
            version = f"{known.folder}/v{known.version}"
            if version not in there:
                yield Finding(version, Damage.MISSING, f"published, and not at {mirror.url}")
            elif mirror.manifest(version) not in {known.manifest_sha256, ""}:
                detail = "is not the version that was published"
                yield Finding(f"{version}/{TAG_MANIFEST}", Damage.CHANGED, detail)
