"""BagIt 1.0 (RFC 8493), SHA-256: closes a folder so that any change of it is found.

Own code, because the ``bagit`` library writes 0.97; it is used to check what is written here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pipeline.fixity import file_sha256

_BAGIT_TXT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
_TAG_FILES = ("bag-info.txt", "bagit.txt", MANIFEST)


class Damage(StrEnum):
    """What can be wrong with a file of a bag."""

    CHANGED = "changed"
    MISSING = "missing"
    UNLISTED = "not listed"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that verification found."""

    path: str  #: the file, relative to what was verified
    damage: Damage
    detail: str  #: a sentence; for a digest, what was expected and found


def close_bag(folder: Path, info: Mapping[str, str]) -> None:
    """Write the tag files of a bag whose payload lies in ``folder/data``.

    Args:
        folder: holds ``data/`` and nothing else.
        info: for ``bag-info.txt``; Payload-Oxum is added.
    """
    payload = sorted(path for path in (folder / "data").rglob("*") if path.is_file())
    octets = sum(path.stat().st_size for path in payload)
    lines = {**info, "Payload-Oxum": f"{octets}.{len(payload)}"}
    (folder / "bagit.txt").write_text(_BAGIT_TXT, encoding="utf-8")
    _write_lines(
        folder / "bag-info.txt",
        [f"{key}: {' '.join(value.split())}" for key, value in lines.items()],
    )
    _write_lines(folder / MANIFEST, [_manifest_line(folder, path) for path in payload])
    tags = [folder / name for name in _TAG_FILES]
    _write_lines(folder / TAG_MANIFEST, [_manifest_line(folder, path) for path in tags])


class BagFiles(Protocol):
    """The files of a bag, wherever they lie; paths are relative to it."""

    def file_names(self) -> set[str]:
        """Return what is there."""

    def read_file(self, name: str) -> bytes:
        """Return the content of a small file."""

    def file_digest(self, name: str) -> str:
        """Return the SHA-256 of a file, or in words why it has none."""


@dataclass(frozen=True, slots=True)
class LocalBag:
    """A bag in a folder of this machine."""

    folder: Path

    def file_names(self) -> set[str]:
        """Return the names of its files, relative to it."""
        return {_relative_name(self.folder, p) for p in self.folder.rglob("*") if not p.is_dir()}

    def read_file(self, name: str) -> bytes:
        """Return the content of a file."""
        return (self.folder / name).read_bytes()

    def file_digest(self, name: str) -> str:
        """Return the SHA-256 of a file in hex; in words why it has none."""
        path = self.folder / name
        return "a link: the file lies elsewhere" if path.is_symlink() else file_sha256(path)


def check_bag(folder: Path) -> list[Finding]:
    """Return everything that is not as it was when the bag was closed, file by file."""
    return check_bag_files(LocalBag(folder))


def check_bag_files(bag: BagFiles) -> list[Finding]:
    """Return the same of a bag that lies anywhere."""
    findings: list[Finding] = []
    expected: dict[str, str] = {}
    present = bag.file_names()
    for manifest in (TAG_MANIFEST, MANIFEST):
        if manifest in present:
            expected |= _read_manifest(manifest, bag.read_file(manifest), findings)
        else:
            findings.append(Finding(manifest, Damage.MISSING, "the manifest is not there"))
    for name, want in sorted(expected.items()):
        if name not in present:
            findings.append(Finding(name, Damage.MISSING, "listed, but not there"))
        elif (have := bag.file_digest(name)) != want:
            findings.append(Finding(name, Damage.CHANGED, f"expected {want}, found {have}"))
    strangers = sorted(present - expected.keys() - {TAG_MANIFEST, MANIFEST})
    detail = "there, but in no manifest"
    findings.extend(Finding(name, Damage.UNLISTED, detail) for name in strangers)
    return findings


def _read_manifest(manifest: str, content: bytes, findings: list[Finding]) -> dict[str, str]:
    """Return file to digest; a line that cannot be read is a finding, never skipped."""
    entries: dict[str, str] = {}
    text = content.decode("utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        found, _, name = line.partition("  ")
        hexadecimal = len(found) == 64 and set(found) <= set("0123456789abcdef")
        if hexadecimal and name and name not in entries and ".." not in name.split("/"):
            entries[decode_path(name)] = found
        else:
            detail = f"line {number} is no digest and file name: {line[:80]!r}"
            findings.append(Finding(manifest, Damage.MALFORMED, detail))
    return entries


def _manifest_line(folder: Path, path: Path) -> str:
    name = _relative_name(folder, path)
    # RFC 8493, 2.1.3: line ends and the per cent sign itself are percent-encoded.
    name = name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
    return f"{file_sha256(path)}  {name}"


def decode_path(name: str) -> str:
    """Return the path that a manifest's line names."""
    return name.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _relative_name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _write_lines(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
