"""Documents in a scan: each page range becomes a record, and a changed table moves no other."""

import json
import re
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.description.check_folder import check_folder
from pipeline.description.document_pages import format_pages
from pipeline.description.document_table import (
    DocumentTable,
    document_sources,
    make_document_table,
)
from pipeline.description.merge import find_sources, merge_sources
from pipeline.errors import DescriptionError
from pipeline.fixity import file_sha256
from pipeline.ingest.document_files import document_name, keep_copies
from pipeline.ingest.document_matches import DocumentIdentity, match_documents
from pipeline.model import PDF
from pipeline.searchable_pdf.page_subset import PageSubset, write_page_subsets
from tests.factories import publish_sample, scan_pdf
from tests.workspace import Workspace

law = settings(deadline=None)  # a busy machine is not a broken law
FILE = "RGASPI_f558_op11_d330_ll1-6"


def table_of(folder: Path, yaml: str, page_count: int = 6, name: str = FILE) -> DocumentTable:
    """Return the documents that a sidecar lists."""
    folder.mkdir(exist_ok=True)
    scan = folder / f"{name}.pdf"
    scan.touch()
    scan.with_suffix(".yaml").write_text(yaml, encoding="utf-8")
    sources = find_sources(scan, folder)
    documents = document_sources(scan, folder, sources)
    return make_document_table(documents, merge_sources(sources), page_count)


@pytest.mark.parametrize(
    ("document", "pages", "reference"),
    [
        ("pages: 2", (2,), "l. 2"),
        ("pages: 2-4", (2, 3, 4), "ll. 2-4"),
        ("pages: 2 – 3, 5", (2, 3, 5), "ll. 2-3, 5"),
        ("pages: [2, 4-5]", (2, 4, 5), "ll. 2, 4-5"),
        ("leaves: 2-4", (2, 3, 4), "ll. 2-4"),
        ("leaves: '2, 4–5'", (2, 4, 5), "ll. 2, 4-5"),
        ("leaves: ['2', '3']", (2, 3), "ll. 2-3"),
    ],
)
def test_pages_and_leaves_name_the_same_pages(
    tmp_path: Path, document: str, pages: tuple[int, ...], reference: str
) -> None:
    (found,) = table_of(tmp_path, f"documents:\n- {document}\n").documents
    assert found.pages == pages
    assert found.values["references"] == [f"RGASPI, f. 558, op. 11, d. 330, {reference}"]
    assert found.values["leaves"] == [str(page) for page in pages]


def test_a_document_ends_on_the_back_of_its_leaf_unless_another_begins_there(
    tmp_path: Path,
) -> None:
    leaves = "leaves: ['1', 1v, '2', 2v, '3', 3v]\n"
    listed = "documents:\n- leaves: '1'\n- leaves: '2'\n- leaves: 2v-3\n"
    documents = table_of(tmp_path, leaves + listed).documents
    assert [document.pages for document in documents] == [(1, 2), (3,), (4, 5, 6)]


def test_two_documents_may_share_the_leaf_where_one_ends_and_one_begins(tmp_path: Path) -> None:
    table = table_of(tmp_path, "documents:\n- leaves: 1-3\n- leaves: 3-6\n")
    assert [document.pages for document in table.documents] == [(1, 2, 3), (3, 4, 5, 6)]
    assert not table.notes


def test_what_is_true_of_all_documents_is_said_of_each(tmp_path: Path) -> None:
    whole = "title: The file\ndate: 1949\nlanguage: ru\ncontributor: A. B.\nnote: torn\n"
    table = table_of(tmp_path, f"{whole}documents:\n- pages: 1\n- {{pages: 2, language: en}}\n")
    first, second = (document.values for document in table.documents)
    assert first.keys() == {"language", "contributors", "references", "leaves"}
    assert (first["language"], second["language"]) == ("ru", "en")


@pytest.mark.parametrize(
    ("yaml", "line", "problem"),
    [
        ("documents:\n- pages: 5-7\n", 2, "names page 7, but the scan has 6 pages"),
        ("documents:\n- pages: 1\n- pages: 5-4\n", 3, "Write them as 3-5"),
        ("documents:\n- pages: 0-2\n", 2, "Write them as 3-5"),
        ("documents:\n- pages: two\n", 2, "Write them as 3-5"),
        ("documents:\n- title: A\n", 2, "names neither `pages` nor `leaves`"),
        ("documents:\n- leaves: 7\n", 2, "names leaves 7, which are on no page"),
        ("documents:\n- pages: 1\n  titel: A\n", 3, "Did you mean `title`?"),
        ("documents:\n- pages: 1\n  language: xx\n", 3, "no language code"),
        ("documents: 1-3\n", 1, "takes a list"),
    ],
)
def test_a_wrong_document_is_refused_with_its_line(
    tmp_path: Path, yaml: str, line: int, problem: str
) -> None:
    with pytest.raises(DescriptionError, match=re.escape(problem)) as caught:
        table_of(tmp_path, yaml)
    assert caught.value.line == line


def test_leaves_need_to_be_known(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match="which leaf is on which page"):
        table_of(tmp_path, "documents:\n- leaves: 1\n", name="box")


@pytest.mark.parametrize(
    ("documents", "notes"),
    [
        (["1-6"], []),
        (["1-2", "4-6"], [(2, "gap", "page 3 of the scan is of no document")]),
        (["3-4"], [(2, "gap", "pages 1-2 of"), (2, "gap", "pages 5-6 of")]),
        (["1-6", "3-4"], [(3, "overlap", "shares pages 3-4 of the scan with the one on line 2")]),
        (["1-4", "3-6"], [(3, "overlap", "shares pages 3-4")]),
        (["1-6", "6"], []),
        (["1", "1", "2-6"], []),
    ],
)
def test_gaps_and_overlaps_are_noted_with_their_lines(
    tmp_path: Path, documents: list[str], notes: list[tuple[int, str, str]]
) -> None:
    listed = "".join(f"- pages: {pages}\n" for pages in documents)
    found = table_of(tmp_path, f"documents:\n{listed}").notes
    assert [(note.line, note.code) for note in found] == [note[:2] for note in notes]
    assert all(part in str(note) for note, (_, _, part) in zip(found, notes, strict=True))


@law
@given(st.sets(st.integers(1, 40)))
def test_printed_pages_are_read_as_the_same_pages(pages: set[int]) -> None:
    printed = format_pages(sorted(pages))
    parts = [part.partition("-") for part in printed.split(", ") if part]
    ranges = (range(int(first), int(last or first) + 1) for first, _, last in parts)
    assert {page for numbers in ranges for page in numbers} == pages
    assert len(parts) <= len(pages)


@pytest.mark.parametrize(
    ("name", "yaml", "expected"),
    [
        (FILE, "- pages: 2-3", "rgaspi-f558-op11-d330-l2-3.pdf"),
        ("box", "- pages: 2-3, 5", "box (pages 2-3, 5).pdf"),
        ("box", "- {pages: 2, reference: 'TNA, FO 371/56763'}", "box (pages 2).pdf"),
        ("x" * 240, "- pages: 2", "pages 2.pdf"),
    ],
)
def test_a_file_name_says_nothing_that_the_sidecar_does_not(
    tmp_path: Path, name: str, yaml: str, expected: str
) -> None:
    (document,) = table_of(tmp_path, f"documents:\n{yaml}\n", name=name).documents
    assert document_name(document, tmp_path / f"{name}.pdf") == expected


def test_rows_of_an_index_are_documents_where_they_name_pages(tmp_path: Path) -> None:
    scan = tmp_path / f"{FILE}.pdf"
    scan.touch()
    rows = [";;The file", ";1-2;A letter", "3-6;;Another"]
    lines = [f"{FILE};{row}" for row in rows]
    (tmp_path / "index.csv").write_text("\n".join(["scan;pages;leaves;title", *lines]))
    sources = find_sources(scan, tmp_path)
    whole = merge_sources(sources)
    assert whole.description.title == "The file"
    table = make_document_table(document_sources(scan, tmp_path, sources), whole, 6)
    assert [(one.pages, one.values["title"]) for one in table.documents] == [
        ((1, 2), "A letter"),
        ((3, 4, 5, 6), "Another"),
    ]
    scan.with_suffix(".yaml").write_text("documents:\n- pages: 1\n")
    with pytest.raises(DescriptionError, match="both name documents"):
        document_sources(scan, tmp_path, find_sources(scan, tmp_path))


def test_the_dry_run_lists_every_fault_of_a_table_and_its_notes(tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.pdf").touch()
    rows = ["1;A", "5-9;B", "x;C", "3;D"]
    text = "\n".join(["scan;pages;title", *(f"{FILE};{row}" for row in rows)])
    (tmp_path / "index.csv").write_text(text)
    found = check_folder(tmp_path, lambda _: 6)
    assert [(fault.line, fault.code, fault.is_note) for fault in found] == [
        (2, "gap", True),
        (3, "bad-pages", False),
        (4, "bad-pages", False),
        (5, "gap", True),
    ]
    assert not check_folder(tmp_path)  # nobody counts the pages


def test_a_thousand_rows_are_checked_in_one_pass(tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.pdf").touch()
    rows = (f"{FILE};{page};Document {page}" for page in range(1, 1001))
    (tmp_path / "index.csv").write_text("\n".join(["scan;pages;title", *rows]))
    counts = list[Path]()

    def count_pages(scan: Path) -> int:
        counts.append(scan)
        return 1000

    assert not check_folder(tmp_path, count_pages)
    assert len(counts) == 1


def test_documents_are_proposed_between_blank_and_separator_leaves(tmp_path: Path) -> None:
    letter, report, reply, list_of_names = (
        f"{word} one two\nthree four\nfive six" for word in ("Letter", "Report", "Reply", "List")
    )
    publish_sample(tmp_path, (letter, "# 5", "", report, list_of_names, "", reply))
    result = Workspace(tmp_path).opis("template", "--documents", record_id(tmp_path))
    assert result.stdout.splitlines()[1:] == [
        "documents:",
        "- pages: 1 # Letter one two three four five six",
        "- pages: 4-5 # Report one two three four five six",
        "- pages: 7 # Reply one two three four five six",
    ]
    listed = yaml.safe_load(result.stdout)
    assert len(table_of(tmp_path / "in", yaml.safe_dump(listed), 7).documents) == 3


def record_id(folder: Path) -> str:
    """Return the id of the one record of an archive."""
    (entry,) = _records(Workspace(folder))
    return entry


LETTER, OTHER = DocumentIdentity("d, l. 1", "Letter"), DocumentIdentity("d, l. 2", "Reply")


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([LETTER, OTHER], ["one", "two"]),
        ([OTHER, LETTER], ["two", "one"]),
        ([DocumentIdentity("d, l. 1", "Cable"), OTHER], ["one", "two"]),
        ([DocumentIdentity("d, l. 7", "Letter"), OTHER], ["one", "two"]),
        ([DocumentIdentity("d, l. 2", "Letter"), DocumentIdentity("d, l. 1", "Reply")],
         ["two", "one"]),
        ([DocumentIdentity("d, l. 7", "Cable")], [None]),
        ([DocumentIdentity("d, l. 1", "A"), DocumentIdentity("d, l. 1", "B")], [None, None]),
        ([DocumentIdentity(None, None)], [None]),
    ],
)  # fmt: skip
def test_a_document_is_known_again_by_place_or_title(
    documents: list[DocumentIdentity], expected: list[str | None]
) -> None:
    paths = {Path(str(number)): one for number, one in enumerate(documents)}
    found = match_documents(paths, {"one": LETTER, "two": OTHER})
    assert [found.get(path) for path in paths] == expected


def test_pages_are_taken_as_they_are_stored_and_each_copy_is_another_file(tmp_path: Path) -> None:
    scan = scan_pdf(tmp_path / "scan.pdf", 5)
    targets = [tmp_path / f"{number}.pdf" for number in range(4)]
    wanted = [((2, 3), 1), ((2, 3), 1), ((2, 3), 2), ((5,), 1)]
    subsets = [
        PageSubset(pages, target, copy)
        for target, (pages, copy) in zip(targets, wanted, strict=True)
    ]
    write_page_subsets(scan, PDF, subsets)
    first, again, copy, _ = map(file_sha256, targets)
    assert first == again != copy
    with pikepdf.open(scan) as whole:
        for target, (pages, _) in zip(targets, wanted, strict=True):
            with pikepdf.open(target) as part:
                images = [_image_data(page) for page in part.pages]
                assert images == [_image_data(whole.pages[page - 1]) for page in pages]
                assert target.stat().st_size < scan.stat().st_size


def _image_data(page: pikepdf.Page) -> bytes:
    (image,) = dict(page.obj.Resources.XObject).values()
    return bytes(image.read_raw_bytes())


def test_documents_on_the_same_pages_keep_their_bytes(tmp_path: Path) -> None:
    table = table_of(tmp_path / "in", "documents:\n- pages: 1\n- pages: 1\n- pages: 2\n")
    files = {tmp_path / str(number): one for number, one in enumerate(table.documents)}
    for number, path in enumerate(files):
        path.write_bytes(str(number).encode())
    first, second, third = files
    keep_copies(files, {first: file_sha256(second)})
    assert [path.read_text() for path in (first, second, third)] == ["1", "0", "2"]


def _records(workspace: Workspace) -> dict[str, Any]:
    listed = workspace.opis("list", "--json")
    return {entry["id"]: entry for entry in json.loads(listed.stdout)}


TABLE = """\
title: The file
language: en
documents:
- {pages: 1-2, title: First}
- {pages: 3, title: Second}
- {leaves: 4-6, title: Third, date: 1949-01-14}
"""


@pytest.mark.tesseract
def test_a_file_and_its_documents_are_records_and_a_changed_table_moves_no_other(
    workspace: Workspace,
) -> None:
    scan, sidecar = workspace.inbox / f"{FILE}.pdf", workspace.inbox / f"{FILE}.yaml"
    scan_pdf(scan, 6)
    sidecar.write_text(TABLE)
    assert workspace.opis("ingest", "--direct").returncode == 0
    records = _records(workspace)
    file = "rgaspi-f558-op11-d330-l"
    assert {name: entry["pages"] for name, entry in records.items()} == {
        f"{file}1-6": 6, f"{file}1-2": 2, f"{file}3": 1, f"{file}4-6": 3,
    }  # fmt: skip
    assert not scan.exists()
    assert not (workspace.output / ".opis" / "documents").exists()
    shown = json.loads(workspace.opis("show", "--json", f"{file}4-6").stdout)
    source = shown["extracted_from"]
    assert (source["pages"], source["record"]) == ("4-6", f"{file}1-6")
    assert [page["leaf"] for page in shown["pages"]] == ["4", "5", "6"]
    (relation,) = shown["relations"]
    assert (relation["kind"], relation["record"]) == ("part-of", f"{file}1-6")

    scan_pdf(scan, 6)
    sidecar.write_text(TABLE.replace("pages: 3,", "pages: 3-4,").replace("First", "Primus"))
    result = workspace.opis("ingest", "--direct")
    assert result.returncode == 0, result.stdout
    versions = {name: entry["version"] for name, entry in _records(workspace).items()}
    assert versions == {f"{file}1-6": 2, f"{file}1-2": 2, f"{file}3": 2, f"{file}4-6": 1}
    assert workspace.opis("verify").returncode == 0
    assert workspace.opis("cite", f"{file}3").stdout.count("ll. 3–4") == 1


@pytest.mark.tesseract
def test_a_run_that_stopped_between_its_documents_is_continued(workspace: Workspace) -> None:
    scan, sidecar = workspace.inbox / f"{FILE}.pdf", workspace.inbox / f"{FILE}.yaml"
    scan_pdf(scan, 6)
    sidecar.write_text(TABLE.replace("pages: 3, title: Second", "pages: 3, language: sq"))
    result = workspace.opis("ingest", "--direct")
    assert "no model" in result.stdout or "language: sq" in result.stdout
    assert len(_records(workspace)) == 3
    assert scan.exists()  # one of its documents is in no record yet
    sidecar.write_text(TABLE)
    assert workspace.opis("ingest", "--direct").returncode == 0
    assert len(_records(workspace)) == 4
    assert not scan.exists()
