"""Checks a published version from the inside out: digests first, then what they close over.

The numbers are those of the invariants in docs/invariants.md.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pydantic_core import from_json as parse_json

from pipeline.cleaning.edits import replay, undo
from pipeline.exports.source import page_label
from pipeline.fixity import file_sha256
from pipeline.model import PDF
from pipeline.record.changes import VersionChanges, edits_match, fields_match
from pipeline.record.events import text_digest
from pipeline.record.record import Record, RecordPage, dump_json, parse_record
from pipeline.record.version_folder import RECORD_FILE, VersionFolder, version_name
from pipeline.repository.bag import Damage, Finding, check_bag
from pipeline.repository.pdf_jobs import PdfComparer
from pipeline.repository.verify_description import check_description, check_translations
from pipeline.repository.verify_exports import check_alto, check_exports, check_provenance
from pipeline.searchable_pdf.compare import compare_pdfs


def check_version(folder: VersionFolder, compare: PdfComparer = compare_pdfs) -> list[Finding]:
    """Return everything wrong with a version; an empty list means that it holds.

    Args:
        folder: of the version; one that is being made lies beside its place.
        compare: looks at its searchable PDF.
    """
    findings = check_bag(folder.path)
    if not folder.record_file.is_file():
        return findings or [Finding(RECORD_FILE, Damage.MISSING, "is not there")]
    try:
        content = folder.record_file.read_bytes()
        as_ours = dump_json(parse_json(content)).encode() == content
        record = parse_record(content)
    except (OSError, ValueError) as error:
        detail = f"is no record: {' '.join(str(error).split())[:200]}"
        return [*findings, Finding(RECORD_FILE, Damage.MALFORMED, detail)]
    if not as_ours:
        detail = "is not written as Opis writes it"
        findings.append(Finding(RECORD_FILE, Damage.CHANGED, detail))
    told = {finding.path for finding in findings}
    for check in (
        [*_CHECKS, _pdf_check(compare)] if record.status != "withdrawn" else _WITHDRAWN_CHECKS
    ):
        found = _run_check(check, folder, record)
        findings.extend(finding for finding in found if not _is_reported(finding, told))
    return findings


def _is_reported(finding: Finding, reported: set[str]) -> bool:
    """Whether a file is missing of which the manifest has said so."""
    return finding.damage is Damage.MISSING and finding.path in reported


def _run_check(check: "VersionCheck", folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """Run a check; a file it cannot read is a finding, not a crash."""
    try:
        yield from check(folder, record)
    except OSError as error:
        path = Path(error.filename or folder.data)
        name = folder.name_of(path) if path.is_relative_to(folder.data) else path.name
        yield Finding(name, Damage.MISSING, f"cannot be read: {error.strerror}")


def _check_original(folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """1: the original's digest is the one in record.json."""
    source = record.provenance.source
    file = folder.original(source.name)
    if file_sha256(file) != source.sha256:
        yield Finding(folder.name_of(file), Damage.CHANGED, f"record.json says {source.sha256}")


def _check_pages(_: VersionFolder, record: Record) -> Iterator[Finding]:
    """3 and 5: pages are numbered without a gap, and their texts replay and undo."""
    for place, page in enumerate(record.pages, 1):
        if page.number != place:
            yield _page_finding(page, f"stands at place {place}")
        if text_digest(page.raw_text) != page.raw_sha256:
            yield _page_finding(page, "raw_sha256 is not the digest of raw_text")
        try:
            replayed = replay(page.raw_text, page.cleaning)
            undone = undo(page.reading_text, page.cleaning)
        except ValueError as error:
            yield _page_finding(page, str(error))
            continue
        if replayed != page.reading_text or undone != page.raw_text:
            yield _page_finding(page, "the cleaning steps do not lead from raw to reading text")


def _check_bag_info(folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """2: the bag is called what the record is called."""
    info = (folder.path / "bag-info.txt").read_text("utf-8")
    version = version_name(record.version)
    named = [f"External-Identifier: {record.id}", f"Internal-Sender-Identifier: {version}"]
    for line in named:
        if line not in info.splitlines():
            yield Finding("bag-info.txt", Damage.CHANGED, f"does not say “{line}”")


def _check_text(folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """6: text.txt is the pages' reading text, joined."""
    joined = "\f".join(page.reading_text for page in record.pages)
    if record.reading_text != joined:
        detail = "reading_text is not that of the pages"
        yield Finding(RECORD_FILE, Damage.CHANGED, detail)
    file = folder.text_file
    if file.read_bytes() != f"{joined}\n".encode():
        detail = "is not the reading text of record.json"
        yield Finding(folder.name_of(file), Damage.CHANGED, detail)


def _check_changes(folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """11: ``changes.json`` leads from the version before to this one."""
    name = folder.name_of(folder.changes_file)
    if record.version == 1:
        return
    try:
        told = VersionChanges.model_validate_json(folder.changes_file.read_bytes())
        before = folder.other_version(record.version - 1)
        old = before.load_record() if before.record_file.is_file() else None
    except ValueError as error:
        detail = f"cannot be read: {' '.join(str(error).split())[:200]}"
        yield Finding(name, Damage.MALFORMED, detail)
        return
    if (told.record, told.before, told.after) != (record.id, record.version - 1, record.version):
        yield Finding(name, Damage.CHANGED, "is of another record or version")
    elif old is not None and not (
        edits_match(told, old, record) and fields_match(told, old, record)
    ):
        yield Finding(name, Damage.CHANGED, "does not lead from the version before to this one")


def _check_withdrawn(folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """A withdrawn version holds no text and no file of the scan."""
    if record.reading_text.strip("\f") or any(page.raw_text for page in record.pages):
        yield Finding(RECORD_FILE, Damage.CHANGED, "is withdrawn and still holds text")
    texts = (folder.searchable_pdf, folder.text_file)
    for path in (folder.original_folder, folder.pages_folder, *texts):
        if path.exists():
            detail = "is here though the record is withdrawn"
            yield Finding(folder.name_of(path), Damage.UNLISTED, detail)


def _pdf_check(compare: PdfComparer) -> "VersionCheck":
    """8: searchable.pdf has the scan's pages, and a PDF's boxes and images byte for byte."""

    def check_pdf(folder: VersionFolder, record: Record) -> Iterator[Finding]:
        file, source = folder.searchable_pdf, record.provenance.source
        name, original = folder.name_of(file), folder.original(source.name)
        if not file.is_file():
            yield Finding(name, Damage.MISSING, "is not there")
            return
        found = compare(file, original if source.media_type == PDF else None)
        if found.broken:
            yield Finding(name, Damage.MALFORMED, f"is no PDF: {found.broken}")
            return
        yield from (Finding(name, Damage.CHANGED, detail) for detail in found.differences)
        if found.pages != len(record.pages):
            detail = f"has {found.pages} pages, the record {len(record.pages)}"
            yield Finding(name, Damage.CHANGED, detail)
        wanted = tuple(page_label(page) for page in record.pages)
        if any(page.leaf for page in record.pages) and found.labels != wanted:
            yield Finding(name, Damage.CHANGED, "its page labels are not the leaves of the record")

    return check_pdf


def _check_activities(_: VersionFolder, record: Record) -> Iterator[Finding]:
    """12: activities use what was there before, make it once, and name who did them."""
    log = record.provenance
    known = {"scan": log.source.sha256}
    if log.sidecar is not None:
        known["sidecar"] = log.sidecar.sha256
    for activity in log.activities:
        strange = {k for k, v in activity.used.items() if known.get(k) != v}
        if strange or activity.agent not in log.agents or activity.plan not in log.plans:
            detail = f"activity {activity.id} hangs in the air: {', '.join(sorted(strange))}"
            yield Finding(RECORD_FILE, Damage.MALFORMED, detail)
        if twice := activity.generated.keys() & known.keys():
            detail = f"activity {activity.id} makes again what is there: {', '.join(sorted(twice))}"
            yield Finding(RECORD_FILE, Damage.MALFORMED, detail)
        if activity.ended < activity.started:
            detail = f"activity {activity.id} ends before it begins"
            yield Finding(RECORD_FILE, Damage.MALFORMED, detail)
        known |= activity.generated


def _page_finding(page: RecordPage, detail: str) -> Finding:
    return Finding(RECORD_FILE, Damage.CHANGED, f"page {page.number}: {detail}")


VersionCheck = Callable[[VersionFolder, Record], Iterable[Finding]]

_CHECKS: tuple[VersionCheck, ...] = (
    _check_original,
    _check_bag_info,
    _check_pages,
    _check_text,
    check_alto,
    check_exports,
    check_provenance,
    _check_activities,
    _check_changes,
    check_description,
    check_translations,
)
_WITHDRAWN_CHECKS: tuple[VersionCheck, ...] = (
    _check_bag_info,
    _check_activities,
    _check_withdrawn,
    _check_changes,
    check_provenance,
    check_description,
)
