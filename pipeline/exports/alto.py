"""ALTO 4.4 of one page, written from our own words (https://www.loc.gov/standards/alto/).

Coordinates are pixels of the page image. The file tells the whole chain that made it, this
writer included: who opens it alone must be able to say which engine read which bytes.
"""

from collections.abc import Sequence

from lxml import etree

from pipeline.record.model import Record, RecordPage
from pipeline.record.provenance import Activity, Provenance
from pipeline.text import Block, Box, Line, PageText, Role, Word

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_SCHEMA = "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
_ROLE_ID = "role-"  #: before a role, in the ID of its tag
_XSI = "http://www.w3.org/2001/XMLSchema-instance"

#: our kinds of activity as ALTO's kinds of processing
_CATEGORIES = {
    "extract": "preOperation",
    "read": "contentGeneration",
    "clean": "postOperation",
}


def to_alto(record: Record, page: RecordPage, text: PageText, steps: Sequence[Activity]) -> bytes:
    """Return the ALTO file of a page; each line is tagged with its role.

    Args:
        record: names the scan and holds the event log.
        page: the page the text was read on.
        text: what the engine read, in pixels of the page image.
        steps: the activities on the page, of the record's event log.
    """
    namespaces: dict[str | None, str] = {None: NAMESPACE, "xsi": _XSI}
    root = etree.Element(_tag("alto"), {"SCHEMAVERSION": "4.4"}, namespaces)
    root.set(f"{{{_XSI}}}schemaLocation", f"{NAMESPACE} {_SCHEMA}")
    _describe(root, record, page, steps)
    _add_tags(root, page.line_roles)
    layout = etree.SubElement(root, _tag("Layout"))
    sheet = etree.SubElement(layout, _tag("Page"), ID="page", PHYSICAL_IMG_NR=str(page.number))
    if page.leaf is not None:
        sheet.set("PRINTED_IMG_NR", page.leaf)
    if steps:
        sheet.set("PROCESSINGREFS", " ".join(_processing_id(step) for step in steps))
    if page.image is not None:
        sheet.set("WIDTH", str(page.image.width))
        sheet.set("HEIGHT", str(page.image.height))
        whole = Box(0, 0, page.image.width, page.image.height)
        space = etree.SubElement(sheet, _tag("PrintSpace"), _place(whole))
        for number, block in enumerate(text.with_roles(page.line_roles).blocks, 1):
            _add_block(space, f"b{number}", block)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _describe(
    root: etree._Element, record: Record, page: RecordPage, steps: Sequence[Activity]
) -> None:
    description = etree.SubElement(root, _tag("Description"))
    _text(description, "MeasurementUnit", "pixel")
    source = etree.SubElement(description, _tag("sourceImageInformation"))
    _text(source, "fileName", record.provenance.source.name)
    identifier = etree.SubElement(source, _tag("fileIdentifier"))
    identifier.text = f"sha256:{record.provenance.source.sha256}"
    for step in steps:
        _add_processing(description, record.provenance, step)


def _add_processing(parent: etree._Element, provenance: Provenance, step: Activity) -> None:
    agent = provenance.agents[step.agent]
    settings = provenance.plans[step.plan] | agent.details
    done = [f"{s.name} {s.settings}" if s.settings else s.name for s in step.steps]
    kind = step.id.partition("-")[0]
    processing = etree.SubElement(parent, _tag("Processing"), ID=_processing_id(step))
    _text(processing, "processingCategory", _CATEGORIES.get(kind, "other"))
    _text(processing, "processingDateTime", step.ended.isoformat())
    _text(processing, "processingStepDescription", "; ".join([kind, *done]))
    _text(processing, "processingStepSettings", "; ".join(f"{k}={v}" for k, v in settings.items()))
    software = etree.SubElement(processing, _tag("processingSoftware"))
    _text(software, "softwareName", agent.name)
    _text(software, "softwareVersion", agent.version)


def _add_tags(root: etree._Element, roles: tuple[Role, ...]) -> None:
    if roles:
        tags = etree.SubElement(root, _tag("Tags"))
        for role in sorted(set(roles)):
            kind = "furniture" if role.left_out else "text"
            etree.SubElement(
                tags, _tag("LayoutTag"), ID=f"{_ROLE_ID}{role}", TYPE=kind, LABEL=role.value
            )


def _add_block(space: etree._Element, name: str, block: Block) -> None:
    element = etree.SubElement(space, _tag("TextBlock"), {"ID": name} | _place(block.box))
    for number, line in enumerate(block.lines, 1):
        _add_line(element, f"{name}l{number}", line)


def _add_line(block: etree._Element, name: str, line: Line) -> None:
    said = {"ID": name, "TAGREFS": f"{_ROLE_ID}{line.role}"}
    element = etree.SubElement(block, _tag("TextLine"), said | _place(line.box))
    for number, word in enumerate(line.words, 1):
        if number > 1:
            etree.SubElement(element, _tag("SP"))
        _add_word(element, f"{name}w{number}", word)


def _add_word(line: etree._Element, name: str, word: Word) -> None:
    place = _place(word.box)
    etree.SubElement(
        line, _tag("String"),
        {"ID": name, "CONTENT": word.text, "WC": f"{word.confidence:.4g}"} | place,
    )  # fmt: skip


def read_blocks(alto: bytes) -> tuple[Block, ...]:
    """Return the blocks of an ALTO file that ``to_alto`` wrote.

    Raises:
        ValueError: it is not XML, or a word or a role of it is impossible.
    """
    try:
        root = etree.fromstring(alto, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        msg = f"not XML: {error}"
        raise ValueError(msg) from error
    return blocks_of(root)


def blocks_of(root: etree._Element) -> tuple[Block, ...]:
    """Return the blocks of an ALTO file that is parsed; ValueError where one is impossible."""
    return tuple(
        Block(
            tuple(
                Line(tuple(_word(string) for string in line.iterfind(_tag("String"))), _role(line))
                for line in block.iterfind(_tag("TextLine"))
            )
        )
        for block in root.iter(_tag("TextBlock"))
    )


def size_of(root: etree._Element) -> tuple[int, int]:
    """Return width and height of the page of an ALTO file, in pixels; zeros where it has none.

    Raises:
        ValueError: a size is no number.
    """
    page = root.find(f".//{_tag('Page')}")
    if page is None:
        return 0, 0
    return int(page.get("WIDTH", "0")), int(page.get("HEIGHT", "0"))


def _role(line: etree._Element) -> Role:
    return Role(line.get("TAGREFS", "").removeprefix(_ROLE_ID))


def _word(string: etree._Element) -> Word:
    x, y, width, height = (int(string.get(k, "-1")) for k in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    return Word(string.get("CONTENT", ""), Box(x, y, width, height), float(string.get("WC", "-1")))


def _place(box: Box) -> dict[str, str]:
    return {
        "HPOS": str(box.x),
        "VPOS": str(box.y),
        "WIDTH": str(box.width),
        "HEIGHT": str(box.height),
    }


def _processing_id(step: Activity) -> str:
    return f"p-{step.id}"


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _text(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, _tag(name)).text = text
