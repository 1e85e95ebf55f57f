"""Mirrors published versions and the receipts to another place: a folder or an object store.

A version is complete there if its ``bagit.txt`` is there: that file is sent last, after all others
were read back and their digests compared. An interrupted push is continued by the next one.
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
from pipeline.repository.line_chain import (
    CORRECTION_LINES,
    LEVEL_LINES,
    RECEIPT_LINES,
    check_lines,
)
from pipeline.settings import Settings
from pipeline.system.thread_pool import thread_pool

_DECLARATION_FILE = "bagit.txt"  #: marks a complete version
_MAX_TRANSFERS = 8  #: files that are sent or read back at the same time
_CHUNK_BYTES = 2**20
#: by name, the logs beside the records
_KINDS_OF_LINES = {kind.file: kind for kind in (RECEIPT_LINES, CORRECTION_LINES, LEVEL_LINES)}


@dataclass(frozen=True, slots=True)
class PushResult:
    """The outcome of pushing a version."""

    version: str  #: its folder, relative to ``records/``
    files_sent: int  #: 0 if the version was complete
    bytes_sent: int  #: total size of the files sent


class Mirror:
    """A place with copies of versions."""

    def __init__(self, url: str) -> None:
        """Open the place.

        Args:
            url: an fsspec URL, such as ``s3://bucket/records`` or ``file:///mnt/copy``.

        Raises:
            SetupError: the protocol is unknown, or its package is not installed.
        """
        try:
            self._fs, self._root = url_to_fs(url)
        except (ImportError, ValueError) as error:
            msg = f"{url} cannot be reached: {error}. For s3:// `uv sync --extra s3` helps."
            raise SetupError(msg) from error
        self.url = url

    def has_version(self, version: str) -> bool:
        """Return whether the place has a complete version."""
        return bool(self._fs.exists(join(self._root, version, _DECLARATION_FILE)))

    def iter_versions(self) -> Iterator[str]:
        """Yield the names of versions in the place, complete or not, in order."""
        if not self._fs.exists(self._root):
            return
        marks = (_DECLARATION_FILE, TAG_MANIFEST)
        names = self._fs.find(self._root)
        folders = {name.rpartition("/")[0] for name in names if name.rpartition("/")[2] in marks}
        yield from sorted(folder[len(self._root) :].lstrip("/") for folder in folders)

    def check_version(self, version: str) -> list[Finding]:
        """Return a finding for each difference from the version as published."""
        bag = RemoteBag(self._fs, join(self._root, version))
        findings = check_bag_files(bag)
        if _DECLARATION_FILE not in bag.file_names():
            detail = "the version was not sent whole: push it again"
            findings = [Finding(_DECLARATION_FILE, Damage.MISSING, detail)]
        return [replace(finding, path=f"{version}/{finding.path}") for finding in findings]

    def manifest_digest(self, version: str) -> str:
        """Return the SHA-256 of a version's tag manifest; empty if it is missing."""
        bag = RemoteBag(self._fs, join(self._root, version))
        return bag.file_digest(TAG_MANIFEST) if TAG_MANIFEST in bag.file_names() else ""

    def push_version(self, folder: Path, version: str, pool: ThreadPoolExecutor) -> PushResult:
        """Send the missing files, read them back, and send ``bagit.txt`` last.

        Args:
            folder: of the version.
            version: its name in the place, relative to the root.
            pool: sends the files.

        Raises:
            OSError: a file cannot be written, or differs when it is read back.
        """
        if self.has_version(version):
            return PushResult(version, 0, 0)
        paths = (path for path in folder.rglob("*") if path.is_file())
        names = {path.relative_to(folder).as_posix() for path in paths} - {_DECLARATION_FILE}
        send = partial(self._send_file, folder, version)
        sizes = list(pool.map(send, sorted(names)))
        sizes.append(send(_DECLARATION_FILE))
        return PushResult(version, sum(size > 0 for size in sizes), sum(sizes))

    def read_log(self, name: str) -> bytes | None:
        """Return the copy of a log; None if there is none."""
        path = join(self._root, name)
        return self._fs.cat_file(path) if self._fs.exists(path) else None

    def push_log(self, log: Path) -> None:
        """Send a log, unless the copy is no beginning of it.

        Raises:
            MachineError: the copy has other lines.
            OSError: the copy cannot be written, or differs when it is read back.
        """
        content, copy = log.read_bytes(), self.read_log(log.name)
        if copy == content:
            return
        if copy is not None and not content.startswith(copy):
            msg = (
                f"{self.url} has lines in {log.name} that are not here; the copy was not "
                "replaced. `opis verify` says whether lines are missing here: if they are, restore "
                "them from the copy, else move the copy away."
            )
            raise MachineError(msg)
        self._fs.makedirs(self._root, exist_ok=True)
        self._fs.pipe_file(join(self._root, log.name), content)
        if self.read_log(log.name) != content:
            msg = f"{log.name} does not come back as it was sent"
            raise OSError(msg)

    def _send_file(self, folder: Path, version: str, name: str) -> int:
        """Send a file unless it is there; return the number of bytes sent."""
        source, target = folder / name, join(self._root, version, name)
        digest, bag = file_sha256(source), RemoteBag(self._fs, join(self._root, version))
        if self._fs.exists(target) and bag.file_digest(name) == digest:
            return 0
        self._fs.makedirs(target.rpartition("/")[0], exist_ok=True)
        self._fs.put_file(str(source), target)
        if (received := bag.file_digest(name)) != digest:
            msg = f"{version}/{name} does not come back as it was sent: {received}, not {digest}"
            raise OSError(msg)
        return source.stat().st_size


@dataclass(frozen=True, slots=True)
class RemoteBag:
    """A bag in another place."""

    fs: Any  #: a file system of fsspec
    root: str  #: path of the bag in it

    def file_names(self) -> set[str]:
        """Return the names of all files, relative to the bag."""
        return {name[len(self.root) :].lstrip("/") for name in self.fs.find(self.root)}

    def read_file(self, name: str) -> bytes:
        """Return the content of a file."""
        content: bytes = self.fs.cat_file(join(self.root, name))
        return content

    def file_digest(self, name: str) -> str:
        """Return the SHA-256 of a file in hex."""
        sha256 = hashlib.sha256()
        with self.fs.open(join(self.root, name), "rb", cache_type="readahead") as file:
            while chunk := file.read(_CHUNK_BYTES):
                sha256.update(chunk)
        return sha256.hexdigest()


@contextmanager
def _explain_store_errors(url: str) -> Iterator[None]:
    """Turn any error into a MachineError with a sentence: each store has its own error classes."""
    try:
        yield
    except OpisError:
        raise
    except Exception as error:
        msg = f"{url}: {type(error).__name__}: {error}. What was sent stays; a next push goes on."
        raise MachineError(msg) from error


def push_versions(settings: Settings, url: str, report: Callable[[PushResult], None]) -> int:
    """Mirror every published version, and the receipts; return the number of versions.

    Complete copies are skipped.

    Args:
        settings: names the catalogue and the records.
        url: of the place (see `Mirror`).
        report: called after each version.

    Raises:
        MachineError: the place cannot be written to; the files sent so far stay.
        SetupError: the protocol is unknown, or its package is not installed.
    """
    mirror, count = Mirror(url), 0
    with (
        _explain_store_errors(url),
        Catalog(settings.catalog, settings.records) as catalog,
        thread_pool(_MAX_TRANSFERS) as pool,
    ):
        for published in catalog.iter_versions():
            version = f"{published.folder}/{version_name(published.version)}"
            report(mirror.push_version(settings.records / version, version, pool))
            count += 1
        for log in _logs(settings):
            if log.exists():
                mirror.push_log(log)
    return count


def check_mirror(settings: Settings, url: str) -> tuple[int, list[Finding]]:
    """Return the number of versions in another place, and all findings.

    If there is a local catalogue, each version in it that the place lacks or that differs there is
    a finding, too.

    Raises:
        MachineError: the place cannot be read.
        SetupError: the protocol is unknown, or its package is not installed.
    """
    mirror, findings = Mirror(url), []
    with _explain_store_errors(url), thread_pool(_MAX_TRANSFERS) as pool:
        copies = list(mirror.iter_versions())
        for copy_findings in pool.map(mirror.check_version, copies):
            findings += copy_findings
        if settings.catalog.exists():
            findings += _compare_with_catalog(settings, mirror, set(copies))
        for log in _logs(settings):
            findings += _check_log(log, mirror)
    return len(copies), findings


def _logs(settings: Settings) -> list[Path]:
    return [settings.output / name for name in _KINDS_OF_LINES]


def _check_log(log: Path, mirror: Mirror) -> Iterator[Finding]:
    """Yield a finding if the copy of a log is no beginning of it, or broken in itself."""
    copy = mirror.read_log(log.name)
    if copy is None:
        if log.exists():
            detail = f"written, and not at {mirror.url}: push again"
            yield Finding(log.name, Damage.MISSING, detail)
    elif not log.exists():
        yield from check_lines(copy.splitlines(keepends=True), _KINDS_OF_LINES[log.name])
    elif not log.read_bytes().startswith(copy):
        detail = "the copy has lines that are not here; `opis verify` says whether they are missing"
        yield Finding(log.name, Damage.CHANGED, detail)


def _compare_with_catalog(
    settings: Settings, mirror: Mirror, copies: set[str]
) -> Iterator[Finding]:
    with Catalog(settings.catalog, settings.records) as catalog:
        for published in catalog.iter_versions():
            version = f"{published.folder}/{version_name(published.version)}"
            if version not in copies:
                yield Finding(version, Damage.MISSING, f"published, and not at {mirror.url}")
            elif mirror.manifest_digest(version) not in {published.manifest_sha256, ""}:
                detail = "is not the version that was published"
                yield Finding(f"{version}/{TAG_MANIFEST}", Damage.CHANGED, detail)
