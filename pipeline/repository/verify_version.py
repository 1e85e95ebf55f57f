"""Checks a version: first the digests, then the content of the files.

The numbers are those of the invariants in docs/invariants.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from pydantic_core import from_json as parse_json

from pipeline.cleaning.edits import replay, undo
from pipeline.doubt.suggested_text import doubts_fit
from pipeline.exports.source import page_label
from pipeline.fixity import file_sha256, text_sha256
from pipeline.model import PDF
from pipeline.record.changes import VersionChanges, edits_match, fields_match
from pipeline.record.provenance import Activity, Provenance
from pipeline.record.record import Record, RecordPage, dump_json, parse_record
from pipeline.record.version_folder import RECORD_FILE, VersionFolder, version_name
from pipeline.repository.bag import Damage, Finding, check_bag
from pipeline.repository.pdf_jobs import PdfComparer
from pipeline.repository.verify_description import check_description, check_translations
from pipeline.repository.verify_exports import check_alto, check_exports, check_provenance
from pipeline.searchable_pdf.compare import compare_pdfs
from pipeline.wording import plural


def check_version(folder: VersionFolder, compare: PdfComparer = compare_pdfs) -> list[Finding]:
    """Return all findings on a version; an empty list means that it is intact.

    Args:
        folder: of the version, published or in staging.
        compare: compares its searchable PDF with the scan.
    """
    findings = check_bag(folder.path)
    if not folder.record_file.is_file():
        return findings or [Finding(RECORD_FILE, Damage.MISSING, "is not there")]
    try:
        content = folder.record_file.read_bytes()
        is_canonical = dump_json(parse_json(content)).encode() == content
        record = parse_record(content)
    except (OSError, ValueError) as error:
        detail = f"is no record: {' '.join(str(error).split())[:200]}"
        return [*findings, Finding(RECORD_FILE, Damage.MALFORMED, detail)]
    if not is_canonical:
        detail = "is not written as Opis writes it"
        findings.append(Finding(RECORD_FILE, Damage.CHANGED, detail))
    reported = {finding.path for finding in findings}
    withdrawn = record.status == "withdrawn"
    for check in _WITHDRAWN_CHECKS if withdrawn else (*_CHECKS, _pdf_check(compare)):
        more = _run_check(check, folder, record)
        findings.extend(finding for finding in more if not _is_reported(finding, reported))
    return findings


def _is_reported(finding: Finding, reported: set[str]) -> bool:
    """Return whether the manifests reported this missing file already."""
    return finding.damage is Damage.MISSING and finding.path in reported


def _run_check(check: "VersionCheck", folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """Run a check; an unreadable file is a finding, not a crash."""
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
    """3 and 5: pages are numbered without a gap; texts replay and undo; doubts are about words."""
    for position, page in enumerate(record.pages, 1):
        if page.number != position:
            yield _page_finding(page, f"is at position {position}")
        if text_sha256(page.raw_text) != page.raw_sha256:
            yield _page_finding(page, "raw_sha256 is not the digest of raw_text")
        try:
            corrected = page.corrected_text
            replayed = replay(page.raw_text, page.cleaning)
            undone = undo(page.reading_text, page.cleaning)
        except ValueError as error:
            yield _page_finding(page, str(error))
            continue
        if not doubts_fit(corrected, page.doubts or ()):
            yield _page_finding(page, "a doubt is about a word that its text does not have")
        if replayed != page.reading_text or undone != page.raw_text:
            yield _page_finding(page, "the cleaning steps do not lead from raw to reading text")


def _check_bag_info(folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """2: ``bag-info.txt`` has the record's id and version."""
    info = (folder.path / "bag-info.txt").read_text("utf-8")
    version = version_name(record.version)
    lines = [f"External-Identifier: {record.id}", f"Internal-Sender-Identifier: {version}"]
    for line in lines:
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
    """11: ``changes.json`` leads from the previous version to this one."""
    name = folder.name_of(folder.changes_file)
    if record.version == 1:
        return
    try:
        changes = VersionChanges.model_validate_json(folder.changes_file.read_bytes())
        before = folder.other_version(record.version - 1)
        previous = before.load_record() if before.record_file.is_file() else None
    except ValueError as error:
        detail = f"cannot be read: {' '.join(str(error).split())[:200]}"
        yield Finding(name, Damage.MALFORMED, detail)
        return
    versions = (record.id, record.version - 1, record.version)
    if (changes.record, changes.before, changes.after) != versions:
        yield Finding(name, Damage.CHANGED, "is of another record or version")
    elif previous is not None and not (
        edits_match(changes, previous, record) and fields_match(changes, previous, record)
    ):
        yield Finding(name, Damage.CHANGED, "does not lead from the version before to this one")


def _check_withdrawn(folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """11: a withdrawn version has no text and no file of the scan."""
    if record.reading_text.strip("\f") or any(page.raw_text for page in record.pages):
        yield Finding(RECORD_FILE, Damage.CHANGED, "is withdrawn and still holds text")
    texts = (folder.searchable_pdf, folder.text_file)
    for path in (folder.original_folder, folder.pages_folder, *texts):
        if path.exists():
            detail = "is here though the record is withdrawn"
            yield Finding(folder.name_of(path), Damage.UNLISTED, detail)


def _pdf_check(compare: PdfComparer) -> "VersionCheck":
    """Return check 8: the PDF has the pages, leaf labels and, of a PDF scan, boxes and images."""

    def check_pdf(folder: VersionFolder, record: Record) -> Iterator[Finding]:
        file, source = folder.searchable_pdf, record.provenance.source
        name, original = folder.name_of(file), folder.original(source.name)
        if not file.is_file():
            yield Finding(name, Damage.MISSING, "is not there")
            return
        comparison = compare(file, original if source.media_type == PDF else None)
        if comparison.broken:
            yield Finding(name, Damage.MALFORMED, f"is no PDF: {comparison.broken}")
            return
        yield from (Finding(name, Damage.CHANGED, detail) for detail in comparison.differences)
        if comparison.pages != len(record.pages):
            detail = f"has {plural(comparison.pages, 'page')}, the record {len(record.pages)}"
            yield Finding(name, Damage.CHANGED, detail)
        labels = tuple(page_label(page) for page in record.pages)
        if any(page.leaf for page in record.pages) and comparison.labels != labels:
            yield Finding(name, Damage.CHANGED, "its page labels are not the leaves of the record")

    return check_pdf


def _check_activities(_: VersionFolder, record: Record) -> Iterator[Finding]:
    """12: activities use existing inputs, produce new outputs, end after they begin."""
    log = record.provenance
    known = {"scan": log.source.sha256}
    if record.extracted_from is not None:  # an activity made the scan, out of another
        known = {"whole-scan": record.extracted_from.sha256}
    if log.sidecar is not None:
        known["sidecar"] = log.sidecar.sha256
    for activity in log.activities:
        details = _activity_problems(activity, log, known)
        yield from (
            Finding(RECORD_FILE, Damage.MALFORMED, f"activity {activity.id} {detail}")
            for detail in details
        )
        known |= activity.generated
    if known.get("scan") != log.source.sha256:
        yield Finding(RECORD_FILE, Damage.MALFORMED, "no activity took the pages of the scan")


def _activity_problems(
    activity: Activity, log: Provenance, known: Mapping[str, str]
) -> Iterator[str]:
    """Yield the problems of an activity; ``known`` has the digests of earlier entities."""
    unknown = {name for name, digest in activity.used.items() if known.get(name) != digest}
    if unknown:
        yield f"uses inputs that no earlier step produced: {', '.join(sorted(unknown))}"
    elif activity.agent not in log.agents or activity.plan not in log.plans:
        yield "names an agent or a plan that the record does not list"
    if existing := activity.generated.keys() & known.keys():
        yield f"produces outputs that exist already: {', '.join(sorted(existing))}"
    if activity.ended < activity.started:
        yield "ends before it begins"


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
