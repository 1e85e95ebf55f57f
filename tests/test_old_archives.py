"""What an earlier Opis published: each later one verifies, lists, exports and continues it.

Each folder of ``archives/`` was made by the Opis that its name tells and is never made anew; a
release that changes what is published adds a folder of its own.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from flows.clock import FixedClock
from pipeline.cleaning.clean import step_names
from pipeline.errors import IngestError
from pipeline.exports.collections.collection_export import ExportedRecord
from pipeline.exports.collections.collection_registry import COLLECTION_EXPORTS_BY_NAME
from pipeline.exports.collections.page_image_files import PageImageFiles
from pipeline.exports.registry import FORMATS_BY_NAME, ORIGINAL_EXPORTS, PUBLISHED_FORMATS
from pipeline.ingest.revisions import prepare_reclean, withdraw_record
from pipeline.model import IssueType
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.audit import check_archive
from pipeline.repository.bag import close_bag
from pipeline.repository.catalog import Catalog
from pipeline.repository.catalog_file import CatalogState
from pipeline.repository.export_source import load_export_source
from pipeline.repository.verify_version import check_version
from pipeline.settings import Settings
from pipeline.workers.pool import WorkerPool
from tests.factories import MOMENT
from tests.schemas import has_schema, schema_errors
from tests.workspace import Workspace

ARCHIVES = sorted((Path(__file__).parent / "archives").iterdir())
LATER = FixedClock(MOMENT.replace(year=2049))
LETTER = "rgaspi-f558-op11-d330-l0110-0111"
WITHDRAWN = "tna-fo-371-12345-f3"


@pytest.fixture(params=ARCHIVES, ids=lambda path: path.name)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of an old archive."""
    shutil.copytree(request.param, tmp_path / "archive")
    return tmp_path / "archive"


@pytest.fixture
def settings(archive: Path) -> Settings:
    return Settings(inbox=archive / "inbox", output=archive / "output", base_url="https://a.test")


def rows(catalog: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the tables without the numbers that only the catalogue assigns."""
    orders = {
        "record": "id", "version": "record, version",
        "issue": "record, page, concern, detail", "page": "record, number",
    }  # fmt: skip
    with sqlite3.connect(catalog) as db:
        db.row_factory = sqlite3.Row
        return {
            table: [dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY {order}")]
            for table, order in orders.items()
        }


def test_it_verifies_and_gives_the_same_catalogue(archive: Path, settings: Settings) -> None:
    with Catalog(settings.catalog, settings.records) as catalog:
        catalog.rebuild()
    wanted = json.loads((archive / "catalog.json").read_text("utf-8"))
    found = rows(settings.catalog)
    for table, before in wanted.items():
        now = [{key: row[key] for key in before[0]} for row in found[table]]
        assert now == before
    assert check_archive(settings, []) == (len(wanted["version"]), [])
    assert rows(settings.catalog) == found


def test_a_catalogue_of_another_schema_is_no_damage(archive: Path, settings: Settings) -> None:
    versions = len(json.loads((archive / "catalog.json").read_text("utf-8"))["version"])
    with Catalog(settings.catalog, settings.records) as catalog:
        catalog.rebuild()
    with closing(sqlite3.connect(settings.catalog)) as db:
        db.executescript("DROP TABLE relation; DROP TABLE word_form; PRAGMA user_version = 4")
    assert check_archive(settings, []) == (versions, [])
    with Catalog(settings.catalog, settings.records) as catalog:
        assert catalog.state is CatalogState.CURRENT
    settings.catalog.write_bytes(settings.catalog.read_bytes()[:-4096])
    _, (finding,) = check_archive(settings, [])
    assert finding.detail == "could not be read; it was rebuilt from records/"


@pytest.mark.slow
def test_it_is_exported_in_every_format(settings: Settings) -> None:
    with Catalog(settings.catalog, settings.records) as catalog:
        entries = list(catalog.iter_entries())
    assert len(entries) == 3
    for entry in entries:
        folder = VersionFolder.of(settings.records / entry.folder, entry.version)
        record = folder.load_record()
        source = load_export_source(folder, record, settings.base_url, {})
        for form, export_format in FORMATS_BY_NAME.items():
            content = export_format.write(source)
            assert content
            if has_schema(form):
                assert schema_errors(form, content) == [], (entry.id, form)


@pytest.mark.slow
def test_it_is_exported_for_every_program(settings: Settings, tmp_path: Path) -> None:
    with Catalog(settings.catalog, settings.records) as catalog:
        entries = [entry for entry in catalog.iter_entries() if entry.status != "withdrawn"]
    pool = WorkerPool(1)
    images = PageImageFiles(lambda: pool, settings)
    for name, collection in COLLECTION_EXPORTS_BY_NAME.items():
        (tmp_path / name).mkdir()
        writer = collection.begin(tmp_path / name)
        for entry in entries:
            folder = VersionFolder.of(settings.records / entry.folder, entry.version)
            source = load_export_source(folder, folder.load_record(), settings.base_url, {})
            writer.add(ExportedRecord(source, folder, images))
        writer.finish()
        assert any((tmp_path / name).iterdir())
    pool.close()


def test_it_goes_on_with_next_versions(settings: Settings) -> None:
    before = len(rows_of_versions(settings))
    assert not withdraw_record("scan-4c1d0501b38f", "A test.", settings, LATER).failure_reason
    recleaned = prepare_reclean(LETTER, settings, LATER).publish_if_changed(settings, LATER)
    assert not recleaned.already_published
    assert check_archive(settings, [])[1] == []
    assert len(rows_of_versions(settings)) > before


def rows_of_versions(settings: Settings) -> list[dict[str, Any]]:
    with Catalog(settings.catalog, settings.records):
        pass  # made from the records where it is not there
    return rows(settings.catalog)["version"]


@pytest.mark.tesseract
def test_the_same_scan_described_anew_is_the_next_version(archive: Path) -> None:
    workspace = Workspace(archive)
    kept = next(archive.glob(f"output/records/**/{LETTER}/v2/data/original/*"))
    shutil.copy(kept, workspace.inbox)
    (workspace.inbox / kept.name).with_suffix(".yaml").write_text("title: Another title\n")
    result = workspace.opis("ingest", "--direct")
    assert result.returncode == 0, result.stdout + result.stderr
    assert (archive / f"output/records/rgaspi/f558/op11/d330/{LETTER}/v3").is_dir()
    checked = workspace.opis("verify")
    assert "6 versions checked, 0 findings" in checked.stdout


def test_a_version_is_asked_only_for_the_exports_it_has(settings: Settings) -> None:
    folder = VersionFolder(next(settings.records.rglob(f"{LETTER}/v2")))
    folder.export("a-later-format.xml").write_text("<later/>")
    info = dict(
        line.split(": ", 1) for line in (folder.path / "bag-info.txt").read_text().splitlines()
    )
    info.pop("Payload-Oxum")
    close_bag(folder.path, info)
    assert check_version(folder) == []


def test_no_format_that_came_later_is_asked_of_older_versions(archive: Path) -> None:
    for folder in archive.rglob("v1/data/export"):
        assert {path.name for path in folder.iterdir()} >= ORIGINAL_EXPORTS
    assert PUBLISHED_FORMATS.keys() >= ORIGINAL_EXPORTS


def test_published_names_stay_whatever_the_code_is_called() -> None:
    """Records and receipts contain them: a name may be added, none removed or changed."""
    assert set(step_names()) >= {
        "leave-out-furniture", "set-paragraphs", "drop-invisible", "compose", "drop-marks",
        "close-up-letters", "unmix-scripts", "type-in-cyrillic", "mend-numbers", "name-points",
        "join-broken-words", "join-at-page-end", "join-at-page-start",
    }  # fmt: skip
    assert {error.cause for error in every(IngestError)} >= {
        "not a scan", "empty scan", "encrypted scan", "broken scan", "cut off", "too large",
        "description", "duplicate", "link", "unreadable", "other",
    }  # fmt: skip
    assert {concern.value for concern in IssueType} >= {
        "active-content", "blank-page", "damaged-image", "embedded-text", "encryption",
        "leaf-count", "low-confidence", "no-reference", "page-error", "page-timeout", "repaired",
        "unread-date", "unread-reference",
    }  # fmt: skip


def every(kind: type[IngestError]) -> list[type[IngestError]]:
    """Return a class of errors and all below it."""
    return [kind, *(one for below in kind.__subclasses__() for one in every(below))]


def test_every_refusal_of_the_inbox_says_its_own_cause() -> None:
    below = every(IngestError)
    assert all("cause" in vars(error) for error in below)
    assert len({error.cause for error in below}) == len(below)
