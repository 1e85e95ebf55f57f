"""The daily totals of an archive, and how `opis stats` prints them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as law
from hypothesis import strategies as st
from PIL import Image
from prometheus_client.parser import text_string_to_metric_families

from flows.serve.metrics import Metrics
from pipeline.ingest.stats import DailyTotals, sum_by_day, sum_receipts
from pipeline.repository.receipts import Receipt, Work, append_receipt
from tests.workspace import Workspace

MORNING = datetime(2026, 11, 26, 22, 30, tzinfo=UTC)  # in Moscow it is the 27th

works = st.builds(
    Work,
    pages=st.integers(1, 500),
    words=st.integers(0, 10**5),
    cached=st.just(0),
    review=st.booleans(),
    seconds=st.dictionaries(st.sampled_from(["prepare", "recognize"]), st.floats(0, 10**4)),
)
receipts = st.builds(
    Receipt,
    when=st.integers(0, 10**7).map(lambda seconds: MORNING + timedelta(seconds=seconds)),
    scan=st.just("a.pdf"), size=st.just(1), sha256=st.none(), where=st.just("inbox"),
    fate=st.sampled_from(["published", "published before", "refused", "waits", "failed"]),
    cause=st.sampled_from(["", "empty", "broken scan"]), work=st.none() | works,
)  # fmt: skip


def receipt(fate: str, minutes: float = 0, **more: object) -> Receipt:
    base: dict[str, object] = {
        "when": MORNING + timedelta(minutes=minutes), "scan": "a.pdf", "size": 1,
        "sha256": "a" * 64, "fate": fate, "where": "inbox",
    }  # fmt: skip
    return Receipt.model_validate(base | more)


def _counts(tally: DailyTotals) -> tuple[object, ...]:
    return tally.pages, tally.words, tally.review, dict(tally.fates), dict(tally.causes)


@law(deadline=None, max_examples=60)
@given(st.lists(receipts, max_size=40))
def test_the_days_add_up_to_all(book: list[Receipt]) -> None:
    total, summed = sum_receipts(book), DailyTotals()
    for day in sum_by_day(book, "Europe/Moscow").values():
        for name in ("pages", "words", "review"):
            setattr(summed, name, getattr(summed, name) + getattr(day, name))
        summed.fates.update(day.fates)
        summed.causes.update(day.causes)
        summed.seconds.update(day.seconds)
    assert _counts(summed) == _counts(total)
    for stage, seconds in total.seconds.items():
        assert summed.seconds[stage] == pytest.approx(seconds)
    assert total.fates.total() == sum(one.fate != "waits" for one in book)


def test_a_day_is_that_of_the_house() -> None:
    assert [str(day) for day in sum_by_day([receipt("refused")], "UTC")] == ["2026-11-26"]
    assert [str(day) for day in sum_by_day([receipt("refused")], "Europe/Moscow")] == ["2026-11-27"]


def test_a_scraper_reads_on_and_begins_anew_with_another_book(tmp_path: Path) -> None:
    metrics = Metrics(tmp_path)
    for number in range(3):
        append_receipt(
            receipt("published", number, work=Work(pages=2, seconds={"prepare": 0.5})), tmp_path
        )
        append_receipt(receipt("refused", number, cause="empty"), tmp_path)
        found = {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(metrics.to_text().decode())
            for sample in family.samples
        }
        assert found["opis_pages_total",] == 2 * (number + 1)
        assert found["opis_scans_total", "published"] == number + 1
        assert found["opis_refusals_total", "empty"] == number + 1
        assert found["opis_seconds_total", "prepare"] == (number + 1) / 2
        last = (MORNING + timedelta(minutes=number)).timestamp()
        assert found["opis_last_published_timestamp_seconds",] == last
    (tmp_path / "receipts.jsonl").unlink()
    append_receipt(receipt("refused", cause="empty"), tmp_path)
    assert b'opis_scans_total{fate="refused"} 1.0' in metrics.to_text()
    assert b"opis_pages_total 0.0" in metrics.to_text()


@pytest.mark.tesseract
def test_what_was_read_is_counted_and_shown(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.inbox.mkdir()
    Image.new("L", (300, 200), 235).save(workspace.inbox / "bare.png")
    (workspace.inbox / "none.pdf").write_text("these are only words")
    assert workspace.opis("ingest", "--direct").returncode == 3
    told = json.loads(workspace.opis("stats", "--json").stdout)
    assert told["all"]["fates"] == {"published": 1, "refused": 1}
    assert told["all"]["causes"] == {"not a scan": 1}
    assert (told["all"]["pages"], told["all"]["review"]) == (1, 0)
    assert told["all"]["seconds"]["publish"] > 0
    assert "Refused: not a scan 1." in workspace.opis("stats").stdout
    for name in ("days.svg", "days.png"):
        assert workspace.opis("stats", "--picture", name).returncode == 0
        assert (tmp_path / name).stat().st_size > 5000
    refused = workspace.opis("stats", "--picture", "days.doc")
    assert (refused.returncode, "neither .svg nor .png" in refused.stderr) == (2, True)
