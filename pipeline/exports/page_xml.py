"""PAGE XML of one page (https://github.com/PRImA-Research-Lab/PAGE-XML, schema of 2019-07-15).

eScriptorium, Transkribus and OCR-D open it beside the page image. It has the text as published:
blocks are regions, in their reading order; coordinates are pixels of the page image, origin top
left. `opis corrections import` reads it back.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations
from statistics import median

from lxml import etree

from pipeline.exports.source import XSI, element, qname_in, serialize
from pipeline.record.page_turns import turns_of
from pipeline.record.record import Record, RecordPage
from pipeline.text import Block, Box, Line, PageText, Role, Word, WordSource

PAGE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_SCHEMA = f"{PAGE}/pagecontent.xsd"
PAGE_MEDIA_TYPE = "application/vnd.prima.page+xml"
_qname = qname_in(PAGE)
#: PAGE's type of a region by the role of its first line; a region of any other role is `paragraph`.
_REGION_TYPES = {
    Role.HEADING: "heading", Role.TABLE_ROW: "other", Role.PAGE_NUMBER: "page-number",
    Role.LEAF_NUMBER: "marginalia", Role.STAMP: "other", Role.RUNNING_HEAD: "header",
    Role.CATCHWORD: "catch-word", Role.NOISE: "other",
}  # fmt: skip
#: Letters and marks that reach below the line of writing, of Latin, Cyrillic and Greek print.
_DESCENDING = frozenset("gjpqyþçęąșțñ,;()[]{}|/_„‚…§@QJруфцщдџҗДЦЩβγημρφχψςξζ")
_DESCENDER_SHARE = 0.2  #: of the height of a line whose words all reach below it


def to_page_xml(
    record: Record, page: RecordPage, text: PageText, image_name: str, document_id: str
) -> bytes:
    """Return the PAGE file of a page.

    Args:
        record: names the programs that read it.
        page: has an image.
        text: of the page as published; boxes in pixels of the page image.
        image_name: the path of the image file, relative to where programs look for it.
        document_id: the ``pcGtsId``, an XML name; OCR-D wants the id of the file in METS.

    Raises:
        ValueError: the page has no image, or not exactly one role per line.
    """
    if page.image is None:
        msg = f"page {page.number} has no image"
        raise ValueError(msg)
    root = etree.Element(_qname("PcGts"), {"pcGtsId": document_id}, {None: PAGE, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{PAGE} {_SCHEMA}")  # eScriptorium asks for it
    _add_metadata(root, record, page)
    sheet = element(
        root, _qname("Page"), imageFilename=image_name, imageWidth=str(page.image.width),
        imageHeight=str(page.image.height), imageXResolution=f"{page.image.dpi_x:g}",
        imageYResolution=f"{page.image.dpi_y:g}", imageResolutionUnit="PPI",
    )  # fmt: skip
    blocks = text.with_roles(page.line_roles).blocks
    if blocks:
        order = element(sheet, _qname("ReadingOrder"))
        group = element(order, _qname("OrderedGroup"), id="order")
        for index in range(len(blocks)):
            reference = {"index": str(index), "regionRef": f"r{index + 1}"}
            element(group, _qname("RegionRefIndexed"), **reference)
    is_level = turns_of(record, page.number) == 0
    for index, block in enumerate(blocks):
        _add_region(sheet, index, block, is_level=is_level)
    return serialize(root)


def _add_metadata(root: etree._Element, record: Record, page: RecordPage) -> None:
    """Add who made the file, and the processing steps of the page in their order."""
    log = record.provenance
    opis = log.agents["opis"]
    moment = max(activity.ended for activity in log.activities).isoformat()
    metadata = element(root, _qname("Metadata"))
    element(metadata, _qname("Creator"), f"{opis.name} {opis.version}")
    element(metadata, _qname("Created"), moment)
    element(metadata, _qname("LastChange"), moment)
    for activity in log.activities:
        if activity.page == page.number:
            agent = log.agents[activity.agent]
            element(
                metadata, _qname("MetadataItem"), type="processingStep", name=activity.plan,
                value=f"{agent.name} {agent.version}".strip(), date=activity.ended.isoformat(),
            )  # fmt: skip


def _add_region(sheet: etree._Element, index: int, block: Block, *, is_level: bool) -> None:
    region_id, role = f"r{index + 1}", block.lines[0].role
    region = element(
        sheet, _qname("TextRegion"), id=region_id, type=_REGION_TYPES.get(role, "paragraph"),
        custom=f"readingOrder {{index:{index};}}",
    )  # fmt: skip
    _add_outline(region, block.box)
    for number, line in enumerate(block.lines, 1):
        _add_line(region, f"{region_id}l{number}", number - 1, line, is_level=is_level)
    _add_text(region, block.text)


def _add_line(
    region: etree._Element, line_id: str, index: int, line: Line, *, is_level: bool
) -> None:
    custom = f"readingOrder {{index:{index};}} structure {{type:{line.role};}}"
    node = element(region, _qname("TextLine"), id=line_id, custom=custom)
    _add_outline(node, line.box)
    if is_level and (points := tuple(baseline_points(line))):
        element(node, _qname("Baseline"), points=_format_points(points))
    for number, word in enumerate(line.words, 1):
        _add_word(node, f"{line_id}w{number}", word)
    _add_text(node, line.text)


def _add_word(line: etree._Element, word_id: str, word: Word) -> None:
    """Add a word without its other readings: eScriptorium joins all that a word has."""
    node = element(line, _qname("Word"), id=word_id)
    if word.source is not WordSource.ENGINE:
        node.set("custom", f"source {{type:{word.source};}}")
    _add_outline(node, word.box)
    _add_text(node, word.text, conf=f"{word.confidence:.4g}")


def _add_text(parent: etree._Element, text: str, **attributes: str) -> None:
    element(element(parent, _qname("TextEquiv"), **attributes), _qname("Unicode"), text)


def _add_outline(parent: etree._Element, box: Box) -> None:
    corners = [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]
    element(parent, _qname("Coords"), points=_format_points(corners))


def _format_points(points: Iterable[tuple[int, int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def baseline_points(line: Line) -> Iterator[tuple[int, int]]:
    """Yield the two ends of a level line's baseline, the left one first; none if it runs down.

    It is the straight line on which the words stand that have no letter below it. A word whose box
    is too high does not bend it: of slopes and heights the medians count (Theil and Sen).
    """
    box = line.box
    if len(line.words) > 1 and box.height > box.width:
        return
    standing = [
        ((word.box.x + word.box.right) / 2, word.box.bottom)
        for word in line.words
        if not _DESCENDING.intersection(word.text)
    ]
    slopes = [(y - v) / (x - u) for (u, v), (x, y) in combinations(standing, 2) if x != u]
    slope = median(slopes) if slopes else 0.0
    heights = [y - slope * x for x, y in standing]
    start = median(heights) if heights else box.bottom - _DESCENDER_SHARE * box.height
    for x in (box.x, box.right):
        yield x, min(max(round(start + slope * x), box.y), box.bottom)
