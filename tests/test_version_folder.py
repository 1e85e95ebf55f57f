import shutil
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from pipeline.record.version_folder import (
    RECORD_FILE,
    VersionFolder,
    alto_file_name,
    version_name,
)
from pipeline.repository.staging import staging
from pipeline.repository.version_folders import version_folders
from pipeline.settings import Settings
from tests.factories import LETTER, publish_sample

RECORD = Path("/output/records/rgaspi/f558/rgaspi-f558")
FOLDER = VersionFolder(RECORD / "v2")


def test_a_version_is_found_by_its_record_and_number() -> None:
    assert VersionFolder.of(RECORD, 2) == FOLDER
    assert (FOLDER.record_folder, FOLDER.record_id, FOLDER.number) == (RECORD, "rgaspi-f558", 2)
    assert FOLDER.other_version(10) == VersionFolder(RECORD / "v10")
    assert version_name(10) == "v10"


def test_every_file_has_its_place() -> None:
    places = {
        FOLDER.data: "data",
        FOLDER.record_file: "data/record.json",
        FOLDER.provenance_file: "data/provenance.json",
        FOLDER.changes_file: "data/changes.json",
        FOLDER.readme_file: "data/README.txt",
        FOLDER.text_file: "data/text.txt",
        FOLDER.searchable_pdf: "data/searchable.pdf",
        FOLDER.original("скан 1.pdf"): "data/original/скан 1.pdf",
        FOLDER.alto(12): "data/pages/0012.alto.xml",
        FOLDER.alto(12345): "data/pages/12345.alto.xml",
        FOLDER.export("tei.xml"): "data/export/tei.xml",
        FOLDER.sidecar("scan.yaml"): "data/sidecar/scan.yaml",
        FOLDER.index_row_file: "data/sidecar/index.csv",
        FOLDER.translation("scan.en.txt"): "data/translation/scan.en.txt",
    }
    for path, name in places.items():
        assert path == RECORD / "v2" / name
        assert FOLDER.name_of(path) == name
    assert places[FOLDER.record_file] == RECORD_FILE
    assert places[FOLDER.alto(12)] == f"data/{alto_file_name(12)}"


def test_files_lie_in_their_folders() -> None:
    assert FOLDER.original("a").parent == FOLDER.original_folder
    assert FOLDER.alto(1).parent == FOLDER.pages_folder
    assert FOLDER.export("a").parent == FOLDER.export_folder
    assert FOLDER.sidecar("a").parent == FOLDER.sidecar_folder
    assert FOLDER.translation("a").parent == FOLDER.translation_folder


@pytest.mark.parametrize("name", ["/etc/passwd", "//etc/passwd"])
def test_a_name_in_a_damaged_record_leads_to_no_other_place(name: str) -> None:
    for path in (FOLDER.original(name), FOLDER.sidecar(name), FOLDER.translation(name)):
        assert path.is_relative_to(FOLDER.data)


def test_what_is_published_lies_where_the_folder_says(tmp_path: Path) -> None:
    folder = publish_sample(tmp_path).folder
    record = folder.load_record()
    assert (record.id, record.version) == (folder.record_id, folder.number)
    named = {
        folder.record_file, folder.provenance_file, folder.readme_file, folder.text_file,
        folder.searchable_pdf, folder.original(record.provenance.source.name),
        *(folder.alto(number) for number in range(1, len(LETTER) + 1)),
        *map(folder.export, folder.export_names()),
    }  # fmt: skip
    assert named == {path for path in folder.data.rglob("*") if path.is_file()}


def test_a_version_without_exports_names_none(tmp_path: Path) -> None:
    assert VersionFolder(tmp_path).export_names() == set()


def test_a_record_that_is_not_there_or_is_none_cannot_be_loaded(tmp_path: Path) -> None:
    folder = VersionFolder(tmp_path / "v1")
    with pytest.raises(FileNotFoundError):
        folder.load_record()
    folder.data.mkdir(parents=True)
    folder.record_file.write_text("{}")
    with pytest.raises(ValueError, match="Record"):
        folder.load_record()


def test_a_version_that_is_being_made_knows_the_others_and_has_no_number(tmp_path: Path) -> None:
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    home = settings.records / "rgaspi-f558"
    with staging(home, 2, settings) as path:
        folder = VersionFolder(path)
        assert folder.other_version(1) == VersionFolder.of(home, 1)
        with pytest.raises(ValueError, match="invalid literal"):
            _ = folder.number


def test_versions_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    first = publish_sample(tmp_path).folder
    for number in (10, 2):
        shutil.copytree(first.path, first.other_version(number).path)
    found = list(version_folders(tmp_path / "output" / "records"))
    assert found == [first.other_version(number) for number in (1, 2, 10)]


def test_a_version_folder_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        FOLDER.path = RECORD  # type: ignore[misc]
