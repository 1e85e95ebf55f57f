"""TEI P5 (https://tei-c.org/guidelines/p5/): facsimile, the text as read, for reading, translated.

Zones are lines, in pixels of the page image. The diplomatic text is the engine's, line for line,
furniture in ``fw``; the reading text is in paragraphs, to which those of a translation point
(``corresp``) where somebody's numbering tells which is which.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import starmap
from typing import Any

from lxml import etree

from pipeline.description.alignment import split_paragraphs
from pipeline.exports.source import (
    XML,
    XML_ID,
    XML_LANG,
    ExportSource,
    PlacedLine,
    element,
    page_label,
    write_elements,
    xml_safe,
    xml_stream,
)
from pipeline.exports.tei_header import build_header
from pipeline.exports.tei_text import TEI, add_marked_text, add_text
from pipeline.record.model import Record, RecordPage, Translation
from pipeline.text import Role


def to_tei(source: ExportSource) -> bytes:
    """Return the file. It is written piece by piece: the tree of a long one weighs 60 MB."""
    record, content = source.record, BytesIO()
    leaves = list(zip(record.pages, source.lines, strict=True))
    with xml_stream(content, f"{{{TEI}}}TEI", {}, {None: TEI, "xml": XML}) as file:
        write_elements(file, [build_header(source)])
        with file.element("facsimile"):
            write_elements(file, starmap(_build_surface, leaves))
        with file.element("text"), file.element("group"):
            _write_text(file, "diplomatic", record.language, starmap(_diplomatic_page, leaves))
            _write_text(file, "reading", record.language, _reading_paragraphs(record))
            for number, one in enumerate(record.translations, 1):
                _write_text(file, "translation", one.language, _translation_paragraphs(one, number))
    return content.getvalue()


def _write_text(
    file: Any,
    kind: str,
    language: str | None,
    parts: Iterable[etree._Element],
) -> None:
    attributes = {"type": kind, XML_LANG: language or "und"}
    with file.element("text", attributes), file.element("body"), file.element("div"):
        write_elements(file, parts)


def _build_surface(page: RecordPage, lines: tuple[PlacedLine, ...]) -> etree._Element:
    surface = element(None, "surface", n=page_label(page))
    surface.set(XML_ID, f"s{page.number}")
    if page.image is None:
        return surface
    for key, value in {
        "ulx": 0,
        "uly": 0,
        "lrx": page.image.width,
        "lry": page.image.height,
    }.items():
        surface.set(key, str(value))
    for number, line in enumerate(lines, 1):
        box = line.box
        ends = {"ulx": box.x, "uly": box.y, "lrx": box.right, "lry": box.bottom}
        zone = element(surface, "zone", **{key: str(value) for key, value in ends.items()})
        zone.set(XML_ID, f"s{page.number}l{number}")
    return surface


def _diplomatic_page(page: RecordPage, lines: tuple[PlacedLine, ...]) -> etree._Element:
    """Return a page of the diplomatic text."""
    block = element(None, "ab")
    _add_page_break(block, page)
    for number, line in enumerate(lines, 1):
        _add_line(block, line, f"#s{page.number}l{number}")
    return block


def _add_line(block: etree._Element, line: PlacedLine, zone: str) -> None:
    if line.role.is_furniture or line.role is Role.PAGE_NUMBER:
        furniture = element(block, "fw", line.text, type=line.role.value, facs=zone)
        furniture.tail = "\n"
        return
    mark = element(block, "lb", facs=zone)
    mark.tail = xml_safe(f"{line.text}\n")


def _reading_paragraphs(record: Record) -> Iterator[etree._Element]:
    """Yield the paragraphs of the reading text."""
    number = 0
    for page in record.pages:
        first = True
        for text in split_paragraphs(page.reading_text) or ("",):
            number += bool(text)
            paragraph = element(None, "p")
            if text:
                paragraph.set(XML_ID, f"p{number}")
            if first:
                _add_page_break(paragraph, page)
                first = False
            add_text(paragraph, text)
            yield paragraph


def _add_page_break(parent: etree._Element, page: RecordPage) -> None:
    element(parent, "pb", n=page_label(page), facs=f"#s{page.number}")


def _translation_paragraphs(
    translation: Translation, translation_number: int
) -> Iterator[etree._Element]:
    """Yield the paragraphs of a translation, the ``translation_number``-th."""
    originals = {there: here for here, there in translation.aligned}
    for number, text in enumerate(split_paragraphs(translation.text) or ("",), 1):
        paragraph = element(None, "p")
        paragraph.set(XML_ID, f"t{translation_number}p{number}")
        if number in originals:
            paragraph.set("corresp", f"#p{originals[number]}")
        add_marked_text(paragraph, text)
        yield paragraph
