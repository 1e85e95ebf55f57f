"""The page images of published versions as files: JPEG as stored in the scan, or else PNG."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.imaging.page_file import page_file_suffix
from pipeline.record.record import Record, RecordPage
from pipeline.record.version_folder import VersionFolder
from pipeline.settings import Settings
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import WritePageFile


@dataclass(frozen=True, slots=True)
class PageImageFiles:
    """Writes page images; the worker processes decode the scan."""

    workers: Callable[[], WorkerPool]  #: started for the first image
    settings: Settings

    def write(self, folder: VersionFolder, record: Record, page: RecordPage, stem: Path) -> Path:
        """Write the image of a page, in the size in which it was read.

        Args:
            folder: of the version.
            record: of the version.
            page: of the record.
            stem: the file without its suffix.

        Returns:
            The file, ``.jpg`` or ``.png``.

        Raises:
            ValueError: the page has no image.
            OpisError: the image cannot be extracted any more.
        """
        if page.image is None:
            msg = f"page {page.number} has no image"
            raise ValueError(msg)
        source, image, settings = record.provenance.source, page.image, self.settings

        def request(scratch: Path) -> WritePageFile:
            return WritePageFile(
                folder.original(source.name), source.media_type, page.number, settings.max_pixels,
                image, scratch / "page",
            )  # fmt: skip

        written = stem.with_name(f"{stem.name}.part")
        self.workers().ask_for_files(request, {"page": written}, settings.page_timeout)
        with written.open("rb") as file:
            head = file.read(16)
        return written.rename(stem.with_name(stem.name + page_file_suffix(head)))
