"""What a TEI file must hold of its record; looked at piece by piece, as it is written."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from pipeline.exports.source import XML_ID, page_label
from pipeline.exports.tei_text import TEI
from pipeline.exports.xml_rules import (
    POINTER_ATTRIBUTES,
    broken_pointers,
    iter_elements,
    number_attribute,
)
from pipeline.record.model import Record, RecordPage


@dataclass(slots=True)
class _TeiContent:
    """What of a file is needed until its end."""

    ids: list[str] = field(default_factory=list)
    targets: dict[str, list[str]] = field(
        default_factory=lambda: {key: [] for key in POINTER_ATTRIBUTES}
    )
    surfaces: list[str | None] = field(default_factory=list)
    pages: list[str | None] = field(default_factory=list)  #: begun in the text at hand
    texts: list[tuple[str | None, list[str | None]]] = field(default_factory=list)  #: kind, pages
    zone_errors: list[str] = field(default_factory=list)  #: zones, in a sentence each


def broken_tei_rules(content: bytes, record: Record) -> Iterator[str]:
    """There is a surface and a page beginning for every page, and zones lie on their surfaces.

    Raises:
        ValueError: it is not XML, or another kind of file.
    """
    found = _collect_content(content, record)
    yield from broken_pointers(found.ids, found.targets)
    wanted: list[str | None] = [page_label(page) for page in record.pages]
    if found.surfaces != wanted:
        yield "its surfaces are not the pages of the record"
    for kind in ("diplomatic", "reading"):
        if [pages for each, pages in found.texts if each == kind] != [wanted]:
            yield f"the {kind} text does not begin every page of the record"
    translations = sum(kind == "translation" for kind, _ in found.texts)
    if translations != len(record.translations):
        yield "its translations are not those of the record"
    yield from found.zone_errors


def _collect_content(content: bytes, record: Record) -> _TeiContent:
    found = _TeiContent()
    for each in iter_elements(content, f"{{{TEI}}}TEI", "surface", "ab", "p"):
        _collect_element(each, found, record.pages)
    return found


def _collect_element(
    element: etree._Element, content: _TeiContent, pages: tuple[RecordPage, ...]
) -> None:
    """Note what an element tells, at its end."""
    content.ids += filter(None, (element.get(XML_ID), element.get("ID")))
    for key in POINTER_ATTRIBUTES:
        content.targets[key] += filter(None, [element.get(key)])
    match _local_name(element.getparent()), _local_name(element):
        case "surface", "zone" if len(content.surfaces) < len(pages):
            content.zone_errors += _zone_errors(element, pages[len(content.surfaces)])
        case "facsimile", "surface":
            content.surfaces.append(element.get("n"))
        case _, "pb":
            content.pages.append(element.get("n"))
        case "group", "text":
            content.texts.append((element.get("type"), content.pages))
            content.pages = []


def _local_name(element: etree._Element | None) -> str:
    return "" if element is None else str(element.tag).removeprefix(f"{{{TEI}}}")


def _zone_errors(zone: etree._Element, page: RecordPage) -> Iterator[str]:
    width, height = (page.image.width, page.image.height) if page.image else (0, 0)
    left, top, right, bottom = (number_attribute(zone, key) for key in ("ulx", "uly", "lrx", "lry"))
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        yield f"the zone {zone.get(XML_ID)} lies outside page {page.number}"
