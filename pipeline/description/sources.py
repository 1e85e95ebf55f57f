"""Where descriptions come from: the folders of the inbox, a scan's file name, its sidecar."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.description.sidecar import Value, read_sidecar
from pipeline.errors import DescriptionError
from pipeline.reference import from_file_name

COMMAND_LINE = "command line"
DEFAULTS = "folder defaults"
FILE_NAME = "file name"
SIDECAR = "sidecar"

_SUFFIXES = (".yaml", ".yml", ".json", ".YAML", ".YML", ".JSON")


@dataclass(frozen=True, slots=True)
class Source:
    """One place that says something of a scan."""

    name: str  #: kind of place, e.g. ``sidecar``
    where: str  #: the file, relative to the inbox; or what messages call it
    values: Mapping[str, Value]
    lines: Mapping[str, int] = field(default_factory=dict)  #: of each key, 1-based

    @property
    def origin(self) -> str:
        """What a record says of where a value came from; of several folders, which one."""
        return f"{self.name} ({self.where})" if self.name == DEFAULTS else self.name


def find_sources(scan: Path, inbox: Path) -> list[Source]:
    """Return what the folders from ``inbox`` down, the file name and the sidecar say of a scan.

    Of a scan that is not under ``inbox`` (both absolute, or both relative), its own folder counts.
    """
    above = [scan.parent]
    while above[0] != inbox and inbox in above[0].parents:
        above.insert(0, above[0].parent)
    defaults = [_only(folder, "_defaults") for folder in above]
    sources = [_from_file(DEFAULTS, path, inbox) for path in defaults if path is not None]
    try:
        named = from_file_name(scan.stem)
    except ValueError as error:
        msg = f"The file name {scan.name} cannot be right: {error}. Rename the scan."
        raise DescriptionError(msg) from error
    if named is not None:
        sources.append(Source(FILE_NAME, scan.name, {"references": named.labelled}))
    sidecar = sidecar_of(scan)
    return sources if sidecar is None else [*sources, _from_file(SIDECAR, sidecar, inbox)]


def sidecar_of(scan: Path) -> Path | None:
    """Return ``NAME.yaml``, ``NAME.yml`` or ``NAME.json`` beside ``NAME.pdf``, if there is one."""
    return _only(scan.parent, scan.stem)


def sidecars_of(scan: Path) -> list[Path]:
    """Return every description of this name, however many there are."""
    return _described_by(scan.parent, scan.stem)


def _only(folder: Path, stem: str) -> Path | None:
    """Return the one description of this name."""
    found = _described_by(folder, stem)
    if len(found) > 1:
        msg = f"{found[0].name} and {found[1].name} describe the same. Keep one of the two."
        raise DescriptionError(msg)
    return found[0] if found else None


def _described_by(folder: Path, stem: str) -> list[Path]:
    """Return all descriptions of this name; on some disks .yaml and .YAML are one file."""
    found: list[Path] = []
    for path in (folder / f"{stem}{suffix}" for suffix in _SUFFIXES):
        if _is_file(path) and not any(path.samefile(other) for other in found):
            found.append(path)
    return found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # with this ending the name is too long for the disk: nothing lies there
        return False


def _from_file(name: str, path: Path, inbox: Path) -> Source:
    where = path.relative_to(inbox).as_posix() if path.is_relative_to(inbox) else path.name
    sidecar = read_sidecar(path, where)
    return Source(name, where, sidecar.values, sidecar.lines)
