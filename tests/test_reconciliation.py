"""Records, catalogue and receipts against each other: `opis verify` says which is wrong."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.clock import FixedClock
from pipeline.errors import CatalogError
from pipeline.ingest.arrivals import write_receipt
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.revisions import withdraw_record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.acceptance import accept_archive
from pipeline.repository.audit import check_archive
from pipeline.repository.bag import Damage, Finding, close_bag
from pipeline.repository.catalog import Catalog
from pipeline.repository.receipts import append_receipt, read_receipts
from pipeline.repository.reconciliation import collect_evidence, read_checked_receipts
from pipeline.repository.replication import check_mirror, push_versions
from pipeline.repository.staging import discard_folder
from pipeline.settings import RECEIPTS_FILE, Settings
from tests.factories import CLOCK, MOMENT, publish_sample
from tests.workspace import Workspace

LATER = FixedClock(MOMENT.replace(year=1950))
FIRST, SECOND = "rgaspi-f558-op11-d330-l0110-0111", "garf-f5446-op1-d2-l3"


class Archive:
    """Two records, the second withdrawn, and a refused scan; each with its receipt."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(inbox=folder / "inbox", output=folder / "output")
        self.publish()
        self.publish(texts=("A letter",), references="GARF, f. 5446, op. 1, d. 2, l. 3")
        withdraw_record(SECOND, "A test.", self.settings, CLOCK)
        refused = self.settings.inbox / "bad.pdf"
        refused.write_text("no scan")
        outcome = Outcome(scan="bad.pdf", refusal_reason="bad.pdf is no scan.")
        write_receipt(refused, outcome, self.settings, CLOCK)
        assert self.findings() == []

    def publish(self, texts: tuple[str, ...] = ("One", "Two"), **values: str) -> None:
        published = publish_sample(self.settings.inbox.parent, texts, **values)
        outcome = Outcome.from_record(
            "scan.pdf", published.folder.load_record(), published.folder, already_published=False
        )
        write_receipt(self.settings.inbox / "scan.pdf", outcome, self.settings, CLOCK)

    @property
    def receipts(self) -> Path:
        return self.settings.receipts

    def version(self, record: str = FIRST, number: int = 1) -> VersionFolder:
        return VersionFolder(next(self.settings.records.rglob(f"{record}/v{number}")))

    def findings(self, *records: str) -> list[Finding]:
        return check_archive(self.settings, records)[1]

    def forget(self, *names: str) -> None:
        """Delete files below output/."""
        for name in names:
            (self.settings.output / name).unlink()

    def replace_in_receipts(self, old: str, new: str) -> None:
        content = self.receipts.read_text("utf-8")
        assert old in content
        self.receipts.write_text(content.replace(old, new, 1), "utf-8")

    def edit_and_close(self) -> None:
        """Change a file of the first record, and close its bag again."""
        folder = self.version()
        for path in [folder.path, *folder.path.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        folder.readme_file.write_text("not by Opis")
        info = (folder.path / "bag-info.txt").read_text().splitlines()
        close_bag(folder.path, dict(line.split(": ", 1) for line in info[:-1]))


@pytest.fixture(scope="module")
def _model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    Archive(folder)
    return folder


@pytest.fixture
def archive(_model: Path, tmp_path: Path) -> Iterator[Archive]:
    """A copy of the archive."""
    shutil.copytree(_model, tmp_path / "copy")
    archive = Archive.__new__(Archive)
    archive.settings = Settings(
        inbox=tmp_path / "copy" / "inbox", output=tmp_path / "copy" / "output"
    )
    yield archive
    discard_folder(tmp_path / "copy")


def _cut_last_line(archive: Archive) -> None:
    lines = archive.receipts.read_bytes().splitlines(keepends=True)
    archive.receipts.write_bytes(b"".join(lines[:-1]))


def _cut_first_line(archive: Archive) -> None:
    lines = archive.receipts.read_bytes().splitlines(keepends=True)
    archive.receipts.write_bytes(b"".join(lines[1:]))


def _cut_in_half(archive: Archive) -> None:
    content = archive.receipts.read_bytes()
    archive.receipts.write_bytes(content[: len(content) // 2])


def _add_garbage(archive: Archive) -> None:
    archive.receipts.write_bytes(archive.receipts.read_bytes() + b"garbage\n")


@pytest.mark.parametrize(
    "harm",
    [
        _cut_last_line, _cut_first_line, _cut_in_half, _add_garbage,
        lambda archive: archive.receipts.write_bytes(b""),
        lambda archive: archive.forget(RECEIPTS_FILE),
        lambda archive: archive.replace_in_receipts('"sha256":"', '"sha256":"0'),
        lambda archive: archive.replace_in_receipts("bad.pdf is no", "bad.pdf was no"),
    ],
)  # fmt: skip
def test_damage_to_the_receipts_is_found_every_time(
    archive: Archive, harm: Callable[[Archive], None]
) -> None:
    harm(archive)
    for _ in range(2):
        findings = archive.findings()
        assert {finding.path for finding in findings} == {RECEIPTS_FILE}
        assert all("The records do not depend on it" in finding.detail for finding in findings)


@pytest.mark.parametrize("harm", [_cut_first_line, _cut_in_half])
def test_without_catalogue_and_end_the_records_still_show_which_receipts_are_missing(
    archive: Archive, harm: Callable[[Archive], None]
) -> None:
    harm(archive)
    archive.forget("catalog.sqlite", ".opis/receipts-end.json")
    missing = [one for one in archive.findings() if one.damage is Damage.MISSING]
    assert [finding.path for finding in missing] == [RECEIPTS_FILE]
    assert "has no line of 1 version, such as records/" in missing[0].detail


def test_receipts_that_are_gone_with_the_catalogue_and_all_notes_are_missed(
    archive: Archive,
) -> None:
    archive.forget(RECEIPTS_FILE, "catalog.sqlite")
    shutil.rmtree(archive.settings.work_folder)
    (finding,) = archive.findings()
    assert (finding.path, finding.damage) == (RECEIPTS_FILE, Damage.MISSING)
    assert "has no line of 2 versions" in finding.detail


@pytest.mark.parametrize("gone", [[], ["catalog.sqlite"]])
@pytest.mark.parametrize(("record", "number"), [(FIRST, 1), (SECOND, 1), (SECOND, 2)])
def test_a_version_that_is_gone_is_named_by_the_receipts(
    archive: Archive, gone: list[str], record: str, number: int
) -> None:
    folder = archive.version(record, number)
    name = folder.path.relative_to(archive.settings.output).as_posix()
    discard_folder(folder.path)
    archive.forget(*gone)
    for records in ([], [], [record]):
        (finding,) = archive.findings(*records)
        assert (finding.path, finding.damage) == (name, Damage.MISSING)
    discard_folder(archive.settings.work_folder)
    (finding,) = archive.findings()
    assert "receipts" in finding.detail


def test_a_record_folder_that_is_gone_with_the_catalogue_is_named(archive: Archive) -> None:
    discard_folder(archive.version().record_folder)
    archive.forget("catalog.sqlite")
    (finding,) = archive.findings()
    assert (finding.damage, f"{FIRST}/v1" in finding.path) == (Damage.MISSING, True)
    assert "was published from scan.pdf on 1949-01-14 and is gone" in finding.detail
    assert archive.findings(FIRST) == [finding]
    with pytest.raises(CatalogError, match="There is no record 'other'"):
        archive.findings("other")


def test_an_archive_of_which_only_the_receipts_are_left_names_every_version(
    archive: Archive,
) -> None:
    discard_folder(archive.settings.records)
    archive.forget("catalog.sqlite")
    assert [finding.damage for finding in archive.findings()] == [Damage.MISSING] * 3
    workspace = Workspace(archive.settings.inbox.parent)
    result = workspace.opis("verify")
    assert (result.returncode, "0 versions checked, 3 findings" in result.stdout) == (4, True)
    for command in ("receipts", "stats"):
        result = workspace.opis(command)
        assert (result.returncode, "1949-01-14" in result.stdout) == (0, True), result.stderr
    result = workspace.opis("accept", "--reason", "The disk burnt.")
    assert (result.returncode, result.stdout.count("removed records/")) == (0, 3), result.stderr
    assert workspace.opis("verify").stdout == "0 versions checked, 0 findings\n"


@pytest.mark.parametrize("gone", [[], ["catalog.sqlite"]])
def test_a_version_that_was_edited_and_closed_again_differs_from_its_receipt(
    archive: Archive, gone: list[str]
) -> None:
    archive.edit_and_close()
    archive.forget(*gone)
    for _ in range(2):
        (finding,) = archive.findings()
        assert finding.path.endswith("v1/tagmanifest-sha256.txt")
    witnesses = "the receipts" if gone else "the catalogue and the receipts"
    assert f"as {witnesses} show" in finding.detail


def test_a_catalogue_that_is_alone_against_record_and_receipt_is_wrong(archive: Archive) -> None:
    with Catalog(archive.settings.catalog, archive.settings.records) as catalog, catalog._db as db:
        db.execute("UPDATE version SET manifest_sha256 = ? WHERE record = ?", ["0" * 64, FIRST])
    (finding,) = archive.findings()
    assert (finding.path, "was rebuilt" in finding.detail) == ("catalog.sqlite", True)
    assert archive.findings() == []


def test_receipts_that_are_alone_against_record_and_catalogue_are_wrong(archive: Archive) -> None:
    manifest = next(one.manifest for one in read_receipts(archive.settings.output) if one.manifest)
    archive.replace_in_receipts(manifest, "0" * 64)
    findings = archive.findings()
    assert {finding.path for finding in findings} == {RECEIPTS_FILE}
    assert any("so the receipts are wrong" in finding.detail for finding in findings)


def test_old_receipts_with_another_scan_than_the_record_are_wrong(archive: Archive) -> None:
    lines = [json.loads(line) for line in archive.receipts.read_bytes().splitlines()]
    for line in lines:
        for later in ("previous", "manifest"):
            line.pop(later, None)
    archive.receipts.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    archive.forget(".opis/receipts-end.json")
    assert archive.findings() == []
    archive.replace_in_receipts(lines[0]["sha256"], "0" * 64)
    (finding,) = archive.findings()
    assert (finding.path, "of its scan" in finding.detail) == (RECEIPTS_FILE, True)


@pytest.mark.parametrize("name", ["a" * 300, "a\0b", "../../etc", "ё" * 200])
def test_a_receipt_with_a_folder_that_cannot_be_is_a_finding(archive: Archive, name: str) -> None:
    old = archive.version().record_folder.name
    line = json.loads(archive.receipts.read_bytes().splitlines()[0])
    line |= {"record": "another", "where": line["where"].replace(old, name)}
    with archive.receipts.open("a") as stream:
        stream.write(f"{json.dumps(line)}\n")
    assert archive.findings() != []
    assert archive.findings("another") != [] or ".." in name


def test_a_version_in_a_folder_that_cannot_be_read_is_not_called_gone(archive: Archive) -> None:
    folder = archive.version()
    (evidence,) = collect_evidence(
        None, read_checked_receipts(archive.settings.output), archive.settings, FIRST
    )

    def deny(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    assert evidence.folder == folder
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "is_dir", deny)  # tests run as root, whom no mode stops
        assert not evidence.is_gone


def test_a_version_whose_run_was_stopped_before_its_receipt_is_no_finding(tmp_path: Path) -> None:
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    published = publish_sample(tmp_path)
    assert check_archive(settings, []) == (1, [])
    record = published.folder.load_record()
    outcome = Outcome.from_record("scan.pdf", record, published.folder, already_published=True)
    write_receipt(settings.inbox / "scan.pdf", outcome, settings, CLOCK)
    assert check_archive(settings, []) == (1, [])
    assert list((settings.work_folder / "unreceipted").iterdir()) == []


def test_a_backup_of_the_whole_archive_is_no_finding(archive: Archive, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    shutil.copytree(archive.settings.output, backup)
    append_receipt(next(read_receipts(archive.settings.output)), archive.settings.output)
    for name in (RECEIPTS_FILE, "catalog.sqlite"):
        shutil.copy(backup / name, archive.settings.output / name)
    (finding,) = archive.findings()
    assert "its last line was cut off" in finding.detail
    restored = Settings(inbox=archive.settings.inbox, output=backup)
    assert check_archive(restored, []) == (3, [])
    shutil.rmtree(backup / ".opis")
    (backup / "catalog.sqlite").unlink()
    assert check_archive(restored, []) == (3, [])
    discard_folder(backup)


def test_what_was_removed_on_purpose_is_accepted_with_a_reason(archive: Archive) -> None:
    name = archive.version().path.relative_to(archive.settings.output).as_posix()
    discard_folder(archive.version().record_folder)
    (receipt,) = accept_archive("A court asked for it.", archive.settings, LATER)
    assert (receipt.fate, receipt.where, receipt.reason) == (
        "removed",
        name,
        "A court asked for it.",
    )
    assert archive.findings() == []
    archive.forget("catalog.sqlite")
    assert archive.findings() == []
    assert accept_archive("Again.", archive.settings, LATER) == []
    archive.publish()
    assert archive.findings() == []
    discard_folder(archive.version().record_folder)
    assert [finding.path for finding in archive.findings()] == [name]


def test_a_first_version_that_was_removed_is_no_gap(archive: Archive) -> None:
    discard_folder(archive.version(SECOND).path)
    assert [one.fate for one in accept_archive("Erased.", archive.settings, LATER)] == ["removed"]
    assert archive.findings() == []


def test_receipts_that_are_lost_for_good_begin_anew(archive: Archive) -> None:
    archive.forget(RECEIPTS_FILE)
    statuses = [one.fate for one in accept_archive("No backup.", archive.settings, LATER)]
    assert statuses == ["accepted"] * 3  # the receipts, and the two versions that came from scans
    assert archive.findings() == []
    archive.replace_in_receipts("No backup", "No copies")
    assert archive.findings() != []


def test_a_version_that_is_damaged_is_not_accepted(archive: Archive) -> None:
    archive.edit_and_close()
    text = archive.version().text_file
    text.write_text("damaged")
    assert accept_archive("It looks well.", archive.settings, LATER) == []
    assert archive.findings() != []


def test_an_edited_version_is_accepted_as_it_is(archive: Archive) -> None:
    archive.edit_and_close()
    assert [one.fate for one in accept_archive("Corrected.", archive.settings, LATER)] == [
        "accepted"
    ]
    assert archive.findings() == []


def test_copies_have_the_receipts_and_never_lose_lines(archive: Archive, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/mirror"
    copy = tmp_path / "mirror" / RECEIPTS_FILE
    assert push_versions(archive.settings, url, lambda _: None) == 3
    assert copy.read_bytes() == archive.receipts.read_bytes()
    assert check_mirror(archive.settings, url) == (3, [])
    append_receipt(next(read_receipts(archive.settings.output)), archive.settings.output)
    assert check_mirror(archive.settings, url) == (3, [])
    push_versions(archive.settings, url, lambda _: None)
    whole = archive.receipts.read_bytes()
    assert copy.read_bytes() == whole
    _cut_last_line(archive)
    with pytest.raises(Exception, match="that are not here; the copy was not replaced"):
        push_versions(archive.settings, url, lambda _: None)
    assert copy.read_bytes() == whole
    assert [one.path for one in check_mirror(archive.settings, url)[1]] == [RECEIPTS_FILE]
    archive.receipts.write_bytes(whole)
    copy.write_bytes(whole.replace(b"bad.pdf", b"dab.pdf"))
    assert [one.path for one in check_mirror(archive.settings, url)[1]] == [RECEIPTS_FILE]
    elsewhere = Settings(inbox=tmp_path / "in", output=tmp_path / "out")
    assert RECEIPTS_FILE in [one.path for one in check_mirror(elsewhere, url)[1]]
    copy.unlink()
    assert [one.damage for one in check_mirror(archive.settings, url)[1]] == [Damage.MISSING]
