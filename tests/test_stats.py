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


def receipt(status: str, minutes: float = 0, **more: object) -> Receipt:
    base: dict[str, object] = {
        "when": MORNING + timedelta(minutes=minutes), "scan": "a.pdf", "size": 1,
        "sha256": "a" * 64, "fate": status, "where": "inbox",
    }  # fmt: skip
    return Receipt.model_validate(base | more)


def _counts(tally: DailyTotals) -> tuple[object, ...]:
    return tally.pages, tally.words, tally.review, dict(tally.fates), dict(tally.causes)


@law(deadline=None, max_examples=60)
@given(st.lists(receipts, max_size=40))
def test_the_days_add_up_to_all(receipts: list[Receipt]) -> None:
    total, day_totals = sum_receipts(receipts), DailyTotals()
    for day in sum_by_day(receipts, "Europe/Moscow").values():
        for name in ("pages", "words", "review"):
            setattr(day_totals, name, getattr(day_totals, name) + getattr(day, name))
        day_totals.fates.update(day.fates)
        day_totals.causes.update(day.causes)
        day_totals.seconds.update(day.seconds)
    assert _counts(day_totals) == _counts(total)
    for stage, seconds in total.seconds.items():
        assert day_totals.seconds[stage] == pytest.approx(seconds)
    assert total.fates.total() == sum(one.fate != "waits" for one in receipts)


def test_a_day_begins_at_midnight_in_the_time_zone_of_the_archive() -> None:
    assert [str(day) for day in sum_by_day([receipt("refused")], "UTC")] == ["2026-11-26"]
    assert [str(day) for day in sum_by_day([receipt("refused")], "Europe/Moscow")] == ["2026-11-27"]


def test_metrics_read_new_receipts_and_begin_anew_with_another_file(tmp_path: Path) -> None:
    metrics = Metrics(tmp_path)
    for number in range(3):
        append_receipt(
            receipt("published", number, work=Work(pages=2, seconds={"prepare": 0.5})), tmp_path
        )
        append_receipt(receipt("refused", number, cause="empty"), tmp_path)
        samples = {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(metrics.to_text().decode())
            for sample in family.samples
        }
        assert samples["opis_pages_total",] == 2 * (number + 1)
        assert samples["opis_scans_total", "published"] == number + 1
        assert samples["opis_refusals_total", "empty"] == number + 1
        assert samples["opis_seconds_total", "prepare"] == (number + 1) / 2
        last = (MORNING + timedelta(minutes=number)).timestamp()
        assert samples["opis_last_published_timestamp_seconds",] == last
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
    stats = json.loads(workspace.opis("stats", "--json").stdout)
    assert stats["all"]["fates"] == {"published": 1, "refused": 1}
    assert stats["all"]["causes"] == {"not a scan": 1}
    assert (stats["all"]["pages"], stats["all"]["review"]) == (1, 0)
    assert stats["all"]["seconds"]["publish"] > 0
    assert "Refused: not a scan 1." in workspace.opis("stats").stdout
    for name in ("days.svg", "days.png"):
        assert workspace.opis("stats", "--picture", name).returncode == 0
        assert (tmp_path / name).stat().st_size > 5000
    refused = workspace.opis("stats", "--picture", "days.doc")
    assert (refused.returncode, "neither .svg nor .png" in refused.stderr) == (2, True)
