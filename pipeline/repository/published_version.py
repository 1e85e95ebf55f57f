"""A published version as the catalogue knows it."""

import sqlite3
from dataclasses import dataclass

#: columns of a query over ``version v JOIN record r``, for ``version_from_row``
VERSION_COLUMNS = (
    "v.record, v.version, r.folder, v.sidecar_sha256, v.manifest_sha256,"
    " r.status = 'withdrawn' AND v.version = r.version, r.reference"
)


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A published version: its place and its digests."""

    record_id: str
    version: int
    folder: str  #: of the record, relative to ``records/``
    sidecar_sha256: str | None
    manifest_sha256: str  #: of its tagmanifest, which covers every file
    is_withdrawn: bool
    reference: str | None  #: archival reference of the record's newest version


def version_from_row(row: sqlite3.Row) -> PublishedVersion:
    """Return the version of a row with ``VERSION_COLUMNS``."""
    record, version, folder, sidecar, manifest, withdrawn, reference = row
    return PublishedVersion(record, version, folder, sidecar, manifest, bool(withdrawn), reference)
