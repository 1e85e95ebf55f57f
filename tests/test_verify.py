import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from pipeline.exports.registry import FORMATS_BY_NAME
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.audit import check_archive
from pipeline.repository.bag import Damage, close_bag
from pipeline.repository.catalog import Catalog
from pipeline.repository.verify_version import check_version
from pipeline.settings import Settings
from tests.factories import publish_sample
from tests.schemas import EXPORT_CASES


def file_in_version(name: str) -> str:
    """Return the file that a case is about, in ``data/``; none where no version holds it."""
    if name in FORMATS_BY_NAME:
        file_name = FORMATS_BY_NAME[name].file_name
        return f"export/{file_name}" if file_name else ""
    return str(EXPORT_CASES[name]["file"])


BROKEN: list[dict[str, str]] = [
    {"file": file, **each}
    for name, case in EXPORT_CASES.items()
    if (file := file_in_version(name))
    for each in case.get("breaks_rules", ())
]


@pytest.fixture
def version(tmp_path: Path) -> VersionFolder:
    """A published version whose files can be overwritten."""
    folder = publish_sample(tmp_path).folder
    for path in [folder.path, *folder.path.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def archive(version: VersionFolder) -> Settings:
    output = version.path.parents[6]
    return Settings(inbox=output.parent / "inbox", output=output)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_whole_archive_has_no_findings(version: VersionFolder) -> None:
    assert check_archive(archive(version), []) == (1, [])


def test_every_single_file_is_watched(version: VersionFolder) -> None:
    for path in sorted(p for p in version.path.rglob("*") if p.is_file()):
        before = path.read_bytes()
        flip(path)
        name = version.name_of(path)
        findings = check_version(version)
        assert findings, name
        assert name in {finding.path for finding in findings} or name.startswith("tagmanifest")
        path.write_bytes(before)
    assert check_version(version) == []


def test_a_missing_and_an_extra_file_are_named(version: VersionFolder) -> None:
    version.text_file.unlink()
    (version.pages_folder / "notes.txt").touch()
    _, findings = check_archive(archive(version), [])
    paths = {Path(finding.path).name: finding.damage.value for finding in findings}
    assert paths["notes.txt"] == "not listed"
    assert paths["text.txt"] == "missing"


@pytest.mark.parametrize(
    "name", ["pages/0002.alto.xml", "text.txt", "searchable.pdf", "original/scan.pdf"]
)
def test_a_missing_file_is_reported_once_by_its_own_name(version: VersionFolder, name: str) -> None:
    (version.data / name).unlink()
    findings = check_version(version)
    assert [(each.path, each.damage) for each in findings] == [(f"data/{name}", Damage.MISSING)]


def closed_anew(version: VersionFolder) -> None:
    """Close the bag with the files that are in it now."""
    info = dict(
        line.split(": ", 1) for line in (version.path / "bag-info.txt").read_text().splitlines()
    )
    info.pop("Payload-Oxum", None)
    close_bag(version.path, info)


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case['file']}: {case['told']}")
def test_an_export_that_no_longer_holds_is_found(
    version: VersionFolder, case: dict[str, str]
) -> None:
    path = version.data / case["file"]
    content = path.read_bytes().decode()
    assert case["good"] in content
    path.write_bytes(content.replace(case["good"], case["bad"]).encode())
    closed_anew(version)
    findings = check_version(version)
    assert {each.path for each in findings} == {f"data/{case['file']}"}
    assert re.search(case["told"], "; ".join(each.detail for each in findings))


def test_page_labels_that_are_not_the_leaves_are_found(version: VersionFolder) -> None:
    path = version.searchable_pdf
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        del pdf.Root.PageLabels
        pdf.save(path)
    closed_anew(version)
    findings = [(each.path, each.detail) for each in check_version(version)]
    assert findings == [("data/searchable.pdf", "its page labels are not the leaves of the record")]


@pytest.mark.parametrize("name", ["export/tei.xml", "provenance.json"])
def test_an_export_that_was_taken_away_is_missed(version: VersionFolder, name: str) -> None:
    (version.data / name).unlink()
    closed_anew(version)
    assert [(each.path, each.damage) for each in check_version(version)] == [
        (f"data/{name}", Damage.MISSING)
    ]


def test_a_page_of_another_size_than_its_image_is_found(version: VersionFolder) -> None:
    path = version.alto(1)
    path.write_bytes(path.read_bytes().replace(b'WIDTH="600"', b'WIDTH="6000"'))
    closed_anew(version)
    assert any("of a page of 6000x800" in found.detail for found in check_version(version))


@pytest.mark.parametrize("name", ["External-Identifier", "Internal-Sender-Identifier"])
def test_a_bag_that_is_called_otherwise_is_found(version: VersionFolder, name: str) -> None:
    info = dict(
        line.split(": ", 1) for line in (version.path / "bag-info.txt").read_text().splitlines()
    )
    info.pop("Payload-Oxum", None)
    close_bag(version.path, {**info, name: "another"})
    assert [found.path for found in check_version(version)] == ["bag-info.txt"]


Edit = Callable[[dict[str, object]], None]


def _box(record: dict[str, object]) -> None:
    record["reading_text"] = "другое"


def _page(record: dict[str, object]) -> None:
    pages = record["pages"]
    assert isinstance(pages, list)
    pages[0]["reading_text"] += "."


def _gap(record: dict[str, object]) -> None:
    pages = record["pages"]
    assert isinstance(pages, list)
    pages[1]["number"] = 3


def _chain(record: dict[str, object]) -> None:
    log = record["provenance"]
    assert isinstance(log, dict)
    log["activities"][1]["used"] = {"image-0009": "0" * 64}


def _made_twice(record: dict[str, object]) -> None:
    log = record["provenance"]
    assert isinstance(log, dict)
    log["activities"][-1]["generated"]["image-0001"] = "0" * 64


def _backward(record: dict[str, object]) -> None:
    log = record["provenance"]
    assert isinstance(log, dict)
    log["activities"][0]["ended"] = "1948-01-14T12:00:00Z"


def _nobody(record: dict[str, object]) -> None:
    log = record["provenance"]
    assert isinstance(log, dict)
    log["activities"][0]["agent"] = "nobody"


def _schema(record: dict[str, object]) -> None:
    record["titel"] = record.pop("title")


@pytest.mark.parametrize(
    "edit", [_box, _page, _gap, _chain, _made_twice, _backward, _nobody, _schema]
)
def test_an_edited_record_is_found_even_where_the_bag_was_closed_anew(
    version: VersionFolder, edit: Edit
) -> None:
    path = version.record_file
    record = json.loads(path.read_text("utf-8"))
    edit(record)
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    path.write_text(text, "utf-8")
    close_bag(version.path, {})
    assert "data/record.json" in {finding.path for finding in check_version(version)} or (
        "data/text.txt" in {finding.path for finding in check_version(version)}
    )


def test_a_word_outside_its_page_is_found(version: VersionFolder) -> None:
    path = version.alto(1)
    path.write_text(path.read_text("utf-8").replace('HPOS="20"', 'HPOS="590"'), "utf-8")
    close_bag(version.path, {})
    assert any("lies outside the page" in finding.detail for finding in check_version(version))


def test_a_role_that_differs_from_the_record_is_found(version: VersionFolder) -> None:
    path = version.alto(1)
    content = path.read_text("utf-8").replace('TAGREFS="role-paragraph"', 'TAGREFS="role-text"')
    path.write_text(content, "utf-8")
    close_bag(version.path, {})
    assert any("its roles are not" in finding.detail for finding in check_version(version))


def test_a_truncated_catalogue_is_found_and_rebuilt(version: VersionFolder) -> None:
    settings = archive(version)
    content = settings.catalog.read_bytes()
    settings.catalog.write_bytes(content[: len(content) // 2])
    _, findings = check_archive(settings, [])
    assert [finding.path for finding in findings] == ["catalog.sqlite"]
    assert check_archive(settings, []) == (1, [])


def test_a_catalogue_that_disagrees_is_found_and_rebuilt(version: VersionFolder) -> None:
    settings = archive(version)
    with Catalog(settings.catalog, settings.records) as catalog, catalog._db as db:
        db.execute("UPDATE page SET text = 'подделка' WHERE number = 1")
    assert [f.path for f in check_archive(settings, [])[1]] == ["catalog.sqlite"]
    assert check_archive(settings, []) == (1, [])


def test_a_stray_file_among_the_records_is_found(version: VersionFolder) -> None:
    settings = archive(version)
    (settings.records / "rgaspi" / "notes.txt").touch()
    _, findings = check_archive(settings, [])
    assert [finding.path for finding in findings] == ["records/rgaspi/notes.txt"]


def test_a_version_that_is_gone_is_named_every_time(version: VersionFolder) -> None:
    settings = archive(version)
    name = version.path.relative_to(settings.output).as_posix()
    version.path.rename(settings.output.parent / "elsewhere")
    for records in ([], [], [version.record_id]):
        checked, findings = check_archive(settings, records)
        assert (checked, [(f.path, f.damage) for f in findings]) == (0, [(name, Damage.MISSING)])
    settings.catalog.unlink()
    assert check_archive(settings, []) == (0, [])


def test_a_record_that_was_edited_and_closed_anew_is_named_every_time(
    version: VersionFolder,
) -> None:
    settings = archive(version)
    version.readme_file.write_text("not by Opis")
    closed_anew(version)
    assert check_version(version) == []
    for records in ([], [], [version.record_id]):
        _, findings = check_archive(settings, records)
        assert [Path(finding.path).name for finding in findings] == ["tagmanifest-sha256.txt"]


def test_a_link_is_not_the_file_nor_a_version(version: VersionFolder) -> None:
    settings = archive(version)
    version.other_version(2).path.symlink_to("v1")
    (settings.records / "loop").symlink_to(".")
    elsewhere = version.text_file
    elsewhere.rename(settings.output / "text.txt")
    elsewhere.symlink_to(settings.output / "text.txt")
    checked, findings = check_archive(settings, [])
    assert checked == 1
    assert {Path(f.path).name for f in findings} == {"loop", "v2", "text.txt"}


def test_a_copy_of_a_record_among_the_records_is_found(version: VersionFolder) -> None:
    settings = archive(version)
    shutil.copytree(version.record_folder, version.record_folder.with_name("other"))
    _, findings = check_archive(settings, [])
    assert len(findings) == 1
    assert findings[0].path.endswith("other/v1/data/record.json")


def test_a_catalogue_that_is_damaged_inside_is_found_and_rebuilt(version: VersionFolder) -> None:
    settings = archive(version)
    content = settings.catalog.read_bytes()
    for start in range(4096, len(content) - 4096, 4096):
        settings.catalog.write_bytes(content[:start] + bytes(4096) + content[start + 4096 :])
        paths = [finding.path for finding in check_archive(settings, [])[1]]
        assert paths in ([], ["catalog.sqlite"]), start
        assert check_archive(settings, []) == (1, [])


def test_one_record_can_be_checked_by_its_id(version: VersionFolder) -> None:
    flip(version.text_file)
    checked, findings = check_archive(archive(version), [version.record_id])
    assert checked == 1
    assert findings[0].path.endswith("v1/data/text.txt")
