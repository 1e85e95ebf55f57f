"""TEI P5 (https://tei-c.org/guidelines/p5/): facsimile, the text as read, for reading, translated.

Zones are lines, in pixels of the page image. The diplomatic text is the engine's, line for line,
furniture in ``fw``; the reading text is in paragraphs, to which those of a translation point
(``corresp``) where somebody's numbering tells which is which.
"""

from lxml import etree

from pipeline.description.alignment import paragraphs
from pipeline.description.editorial import Kind, editorial
from pipeline.exports.material import LineAt, Material, element, written
from pipeline.record import Record, RecordPage, Reference, Translation
from pipeline.references.archives import archive_named
from pipeline.text import Role

TEI = "http://www.tei-c.org/ns/1.0"
_XML = "http://www.w3.org/XML/1998/namespace"


def to_tei(made: Material) -> bytes:
    """Return the file."""
    root = etree.Element(_t("TEI"), nsmap={None: TEI})
    _header(root, made, made.record)
    facsimile = element(root, _t("facsimile"))
    for page, lines in zip(made.record.pages, made.lines, strict=True):
        _surface(facsimile, page, lines)
    group = element(element(root, _t("text")), _t("group"))
    _diplomatic(_part(group, "diplomatic", made.record.language), made)
    _reading(_part(group, "reading", made.record.language), made.record)
    for number, translation in enumerate(made.record.translations, 1):
        _translated(_part(group, "translation", translation.language), translation, number)
    return written(root)


def _header(root: etree._Element, made: Material, record: Record) -> None:
    header = element(root, _t("teiHeader"))
    about = element(header, _t("fileDesc"))
    titles = element(about, _t("titleStmt"))
    _fill(element(titles, _t("title")), record.name)
    if record.creator:
        element(titles, _t("author"), record.creator)
    if record.funder:
        element(titles, _t("funder"), record.funder)
    engine = record.provenance.agents["engine"]
    _did(titles, "read by machine, not reviewed", f"{engine.name} {engine.version}")
    for name in record.contributors:
        _did(titles, "contributed by", name)
    for translation in record.translations:
        if translation.translator:
            _did(titles, "translated by", translation.translator)
    published = element(about, _t("publicationStmt"))
    element(published, _t("publisher"), record.collection or "Opis")
    element(published, _t("idno"), made.url, type="URI")
    allowed = element(published, _t("availability"))
    element(allowed, _t("licence"), record.rights, target=record.rights)
    _source(element(about, _t("sourceDesc")), record)
    _profile(element(header, _t("profileDesc")), record)


def _profile(profile: etree._Element, record: Record) -> None:
    creation = element(profile, _t("creation"))
    date = element(creation, _t("date"), record.date_as_given or record.date or "undated")
    if record.date and len(record.date) == 10:
        date.set("when", record.date)
    usage = element(profile, _t("langUsage"))
    element(usage, _t("language"), record.language or "und", ident=record.language or "und")


def _did(titles: etree._Element, doing: str, name: str) -> None:
    statement = element(titles, _t("respStmt"))
    element(statement, _t("resp"), doing)
    element(statement, _t("name"), name)


def _source(parent: etree._Element, record: Record) -> None:
    if not record.references:
        element(parent, _t("p"), "No archival reference came with the scan.")
        return
    held, *others = record.references
    identifier = element(element(parent, _t("msDesc")), _t("msIdentifier"))
    _identify(identifier, held)
    for other in others:
        _identify(element(identifier, _t("altIdentifier"), type="other-holding"), other)


def _identify(parent: etree._Element, reference: Reference) -> None:
    archive = archive_named(reference.archive or "")
    if archive is not None:
        element(parent, _t("repository"), archive.name_en)
    cited = reference.normal or reference.as_cited
    idno = element(parent, _t("idno"), "" if reference.path else cited)
    if reference.path:
        idno.set("type", "reference")
        for level, value in reference.path:
            element(idno, _t("idno"), value, type=level)
        if reference.leaf_labels:
            element(idno, _t("idno"), reference.leaf_labels, type="leaves")


def _surface(parent: etree._Element, page: RecordPage, lines: tuple[LineAt, ...]) -> None:
    surface = element(parent, _t("surface"), n=page.leaf or str(page.number))
    surface.set(f"{{{_XML}}}id", f"s{page.number}")
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
        zone = element(surface, _t("zone"), **{key: str(value) for key, value in ends.items()})
        zone.set(f"{{{_XML}}}id", f"s{page.number}l{number}")


def _part(group: etree._Element, kind: str, language: str | None) -> etree._Element:
    text = element(group, _t("text"), type=kind)
    text.set(f"{{{_XML}}}lang", language or "und")
    return element(element(text, _t("body")), _t("div"))


def _diplomatic(div: etree._Element, made: Material) -> None:
    for page, lines in zip(made.record.pages, made.lines, strict=True):
        block = element(div, _t("ab"))
        _break(block, page)
        for number, line in enumerate(lines, 1):
            _line(block, line, f"#s{page.number}l{number}")


def _line(block: etree._Element, line: LineAt, place: str) -> None:
    if line.role.left_out or line.role is Role.PAGE_NUMBER:
        furniture = element(block, _t("fw"), line.text, type=line.role.value, facs=place)
        furniture.tail = "\n"
        return
    mark = element(block, _t("lb"), facs=place)
    mark.tail = f"{line.text}\n"


def _reading(div: etree._Element, record: Record) -> None:
    number = 0
    for page in record.pages:
        first = True
        for text in paragraphs(page.reading_text) or ("",):
            number += bool(text)
            paragraph = element(div, _t("p"))
            if text:
                paragraph.set(f"{{{_XML}}}id", f"p{number}")
            if first:
                _break(paragraph, page)
                first = False
            _append(paragraph, text)


def _break(parent: etree._Element, page: RecordPage) -> None:
    element(parent, _t("pb"), n=page.leaf or str(page.number), facs=f"#s{page.number}")


def _fill(parent: etree._Element, text: str) -> None:
    """Put in a text: a line beginning for every newline, editors' words marked as theirs."""
    last = 0
    for span in editorial(text):
        _append(parent, text[last : span.start])
        _editor(parent, span.kind, span.words)
        last = span.end
    _append(parent, text[last:])


def _append(parent: etree._Element, text: str) -> None:
    first, *rest = text.split("\n")
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + first
    else:
        parent.text = (parent.text or "") + first
    for line in rest:
        element(parent, _t("lb")).tail = line


def _editor(parent: etree._Element, kind: Kind, words: str) -> None:
    match kind:
        case "supplied":
            element(parent, _t("supplied"), words)
        case "omission" | "illegible":
            element(parent, _t("gap"), reason="omitted" if kind == "omission" else "illegible")
        case "remark" | "note":
            element(parent, _t("note"), words, type="editorial")


def _translated(div: etree._Element, translation: Translation, which: int) -> None:
    originals = {there: here for here, there in translation.aligned}
    for number, text in enumerate(paragraphs(translation.text) or ("",), 1):
        paragraph = element(div, _t("p"))
        paragraph.set(f"{{{_XML}}}id", f"t{which}p{number}")
        if number in originals:
            paragraph.set("corresp", f"#p{originals[number]}")
        _fill(paragraph, text)


def _t(name: str) -> str:
    return f"{{{TEI}}}{name}"
