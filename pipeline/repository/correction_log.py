"""The log of corrections: ``output/corrections.jsonl``, one JSON object a line, append-only.

The lines are linked to those before them (see ``line_chain``). A correction is in the log before
anybody is told that it is kept; publication makes the next version of its record from it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from pipeline.corrections.corrected_text import correct_page
from pipeline.corrections.correction import (
    Correction,
    CorrectionAction,
    counting_corrections,
)
from pipeline.record.record import Record, parse_record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.archive_lock import archive_lock
from pipeline.repository.bag import Damage, Finding
from pipeline.repository.catalog import Catalog
from pipeline.repository.line_chain import CORRECTION_LINES, append_linked, check_chain
from pipeline.repository.receipts import read_receipts
from pipeline.repository.record_selection import RecordSelection
from pipeline.scan import ReadPage
from pipeline.settings import CORRECTIONS_FILE, Settings


def append_corrections(
    make: Callable[[Sequence[Correction]], Iterable[Correction]], output: Path
) -> list[Correction]:
    """Append corrections and force them to disk; return them.

    Args:
        make: returns the corrections from the log so far; nobody else appends meanwhile.
        output: the output folder.

    Raises:
        OSError: the log cannot be written.
    """
    with archive_lock(output):
        made = list(make(read_corrections(output)))
        for one in made:
            append_linked(output / CORRECTIONS_FILE, _linked_line(one))
    return made


def _linked_line(correction: Correction) -> Callable[[str, int], bytes]:
    def linked_line(previous: str, torn_bytes: int) -> bytes:
        linked = correction.model_copy(update={"previous": previous, "torn_bytes": torn_bytes})
        return linked.model_dump_json(exclude_defaults=True).encode() + b"\n"

    return linked_line


def read_corrections(output: Path) -> list[Correction]:
    """Return the whole log, the oldest first; skip lines that a power cut left incomplete."""
    file = output / CORRECTIONS_FILE
    try:
        status = file.stat()
    except FileNotFoundError:
        return []
    return list(_parsed_log(file, status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=4)
def _parsed_log(file: Path, size: int, changed: int) -> tuple[Correction, ...]:
    """Return the log; it is parsed again only if its size or time of change differ."""
    del size, changed
    corrections = []
    for line in file.read_bytes().splitlines():
        with suppress(ValidationError):
            corrections.append(Correction.model_validate_json(line))
    return tuple(corrections)


def corrections_by_record(output: Path) -> Mapping[str, list[Correction]]:
    """Return the corrections that count, the oldest first, by the id of their record.

    A record whose corrections were all taken back has an empty list.
    """
    log = read_corrections(output)
    by_record: dict[str, list[Correction]] = defaultdict(list, {one.record: [] for one in log})
    for correction in counting_corrections(log):
        by_record[correction.record].append(correction)
    return by_record


def unpublished_corrections(
    corrections: Iterable[Correction], record: Record
) -> tuple[set[str], set[str]]:
    """Return ids of corrections: those that a version does not have, and those it has in vain.

    Args:
        corrections: those of the record that count.
        record: its newest version.
    """
    published = {one.id for page in record.pages for one in page.corrections}
    counting = {one.id for one in corrections if one.action.settles_line}
    return counting - published, published - counting


def select_corrected(selection: RecordSelection, settings: Settings) -> list[str]:
    """Return those records of a selection that have corrections to publish.

    Raises:
        CatalogError: one that is named does not exist.
    """
    corrections = corrections_by_record(settings.output)
    with Catalog(settings.catalog, settings.records) as catalog:
        catalog.apply_pending()
        for record_id in selection.records:
            catalog.get_entry(record_id)
        selected = catalog.select(selection)
        records = ((one, catalog.load_record(one, None)) for one in selected if one in corrections)
        return [
            record_id
            for record_id, record in records
            if any(unpublished_corrections(corrections[record_id], record))
            or _has_new_sample(corrections[record_id], record)
        ]


def _has_new_sample(corrections: Iterable[Correction], record: Record) -> bool:
    """Return whether lines of a page were typed for a sample, and its version does not say so."""
    sampled = {one.page for one in corrections if one.action is CorrectionAction.TRANSCRIBED}
    return any(page.number in sampled and page.review == "machine" for page in record.pages)


def with_corrections(
    pages: Iterable[ReadPage], corrections: Iterable[Correction]
) -> Iterator[ReadPage]:
    """Yield pages with the corrections of people in place of those that they have.

    Args:
        pages: of a record.
        corrections: those of the record that count, the oldest first.
    """
    by_page: dict[int, list[Correction]] = defaultdict(list)
    for correction in corrections:
        by_page[correction.page].append(correction)
    for page in pages:
        if page.source is None:
            yield replace(page, corrected=None)
            continue
        image, given = page.source.image.sha256, by_page[page.number]
        yield replace(page, corrected=correct_page(page.reading.text, image, given))


def check_corrections(output: Path, folders: Iterable[VersionFolder]) -> list[Finding]:
    """Return a finding for each break of the log, and for each correction that it lost.

    Args:
        output: the output folder.
        folders: of the versions whose corrections the log should have.
    """
    acceptances = [one for one in read_receipts(output) if one.scan == CORRECTIONS_FILE]
    accepted = {(one.size or 0, one.sha256 or "") for one in acceptances}
    findings = check_chain(output / CORRECTIONS_FILE, CORRECTION_LINES, accepted)
    since = max((one.when for one in acceptances), default=None)
    published = _published_corrections(folders, since)
    known = {correction.id for correction in read_corrections(output)}
    for record, ids in sorted(published.items()):
        if missing := ids - known:
            detail = (
                f"{record} has corrections that are not in it: {', '.join(sorted(missing)[:5])}. "
                f"{CORRECTION_LINES.advice}"
            )
            findings.append(Finding(CORRECTIONS_FILE, Damage.MISSING, detail))
    return findings


def _published_corrections(
    folders: Iterable[VersionFolder], since: datetime | None
) -> dict[str, set[str]]:
    """Return the ids of the corrections in versions that were made after a time, by record."""
    ids: dict[str, set[str]] = defaultdict(set)
    for folder in folders:
        with suppress(OSError, ValueError):  # a finding of its own
            content = folder.record_file.read_bytes()
            if b'"corrections": [\n' not in content:
                continue
            record = parse_record(content)
            made = max(activity.ended for activity in record.provenance.activities)
            if since is None or made > since:
                for page in record.pages:
                    ids[folder.record_id] |= {one.id for one in page.corrections}
    return ids
