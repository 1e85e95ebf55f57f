from pathlib import Path

import pytest
from lxml import etree

from pipeline.exports.alto import NAMESPACE, read_page_text, to_alto
from pipeline.record.provenance import group_by_page
from pipeline.text import PageText
from tests.factories import admitted_scan, pages, record, scan_pdf, text
from tests.schemas import EXPORT_CASES, needs_schemas, schema_errors


@pytest.fixture
def alto(tmp_path: Path) -> list[bytes]:
    sample = record(admitted_scan(scan_pdf(tmp_path / "scan.pdf")))
    read = list(pages())
    activities = group_by_page(sample.provenance.activities)
    return [
        to_alto(sample, page, one.reading.text, activities[page.number])
        for page, one in zip(sample.pages, read, strict=True)
    ]


@needs_schemas
def test_every_page_validates_against_alto_4_4(alto: list[bytes]) -> None:
    for page in alto:
        assert schema_errors("alto", page) == []


@needs_schemas
def test_a_blank_page_validates_too(tmp_path: Path) -> None:
    sample = record(admitted_scan(scan_pdf(tmp_path / "scan.pdf")), ("", ""))
    assert schema_errors("alto", to_alto(sample, sample.pages[0], PageText(), [])) == []


@needs_schemas
def test_a_corrupted_page_does_not_validate(alto: list[bytes]) -> None:
    for case in EXPORT_CASES["alto"]["breaks_schema"]:
        good, bad = case["good"].encode(), case["bad"].encode()
        assert good in alto[0]
        assert schema_errors("alto", alto[0].replace(good, bad))


def test_words_boxes_confidences_and_roles_come_back(alto: list[bytes], tmp_path: Path) -> None:
    sample = record(admitted_scan(scan_pdf(tmp_path / "again.pdf")))
    for page, one, written in zip(alto, pages(), sample.pages, strict=True):
        assert read_page_text(page) == one.reading.text.with_roles(written.line_roles)


@needs_schemas
def test_furniture_is_tagged_as_furniture(tmp_path: Path) -> None:
    sample = record(admitted_scan(scan_pdf(tmp_path / "scan.pdf")), ("| ___\nТоварищу Мао", ""))
    assert sample.pages[0].reading_text == "Товарищу Мао"
    content = to_alto(sample, sample.pages[0], text("| ___\nТоварищу Мао"), [])
    assert schema_errors("alto", content) == []
    page = etree.fromstring(content)
    tags = {tag.get("ID"): tag.get("TYPE") for tag in page.iter(f"{{{NAMESPACE}}}LayoutTag")}
    tag_ids = [line.get("TAGREFS") for line in page.iter(f"{{{NAMESPACE}}}TextLine")]
    assert [tags[name] for name in tag_ids] == ["furniture", "text"]


def test_the_file_names_its_engine_and_the_bytes_that_were_read(alto: list[bytes]) -> None:
    root = etree.fromstring(alto[0])
    content = " ".join(root.itertext())
    for fact in ("scan.pdf", "sha256:", "canned", "opis", "recognize"):
        assert fact in content
    page = root.find(f".//{{{NAMESPACE}}}Page")
    assert page is not None
    assert page.get("PRINTED_IMG_NR") == "0110"
    named = {element.get("ID") for element in root.iter(f"{{{NAMESPACE}}}Processing")}
    assert set((page.get("PROCESSINGREFS") or "").split()) == named


@pytest.mark.parametrize("content", [b"", b"<alto", b"<a><b/></a>"])
def test_what_is_no_alto_is_refused_or_empty(content: bytes) -> None:
    if content.endswith(b"</a>"):
        assert read_page_text(content) == PageText()
    else:
        with pytest.raises(ValueError, match="not XML"):
            read_page_text(content)
