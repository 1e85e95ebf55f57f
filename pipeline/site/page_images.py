"""Writes the page images of a record in JPEG; versions of one scan share them."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from pipeline.ocr.recipes import DERIVATIVES, EXTRACTION
from pipeline.record.record import Record, RecordPage
from pipeline.record.version_folder import VersionFolder
from pipeline.settings import Settings
from pipeline.site.record_views import page_image_files
from pipeline.system.file_copy import copy_file
from pipeline.system.thread_pool import thread_pool
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import WriteDerivatives


@dataclass(frozen=True, slots=True)
class PageImageWriter:
    """Writes the page images of the versions of one record, drawing each set once."""

    worker_pool: WorkerPool
    settings: Settings
    parallel_pages: int  #: pages of a version drawn at once; each worker opens the PDF for itself
    earlier_folders: dict[str, Path]  #: by source digest: version folders of the last build
    #: By source digest: version folders of this build.
    current_folders: dict[str, Path] = field(default_factory=dict)

    def write(self, home: Path, folder: VersionFolder, record: Record) -> None:
        """Copy or draw the images of all pages into the folder of a version.

        Args:
            home: the folder, on the site.
            folder: of the published version.
            record: of the published version.
        """
        digest = self._source_digest(record)
        source = self.current_folders.get(digest) or self.earlier_folders.get(digest)
        paths = [path for page in record.pages for _, path in page_image_files(page)]
        if source is not None and all((source / path).is_file() for path in paths):
            for path in paths:
                copy_file(source / path, home / path)
        else:
            self._draw_pages(home, folder.original(record.provenance.source.name), record)
        self.current_folders[digest] = home

    def _draw_pages(self, home: Path, original: Path, record: Record) -> None:
        """Draw the images in the worker processes."""
        if not original.exists():
            return

        def draw(page: RecordPage) -> None:
            files = {width: home / path for width, path in page_image_files(page)}
            if files:
                self._draw_page(page.number, original, record.provenance.source.media_type, files)

        with thread_pool(self.parallel_pages) as threads:
            for _ in threads.map(draw, record.pages):
                pass  # an error of a worker is raised here

    def _draw_page(
        self, number: int, original: Path, media_type: str, files: dict[int, Path]
    ) -> None:
        """Draw the images of a page, by their widths in pixels."""
        settings = self.settings

        def request(folder: Path) -> WriteDerivatives:
            targets = tuple((width, folder / f"{width}.jpg") for width in files)
            resolution = (settings.dpi, settings.max_pixels)
            return WriteDerivatives(original, media_type, number, *resolution, targets)

        targets = {f"{width}.jpg": file for width, file in files.items()}
        self.worker_pool.ask_for_files(request, targets, settings.page_timeout)

    def _source_digest(self, record: Record) -> str:
        """Return a digest of all that the images of a record are drawn from."""
        images = [page.image and page.image.sha256 for page in record.pages]
        recipe = [DERIVATIVES, EXTRACTION, self.settings.dpi, self.settings.max_pixels]
        parts = [*recipe, record.provenance.source.sha256, images]
        return sha256(json.dumps(parts).encode()).hexdigest()
