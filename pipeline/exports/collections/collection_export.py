"""An export of many records into one folder: its input, and what every such format provides."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.exports.collections.page_image_files import PageImageFiles
from pipeline.exports.source import ExportSource
from pipeline.fixity import file_sha256
from pipeline.record.version_folder import VersionFolder
from pipeline.system.file_copy import copy_file


@dataclass(frozen=True, slots=True)
class ExportedRecord:
    """A published version, and what is needed to copy its files and to write its page images."""

    source: ExportSource
    folder: VersionFolder
    images: PageImageFiles

    def copy_published(self, path: str, target: Path) -> None:
        """Copy a file of the version, and hold the copy against its digest in the manifest.

        Args:
            path: in the bag, such as ``data/searchable.pdf``.
            target: the copy.

        Raises:
            OSError: the file cannot be read, or the copy cannot be written.
            ValueError: the version has no such file, or the copy has another digest.
        """
        digests = {file.path: file.sha256 for file in self.source.files}
        if path not in digests:
            msg = f"it has no {path}"
            raise ValueError(msg)
        copy_file(self.folder.path / path, target)
        if file_sha256(target) != digests[path]:
            msg = f"{path} is not as it was published"
            raise ValueError(msg)


class CollectionWriter(Protocol):
    """Writes one record after the other into the folder of an export."""

    def add(self, record: ExportedRecord) -> None:
        """Write a record.

        Raises:
            OSError, ValueError, OpisError: it cannot be exported; nothing of it is left.
        """

    def finish(self) -> None:
        """Write what stands for all records together."""


@dataclass(frozen=True, slots=True)
class CollectionExport:
    """A format that another program takes in as a folder."""

    name: str  #: on the command line
    title: str  #: the program, and what it takes
    begin: Callable[[Path], CollectionWriter]  #: takes the folder, which exists and is empty
    has_addresses: bool = False  #: of files that the program fetches from where they are served


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Create a folder for the block, and remove it if the block fails."""
    folder.mkdir(parents=True)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
