"""ALTO 4.4 of one page, from its words and boxes (https://www.loc.gov/standards/alto/).

Coordinates are pixels of the page image, origin top left. The file names all processing of the
page, so that it shows on its own which engine read which bytes.
"""

from collections.abc import Collection, Iterator, Sequence

from lxml import etree

from pipeline.exports.source import XSI, qname_in
from pipeline.exports.xml_rules import broken_pointers, number_attribute
from pipeline.layout.lists import cells_of
from pipeline.record.provenance import Activity, Provenance
from pipeline.record.record import Record, RecordPage
from pipeline.text import (
    Alternative,
    Block,
    Box,
    Line,
    PageText,
    Role,
    Word,
    WordSource,
)

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_SCHEMA = "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
_ROLE_ID_PREFIX = "role-"  #: of the ID of a tag
_SOURCE_ID_PREFIX = "source-"  #: of the ID of a tag; a word without one is the engine's
_ID_XPATH = etree.XPath("//@xml:id | //@ID", smart_strings=False)
_POINTER_XPATHS = {
    key: etree.XPath(f"//@{key}", smart_strings=False) for key in ("TAGREFS", "PROCESSINGREFS")
}
_Corners = tuple[float, float, float, float]  #: left, top, right, bottom; in pixels
_qname = qname_in(NAMESPACE)

#: ALTO's category of processing for each kind of activity
_CATEGORIES = {"extract": "preOperation", "read": "contentGeneration", "clean": "postOperation"}


def to_alto(
    record: Record, page: RecordPage, text: PageText, activities: Sequence[Activity]
) -> bytes:
    """Return the ALTO file of a page, with tags for roles of lines and sources of words.

    Args:
        record: has the scan's name and digest, and the event log.
        page: the page of the text.
        text: the engine's text; boxes in pixels of the page image.
        activities: the activities of the event log that concern the page.

    Raises:
        ValueError: the page has not exactly one role per line.
    """
    namespaces: dict[str | None, str] = {None: NAMESPACE, "xsi": XSI}
    root = etree.Element(_qname("alto"), {"SCHEMAVERSION": "4.4"}, namespaces)
    root.set(f"{{{XSI}}}schemaLocation", f"{NAMESPACE} {_SCHEMA}")
    _add_description(root, record, page, activities)
    _add_tags(root, page.line_roles, {word.source for word in text.words()})
    layout = etree.SubElement(root, _qname("Layout"))
    sheet = etree.SubElement(layout, _qname("Page"), ID="page", PHYSICAL_IMG_NR=str(page.number))
    if page.leaf is not None:
        sheet.set("PRINTED_IMG_NR", page.leaf)
    if activities:
        sheet.set("PROCESSINGREFS", " ".join(_processing_id(step) for step in activities))
    if page.image is not None:
        sheet.set("WIDTH", str(page.image.width))
        sheet.set("HEIGHT", str(page.image.height))
        whole = Box(0, 0, page.image.width, page.image.height)
        space = etree.SubElement(sheet, _qname("PrintSpace"), _box_attributes(whole))
        for number, block in enumerate(text.with_roles(page.line_roles).blocks, 1):
            _add_block(space, f"b{number}", block)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _add_description(
    root: etree._Element, record: Record, page: RecordPage, activities: Sequence[Activity]
) -> None:
    description = etree.SubElement(root, _qname("Description"))
    _add_text(description, "MeasurementUnit", "pixel")
    source = etree.SubElement(description, _qname("sourceImageInformation"))
    _add_text(source, "fileName", record.provenance.source.name)
    identifier = etree.SubElement(source, _qname("fileIdentifier"))
    identifier.text = f"sha256:{record.provenance.source.sha256}"
    for step in activities:
        _add_processing(description, record.provenance, step)


def _add_processing(parent: etree._Element, provenance: Provenance, activity: Activity) -> None:
    agent = provenance.agents[activity.agent]
    settings = provenance.plans[activity.plan] | agent.details
    steps = [f"{s.name} {s.settings}" if s.settings else s.name for s in activity.steps]
    kind = activity.id.partition("-")[0]
    processing = etree.SubElement(parent, _qname("Processing"), ID=_processing_id(activity))
    _add_text(processing, "processingCategory", _CATEGORIES.get(kind, "other"))
    _add_text(processing, "processingDateTime", activity.ended.isoformat())
    _add_text(processing, "processingStepDescription", "; ".join([kind, *steps]))
    _add_text(
        processing, "processingStepSettings", "; ".join(f"{k}={v}" for k, v in settings.items())
    )
    software = etree.SubElement(processing, _qname("processingSoftware"))
    _add_text(software, "softwareName", agent.name)
    _add_text(software, "softwareVersion", agent.version)


def _add_tags(
    root: etree._Element, roles: tuple[Role, ...], sources: Collection[WordSource]
) -> None:
    if roles:
        tags = etree.SubElement(root, _qname("Tags"))
        for role in sorted(set(roles)):
            kind = "furniture" if role.is_furniture else "text"
            etree.SubElement(
                tags,
                _qname("LayoutTag"),
                ID=f"{_ROLE_ID_PREFIX}{role}",
                TYPE=kind,
                LABEL=role.value,
            )
        for source in sorted(set(sources) - {WordSource.ENGINE}):
            tag_id = f"{_SOURCE_ID_PREFIX}{source}"
            etree.SubElement(tags, _qname("OtherTag"), ID=tag_id, TYPE="source", LABEL=source)


def _add_block(space: etree._Element, block_id: str, block: Block) -> None:
    if all(line.role is Role.TABLE_ROW for line in block.lines):
        table = {"ID": f"{block_id}t", "TYPE": "table"} | _box_attributes(block.box)
        space = etree.SubElement(space, _qname("ComposedBlock"), table)
    element = etree.SubElement(
        space, _qname("TextBlock"), {"ID": block_id} | _box_attributes(block.box)
    )
    for number, line in enumerate(block.lines, 1):
        _add_line(element, f"{block_id}l{number}", line)


def _add_line(block: etree._Element, line_id: str, line: Line) -> None:
    attributes = {"ID": line_id, "TAGREFS": f"{_ROLE_ID_PREFIX}{line.role}"}
    element = etree.SubElement(block, _qname("TextLine"), attributes | _box_attributes(line.box))
    cells = cells_of(line) if line.role is Role.TABLE_ROW else ()
    cell_starts = {id(cell.words[0]) for cell in cells[1:]}
    for number, word in enumerate(line.words, 1):
        if number > 1:
            space = etree.SubElement(element, _qname("SP"))
            if id(word) in cell_starts:
                space.attrib.update(_gap_attributes(line.words[number - 2].box, word.box))
        _add_word(element, f"{line_id}w{number}", word)


def _gap_attributes(left: Box, right: Box) -> dict[str, str]:
    """Return the place of the gap between two cells of a row."""
    gap = {"HPOS": left.right, "VPOS": left.y, "WIDTH": max(right.x - left.right, 0)}
    return {key: str(value) for key, value in gap.items()}


def _add_word(line: etree._Element, word_id: str, word: Word) -> None:
    box = _box_attributes(word.box)
    string = etree.SubElement(
        line, _qname("String"),
        {"ID": word_id, "CONTENT": word.text, "WC": f"{word.confidence:.4g}"} | box,
    )  # fmt: skip
    if word.source is not WordSource.ENGINE:
        string.set("TAGREFS", f"{_SOURCE_ID_PREFIX}{word.source}")
    for other in word.alternatives:
        element = etree.SubElement(string, _qname("ALTERNATIVE"), PURPOSE=other.source)
        element.text = other.text


def read_page_text(alto: bytes) -> PageText:
    """Return the text of an ALTO file from ``to_alto``; boxes in pixels.

    Raises:
        ValueError: it is not XML, or a word, its source or a role is invalid.
    """
    try:
        root = etree.fromstring(alto, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        msg = f"not XML: {error}"
        raise ValueError(msg) from error
    return page_text_of(root)


def page_text_of(root: etree._Element) -> PageText:
    """Return the text of a parsed ALTO file; ValueError if a word or role is invalid."""
    blocks = (
        Block(tuple(_parse_line(line) for line in block.iterfind(_qname("TextLine"))))
        for block in root.iter(_qname("TextBlock"))
    )
    return PageText(tuple(blocks))


def _parse_line(line: etree._Element) -> Line:
    words = (_parse_word(string) for string in line.iterfind(_qname("String")))
    return Line(tuple(words), _parse_role(line))


def page_size(root: etree._Element) -> tuple[int, int]:
    """Return width and height of the page in pixels; zeros if the file gives none.

    Raises:
        ValueError: a size is not a number.
    """
    page = root.find(f".//{_qname('Page')}")
    if page is None:
        return 0, 0
    return int(page.get("WIDTH", "0")), int(page.get("HEIGHT", "0"))


def _parse_role(line: etree._Element) -> Role:
    return Role(line.get("TAGREFS", "").removeprefix(_ROLE_ID_PREFIX))


def _parse_word(string: etree._Element) -> Word:
    x, y, width, height = (int(string.get(k, "-1")) for k in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    return Word(
        string.get("CONTENT", ""),
        Box(x, y, width, height),
        float(string.get("WC", "-1")),
        tuple(
            Alternative(other.text or "", WordSource(other.get("PURPOSE", "")))
            for other in string.iterfind(_qname("ALTERNATIVE"))
        ),
        WordSource(string.get("TAGREFS", WordSource.ENGINE).removeprefix(_SOURCE_ID_PREFIX)),
    )


def _box_attributes(box: Box) -> dict[str, str]:
    return {
        "HPOS": str(box.x),
        "VPOS": str(box.y),
        "WIDTH": str(box.width),
        "HEIGHT": str(box.height),
    }


def _processing_id(activity: Activity) -> str:
    return f"p-{activity.id}"


def _add_text(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, _qname(name)).text = text


def broken_alto_rules(root: etree._Element, page: RecordPage) -> Iterator[str]:
    """Yield a sentence for each broken rule.

    Ids are unique and pointers lead to them; the file is about this page; each box lies inside the
    box of its parent.

    Raises:
        ValueError: a coordinate is not a number.
    """
    targets = {key: values(root) for key, values in _POINTER_XPATHS.items()}
    yield from broken_pointers(filter(None, _ID_XPATH(root)), targets)
    sheet = root.find("{*}Layout/{*}Page")
    if sheet is None:
        yield "it has no page"
        return
    if sheet.get("PHYSICAL_IMG_NR") != str(page.number) or sheet.get("PRINTED_IMG_NR") != page.leaf:
        yield f"it is not about page {page.number}, leaf {page.leaf}"
    corners: dict[etree._Element, _Corners] = {}  # of parents: each has many children
    for node in root.iter("{*}TextBlock", "{*}TextLine", "{*}String"):
        parent = node.getparent()
        if parent is None:
            continue
        if parent not in corners:
            corners[parent] = _corners_of(parent)
        if not _box_encloses(corners[parent], _corners_of(node)):
            yield f"{node.get('ID')} lies outside {parent.get('ID') or 'its page'}"


def _box_encloses(outer: _Corners, inner: _Corners) -> bool:
    (left, top, right, bottom), (x, y, x_end, y_end) = outer, inner
    return left <= x and top <= y and x_end <= right and y_end <= bottom


def _corners_of(element: etree._Element) -> _Corners:
    x, y, width, height = (
        number_attribute(element, key) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT")
    )
    return x, y, x + width, y + height
