"""The pictures of a record's pages, drawn once: versions of one scan share them."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from pipeline.ocr.recipes import DERIVATIVES, EXTRACTION
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.settings import Settings
from pipeline.site.file_list import copy_file
from pipeline.site.record_views import page_image_files
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import WriteDerivatives


@dataclass(frozen=True, slots=True)
class PageImageWriter:
    """Draws the pictures of the versions of one record."""

    worker_pool: WorkerPool
    settings: Settings
    parallel_pages: int  #: pages of a version; a child keeps its PDF open, and has it alone
    earlier_folders: dict[str, Path]  #: by digest: folders of versions that had theirs
    current_folders: dict[str, Path] = field(
        default_factory=dict
    )  #: and of those that have them now

    def write(self, home: Path, folder: VersionFolder, record: Record) -> None:
        """Put the pictures of all pages into the folder of a version.

        Args:
            home: the folder, on the site.
            folder: of the published version.
            record: what it holds.
        """
        digest = self._source_digest(record)
        there = self.current_folders.get(digest) or self.earlier_folders.get(digest)
        paths = [path for page in record.pages for _, path in page_image_files(page)]
        if there is not None and all((there / path).is_file() for path in paths):
            for path in paths:
                copy_file(there / path, home / path)
        else:
            self._draw_pages(home, folder.original(record.provenance.source.name), record)
        self.current_folders[digest] = home

    def _draw_pages(self, home: Path, original: Path, record: Record) -> None:
        """Have them drawn by the reading children."""
        media_type, settings = record.provenance.source.media_type, self.settings
        asked = []
        for page in record.pages:
            targets = tuple((width, home / path) for width, path in page_image_files(page))
            if targets and original.exists():
                asked.append(WriteDerivatives(
                    original, media_type, page.number, settings.dpi, settings.max_pixels, targets
                ))  # fmt: skip
        with ThreadPoolExecutor(self.parallel_pages) as workers:
            for _ in workers.map(
                lambda one: self.worker_pool.ask(one, settings.page_timeout), asked
            ):
                pass  # what went wrong is raised here

    def _source_digest(self, record: Record) -> str:
        """Return what stands for all that the pictures of a record are made from."""
        images = [page.image and page.image.sha256 for page in record.pages]
        said = [DERIVATIVES, EXTRACTION, self.settings.dpi, self.settings.max_pixels]
        parts = [*said, record.provenance.source.sha256, images]
        return sha256(json.dumps(parts).encode()).hexdigest()
