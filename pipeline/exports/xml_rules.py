"""What an export in XML must hold of its record; checked where no schema is at hand."""

from collections import Counter
from collections.abc import Callable, Iterator

from lxml import etree

from pipeline.exports.material import XML_ID, label_of, writable
from pipeline.record import Record, RecordPage

Rules = Callable[[etree._Element, Record], Iterator[str]]
_Corners = tuple[float, float, float, float]  #: left, top, right, bottom; in pixels

_POINTERS = ("facs", "corresp", "TAGREFS", "PROCESSINGREFS")
_IDS = etree.XPath("//@xml:id | //@ID", smart_strings=False)
_TARGETS = {key: etree.XPath(f"//@{key}", smart_strings=False) for key in _POINTERS}
_PREMIS_ENDS = ("Object", "Agent")


def root_of(content: bytes, name: str) -> etree._Element:
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
    if root.tag != name:
        msg = f"begins with {root.tag!r} and not with {name!r}"
        raise ValueError(msg)
    return root


def broken_pointers(root: etree._Element) -> Iterator[str]:
    """Yield a sentence for each id that is there twice, and each pointer that leads nowhere."""
    ids = Counter(filter(None, _IDS(root)))
    yield from (f"two things have the id {name}" for name, count in ids.items() if count > 1)
    for key, named in _TARGETS.items():
        targets = (each.removeprefix("#") for value in named(root) for each in value.split())
        yield from (f"{key} leads to {t}, which is not there" for t in targets if t not in ids)


def tei(root: etree._Element, record: Record) -> Iterator[str]:
    """There is a surface and a page beginning for every page, and zones lie on their surfaces."""
    yield from broken_pointers(root)
    wanted = [label_of(page) for page in record.pages]
    surfaces = root.findall("{*}facsimile/{*}surface")
    if [each.get("n") for each in surfaces] != wanted:
        yield "its surfaces are not the pages of the record"
    for kind in ("diplomatic", "reading"):
        breaks = root.findall(f"{{*}}text/{{*}}group/{{*}}text[@type='{kind}']//{{*}}pb")
        if [each.get("n") for each in breaks] != wanted:
            yield f"the {kind} text does not begin every page of the record"
    translations = root.findall("{*}text/{*}group/{*}text[@type='translation']")
    if len(translations) != len(record.translations):
        yield "its translations are not those of the record"
    for page, surface in zip(record.pages, surfaces, strict=False):
        yield from _zones(page, surface)


def _zones(page: RecordPage, surface: etree._Element) -> Iterator[str]:
    width, height = (page.image.width, page.image.height) if page.image else (0, 0)
    for zone in surface.findall("{*}zone"):
        left, top, right, bottom = (_number(zone, key) for key in ("ulx", "uly", "lrx", "lry"))
        if not (0 <= left < right <= width and 0 <= top < bottom <= height):
            yield f"the zone {zone.get(XML_ID)} lies outside page {page.number}"


def dublin_core(root: etree._Element, record: Record) -> Iterator[str]:
    """Title, id and rights are there."""
    for name, value in {
        "title": writable(record.name), "identifier": record.id, "rights": record.rights,
    }.items():  # fmt: skip
        if value not in [each.text for each in root.findall(f"{{*}}{name}")]:
            yield f"its {name} is not that of the record"


def mods(root: etree._Element, record: Record) -> Iterator[str]:
    """Title, id and rights are there, and every place where the document is kept."""
    told = {
        "titleInfo/{*}title": writable(record.name),
        "recordInfo/{*}recordIdentifier": f"{record.id}/v{record.version}",
        "accessCondition": record.rights,
    }
    for path, value in told.items():
        if root.findtext(f"{{*}}{path}") != value:
            yield f"its {path.rpartition('}')[2]} is not that of the record"
    places = [each.text for each in root.iter("{*}shelfLocator")]
    if places != [writable(each.normal or each.as_cited) for each in record.references]:
        yield "it does not tell where the document is kept"


def premis(root: etree._Element, record: Record) -> Iterator[str]:
    """There is an event for every activity, and nobody and nothing is named that is not there."""
    there = {
        (end, each.text)
        for end in _PREMIS_ENDS
        for each in root.iter(f"{{*}}{end.lower()}IdentifierValue")
    }
    for end in _PREMIS_ENDS:
        for each in root.iter(f"{{*}}linking{end}IdentifierValue"):
            if (end, each.text) not in there:
                yield f"an event names {each.text}, which is not there"
    events = {each.text for each in root.iter("{*}eventIdentifierValue")}
    lost = {activity.id for activity in record.provenance.activities} - events
    yield from (f"there is no event {name}" for name in sorted(lost))
    digests = {each.text for each in root.iter("{*}messageDigest")}
    if record.provenance.source.sha256 not in digests:
        yield "the digest of the scan is not there"


def alto(root: etree._Element, page: RecordPage) -> Iterator[str]:
    """It is about this page, and what lies in something lies inside it."""
    yield from broken_pointers(root)
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
            known[around] = _corners(around)
        if not _holds(known[around], _corners(each)):
            yield f"{each.get('ID')} lies outside {around.get('ID') or 'its page'}"


def _holds(outer: _Corners, inner: _Corners) -> bool:
    (left, top, right, bottom), (x, y, x_end, y_end) = outer, inner
    return left <= x and top <= y and x_end <= right and y_end <= bottom


def _corners(each: etree._Element) -> _Corners:
    x, y, width, height = (_number(each, key) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    return x, y, x + width, y + height


def _number(each: etree._Element, key: str) -> float:
    try:
        return float(each.get(key, ""))
    except ValueError as error:
        msg = f"{key} of {each.get('ID') or each.get(XML_ID)} is no number"
        raise ValueError(msg) from error
