"""A scan that changes while it is read waits; no name and no description forges a line of a log."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from flows.cli.console import print_outcomes, print_table
from flows.serve.status_line import StatusLine
from pipeline.errors import ChangedScanError, DescriptionError
from pipeline.inbox.files import remove_refusal_reason
from pipeline.ingest import steps
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.selection import select_scans
from pipeline.ingest.steps import admit_scan, publish_scan, refuse_illegible_names
from pipeline.ingest.unpublished import record_failure
from pipeline.repository.receipts import append_receipt, read_receipts
from pipeline.settings import Settings
from pipeline.wording import escape_unprintable
from tests.factories import CLOCK, admitted_scan, scan_pdf
from tests.test_arrivals import receipt

NOBODY: Any = None  #: a pool of workers that gets no request


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")


@pytest.fixture
def scan(settings: Settings) -> Path:
    path = scan_pdf(settings.inbox / "scan.pdf", 1)
    path.with_suffix(".yaml").write_text("title: before\n", encoding="utf-8")
    return path


def grow(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n% more")


def edit_sidecar(path: Path) -> None:
    path.with_suffix(".yaml").write_text("title: after, and longer\n", encoding="utf-8")


def add_translation(path: Path) -> None:
    path.with_suffix(".en.txt").write_text("Dear friend", encoding="utf-8")


@pytest.mark.parametrize("change", [grow, edit_sidecar, add_translation])
@pytest.mark.parametrize("is_refused", [True, False])
def test_a_change_while_a_scan_is_admitted_lets_it_wait(
    scan: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
    is_refused: bool,
) -> None:
    def decide(*_: object, **__: object) -> object:
        change(scan)
        if is_refused:
            msg = "scan.yaml is half saved."
            raise DescriptionError(msg)
        return admitted_scan(scan, 1)

    monkeypatch.setattr(steps, "decide_admission", decide)
    outcome = admit_scan(scan, settings, NOBODY, CLOCK)
    assert isinstance(outcome, Outcome)
    assert outcome.status == "waits"
    assert "changed while it was read" in outcome.reason
    assert scan.exists()
    assert [one.fate for one in read_receipts(settings.output)] == ["waits"]


def test_a_fault_in_files_that_lie_still_is_a_refusal(
    scan: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decide(*_: object, **__: object) -> NoReturn:
        msg = "scan.yaml is wrong."
        raise DescriptionError(msg)

    monkeypatch.setattr(steps, "decide_admission", decide)
    outcome = admit_scan(scan, settings, NOBODY, CLOCK)
    assert isinstance(outcome, Outcome)
    assert outcome.status == "refused"


def test_a_change_until_publication_lets_it_wait(
    scan: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(*_: object) -> NoReturn:
        msg = "scan.yaml changed while it was read."
        raise ChangedScanError(msg)

    monkeypatch.setattr(steps, "_publish_redescription", change)
    admitted = replace(admitted_scan(scan, 1), published_folder=settings.records)
    outcome = publish_scan(admitted, settings, NOBODY, CLOCK)
    assert (outcome.status, scan.exists()) == ("waits", True)
    assert outcome.reason.endswith("changed while it was read. The scan waits for the next run.")
    scan.unlink()
    assert publish_scan(admitted, settings, NOBODY, CLOCK).status == "gone"


def test_a_change_while_pages_are_read_lets_it_wait(scan: Path, settings: Settings) -> None:
    error = ChangedScanError("scan.pdf changed while it was read.")
    assert record_failure(scan, error, settings, CLOCK).status == "waits"
    assert record_failure(scan, OSError("odd"), settings, CLOCK).status == "failed"


def test_a_sidecar_that_is_still_written_lets_its_scan_wait(scan: Path, settings: Settings) -> None:
    other = scan_pdf(settings.inbox / "other.pdf", 1)
    with (
        scan.with_suffix(".yaml").open("a", encoding="utf-8"),
        select_scans([scan, other], settings.model_copy(update={"settle_seconds": 0}), CLOCK) as (
            selected,
            others,
        ),
    ):
        assert selected == [other]
        assert [outcome.reason for outcome in others] == [
            "scan.pdf: scan.yaml is still being written; it waits for the next run."
        ]


@pytest.mark.parametrize("length", [240, 250, 251])
def test_a_long_name_that_was_published_has_no_reason_to_remove(
    settings: Settings, length: int
) -> None:
    (settings.inbox / "refused").mkdir(parents=True)
    remove_refusal_reason(settings.inbox / f"{'a' * length}.pdf", settings.inbox)


FORGED = ["a\npublished b.png: x v1", "a\rb", "a\tb", "a\x1b[2Jb", "a\x85b", "a\u2028b", "a\u202eb"]


@pytest.mark.parametrize("stem", FORGED)
def test_a_name_that_forges_a_line_is_refused_and_escaped(settings: Settings, stem: str) -> None:
    path = scan_pdf(settings.inbox / f"{stem}.pdf", 1)
    legible, [outcome] = refuse_illegible_names([path], settings, CLOCK)
    assert legible == []
    assert outcome.status == "refused"
    for text in (
        outcome.scan,
        outcome.reason,
        *(one.scan for one in read_receipts(settings.output)),
    ):
        assert escape_unprintable(text) == text


@pytest.mark.parametrize("name", ["scan.pdf", "РГАСПИ, ф. 1 — «письмо» №2 (копия).pdf", "書.pdf"])
def test_an_ordinary_name_is_legible(settings: Settings, name: str) -> None:
    path = settings.inbox / name
    assert refuse_illegible_names([path], settings, CLOCK) == ([path], [])


def test_a_reason_that_quotes_a_description_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = "`titel\npublished b.png: x v1\n` is not a field."
    outcome = Outcome("a.png", refusal_reason=forged)
    assert "\n" not in outcome.reason
    append_receipt(receipt("a.png", reason=forged), tmp_path)
    status = StatusLine(tmp_path / "other")
    status._output, status._offset = tmp_path, 0
    assert all("\n" not in line for line in status.new_lines())
    issues = ("The reference “x\npublished b.png” could not be read.",)
    print_outcomes([outcome, Outcome("c.png", record="c", issues=issues)], tmp_path)
    print_table(("title",), [("one\npublished b.png",)])
    printed = capsys.readouterr().out.splitlines()
    assert not [line for line in printed if line.lstrip().startswith("published b")]
