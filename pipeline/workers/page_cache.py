"""Cache of page images' facts and of readings, so that a killed run resumes where it stopped.

A key is the SHA-256 of all that the value depends on; a file that does not validate is a miss.
Files are written under a temporary name and renamed into place.
"""

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from pipeline.model import EngineSignature, PageReading, PageSource
from pipeline.ocr.recipes import EXTRACTION, PREPARATION

T = TypeVar("T")

_SOURCE_ADAPTER: TypeAdapter[PageSource] = TypeAdapter(PageSource)
_READING_ADAPTER: TypeAdapter[PageReading] = TypeAdapter(PageReading)


@dataclass(frozen=True, slots=True)
class PageCache:
    """A folder of JSON files of two kinds: page sources and page readings."""

    root: Path

    def load_source(self, key: str) -> PageSource | None:
        """Return the source of a page, or None."""
        return _load_json(_SOURCE_ADAPTER, self._entry_path("source", key))

    def store_source(self, key: str, value: PageSource) -> None:
        """Store the source of a page."""
        _store_json(_SOURCE_ADAPTER, value, self._entry_path("source", key))

    def load_reading(self, key: str) -> PageReading | None:
        """Return the reading of a page image, or None."""
        return _load_json(_READING_ADAPTER, self._entry_path("reading", key))

    def store_reading(self, key: str, value: PageReading) -> None:
        """Store the reading of a page image."""
        _store_json(_READING_ADAPTER, value, self._entry_path("reading", key))

    def _entry_path(self, kind: str, key: str) -> Path:
        return self.root / kind / key[:2] / f"{key}.json"


def source_key(scan_sha256: str, number: int, dpi: int, max_pixels: int) -> str:
    """Return the key of a page (1-based) of a scan and of the options of its extraction."""
    return _hash_parts([EXTRACTION, scan_sha256, number, dpi, max_pixels])


def reading_key(pixels_sha256: str, signature: EngineSignature) -> str:
    """Return the key of the reading of a page's pixels by an engine."""
    return _hash_parts([PREPARATION, pixels_sha256, asdict(signature)])


def _hash_parts(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _load_json(adapter: TypeAdapter[T], path: Path) -> T | None:
    try:
        return adapter.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _store_json(adapter: TypeAdapter[T], value: T, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
    partial.write_bytes(adapter.dump_json(value))
    partial.replace(path)
