"""What an export in XML must hold of its record; checked where no schema is at hand."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO

from lxml import etree

from pipeline.exports.source import XML_ID, xml_safe
from pipeline.record.model import Record, RecordPage

XmlRules = Callable[[etree._Element, Record], Iterator[str]]
_Corners = tuple[float, float, float, float]  #: left, top, right, bottom; in pixels

POINTER_ATTRIBUTES = ("facs", "corresp", "TAGREFS", "PROCESSINGREFS")
_ID_XPATH = etree.XPath("//@xml:id | //@ID", smart_strings=False)
_POINTER_XPATHS = {key: etree.XPath(f"//@{key}", smart_strings=False) for key in POINTER_ATTRIBUTES}


def parse_root(content: bytes, root_name: str) -> etree._Element:
    """Return the root of a file that has this one, ``{namespace}name``.

    Raises:
        ValueError: it is not XML, or another kind of file.
    """
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        msg = f"is not XML: {error}"
        raise ValueError(msg) from error
    _require_root(root, root_name)
    return root


def iter_elements(content: bytes, root_name: str, *cleared: str) -> Iterator[etree._Element]:
    """Yield each element of a file at its end, so that a long file is never a whole tree.

    Args:
        content: of the file.
        root_name: that its root has, ``{namespace}name``.
        cleared: names without namespace of what a long file has many of: emptied after its turn.

    Raises:
        ValueError: it is not XML, or another kind of file.
    """
    space = root_name.partition("}")[0]
    emptied = {f"{space}}}{piece}" for piece in cleared}
    parsed = etree.iterparse(
        BytesIO(content), resolve_entities=False, no_network=True, huge_tree=True
    )
    try:
        for _, each in parsed:
            yield each
            if each.tag in emptied:
                each.clear()
    except etree.XMLSyntaxError as error:
        msg = f"is not XML: {error}"
        raise ValueError(msg) from error
    _require_root(each, root_name)


def _require_root(root: etree._Element, name: str) -> None:
    if root.tag != name:
        msg = f"begins with {root.tag!r} and not with {name!r}"
        raise ValueError(msg)


def broken_pointers(ids: Iterable[str], targets: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield a sentence for each id that is there twice, and each pointer that leads nowhere.

    Args:
        ids: of all elements.
        targets: by name of an attribute, its values: each leads to one or several.
    """
    there = Counter(ids)
    yield from (f"two things have the id {name}" for name, count in there.items() if count > 1)
    for key, values in targets.items():
        names = (each.removeprefix("#") for value in values for each in value.split())
        yield from (f"{key} leads to {t}, which is not there" for t in names if t not in there)


def broken_dublin_core_rules(root: etree._Element, record: Record) -> Iterator[str]:
    """Title, id and rights are there."""
    for name, value in {
        "title": xml_safe(record.name), "identifier": record.id, "rights": record.rights,
    }.items():  # fmt: skip
        if value not in [each.text for each in root.findall(f"{{*}}{name}")]:
            yield f"its {name} is not that of the record"


def broken_mods_rules(root: etree._Element, record: Record) -> Iterator[str]:
    """Title, id and rights are there, and every place where the document is kept."""
    told = {
        "titleInfo/{*}title": xml_safe(record.name),
        "recordInfo/{*}recordIdentifier": f"{record.id}/v{record.version}",
        "accessCondition": record.rights,
    }
    for path, value in told.items():
        if root.findtext(f"{{*}}{path}") != value:
            yield f"its {path.rpartition('}')[2]} is not that of the record"
    places = [each.text for each in root.iter("{*}shelfLocator")]
    if places != [xml_safe(each.normal or each.as_cited) for each in record.references]:
        yield "it does not tell where the document is kept"


def broken_alto_rules(root: etree._Element, page: RecordPage) -> Iterator[str]:
    """It is about this page, and what lies in something lies inside it."""
    targets = {key: named(root) for key, named in _POINTER_XPATHS.items()}
    yield from broken_pointers(filter(None, _ID_XPATH(root)), targets)
    sheet = root.find("{*}Layout/{*}Page")
    if sheet is None:
        yield "it has no page"
        return
    if sheet.get("PHYSICAL_IMG_NR") != str(page.number) or sheet.get("PRINTED_IMG_NR") != page.leaf:
        yield f"it is not about page {page.number}, leaf {page.leaf}"
    known: dict[etree._Element, _Corners] = {}  # each is around many
    for each in root.iter("{*}TextBlock", "{*}TextLine", "{*}String"):
        around = each.getparent()
        if around is None:
            continue
        if around not in known:
            known[around] = _corners_of(around)
        if not _box_encloses(known[around], _corners_of(each)):
            yield f"{each.get('ID')} lies outside {around.get('ID') or 'its page'}"


def _box_encloses(outer: _Corners, inner: _Corners) -> bool:
    (left, top, right, bottom), (x, y, x_end, y_end) = outer, inner
    return left <= x and top <= y and x_end <= right and y_end <= bottom


def _corners_of(element: etree._Element) -> _Corners:
    x, y, width, height = (
        number_attribute(element, key) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT")
    )
    return x, y, x + width, y + height


def number_attribute(element: etree._Element, key: str) -> float:
    """Return an attribute of an element.

    Raises:
        ValueError: it is no number.
    """
    try:
        return float(element.get(key, ""))
    except ValueError as error:
        msg = f"{key} of {element.get('ID') or element.get(XML_ID)} is no number"
        raise ValueError(msg) from error
