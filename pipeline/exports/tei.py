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

from pipeline.description.alignment import paragraphs
from pipeline.exports.source import (
    XML,
    XML_ID,
    XML_LANG,
    LineAt,
    Material,
    document,
    element,
    label_of,
    writable,
    write,
)
from pipeline.exports.tei_header import header_of
from pipeline.exports.tei_text import TEI, append, fill
from pipeline.record.model import Record, RecordPage, Translation
from pipeline.text import Role


def to_tei(made: Material) -> bytes:
    """Return the file. It is written piece by piece: the tree of a long one weighs 60 MB."""
    record, content = made.record, BytesIO()
    leaves = list(zip(record.pages, made.lines, strict=True))
    with document(content, f"{{{TEI}}}TEI", {}, {None: TEI, "xml": XML}) as file:
        write(file, [header_of(made)])
        with file.element("facsimile"):
            write(file, starmap(_surface, leaves))
        with file.element("text"), file.element("group"):
            _write_text(file, "diplomatic", record.language, starmap(_leaf, leaves))
            _write_text(file, "reading", record.language, _reading(record))
            for number, one in enumerate(record.translations, 1):
                _write_text(file, "translation", one.language, _translated(one, number))
    return content.getvalue()


def _write_text(
    file: Any,
    kind: str,
    language: str | None,
    parts: Iterable[etree._Element],
) -> None:
    attributes = {"type": kind, XML_LANG: language or "und"}
    with file.element("text", attributes), file.element("body"), file.element("div"):
        write(file, parts)


def _surface(page: RecordPage, lines: tuple[LineAt, ...]) -> etree._Element:
    surface = element(None, "surface", n=label_of(page))
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


def _leaf(page: RecordPage, lines: tuple[LineAt, ...]) -> etree._Element:
    """Return a page of the diplomatic text."""
    block = element(None, "ab")
    _break(block, page)
    for number, line in enumerate(lines, 1):
        _line(block, line, f"#s{page.number}l{number}")
    return block


def _line(block: etree._Element, line: LineAt, place: str) -> None:
    if line.role.left_out or line.role is Role.PAGE_NUMBER:
        furniture = element(block, "fw", line.text, type=line.role.value, facs=place)
        furniture.tail = "\n"
        return
    mark = element(block, "lb", facs=place)
    mark.tail = writable(f"{line.text}\n")


def _reading(record: Record) -> Iterator[etree._Element]:
    """Yield the paragraphs of the reading text."""
    number = 0
    for page in record.pages:
        first = True
        for text in paragraphs(page.reading_text) or ("",):
            number += bool(text)
            paragraph = element(None, "p")
            if text:
                paragraph.set(XML_ID, f"p{number}")
            if first:
                _break(paragraph, page)
                first = False
            append(paragraph, text)
            yield paragraph


def _break(parent: etree._Element, page: RecordPage) -> None:
    element(parent, "pb", n=label_of(page), facs=f"#s{page.number}")


def _translated(translation: Translation, which: int) -> Iterator[etree._Element]:
    """Yield the paragraphs of a translation, the ``which``-th."""
    originals = {there: here for here, there in translation.aligned}
    for number, text in enumerate(paragraphs(translation.text) or ("",), 1):
        paragraph = element(None, "p")
        paragraph.set(XML_ID, f"t{which}p{number}")
        if number in originals:
            paragraph.set("corresp", f"#p{originals[number]}")
        fill(paragraph, text)
        yield paragraph
