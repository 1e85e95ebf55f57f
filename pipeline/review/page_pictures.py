"""The page images that people compare lines with, as JPEG in the size of the scan."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import CatalogError
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.settings import Settings
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import WriteDerivatives

_MOST_PICTURES = 500  #: one has half a megabyte to three


@dataclass(frozen=True, slots=True)
class PagePictures:
    """Draws page images in the worker processes, and keeps them until the folder is emptied."""

    workers: Callable[[], WorkerPool]  #: started at the first picture that has to be drawn
    settings: Settings

    def file(self, folder: VersionFolder, record: Record, number: int) -> Path:
        """Return the picture of a page.

        Raises:
            CatalogError: the page has no image, or its scan is gone.
            OpisError: it cannot be drawn.
        """
        page = next((page for page in record.pages if page.number == number), None)
        original = folder.original(record.provenance.source.name)
        if page is None or page.image is None or not original.is_file():
            msg = f"{record.id} has no image of page {number}."
            raise CatalogError(msg)
        width, settings = page.image.width, self.settings
        target = settings.work_folder / "page-pictures" / f"{page.image.sha256}-{width}.jpg"
        if not target.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)

            def request(scratch: Path) -> WriteDerivatives:
                return WriteDerivatives(
                    original, record.provenance.source.media_type, number, settings.dpi,
                    settings.max_pixels, ((width, scratch / "page.jpg"),),
                )  # fmt: skip

            self.workers().ask_for_files(request, {"page.jpg": target}, settings.page_timeout)
            _remove_oldest(target.parent)
        return target


def _remove_oldest(folder: Path) -> None:
    """Remove the pictures that were drawn first, beyond a number."""
    pictures = sorted(folder.glob("*.jpg"), key=lambda file: file.stat().st_mtime)
    for file in pictures[:-_MOST_PICTURES]:
        file.unlink(missing_ok=True)
