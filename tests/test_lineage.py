"""The lineage of a record: every step in words, and a diagram that no name can break."""

from pathlib import Path

import pytest

from flows.ui import difference_report, lineage
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.revisions import RevisionPreview
from pipeline.record.record import Record
from pipeline.settings import Settings
from tests.factories import publish_sample

HOSTILE = 'a"]; click b "javascript:alert(1)" <b>|`c` #35;\\ {x}.pdf'


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Collects artifacts by key instead of sending them."""
    kept: dict[str, str] = {}

    def keep(text: str, key: str, description: str = "") -> None:
        kept[key] = f"{text}\n{description}"

    monkeypatch.setattr(lineage, "create_markdown_artifact", keep)
    monkeypatch.setattr(lineage, "create_image_artifact", keep)
    monkeypatch.setattr(difference_report, "create_markdown_artifact", keep)
    return kept


def outcome_of(folder: Path, **values: str) -> tuple[Outcome, Record]:
    sample = publish_sample(folder, **values)
    record = sample.folder.load_record()
    return (
        Outcome.from_record("scan.pdf", record, sample.folder, already_published=False),
        record,
    )


def test_each_step_is_named(tmp_path: Path, published: dict[str, str]) -> None:
    outcome, record = outcome_of(tmp_path)
    lineage.publish_lineage([outcome], Settings(pages_url="http://host:1"))
    text = published["lineage"]
    for words in ("scan.pdf", record.provenance.source.sha256, "Pages 1–2, leaf 0110 – 0111",
                  "canned 1, rus", "evidence/", "pages/", record.id, "premis"):  # fmt: skip
        assert words in text
    assert "```mermaid\nflowchart LR\n" in text
    address = f"http://host:1/site/id/{record.id}/v1/pages/0001"
    assert published["worst-page"].startswith(address)
    assert "5.0% of the characters" in published["worst-page"]


def test_a_name_is_no_syntax_of_the_diagram(tmp_path: Path, published: dict[str, str]) -> None:
    outcome, record = outcome_of(tmp_path)
    source = record.provenance.source.model_copy(update={"name": HOSTILE})
    log = record.provenance.model_copy(update={"source": source})
    hostile = record.model_copy(update={"provenance": log})
    (label,) = (line for line in lineage._diagram(hostile) if line.startswith("    scan["))
    assert label.count('"') == 2
    inside = label.partition('"')[2].rpartition('"')[0].replace("<br/>", "")
    assert not set('"<>`|[]{}()\\&') & set(inside)
    assert outcome.record == record.id
    assert published == {}


def test_without_a_reading_room_there_is_no_picture(
    tmp_path: Path, published: dict[str, str]
) -> None:
    outcome, _ = outcome_of(tmp_path)
    lineage.publish_lineage([outcome], Settings())
    assert published.keys() == {"lineage"}


def test_only_new_records_have_a_lineage(published: dict[str, str]) -> None:
    known = Outcome("scan.pdf", record="a-record", already_published=True)
    lineage.publish_lineage([known, Outcome("b.pdf", refusal_reason="No scan.")], Settings())
    assert published == {}


def test_a_dry_run_reports_what_would_change(published: dict[str, str]) -> None:
    previews = [
        RevisionPreview("same", 1),
        RevisionPreview("changed", 2, ("page 1", "    [лумаем → думаем]"), 1),
        RevisionPreview("broken", failure_reason="*No* original."),
    ]
    difference_report.publish_previews(previews)
    text = published["differences"]
    assert "1 of 3 records, 1 word. Nothing was published." in text
    assert "[лумаем → думаем]" in text
    assert "\\*No\\* original." in text
    assert "## same" not in text
    assert next(iter(previews[1].lines())) == "changed v2 would change, 1 word of its text:"
