"""Each receipt is reported once, as events that say what happened to a record or a scan."""

from pathlib import Path

import pytest

from pipeline.ingest.revisions import withdraw_record
from pipeline.model import IssueType
from pipeline.repository.archive_events import (
    ArchiveEvent,
    events_of,
    expected_error,
    report_new_events,
)
from pipeline.repository.receipts import Receipt, append_receipt, manifest_digest
from pipeline.settings import Settings
from tests.factories import CLOCK, MOMENT, publish_sample, settings_in


def receipt(**fields: object) -> Receipt:
    usual = {"when": MOMENT, "scan": "scan.pdf", "size": 9, "sha256": "a" * 64, "where": "inbox"}
    return Receipt.model_validate({**usual, **fields})


def collected(settings: Settings) -> list[ArchiveEvent]:
    events: list[ArchiveEvent] = []
    assert report_new_events(settings, events.append) == len(events)
    return events


def test_what_happened_before_the_first_call_is_not_reported(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.output.mkdir()
    append_receipt(receipt(fate="refused", reason="old"), settings.output)
    assert collected(settings) == []
    append_receipt(receipt(fate="refused", reason="new"), settings.output)
    assert [event.payload["reason"] for event in collected(settings)] == ["new"]
    assert collected(settings) == []


def test_what_stands_in_an_older_copy_of_the_receipts_is_not_reported_again(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.output.mkdir()
    append_receipt(receipt(fate="refused", reason="first"), settings.output)
    assert collected(settings) == []
    copy = settings.receipts.read_bytes()
    append_receipt(receipt(fate="refused", reason="second"), settings.output)
    assert len(collected(settings)) == 1
    settings.receipts.write_bytes(copy)
    assert collected(settings) == []
    append_receipt(receipt(fate="refused", reason="third"), settings.output)
    assert [event.payload["reason"] for event in collected(settings)] == ["third"]


def test_a_record_is_published_needs_review_and_is_withdrawn(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.output.mkdir()
    assert collected(settings) == []
    sample = publish_sample(tmp_path, leaves="0110, 0111, 0112")  # one leaf too many
    where = sample.folder.path.relative_to(settings.output).as_posix()
    known = {"record": sample.record_id, "version": 1, "where": where}
    append_receipt(
        receipt(fate="published", manifest=manifest_digest(sample.folder), **known),
        settings.output,
    )
    withdraw_record(sample.record_id, "rights", settings, CLOCK)
    events = collected(settings)
    names = [event.name for event in events]
    assert names == ["record.published", "record.needs-review", "record.withdrawn"]
    assert {event.subject for event in events} == {sample.record_id}
    payload = events[0].payload
    assert payload["id"] == sample.record_id
    assert payload["version"] == 1
    assert payload["digest"] == manifest_digest(sample.folder)
    assert payload["pages"] == 2
    assert 0 < payload["expected_error"] < 1
    assert any("3 labels" in issue for issue in events[1].payload["issues"])
    assert events[2].payload["reason"] == "rights"


def test_an_event_that_is_not_delivered_is_reported_again(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.output.mkdir()
    collected(settings)
    append_receipt(receipt(fate="refused", reason="no scan"), settings.output)

    def fail(_: ArchiveEvent) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        report_new_events(settings, fail)
    assert len(collected(settings)) == 1


def test_on_a_full_disk_nothing_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path)
    settings.output.mkdir()
    collected(settings)
    append_receipt(receipt(fate="refused", reason="no scan"), settings.output)
    write = Path.write_text

    def full(path: Path, *words: object, **how: object) -> int:
        if path.suffix == ".next":
            raise OSError(28, "No space left on device")
        return write(path, *words, **how)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        with pytest.raises(OSError, match="No space left"):
            collected(settings)
    assert len(collected(settings)) == 1


@pytest.mark.parametrize("fate", ["waits", "failed", "published before", "removed", "accepted"])
def test_what_changes_no_record_is_no_event(tmp_path: Path, fate: str) -> None:
    assert list(events_of(receipt(fate=fate), settings_in(tmp_path))) == []


def test_a_version_that_cannot_be_read_is_reported_with_what_its_receipt_says(
    tmp_path: Path,
) -> None:
    lost = receipt(fate="published", record="a-record", version=3, where="records/a-record/v3")
    (event,) = events_of(lost, settings_in(tmp_path))
    assert (event.name, event.subject, event.label) == ("record.published", "a-record", "a-record")
    assert event.payload["version"] == 3


def test_the_expected_error_is_weighted_by_words(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path, ("one two three", "", "four")).folder.load_record()
    assert expected_error(sample) == pytest.approx(0.05)
    error = {1: 0.1, 2: None, 3: 0.5}
    pages = tuple(
        page.model_copy(update={"expected_error": error[page.number]}) for page in sample.pages
    )
    assert expected_error(sample.model_copy(update={"pages": pages})) == pytest.approx(0.2)
    blank = publish_sample(tmp_path / "blank", ("",)).folder.load_record()
    assert expected_error(blank) is None
    assert {issue.concern for issue in blank.issues} >= {IssueType.BLANK_PAGE}
