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
from pipeline.fixity import file_sha256
from pipeline.record.version_folder import version_name
from pipeline.repository.bag import TAG_MANIFEST, Damage, Finding, check_bag_files
from pipeline.repository.catalog import Catalog
from pipeline.settings import Settings

_DECLARATION_FILE = "bagit.txt"  #: without it, nobody takes a folder for a version
_MAX_TRANSFERS = 8  #: files that are sent or read back side by side
_CHUNK_BYTES = 2**20  #: bytes


@dataclass(frozen=True, slots=True)
class PushResult:
    """What became of a version."""

    version: str  #: relative to ``records/``
    files_sent: int  #: files that were not there, or not whole; 0 where all of it was
    bytes_sent: int  #: bytes of these


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

    def has_version(self, version: str) -> bool:
        """Whether a version is there, whole."""
        return bool(self._fs.exists(join(self._root, version, _DECLARATION_FILE)))

    def iter_versions(self) -> Iterator[str]:
        """Yield the versions that are there, and those that are half there, by name."""
        if not self._fs.exists(self._root):
            return
        marks = (_DECLARATION_FILE, TAG_MANIFEST)
        names = self._fs.find(self._root)
        found = {name.rpartition("/")[0] for name in names if name.rpartition("/")[2] in marks}
        yield from sorted(name[len(self._root) :].lstrip("/") for name in found)

    def check_version(self, version: str) -> list[Finding]:
        """Return what is not as it was when the version was published."""
        there = RemoteBag(self._fs, join(self._root, version))
        found = check_bag_files(there)
        if _DECLARATION_FILE not in there.file_names():
            detail = "the version was not sent whole: push it again"
            found = [Finding(_DECLARATION_FILE, Damage.MISSING, detail)]
        return [replace(finding, path=f"{version}/{finding.path}") for finding in found]

    def manifest_digest(self, version: str) -> str:
        """Return the digest of a version's tag manifest; empty where there is none."""
        there = RemoteBag(self._fs, join(self._root, version))
        return there.file_digest(TAG_MANIFEST) if TAG_MANIFEST in there.file_names() else ""

    def push_version(self, folder: Path, version: str, pool: ThreadPoolExecutor) -> PushResult:
        """Send what is not there, read it back, and declare the version whole.

        Raises:
            OSError: it cannot be written, or does not come back as it was sent.
        """
        if self.has_version(version):
            return PushResult(version, 0, 0)
        paths = (path for path in folder.rglob("*") if path.is_file())
        names = {path.relative_to(folder).as_posix() for path in paths} - {_DECLARATION_FILE}
        send = partial(self._send_file, folder, version)
        sizes = list(pool.map(send, sorted(names)))
        sizes.append(send(_DECLARATION_FILE))
        return PushResult(version, sum(size > 0 for size in sizes), sum(sizes))

    def _send_file(self, folder: Path, version: str, name: str) -> int:
        """Send a file unless it is there; return how many bytes were sent."""
        ours, target = folder / name, join(self._root, version, name)
        wanted, there = file_sha256(ours), RemoteBag(self._fs, join(self._root, version))
        if self._fs.exists(target) and there.file_digest(name) == wanted:
            return 0
        self._fs.makedirs(target.rpartition("/")[0], exist_ok=True)
        self._fs.put_file(str(ours), target)
        if (found := there.file_digest(name)) != wanted:
            msg = f"{version}/{name} does not come back as it was sent: {found}, not {wanted}"
            raise OSError(msg)
        return ours.stat().st_size


@dataclass(frozen=True, slots=True)
class RemoteBag:
    """A bag in another place."""

    fs: Any
    root: str

    def file_names(self) -> set[str]:
        """Return the names of its files, relative to it."""
        return {name[len(self.root) :].lstrip("/") for name in self.fs.find(self.root)}

    def read_file(self, name: str) -> bytes:
        """Return the content of a file."""
        content: bytes = self.fs.cat_file(join(self.root, name))
        return content

    def file_digest(self, name: str) -> str:
        """Return the SHA-256 of a file in hex."""
        sum_ = hashlib.sha256()
        with self.fs.open(join(self.root, name), "rb", cache_type="readahead") as file:
            while piece := file.read(_CHUNK_BYTES):
                sum_.update(piece)
        return sum_.hexdigest()


@contextmanager
def _explain_store_errors(url: str) -> Iterator[None]:
    """Turn what goes wrong on the way into a sentence: each store has errors of its own."""
    try:
        yield
    except OpisError:
        raise
    except Exception as error:
        msg = f"{url}: {type(error).__name__}: {error}. What was sent stays; a next push goes on."
        raise MachineError(msg) from error


def push_versions(settings: Settings, url: str, report: Callable[[PushResult], None]) -> int:
    """Mirror every published version, those that are there already in no time; return how many.

    Raises:
        MachineError: the place cannot be written to; what was sent stays.
        SetupError: nothing here speaks its protocol.
    """
    mirror, count = Mirror(url), 0
    with (
        _explain_store_errors(url),
        Catalog(settings.catalog, settings.records) as catalog,
        ThreadPoolExecutor(_MAX_TRANSFERS) as pool,
    ):
        for known in catalog.iter_versions():
            version = f"{known.folder}/{version_name(known.version)}"
            report(mirror.push_version(settings.records / version, version, pool))
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
    with _explain_store_errors(url), ThreadPoolExecutor(_MAX_TRANSFERS) as pool:
        there = list(mirror.iter_versions())
        for findings in pool.map(mirror.check_version, there):
            found += findings
        if settings.catalog.exists():
            found += _compare_with_catalog(settings, mirror, set(there))
    return len(there), found


def _compare_with_catalog(settings: Settings, mirror: Mirror, there: set[str]) -> Iterator[Finding]:
    with Catalog(settings.catalog, settings.records) as catalog:
        for known in catalog.iter_versions():
            version = f"{known.folder}/{version_name(known.version)}"
            if version not in there:
                yield Finding(version, Damage.MISSING, f"published, and not at {mirror.url}")
            elif mirror.manifest_digest(version) not in {known.manifest_sha256, ""}:
                detail = "is not the version that was published"
                yield Finding(f"{version}/{TAG_MANIFEST}", Damage.CHANGED, detail)
