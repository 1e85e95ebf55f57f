"""Exports of many records into one folder, each held against the rules of the program it is for."""

import csv
import io
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image
from typer.testing import CliRunner, Result

from flows.cli.app import app
from pipeline.description.level_descriptions import LevelDescription
from pipeline.description.relations import Relation
from pipeline.errors import CatalogError, SetupError
from pipeline.exports.collections.collection_export import ExportedRecord
from pipeline.exports.collections.collection_registry import (
    COLLECTION_EXPORTS,
    COLLECTION_EXPORTS_BY_NAME,
)
from pipeline.exports.collections.csv_table import php_safe, to_csv
from pipeline.exports.collections.page_image_files import PageImageFiles
from pipeline.exports.dublin_core import dublin_core_values
from pipeline.exports.registry import FORMATS_BY_NAME
from pipeline.fixity import file_sha256
from pipeline.record.level_context import context_of
from pipeline.record.record import Name, NameForm
from pipeline.repository.export_source import load_export_source
from pipeline.repository.publish import PublishResult
from pipeline.workers.pool import WorkerPool
from tests.factories import publish_sample, settings_in
from tests.schemas import needs_schemas, schema_errors
from tests.test_page_xml import UNICODE

ATOM_TABLE = "information_objects.csv"
ADDRESS = "https://archive.example.org"
Rows = list[dict[str, str]]
#: of DCMI Metadata Terms, those that are used and a few that could be
DCMI_TERMS = {
    "abstract", "alternative", "bibliographicCitation", "contributor", "created", "creator",
    "date", "description", "extent", "hasFormat", "identifier", "isPartOf", "language",
    "references", "relation", "rights", "source", "subject", "title", "type",
}  # fmt: skip
#: The fields of sidecars, and fields that only later parts fill; a record has as many pages as its
#: place in the list says, because no two scans are the same.
RECORDS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    (
        {
            "references": [
                "RGASPI, f. 558, op. 11, d. 330, l. 0110", "APRF, f. 45, op. 1, d. 330, p. 110",
            ],
            "creator": "Filippov [Stalin]", "recipient": "Mao Zedong", "document_type": "cable",
            "subjects": ["peace", "war, & <terms>", "a|b"], "note": "A note.\nIn two lines.",
            "summary": 'A "summary", with a comma; and C:\\"x" \\', "funder": "A foundation",
            "collection": "A programme",
        },
        {},
    ),
    (
        {
            "references": "RGASPI, f. 558, op. 11, d. 331, ll. 2-3", "date": "1949~",
            "title": '=HYPERLINK("https://evil.test")',
        },
        {
            "names": (
                Name(value="Сталин", role="creator", as_given="И. В. Сталин"),
                Name(value="Молотов", role="creator", as_given="В. М. Молотов"),
                Name(value="Мао", role="recipient", as_given="Мао Цзэдун"),
            ),
            "titles": (NameForm(value="Shifrtelegramma", kind="transliterated", scheme="ala-lc"),),
        },
    ),
    (
        {"references": "", "title": "", "date": "", "language": "", "contributors": ""},
        {},
    ),
    (
        {"references": "RGASPI, f. 17, op. 3, d. 5", "title": "Очень " * 60, "language": "zh"},
        {"date": None, "date_as_given": "весна 1949"},
    ),
    ({"references": "CAB 123/246", "date": "1949-01-14/1949-02-01", "language": "en"}, {}),
)  # fmt: skip


@pytest.fixture(scope="module")
def workers() -> Iterator[WorkerPool]:
    pool = WorkerPool(1)
    yield pool
    pool.close()


def publish_records(folder: Path) -> list[PublishResult]:
    return [
        publish_sample(folder, ("Слово\nи слово",) * pages, **values)
        for pages, (values, _) in enumerate(RECORDS, 1)
    ]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, workers: WorkerPool) -> list[ExportedRecord]:
    """The records, in the order of the archive."""
    folder = tmp_path_factory.mktemp("archive")
    images = PageImageFiles(lambda: workers, settings_in(folder))
    records = []
    for published, (_, later) in zip(publish_records(folder), RECORDS, strict=True):
        record = published.folder.load_record().model_copy(update=later)
        source = load_export_source(published.folder, record, ADDRESS, {})
        records.append(ExportedRecord(source, published.folder, images))
    return sorted(records, key=lambda one: str(one.folder.path))


def write(name: str, records: Sequence[ExportedRecord], folder: Path) -> Path:
    """Write an export into a folder; return the folder."""
    folder.mkdir(parents=True)
    writer = COLLECTION_EXPORTS_BY_NAME[name].begin(folder)
    for record in records:
        writer.add(record)
    writer.finish()
    return folder


def read_csv(path: Path) -> Rows:
    """Return the rows of a table, as Python and Islandora Workbench read it."""
    rows = csv.DictReader(io.StringIO(path.read_text("utf-8"), newline=""), strict=True)
    return [dict(row) for row in rows]


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def as_php_reads(content: str) -> list[list[str]]:
    """Return the rows of a table as PHP's ``fgetcsv`` reads them, with its escape character.

    Within quotes, a backslash makes the quote after it a letter; both stay.
    """
    rows, cells, cell, at, quoted = list[list[str]](), list[str](), "", 0, False
    while at < len(content):
        mark = content[at]
        if quoted and mark == "\\" and at + 1 < len(content):
            cell += content[at : at + 2]
            at += 1
        elif quoted and content[at : at + 2] == '""':
            cell += '"'
            at += 1
        elif mark == '"':
            quoted = not quoted
        elif not quoted and mark in ",\n":
            cells.append(cell)
            cell = ""
            if mark == "\n":
                rows.append(cells)
                cells = []
        else:
            cell += mark
        at += 1
    return rows


@given(st.lists(st.text(st.sampled_from('ab\\",\n|=ж')), min_size=2, max_size=4))
def test_php_and_python_read_the_same_cells(values: list[str]) -> None:
    columns = [str(number) for number in range(len(values))]
    safe = [php_safe(value) for value in values]
    content = to_csv(columns, [dict(zip(columns, safe, strict=True))])
    assert as_php_reads(content)[1:] == [safe]
    assert [value.replace("⧵", "\\") for value in safe] == values


def test_php_misreads_a_backslash_before_a_quote() -> None:
    """The reader of this module would see it."""
    assert as_php_reads(to_csv(["0", "1"], [{"0": 'a\\"', "1": "b"}]))[1:] != [['a\\"', "b"]]


def rows_of(name: str, file: str, records: Sequence[ExportedRecord], folder: Path) -> Rows:
    """Return the rows of the table of an export."""
    return read_csv(write(name, records, folder / name) / file)


# AtoM: rules of lib/task/import/csvImportTask.class.php and of the validators beside it


@pytest.fixture
def atom(exported: list[ExportedRecord], tmp_path: Path) -> Rows:
    return rows_of("atom", "information_objects.csv", exported, tmp_path)


def test_in_atom_a_parent_stands_above_its_children_and_ids_are_unique(atom: Rows) -> None:
    seen = set[str]()
    for row in atom:
        assert row["parentId"] in {"", *seen}
        assert row["legacyId"] not in {"", *seen}
        seen.add(row["legacyId"])


def test_in_atom_the_levels_of_an_archive_hold_its_records(atom: Rows) -> None:
    keys = ("legacyId", "parentId", "levelOfDescription", "identifier")
    assert [tuple(row[key] for key in keys) for row in atom] == [
        ("rgaspi/f17", "", "Fonds", "17"),
        ("rgaspi/f17/op3", "rgaspi/f17", "Series", "3"),
        ("rgaspi/f17/op3/d5", "rgaspi/f17/op3", "File", "5"),
        ("rgaspi-f17-op3-d5", "rgaspi/f17/op3/d5", "Item", "rgaspi-f17-op3-d5"),
        ("rgaspi/f558", "", "Fonds", "558"),
        ("rgaspi/f558/op11", "rgaspi/f558", "Series", "11"),
        ("rgaspi/f558/op11/d330", "rgaspi/f558/op11", "File", "330"),
        ("rgaspi-f558-op11-d330-l0110", "rgaspi/f558/op11/d330", "Item", "0110"),
        ("rgaspi/f558/op11/d331", "rgaspi/f558/op11", "File", "331"),
        ("rgaspi-f558-op11-d331-l2-3", "rgaspi/f558/op11/d331", "Item", "2-3"),
        ("tna/cab", "", "Class", "CAB"),
        ("tna/cab/123", "tna/cab", "Series", "123"),
        ("tna/cab/123/246", "tna/cab/123", "File", "246"),
        ("tna-cab-123-246", "tna/cab/123/246", "Item", "tna-cab-123-246"),
        (atom[-1]["legacyId"], "", "Item", atom[-1]["legacyId"]),
    ]
    repositories = [row["repository"] for row in atom if row["repository"]]
    assert len(repositories) == 3  # of the outermost levels: those below inherit it


def test_in_atom_each_event_has_a_value_in_each_column_that_has_any(atom: Rows) -> None:
    columns = ("eventTypes", "eventDates", "eventStartDates", "eventEndDates", "eventActors")
    for row in atom:
        counts = {len(row[name].split("|")) for name in columns if row[name]}
        assert len(counts) <= 1, row["legacyId"]
        for date in (row["eventStartDates"] + "|" + row["eventEndDates"]).split("|"):
            assert re.fullmatch("([0-9]{4}(-[0-9]{2}){0,2})?", date)
    events = {row["legacyId"]: [row[name] for name in columns] for row in atom}
    assert events["rgaspi-f558-op11-d331-l2-3"] == [
        "Creation|Creation", "ca. 1949|ca. 1949", "1949|1949", "1949|1949",
        "И. В. Сталин|В. М. Молотов",
    ]  # fmt: skip
    assert events["rgaspi-f17-op3-d5"] == ["Creation", "весна 1949", "", "", ""]
    assert events["tna-cab-123-246"][2:4] == ["1949-01-14", "1949-02-01"]
    assert events[atom[-1]["legacyId"]] == [""] * 5


def test_in_atom_languages_are_those_of_its_list_and_a_script_is_never_guessed(atom: Rows) -> None:
    codes = [(row["language"], row["script"]) for row in atom if "Item" in row.values()]
    assert codes == [("zh", ""), ("ru", "Cyrl"), ("ru", "Cyrl"), ("en", "Latn"), ("", "")]
    assert {row["culture"] for row in atom} == {"en"}


def test_in_atom_a_bar_divides_values_and_stands_in_none(atom: Rows) -> None:
    row = next(row for row in atom if row["legacyId"] == "rgaspi-f558-op11-d330-l0110")
    assert row["subjectAccessPoints"].split("|") == ["peace", "war, & <terms>", "a¦b"]
    assert row["nameAccessPoints"].split("|") == ["Mao Zedong", "Sergey Radchenko"]
    assert row["generalNote"] == "A note.\nIn two lines."
    assert row["locationOfCopies"] == "APRF, f. 45, op. 1, d. 330, p. 110"


def test_in_atom_a_file_is_named_only_where_it_is_served(
    exported: list[ExportedRecord], atom: Rows, tmp_path: Path
) -> None:
    row = next(row for row in atom if row["legacyId"] == "rgaspi-f558-op11-d330-l0110")
    assert row["digitalObjectURI"] == f"{ADDRESS}/id/{row['legacyId']}/v1/searchable.pdf"
    (record,) = (one for one in exported if one.source.record.id == row["legacyId"])
    assert row["digitalObjectChecksum"] == file_sha256(record.folder.searchable_pdf)
    nowhere = [
        replace(one, source=replace(one.source, base_url="https://opis.invalid"))
        for one in exported
    ]
    for name, file, column in (
        ("atom", "information_objects.csv", "digitalObjectURI"), ("omeka", "items.csv", "url"),
    ):  # fmt: skip
        rows = rows_of(name, file, nowhere, tmp_path / "nowhere")
        assert not any(row.get(column) for row in rows)
        assert "opis.invalid" not in str(rows)


# Archivematica: the columns and paths of `Import metadata` in its manual


def test_a_transfer_of_archivematica_describes_each_folder_of_objects(
    exported: list[ExportedRecord], tmp_path: Path
) -> None:
    folder = write("archivematica", exported, tmp_path / "transfer")
    content = (folder / "metadata" / "metadata.csv").read_text("utf-8")
    header, *rows = csv.reader(io.StringIO(content, newline=""), strict=True)
    assert header[0] == "filename"
    assert all(re.fullmatch(r"dc\.[a-z]+", name) for name in header[1:])
    described = {row[0].rstrip("/") for row in rows}
    assert described == {f"objects/{path.name}" for path in (folder / "objects").iterdir()}
    row = next(row for row in rows if row[0] == "objects/rgaspi-f558-op11-d330-l0110/")
    values = [(name, cell) for name, cell in zip(header, row, strict=True) if cell]
    expected = [(f"dc.{name}", value) for name, value in dublin_core_values(exported[1].source)]
    assert sorted(values[1:]) == sorted(expected)


def test_a_transfer_has_the_files_as_they_were_published(
    exported: list[ExportedRecord], tmp_path: Path
) -> None:
    folder = write("archivematica", exported[:1], tmp_path / "transfer")
    home = folder / "objects" / exported[0].source.record.id
    digests = {f"data/{path.relative_to(home)}": file_sha256(path) for path in files_below(home)}
    assert digests == {file.path: file.sha256 for file in exported[0].source.files}


@pytest.mark.parametrize("name", ["archivematica", "islandora"])
def test_of_a_record_that_is_not_as_published_nothing_is_left(
    name: str, exported: list[ExportedRecord], tmp_path: Path
) -> None:
    record = exported[0]
    files = tuple(replace(file, sha256="0" * 64) for file in record.source.files)
    damaged = replace(record, source=replace(record.source, files=files))
    with pytest.raises(ValueError, match="is not as it was published"):
        write(name, [damaged], tmp_path / name)
    assert files_below(tmp_path / name) == []


# Islandora Workbench: https://mjordan.github.io/islandora_workbench_docs/


def test_the_input_of_islandora_workbench_passes_its_checks(
    exported: list[ExportedRecord], tmp_path: Path
) -> None:
    folder = write("islandora", exported, tmp_path / "input")
    rows = read_csv(folder / "metadata.csv")
    assert {"id", "file", "title"} <= rows[0].keys()
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["file"] for row in rows} == {path.name for path in folder.glob("*.pdf")}
    for row in rows:
        assert 0 < len(row["title"]) <= 255
        if row["field_edtf_date_created"]:
            parse_edtf(row["field_edtf_date_created"])
        for agent in filter(None, row["field_linked_agent"].split("|")):
            assert re.fullmatch(r"relators:[a-z]{3}:person:.+", agent)
    assert rows[0]["title"].endswith("…")
    assert rows[0]["field_full_title"] == exported[0].source.record.name
    assert rows[2]["field_linked_agent"].split("|") == [
        "relators:aut:person:И. В. Сталин", "relators:aut:person:В. М. Молотов",
        "relators:rcp:person:Мао Цзэдун", "relators:ctb:person:Sergey Radchenko",
    ]  # fmt: skip


# Omeka S: the columns that its module CSV Import maps by their names


def test_the_columns_of_omeka_are_properties_of_dublin_core(
    exported: list[ExportedRecord], tmp_path: Path
) -> None:
    content = (write("omeka", exported, tmp_path / "omeka") / "items.csv").read_text("utf-8")
    header, *rows = as_php_reads(content)
    assert {len(row) for row in rows} == {len(header)}
    terms = {name.removeprefix("dcterms:") for name in header if name != "url"}
    assert terms <= DCMI_TERMS
    assert header.count("dcterms:creator") == 2
    row = rows[2]
    creators = [cell for name, cell in zip(header, row, strict=True) if name == "dcterms:creator"]
    assert creators == ["И. В. Сталин", "В. М. Молотов"]
    assert '=HYPERLINK("https://evil.test")' in row  # as it is described


# OCR-D, eScriptorium and Transkribus


def workspaces(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


@pytest.mark.slow
@needs_schemas
def test_a_workspace_of_ocrd_is_valid_and_lists_its_pages(
    exported: list[ExportedRecord], tmp_path: Path
) -> None:
    for home in workspaces(write("ocrd", exported, tmp_path / "ocrd")):
        content = (home / "mets.xml").read_bytes()
        assert schema_errors("mets", content) == []
        root = etree.fromstring(content)
        assert [one.text for one in root.iter("{*}identifier") if one.get("type") == "url"]
        (physical,) = root.iter("{*}structMap")
        assert (physical.get("TYPE"), physical[0].get("TYPE")) == ("PHYSICAL", "physSequence")
        (record,) = (one.source.record for one in exported if one.source.record.id == home.name)
        assert [div.get("ID") for div in physical[0]] == [
            f"PHYS_{page.number:04d}" for page in record.pages
        ]
        groups = [group.get("USE") for group in root.iter("{*}fileGrp")]
        assert groups == ["OCR-D-IMG", "OCR-D-OCR"]
        for file in root.iter("{*}file"):
            place = file[0]
            path = home / (place.get("{http://www.w3.org/1999/xlink}href") or "")
            assert (place.get("LOCTYPE"), place.get("OTHERLOCTYPE")) == ("OTHER", "FILE")
            assert (path.stem, file.get("CHECKSUM")) == (file.get("ID"), file_sha256(path))


@pytest.mark.slow
@needs_schemas
@pytest.mark.parametrize("name", ["ocrd", "page"])
def test_a_page_file_is_about_the_image_beside_it(
    name: str, exported: list[ExportedRecord], tmp_path: Path
) -> None:
    folder = write(name, exported, tmp_path / name)
    files = [path for path in files_below(folder) if path.suffix == ".xml"]
    files = [path for path in files if path.name != "mets.xml"]
    assert len(files) == sum(len(one.source.record.pages) for one in exported)
    for path in files:
        content = path.read_bytes()
        assert schema_errors("page", content) == []
        root = etree.fromstring(content)
        page = root[1]
        with Image.open(path.parent.parent / (page.get("imageFilename") or "")) as image:
            size, dpi = image.size, image.info["dpi"]
        assert (str(size[0]), str(size[1])) == (page.get("imageWidth"), page.get("imageHeight"))
        assert dpi == (72, 72)
        assert [node.findtext(UNICODE) for node in page.iter("{*}TextLine")] == ["Слово", "и слово"]
        assert (root.get("pcGtsId") or "").removeprefix("page-") == path.stem


@pytest.mark.skipif("OCRD" not in os.environ, reason="OCRD does not point to OCR-D's program")
def test_ocrd_itself_finds_a_workspace_valid(
    exported: list[ExportedRecord], tmp_path: Path
) -> None:
    for home in workspaces(write("ocrd", exported, tmp_path / "ocrd")):
        words = [os.environ["OCRD"], "workspace", "-d", str(home)]
        checked = subprocess.run([*words, "validate"], capture_output=True, text=True, check=False)
        assert '<report valid="true">' in checked.stdout, checked.stdout
        listed = subprocess.run([*words, "list-page"], capture_output=True, text=True, check=True)
        assert listed.stdout.split()[0] == "PHYS_0001"


@pytest.mark.slow
def test_a_page_without_an_image_is_left_out(
    exported: list[ExportedRecord], tmp_path: Path
) -> None:
    record = exported[0].source.record
    first, *rest = record.pages
    without = record.model_copy(update={"pages": (first.model_copy(update={"image": None}), *rest)})
    source = replace(exported[0].source, record=without)
    (home,) = workspaces(write("ocrd", [replace(exported[0], source=source)], tmp_path / "ocrd"))
    assert [path.stem[-4:] for path in sorted((home / "OCR-D-IMG").iterdir())] == [
        "0002", "0003", "0004",
    ]  # fmt: skip


# The command


def run(*words: str, folder: Path) -> Result:
    return CliRunner().invoke(app, ["export", *words, "--output", str(folder / "output")])


@pytest.mark.slow
@pytest.mark.parametrize("name", COLLECTION_EXPORTS_BY_NAME)
def test_the_command_writes_all_records_into_a_new_folder(name: str, tmp_path: Path) -> None:
    one = publish_sample(tmp_path)
    publish_sample(tmp_path, ("Третий.",), references="RGASPI, f. 17, op. 3, d. 5, l. 2")
    target = tmp_path / "a folder" / name
    result = run("--all", "--format", name, "--to", str(target), folder=tmp_path)
    assert result.exit_code == 0, result.output
    assert "2 records written to" in result.output
    assert ("base_url is not set" in result.output) == (name in {"atom", "omeka"})
    again = run(one.record_id, "--format", name, "--to", str(target), folder=tmp_path)
    assert isinstance(again.exception, SetupError)
    assert "is not empty" in str(again.exception)


@pytest.mark.slow
def test_the_options_choose_the_records_of_a_folder(tmp_path: Path) -> None:
    one = publish_sample(tmp_path)
    publish_sample(tmp_path, ("Третий.",), references="RGASPI, f. 17, op. 3, d. 5, l. 2")
    target = tmp_path / "some"
    words = ("--place", "RGASPI, f. 558", "--format", "page", "--to", str(target))
    assert run(*words, folder=tmp_path).exit_code == 0
    assert [path.name for path in target.iterdir()] == [one.record_id]
    tei = tmp_path / "tei"
    words = ("--from-year", "1949", "--format", "tei", "--to", str(tei))
    assert run(*words, folder=tmp_path).exit_code == 0
    assert len(list(tei.iterdir())) == 2


@pytest.mark.slow
def test_a_damaged_record_is_named_and_the_others_are_in_the_folder(tmp_path: Path) -> None:
    whole = publish_sample(tmp_path)
    sample = publish_sample(tmp_path, ("Третий.",), references="RGASPI, f. 17, op. 3, d. 5, l. 2")
    original = sample.folder.original("scan.pdf")
    original.chmod(0o644)
    original.write_bytes(b"%PDF-1.4 no more")
    target = tmp_path / "ocrd"
    result = run("--all", "--format", "ocrd", "--to", str(target), folder=tmp_path)
    assert result.exit_code == 4
    assert f"{sample.record_id} v1 is damaged" in result.output
    assert [path.name for path in target.iterdir()] == [whole.record_id]


def test_a_withdrawn_record_that_is_named_is_refused(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    words = ["withdraw", sample.record_id, "--reason", "asked for by the archive"]
    CliRunner().invoke(app, [*words, "--output", str(tmp_path / "output")])
    target = tmp_path / "atom"
    result = run(sample.record_id, "--format", "atom", "--to", str(target), folder=tmp_path)
    assert isinstance(result.exception, CatalogError)
    assert "asked for by the archive" in str(result.exception)


def test_no_two_exports_share_a_name() -> None:
    names = [*FORMATS_BY_NAME, *COLLECTION_EXPORTS_BY_NAME]
    assert len(set(names)) == len(names)
    assert len(COLLECTION_EXPORTS_BY_NAME) == len(COLLECTION_EXPORTS)


def test_atom_gets_what_is_known_of_levels_and_relations(
    exported: list[ExportedRecord], tmp_path: Path
) -> None:
    one = next(each for each in exported if each.source.record.references)
    fond = LevelDescription(
        title="Сталин | фонд", dates="1866–1986", extent="16 174 ед. хр.", note="А"
    )
    levels = context_of(one.source.record, {"RGASPI, f. 17": fond, "RGASPI, f. 558": fond})
    relation = Relation(kind="reply-to", as_given="x-1", record="x-1")
    record = one.source.record.model_copy(update={"relations": (relation,)})
    source = replace(one.source, context=levels, record=record)
    rows = read_csv(write("atom", [replace(one, source=source)], tmp_path / "a") / ATOM_TABLE)
    wanted = {
        "title": "Сталин ¦ фонд", "eventDates": "1866–1986", "eventStartDates": "1866",
        "eventEndDates": "1986", "extentAndMedium": "16 174 ед. хр.", "scopeAndContent": "А",
    }  # fmt: skip
    assert {key: rows[0][key] for key in wanted} == wanted
    assert rows[1]["title"] in {"Opis 3", "Opis 11"}
    assert rows[-1]["relatedUnitsOfDescription"] == f"Reply to x-1 ({ADDRESS}/id/x-1)"
