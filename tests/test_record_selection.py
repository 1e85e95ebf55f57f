"""Records are chosen by place, status, year and how they were read; withdrawn ones never are."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from flows.cli.app import app
from pipeline.errors import CatalogError, SetupError
from pipeline.ingest.revisions import withdraw_record
from pipeline.ingest.selected_records import select_records
from pipeline.model import EngineSignature
from pipeline.record.inherited_events import reading_part
from pipeline.record.reading_identity import would_read_alike
from pipeline.repository.record_selection import RecordSelection, version_key
from pipeline.settings import Settings
from tests.factories import CLOCK, SIGNATURE, admitted_scan, publish_sample, record, scan_pdf

SELECTIONS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "all": ({}, {"cable", "minutes", "note"}),
    "an archive": ({"place": "RGASPI"}, {"cable", "minutes"}),
    "a fond": ({"place": "RGASPI, f. 558"}, {"cable"}),
    "no part of a number": ({"place": "RGASPI, f. 55"}, set()),
    "from a year": ({"from_year": 1949}, {"cable", "note"}),
    "to a year": ({"to_year": 1948}, {"minutes"}),
    "two conditions": ({"place": "RGASPI", "from_year": 1949}, {"cable"}),
    "status": ({"status": "machine"}, {"cable", "minutes", "note"}),
    "reviewed": ({"status": "reviewed"}, set()),
    "an older engine": ({"engine_before": "1.0.1"}, {"cable", "minutes", "note"}),
    "no older engine": ({"engine_before": "1.0"}, set()),
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, dict[str, str]]:
    """Publish four records; return their ids by a short name. One is withdrawn."""
    folder = tmp_path_factory.mktemp("archive")
    described = {
        "cable": ("RGASPI, f. 558, op. 11, d. 330", "1949-01-14"),
        "minutes": ("RGASPI, f. 17, op. 162, d. 8", "1930"),
        "note": ("TNA, FO 371/76", "1950-03"),
        "gone": ("RGASPI, f. 558, op. 11, d. 331", "1949"),
    }
    ids = {  # of different lengths: the same bytes would be the same record
        name: publish_sample(folder, ["слово"] * pages, references=reference, date=date).record_id
        for pages, (name, (reference, date)) in enumerate(described.items(), 1)
    }
    settings = Settings(inbox=folder / "inbox", output=folder / "output")
    withdraw_record(ids["gone"], "a test", settings, CLOCK)
    return settings, ids


@pytest.mark.parametrize("case", SELECTIONS)
def test_records_are_chosen_by_conditions(
    archive: tuple[Settings, dict[str, str]], case: str
) -> None:
    settings, ids = archive
    conditions, names = SELECTIONS[case]
    chosen = select_records(RecordSelection(**conditions), settings)
    assert set(chosen) == {ids[name] for name in names}
    assert len(chosen) == len(names)


def test_named_records_are_limited_by_conditions(
    archive: tuple[Settings, dict[str, str]],
) -> None:
    settings, ids = archive
    both = (ids["cable"], ids["minutes"])
    assert select_records(RecordSelection(records=both), settings) == list(both)
    named = RecordSelection(records=both, from_year=1949)
    assert select_records(named, settings) == [ids["cable"]]
    with pytest.raises(CatalogError, match="no record 'nothing'"):
        select_records(RecordSelection(records=("nothing",), from_year=1949), settings)
    # Without a condition the unknown one gets an outcome of its own.
    assert select_records(RecordSelection(records=("nothing",)), settings) == ["nothing"]


READINGS: dict[str, tuple[dict[str, Any], bool]] = {
    "the same": ({}, True),
    "another version": ({"version": "2"}, False),
    "another model": ({"models": {"rus": "b" * 64}}, False),
    "a model that read nothing": ({"models": {"rus": "a" * 64, "deu": "c" * 64}}, True),
    "another setting": ({"settings": {"options": "--psm 6"}}, False),
    "another candidate": ({"languages": ("rus", "eng")}, True),
}


@pytest.mark.parametrize("case", READINGS)
def test_a_reading_is_the_same_or_another(tmp_path: Path, case: str) -> None:
    changed, is_same = READINGS[case]
    sample = record(admitted_scan(scan_pdf(tmp_path / "scan.pdf")))
    fields = {name: getattr(SIGNATURE, name) for name in EngineSignature.__slots__}
    signature = EngineSignature(**{**fields, **changed})
    assert would_read_alike(sample, signature) is is_same
    assert reading_part(signature).plans.keys() == {"extract", "read"}


@pytest.mark.parametrize("version", ["5.x", "five", "5..0", " 5"])
def test_a_version_is_numbers_and_dots(version: str) -> None:
    with pytest.raises(ValidationError):
        RecordSelection(engine_before=version)
    result = CliRunner().invoke(app, ["reread", "--engine-before", version])
    assert isinstance(result.exception, SetupError)


def test_versions_are_compared_by_numbers() -> None:
    ordered = ["4.1.3", "5.3.0-46-g1569", "5.3.1", "5.10", "10"]
    assert sorted(ordered, key=version_key) == ordered


@pytest.mark.parametrize("command", ["reread", "reclean"])
def test_nothing_chosen_is_not_everything(command: str) -> None:
    result = CliRunner().invoke(app, [command])
    assert isinstance(result.exception, SetupError)
    assert "--all" in str(result.exception)


def test_a_dry_run_publishes_nothing(
    archive: tuple[Settings, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, ids = archive
    output = shutil.copytree(settings.output, tmp_path / "output")
    monkeypatch.setattr("flows.runtime.check_ready", lambda _: None)  # there may be no engine
    monkeypatch.setattr("flows.runtime.engine_notes", lambda _: ())
    before = sorted(path for path in output.rglob("*") if path.is_file())
    options = ["reclean", "--place", "RGASPI, f. 17", "--dry-run", "--output", str(output)]
    result = CliRunner().invoke(app, options)
    assert result.exit_code == 0, result.output
    assert f"{ids['minutes']} v1 would" in result.output
    assert "Nothing was published." in result.output
    assert sorted(path for path in output.rglob("*") if path.is_file()) == before
