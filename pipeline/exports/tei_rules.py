"""What a TEI file must hold of its record; looked at piece by piece, as it is written."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from pipeline.exports.source import XML_ID, label_of
from pipeline.exports.tei_text import TEI
from pipeline.exports.xml_rules import POINTERS, broken_pointers, ends_of, number
from pipeline.record.model import Record, RecordPage


@dataclass(slots=True)
class _Found:
    """What of a file is needed until its end."""

    ids: list[str] = field(default_factory=list)
    targets: dict[str, list[str]] = field(default_factory=lambda: {key: [] for key in POINTERS})
    surfaces: list[str | None] = field(default_factory=list)
    pages: list[str | None] = field(default_factory=list)  #: begun in the text at hand
    texts: list[tuple[str | None, list[str | None]]] = field(default_factory=list)  #: kind, pages
    astray: list[str] = field(default_factory=list)  #: zones, in a sentence each


def broken_rules(content: bytes, record: Record) -> Iterator[str]:
    """There is a surface and a page beginning for every page, and zones lie on their surfaces.

    Raises:
        ValueError: it is not XML, or another kind of file.
    """
    found = _found(content, record)
    yield from broken_pointers(found.ids, found.targets)
    wanted: list[str | None] = [label_of(page) for page in record.pages]
    if found.surfaces != wanted:
        yield "its surfaces are not the pages of the record"
    for kind in ("diplomatic", "reading"):
        if [pages for each, pages in found.texts if each == kind] != [wanted]:
            yield f"the {kind} text does not begin every page of the record"
    translations = sum(kind == "translation" for kind, _ in found.texts)
    if translations != len(record.translations):
        yield "its translations are not those of the record"
    yield from found.astray


def _found(content: bytes, record: Record) -> _Found:
    found = _Found()
    for each in ends_of(content, f"{{{TEI}}}TEI", "surface", "ab", "p"):
        _note(each, found, record.pages)
    return found


def _note(each: etree._Element, found: _Found, pages: tuple[RecordPage, ...]) -> None:
    """Note what an element tells, at its end."""
    found.ids += filter(None, (each.get(XML_ID), each.get("ID")))
    for key in POINTERS:
        found.targets[key] += filter(None, [each.get(key)])
    match _name(each.getparent()), _name(each):
        case "surface", "zone" if len(found.surfaces) < len(pages):
            found.astray += _astray(each, pages[len(found.surfaces)])
        case "facsimile", "surface":
            found.surfaces.append(each.get("n"))
        case _, "pb":
            found.pages.append(each.get("n"))
        case "group", "text":
            found.texts.append((each.get("type"), found.pages))
            found.pages = []


def _name(each: etree._Element | None) -> str:
    return "" if each is None else str(each.tag).removeprefix(f"{{{TEI}}}")


def _astray(zone: etree._Element, page: RecordPage) -> Iterator[str]:
    width, height = (page.image.width, page.image.height) if page.image else (0, 0)
    left, top, right, bottom = (number(zone, key) for key in ("ulx", "uly", "lrx", "lry"))
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        yield f"the zone {zone.get(XML_ID)} lies outside page {page.number}"
