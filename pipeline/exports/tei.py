"""TEI P5 (https://tei-c.org/guidelines/p5/): facsimile, diplomatic and reading text, translations.

Zones are lines, in pixels of the page image, origin top left. The diplomatic text has the engine's
lines, furniture in ``fw``; the reading text has paragraphs. Paragraphs of a translation point to
them (``corresp``) where numbered points pair the two.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import groupby, starmap
from typing import Any

from lxml import etree

from pipeline.corrections.correction import LineCorrection
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
from pipeline.exports.tei_header import build_header, responsible_id
from pipeline.exports.tei_text import TEI, add_marked_text, add_text
from pipeline.exports.xml_rules import broken_pointers, iter_elements, number_attribute
from pipeline.record.record import Record, RecordPage, Translation
from pipeline.text import Role

_POINTERS = ("facs", "corresp", "resp")  #: attributes that point to an id in the same file


def to_tei(source: ExportSource) -> bytes:
    """Return a record in TEI, written piece by piece: the tree of a long one takes 60 MB."""
    record, content = source.record, BytesIO()
    pages = list(zip(record.pages, source.lines, strict=True))
    with xml_stream(content, f"{{{TEI}}}TEI", {}, {None: TEI, "xml": XML}) as file:
        write_elements(file, [build_header(source)])
        with file.element("facsimile"):
            write_elements(file, starmap(_build_surface, pages))
        with file.element("text"), file.element("group"):
            _write_text(file, "diplomatic", record.language, starmap(_diplomatic_page, pages))
            _write_text(file, "reading", record.language, _reading_paragraphs(record))
            for number, translation in enumerate(record.translations, 1):
                paragraphs = _translation_paragraphs(translation, number)
                _write_text(file, "translation", translation.language, paragraphs)
    return content.getvalue()


def _write_text(
    file: Any, kind: str, language: str | None, parts: Iterable[etree._Element]
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
    numbered = [(line, f"#s{page.number}l{number}") for number, line in enumerate(lines, 1)]
    for is_table, group in groupby(numbered, lambda pair: pair[0].role is Role.TABLE_ROW):
        table = element(block, "table") if is_table else None
        for line, zone in group:
            if table is None:
                _add_line(block, line, zone)
            else:
                _add_row(table, line, zone)
    return block


def _add_row(table: etree._Element, line: PlacedLine, zone: str) -> None:
    responsibility = _responsibility(line.correction) if line.correction else {}
    responsibility.pop("type", None)  # a row has no such attribute
    row = element(table, "row", facs=zone, **responsibility)
    for cell in line.cells:
        element(row, "cell", cell)


def _add_line(block: etree._Element, line: PlacedLine, zone: str) -> None:
    if line.role.is_furniture or line.role is Role.PAGE_NUMBER:
        furniture = element(block, "fw", line.text, type=line.role.value, facs=zone)
        if line.correction is not None:
            furniture.set("resp", _responsibility(line.correction)["resp"])
        furniture.tail = "\n"
        return
    mark = element(block, "lb", facs=zone)
    if line.correction is None:
        mark.tail = xml_safe(f"{line.text}\n")
        return
    segment = element(block, "seg", line.text, **_responsibility(line.correction))
    segment.tail = "\n"


def _responsibility(correction: LineCorrection) -> dict[str, str]:
    """Return the attributes of a line that a person compared with the image."""
    return {"type": str(correction.action), "resp": f"#{responsible_id(correction.by)}"}


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
    """Yield the paragraphs of a translation; ``translation_number`` counts from 1."""
    originals = {translated: original for original, translated in translation.aligned}
    for number, text in enumerate(split_paragraphs(translation.text) or ("",), 1):
        paragraph = element(None, "p")
        paragraph.set(XML_ID, f"t{translation_number}p{number}")
        if number in originals:
            paragraph.set("corresp", f"#p{originals[number]}")
        add_marked_text(paragraph, text)
        yield paragraph


@dataclass(slots=True)
class _TeiContent:
    """The parts of a file that its check compares."""

    ids: list[str] = field(default_factory=list)
    targets: dict[str, list[str]] = field(default_factory=lambda: {key: [] for key in _POINTERS})
    surfaces: list[str | None] = field(default_factory=list)  #: page labels
    pages: list[str | None] = field(default_factory=list)  #: labels in the current text
    texts: list[tuple[str | None, list[str | None]]] = field(default_factory=list)  #: kind, pages
    zone_errors: list[str] = field(default_factory=list)  #: sentences


def broken_tei_rules(content: bytes, record: Record) -> Iterator[str]:
    """Yield a sentence for each broken rule.

    Ids are unique and pointers lead to them; every page has a surface, and a beginning in both
    texts; every translation has a text; zones lie inside their pages.

    Raises:
        ValueError: the file is not XML, or not TEI, or a coordinate is not a number.
    """
    parts = _collect_content(content, record)
    yield from broken_pointers(parts.ids, parts.targets)
    labels: list[str | None] = [page_label(page) for page in record.pages]
    if parts.surfaces != labels:
        yield "its surfaces are not the pages of the record"
    for kind in ("diplomatic", "reading"):
        if [pages for text_kind, pages in parts.texts if text_kind == kind] != [labels]:
            yield f"the {kind} text does not begin every page of the record"
    translations = sum(kind == "translation" for kind, _ in parts.texts)
    if translations != len(record.translations):
        yield "its translations are not those of the record"
    yield from parts.zone_errors


def _collect_content(content: bytes, record: Record) -> _TeiContent:
    parts = _TeiContent()
    for node in iter_elements(content, f"{{{TEI}}}TEI", "surface", "ab", "p"):
        _collect_element(node, parts, record.pages)
    return parts


def _collect_element(
    node: etree._Element, content: _TeiContent, pages: tuple[RecordPage, ...]
) -> None:
    """Add an element to the content, at its end tag."""
    content.ids += filter(None, [node.get(XML_ID)])
    for key in _POINTERS:
        content.targets[key] += filter(None, [node.get(key)])
    match _local_name(node.getparent()), _local_name(node):
        case "surface", "zone" if len(content.surfaces) < len(pages):
            content.zone_errors += _zone_errors(node, pages[len(content.surfaces)])
        case "facsimile", "surface":
            content.surfaces.append(node.get("n"))
        case _, "pb":
            content.pages.append(node.get("n"))
        case "group", "text":
            content.texts.append((node.get("type"), content.pages))
            content.pages = []


def _local_name(node: etree._Element | None) -> str:
    return "" if node is None else str(node.tag).removeprefix(f"{{{TEI}}}")


def _zone_errors(zone: etree._Element, page: RecordPage) -> Iterator[str]:
    width, height = (page.image.width, page.image.height) if page.image else (0, 0)
    left, top, right, bottom = (number_attribute(zone, key) for key in ("ulx", "uly", "lrx", "lry"))
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        yield f"the zone {zone.get(XML_ID)} lies outside page {page.number}"
