import os
import shutil
from pathlib import Path

import bagit
import pytest

from pipeline.errors import ChangedScanError, DuplicateError
from pipeline.exports.registry import PUBLISHED_FORMATS
from pipeline.repository import publish as publishing
from pipeline.repository.audit import check_archive
from pipeline.repository.catalog import Catalog
from pipeline.repository.publish import publish_record
from pipeline.repository.staging import clear_leftovers, discard_folder, staging
from pipeline.repository.verify_version import check_version
from pipeline.settings import Settings
from tests.factories import CLOCK, LETTER, admitted_scan, pages, publish_sample, record, scan_pdf


def test_a_published_version_is_a_whole_bag_that_nobody_can_write(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    assert sample.folder.path == (
        tmp_path / "output/records/rgaspi/f558/op11/d330/rgaspi-f558-op11-d330-l0110-0111/v1"
    )
    assert check_version(sample.folder) == []
    assert bagit.Bag(str(sample.folder.path)).validate()
    assert not any(path.stat().st_mode & 0o222 for path in sample.folder.path.rglob("*"))


def test_the_payload_is_what_the_layout_says(tmp_path: Path) -> None:
    data = publish_sample(tmp_path).folder.data
    files = sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file())
    assert files == [
        "README.txt",
        *(f"export/{name}" for name in sorted(PUBLISHED_FORMATS)),
        "original/scan.pdf",
        "pages/0001.alto.xml",
        "pages/0002.alto.xml",
        "provenance.json",
        "record.json",
        "searchable.pdf",
        "text.txt",
    ]
    assert (data / "original/scan.pdf").read_bytes() == (tmp_path / "inbox/scan.pdf").read_bytes()


def test_the_same_bytes_again_lead_to_the_record_that_exists(tmp_path: Path) -> None:
    first = publish_sample(tmp_path)
    again = publish_sample(tmp_path)
    assert again.already_published
    assert (again.record_id, again.folder) == (first.record_id, first.folder)
    assert sorted(path.name for path in first.folder.record_folder.iterdir()) == ["v1"]


def test_other_bytes_never_replace_a_version(tmp_path: Path) -> None:
    first = publish_sample(tmp_path)
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    other = admitted_scan(scan_pdf(tmp_path / "inbox" / "other.pdf", 3), 3)
    texts = ("раз", "два", "три")
    with pytest.raises(DuplicateError, match="replaces: rgaspi-f558-op11-d330-l0110-0111"):
        publish_record(other, record(other, texts), lambda: pages(texts), settings, CLOCK)
    assert check_version(first.folder) == []
    assert sorted(path.name for path in first.folder.record_folder.iterdir()) == ["v1"]


def test_a_scan_that_changes_while_it_is_read_is_not_published(tmp_path: Path) -> None:
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    scan = admitted_scan(scan_pdf(tmp_path / "inbox" / "scan.pdf"))
    sample = record(scan)
    scan_pdf(scan.path, 5)
    with pytest.raises(ChangedScanError, match=r"scan\.pdf changed while it was read"):
        publish_record(scan, sample, pages, settings, CLOCK)
    assert list(settings.records.rglob("*")) == []


def test_a_failure_while_staging_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    scan = admitted_scan(scan_pdf(tmp_path / "inbox" / "scan.pdf"))
    for step in ("write_contents", "close_bag", "_seal_folder", "copy_checked"):
        with monkeypatch.context() as broken:
            broken.setattr(publishing, step, full)
            with pytest.raises(OSError, match="No space left"):
                publish_record(scan, record(scan), pages, settings, CLOCK)
        assert list(settings.records.rglob("*")) == []
    assert publish_record(scan, record(scan), pages, settings, CLOCK).folder.path.is_dir()


def test_a_record_that_a_crash_left_out_of_the_catalogue_is_entered_later(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    output, records = tmp_path / "output", tmp_path / "output" / "records"
    with Catalog(output / "catalog.sqlite", records) as catalog:
        catalog.rebuild()
        known = catalog.find_by_digest(admitted_scan(tmp_path / "inbox" / "scan.pdf").sha256)
        assert known is not None
    # As after a crash: announced and renamed, but not entered.
    aside = tmp_path / "aside"
    shutil.move(sample.folder.record_folder, aside)
    with Catalog(output / "catalog.sqlite", records) as catalog:
        catalog.rebuild()
        catalog.mark_pending(sample.folder)
    shutil.move(aside, sample.folder.record_folder)
    with Catalog(output / "catalog.sqlite", records) as catalog:
        assert catalog.newest_version(sample.record_id) == 0
        catalog.apply_pending()
        assert catalog.newest_version(sample.record_id) == 1
        assert len(catalog.search("перемирии")) == 1


def test_two_days_differ_in_moments_alone(tmp_path: Path) -> None:
    first, second = publish_sample(tmp_path / "a"), publish_sample(tmp_path / "b")
    for path in sorted(p for p in first.folder.path.rglob("*") if p.is_file()):
        other = second.folder.path / first.folder.name_of(path)
        assert path.read_bytes() == other.read_bytes(), path.name


def test_no_path_of_the_machine_is_published(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    for path in (p for p in sample.folder.path.rglob("*") if p.is_file()):
        assert str(tmp_path).encode() not in path.read_bytes(), path.name


def test_what_a_killed_run_left_is_no_damage_and_is_cleared(tmp_path: Path) -> None:
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    home = settings.records / "rgaspi" / "f558" / "rgaspi-f558"
    pid = os.fork()
    if pid == 0:  # another process, which dies while it makes a version
        with staging(home, 1, settings) as folder:
            (folder / "data").mkdir(parents=True)
            (folder / "data").chmod(0o555)
            os._exit(0)
    os.waitpid(pid, 0)
    assert len(list(home.iterdir())) == 1
    assert check_archive(settings, []) == (0, [])
    clear_leftovers(settings)
    assert list(settings.records.rglob("*")) == []
    assert list((settings.work_folder / "staging").iterdir()) == []


def test_a_note_that_was_cut_off_removes_nothing(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    notes = settings.work_folder / "staging"
    for token, content in (("a" * 12, "rgaspi"), ("b" * 12, ""), ("c" * 12, ".")):
        (notes / f"{token}.lock").touch()
        (notes / f"{token}.txt").write_text(content)
    clear_leftovers(settings)
    assert check_version(sample.folder) == []
    assert list(notes.iterdir()) == []


def test_what_another_run_is_making_is_not_cleared(tmp_path: Path) -> None:
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    with staging(settings.records / "rgaspi", 1, settings) as folder:
        folder.mkdir()
        clear_leftovers(settings)
        assert folder.is_dir()
    assert list(settings.output.rglob("rgaspi")) == []


def test_what_is_sealed_can_be_discarded(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path, LETTER)
    discard_folder(sample.folder.path)
    assert not sample.folder.path.exists()
