"""TEI P5 (https://tei-c.org/guidelines/p5/): facsimile, the text as read, for reading, translated.

Zones are lines, in pixels of the page image. The diplomatic text is the engine's, line for line,
furniture in ``fw``; the reading text is in paragraphs, to which those of a translation point
(``corresp``) where somebody's numbering tells which is which.
"""

from lxml import etree

from pipeline.description.alignment import paragraphs
from pipeline.exports.material import (
    XML_ID,
    XML_LANG,
    LineAt,
    Material,
    element,
    label_of,
    writable,
    written,
)
from pipeline.exports.tei_header import add_header
from pipeline.exports.tei_words import TEI, append, fill, t
from pipeline.record import Record, RecordPage, Translation
from pipeline.text import Role


def to_tei(made: Material) -> bytes:
    """Return the file."""
    root = etree.Element(t("TEI"), nsmap={None: TEI})
    add_header(root, made)
    facsimile = element(root, t("facsimile"))
    for page, lines in zip(made.record.pages, made.lines, strict=True):
        _surface(facsimile, page, lines)
    group = element(element(root, t("text")), t("group"))
    _diplomatic(_part(group, "diplomatic", made.record.language), made)
    _reading(_part(group, "reading", made.record.language), made.record)
    for number, translation in enumerate(made.record.translations, 1):
        _translated(_part(group, "translation", translation.language), translation, number)
    return written(root)


def _surface(parent: etree._Element, page: RecordPage, lines: tuple[LineAt, ...]) -> None:
    surface = element(parent, t("surface"), n=label_of(page))
    surface.set(XML_ID, f"s{page.number}")
    if page.image is None:
        return
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
        zone = element(surface, t("zone"), **{key: str(value) for key, value in ends.items()})
        zone.set(XML_ID, f"s{page.number}l{number}")


def _part(group: etree._Element, kind: str, language: str | None) -> etree._Element:
    text = element(group, t("text"), type=kind)
    text.set(XML_LANG, language or "und")
    return element(element(text, t("body")), t("div"))


def _diplomatic(div: etree._Element, made: Material) -> None:
    for page, lines in zip(made.record.pages, made.lines, strict=True):
        block = element(div, t("ab"))
        _break(block, page)
        for number, line in enumerate(lines, 1):
            _line(block, line, f"#s{page.number}l{number}")


def _line(block: etree._Element, line: LineAt, place: str) -> None:
    if line.role.left_out or line.role is Role.PAGE_NUMBER:
        furniture = element(block, t("fw"), line.text, type=line.role.value, facs=place)
        furniture.tail = "\n"
        return
    mark = element(block, t("lb"), facs=place)
    mark.tail = writable(f"{line.text}\n")


def _reading(div: etree._Element, record: Record) -> None:
    number = 0
    for page in record.pages:
        first = True
        for text in paragraphs(page.reading_text) or ("",):
            number += bool(text)
            paragraph = element(div, t("p"))
            if text:
                paragraph.set(XML_ID, f"p{number}")
            if first:
                _break(paragraph, page)
                first = False
            append(paragraph, text)


def _break(parent: etree._Element, page: RecordPage) -> None:
    element(parent, t("pb"), n=label_of(page), facs=f"#s{page.number}")


def _translated(div: etree._Element, translation: Translation, which: int) -> None:
    originals = {there: here for here, there in translation.aligned}
    for number, text in enumerate(paragraphs(translation.text) or ("",), 1):
        paragraph = element(div, t("p"))
        paragraph.set(XML_ID, f"t{which}p{number}")
        if number in originals:
            paragraph.set("corresp", f"#p{originals[number]}")
        fill(paragraph, text)
