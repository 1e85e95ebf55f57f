"""BagIt 1.0 (RFC 8493) with SHA-256: closes a folder so that every later change is detected.

Own code, because the ``bagit`` library writes 0.97; the tests check these bags with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pipeline.fixity import file_sha256
from pipeline.system.folders import list_files

_BAGIT_TXT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
_TAG_FILES = ("bag-info.txt", "bagit.txt", MANIFEST)


class Damage(StrEnum):
    """The kinds of damage to a file of a bag."""

    CHANGED = "changed"
    MISSING = "missing"
    UNLISTED = "not listed"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem that verification found."""

    path: str  #: the file, relative to the bag or folder that was verified
    damage: Damage
    detail: str  #: a sentence; for a digest, the expected and the actual one


def close_bag(folder: Path, info: Mapping[str, str]) -> None:
    """Write the tag files of a bag whose payload is in ``folder/data``.

    Args:
        folder: contains only ``data/``.
        info: entries of ``bag-info.txt``; Payload-Oxum is added.
    """
    payload = sorted(path for path in (folder / "data").rglob("*") if path.is_file())
    octets = sum(path.stat().st_size for path in payload)
    entries = {**info, "Payload-Oxum": f"{octets}.{len(payload)}"}
    (folder / "bagit.txt").write_text(_BAGIT_TXT, encoding="utf-8")
    _write_lines(
        folder / "bag-info.txt",
        [f"{key}: {' '.join(value.split())}" for key, value in entries.items()],
    )
    _write_lines(folder / MANIFEST, [_manifest_line(folder, path) for path in payload])
    tags = [folder / name for name in _TAG_FILES]
    _write_lines(folder / TAG_MANIFEST, [_manifest_line(folder, path) for path in tags])


class BagFiles(Protocol):
    """The files of a bag, local or remote; names are paths relative to the bag."""

    def file_names(self) -> set[str]:
        """Return the names of all files."""

    def read_file(self, name: str) -> bytes:
        """Return the content of a small file."""

    def file_digest(self, name: str) -> str:
        """Return the SHA-256 of a file in hex, or the reason for having none."""


@dataclass(frozen=True, slots=True)
class LocalBag:
    """A bag in a local folder."""

    folder: Path

    def file_names(self) -> set[str]:
        """Return the names of all files; a link, or a folder that cannot be read, counts as one."""
        listing = list_files(self.folder)
        unlistable = (problem.folder for problem in listing.problems)
        return {_relative_name(self.folder, path) for path in (*listing.files, *unlistable)}

    def read_file(self, name: str) -> bytes:
        """Return the content of a file."""
        return (self.folder / name).read_bytes()

    def file_digest(self, name: str) -> str:
        """Return the SHA-256 of a file in hex, or a sentence for a link or an unreadable file."""
        path = self.folder / name
        if path.is_symlink():
            return "a link: the file lies elsewhere"
        try:
            return file_sha256(path)
        except PermissionError as error:
            return f"a file that cannot be read ({error.strerror})"


def check_bag(folder: Path) -> list[Finding]:
    """Check a bag in a local folder (see `check_bag_files`)."""
    return check_bag_files(LocalBag(folder))


def check_bag_files(bag: BagFiles) -> list[Finding]:
    """Return a finding for each changed, missing or unlisted file and each bad manifest line."""
    findings: list[Finding] = []
    digests: dict[str, str] = {}
    present = bag.file_names()
    for manifest in (TAG_MANIFEST, MANIFEST):
        if manifest in present:
            digests |= read_manifest(manifest, bag.read_file(manifest), findings)
        else:
            findings.append(Finding(manifest, Damage.MISSING, "the manifest is not there"))
    for name, expected in sorted(digests.items()):
        if name not in present:
            findings.append(Finding(name, Damage.MISSING, "listed, but not there"))
        elif (actual := bag.file_digest(name)) != expected:
            findings.append(Finding(name, Damage.CHANGED, f"expected {expected}, found {actual}"))
    unlisted = sorted(present - digests.keys() - {TAG_MANIFEST, MANIFEST})
    detail = "there, but in no manifest"
    findings.extend(Finding(name, Damage.UNLISTED, detail) for name in unlisted)
    return findings


def read_manifest(manifest: str, content: bytes, findings: list[Finding]) -> dict[str, str]:
    """Return digests by file name; add a finding for each unreadable line.

    Args:
        manifest: its name, for the findings.
        content: its bytes.
        findings: takes those of unreadable lines.
    """
    entries: dict[str, str] = {}
    text = content.decode("utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        digest, _, name = line.partition("  ")
        is_digest = len(digest) == 64 and set(digest) <= set("0123456789abcdef")
        if is_digest and name and name not in entries and ".." not in name.split("/"):
            entries[decode_path(name)] = digest
        else:
            detail = f"line {number} is not a digest and a file name: {line[:80]!r}"
            findings.append(Finding(manifest, Damage.MALFORMED, detail))
    return entries


def _manifest_line(folder: Path, path: Path) -> str:
    name = _relative_name(folder, path)
    # RFC 8493, 2.1.3: line ends and the percent sign itself are percent-encoded.
    name = name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
    return f"{file_sha256(path)}  {name}"


def decode_path(name: str) -> str:
    """Return the path in a manifest line, percent-decoded (RFC 8493, 2.1.3)."""
    return name.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _relative_name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _write_lines(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
