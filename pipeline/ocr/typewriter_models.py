"""Opis's own typewriter models: networks trained on typescripts, put into the installed models.

``typewriter/`` holds a network for some languages, ``models.json`` the SHA-256 of each and of the
installed model that it was made from. Characters and dictionaries stay those of the installed
model; where that is another than the network was made from, it stays as it is.
"""

import atexit
import json
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from pipeline.fixity import file_sha256
from pipeline.ocr.traineddata import replace_network
from pipeline.system.scratch_files import scratch_prefix

NETWORKS = Path(__file__).with_name("typewriter")


@dataclass(frozen=True, slots=True)
class TypewriterNetwork:
    """A network that was trained on typescripts."""

    path: Path
    made_from: str  #: SHA-256 of the installed model whose characters it writes

    def fits(self, installed: Path) -> bool:
        """Return whether it was made from this model file."""
        return file_sha256(installed) == self.made_from

    def put_into(self, installed: Path) -> bytes:
        """Return the installed model with this network."""
        return replace_network(installed.read_bytes(), self.path.read_bytes())


@cache
def typewriter_networks() -> dict[str, TypewriterNetwork]:
    """Return the networks by Tesseract's codes of their languages."""
    described = json.loads((NETWORKS / "models.json").read_text("utf-8"))
    return {
        code: TypewriterNetwork(NETWORKS / f"{code}.lstm", entry["made_from"])
        for code, entry in described.items()
    }


@cache
def fitting_network(code: str, installed: Path) -> TypewriterNetwork | None:
    """Return the network of a language if it was made from the installed model, else None."""
    network = typewriter_networks().get(code)
    return network if network is not None and network.fits(installed) else None


@cache
def typewriter_digest(code: str, installed: Path) -> str | None:
    """Return the SHA-256 of the typewriter model of a language, or None if there is none."""
    network = fitting_network(code, installed)
    return None if network is None else sha256(network.put_into(installed)).hexdigest()


def typewriter_folder(models: dict[str, Path]) -> Path:
    """Return a folder with the typewriter models of some languages, the installed ones for others.

    The folder is this process's own, and is removed when the process ends.

    Args:
        models: the installed model files by code.
    """
    folder = _scratch_folder()
    for code, installed in models.items():
        target = folder / installed.name
        if target.exists():
            continue
        network = fitting_network(code, installed)
        if network is None:
            target.symlink_to(installed.resolve())
        else:
            target.write_bytes(network.put_into(installed))
    return folder


@cache
def _scratch_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix=scratch_prefix("models")))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
