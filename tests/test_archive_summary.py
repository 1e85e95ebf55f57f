"""The summary of an archive: the last day, what waits, the last check, and room."""

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.ingest.archive_summary import ArchiveSummary, summarize_archive
from pipeline.ingest.stats import DailyTotals
from pipeline.repository.audit_note import AuditNote, last_audit, note_audit
from pipeline.repository.bag import Damage, Finding
from pipeline.repository.receipts import Work, append_receipt
from pipeline.settings import Settings
from tests.factories import CLOCK, MOMENT, publish_sample, scan_pdf, settings_in
from tests.test_archive_events import receipt


def test_an_archive_is_summarized(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    publish_sample(tmp_path, leaves="0110, 0111, 0112")
    (settings.inbox / "scan.pdf").unlink()
    scan_pdf(settings.inbox / "waits.pdf", 1)
    work = Work(pages=2, words=9)
    append_receipt(receipt(fate="published", work=work), settings.output)
    append_receipt(receipt(fate="refused", cause="not a scan"), settings.output)
    old = MOMENT - timedelta(days=2)
    append_receipt(receipt(fate="failed", when=old), settings.output)
    note_audit(1, [], settings, CLOCK)
    summary = summarize_archive(settings, CLOCK)
    lines = list(summary.lines())
    assert lines[:3] == [
        "In the last 24 hours 1 record published, 1 refused, 0 failed; 2 pages.",
        "Refused, not a scan: 1.",
        "1 record in all, 1 to be reviewed.",
    ]
    reviewed = (
        "By people: 0 sampled, 0 in-part, 0 reviewed, 0 checked; 0 records to be published anew."
    )
    assert lines[3:5] == [reviewed, "1 scan in the inbox."]
    assert lines[5].endswith("1 version, 0 findings.")
    assert lines[6].endswith("free on the disk of the records.")
    assert summary.has_trouble


FIXITY = {
    "never": (None, "never checked", False),
    "fine": (AuditNote(when=MOMENT, versions=3, findings=0), "3 versions, 0 findings.", False),
    "damaged": (AuditNote(when=MOMENT, versions=3, findings=2), "2 findings", True),
    "long ago": (
        AuditNote(when=MOMENT - timedelta(days=30), versions=3, findings=0), "long ago", False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FIXITY)
def test_the_last_check_is_judged(case: str) -> None:
    audit, words, has_trouble = FIXITY[case]
    summary = ArchiveSummary(MOMENT, DailyTotals(), 3, 0, {}, 0, 0, audit, 2**30)
    assert words in "\n".join(summary.lines())
    assert summary.has_trouble is has_trouble


def test_a_check_is_noted_and_a_damaged_note_is_none(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    assert last_audit(settings) is None
    note_audit(4, [Finding("a", Damage.MISSING, "gone")], settings, CLOCK)
    assert last_audit(settings) == AuditNote(when=CLOCK.now(), versions=4, findings=1)
    (settings.work_folder / "last-check.json").write_text("{")
    assert last_audit(settings) is None


def test_a_note_that_cannot_be_written_stops_no_check(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("no folder")
    note_audit(1, [], Settings(output=tmp_path / "output"), CLOCK)
