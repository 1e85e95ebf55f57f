"""MODS 3.8 (https://www.loc.gov/standards/mods/)."""

from collections.abc import Iterator

from lxml import etree

from pipeline.description.relations import Relation, RelationKind
from pipeline.exports.relators import relator_code
from pipeline.exports.source import (
    XLINK,
    XML_LANG,
    XSI,
    ExportSource,
    archive_of,
    element,
    qname_in,
    serialize,
    xml_safe,
)
from pipeline.exports.xml_rules import parse_root
from pipeline.record.date_wording import given_date, record_date_in_words
from pipeline.record.people import all_names
from pipeline.record.record import Name, Record, Reference
from pipeline.record.relation_wording import relation_label
from pipeline.wording import plural

MODS = "http://www.loc.gov/mods/v3"
MODS_SCHEMA = "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"
#: by kind of relation; what has none of MODS's types has a label alone
_RELATED_ITEM_TYPES: dict[RelationKind, str] = {
    "reply-to": "references",
    "enclosure-of": "host",
    "translation-of": "otherVersion",
    "copy-of": "original",
    "part-of": "host",
    "continues": "preceding",
}
_qname = qname_in(MODS)


def to_mods(source: ExportSource) -> bytes:
    """Return a record in MODS."""
    return serialize(mods_element(source))


def mods_element(source: ExportSource) -> etree._Element:
    """Return the root element, which METS embeds."""
    record = source.record
    root = etree.Element(_qname("mods"), nsmap={None: MODS, "xlink": XLINK})
    root.set("version", "3.8")
    root.set(f"{{{XSI}}}schemaLocation", f"{MODS} {MODS_SCHEMA}")
    _add_titles(root, record)
    for name in all_names(record):
        _add_name(root, name)
    element(root, _qname("typeOfResource"), "text")
    if record.document_type:
        element(root, _qname("genre"), record.document_type)
    _add_origin(root, record)
    _add_content(root, record)
    _add_notes(root, record)
    for subject in record.subjects:
        element(element(root, _qname("subject")), _qname("topic"), subject)
    if record.collection:
        host = element(root, _qname("relatedItem"), type="host")
        element(element(host, _qname("titleInfo")), _qname("title"), record.collection)
    for relation in record.relations:
        _add_relation(root, relation, source)
    _add_locations(root, record)
    rights = element(root, _qname("accessCondition"), record.rights, type="use and reproduction")
    rights.set(f"{{{XLINK}}}href", record.rights)
    element(root, _qname("identifier"), source.url, type="uri")
    element(root, _qname("identifier"), record.id, type="local")
    _add_record_info(root, record)
    return root


def _add_content(root: etree._Element, record: Record) -> None:
    if record.language:
        language = element(root, _qname("language"))
        element(language, _qname("languageTerm"), record.language, type="code", authority="rfc5646")
    physical = element(root, _qname("physicalDescription"))
    element(physical, _qname("internetMediaType"), record.provenance.source.media_type)
    element(physical, _qname("extent"), plural(len(record.pages), "page image"))
    element(physical, _qname("digitalOrigin"), "reformatted digital")
    if record.summary:
        element(root, _qname("abstract"), record.summary)


def _add_titles(root: etree._Element, record: Record) -> None:
    first = element(root, _qname("titleInfo"))  # no language: the record gives none
    if not record.title:
        first.set("supplied", "yes")
    element(first, _qname("title"), record.name)
    for form in record.titles:
        kind = "translated" if form.kind == "translated" else "alternative"
        other = element(root, _qname("titleInfo"), type=kind)
        if form.language:
            other.set(XML_LANG, form.language)
        if form.scheme:
            other.set("transliteration", form.scheme)
        element(other, _qname("title"), form.value)


def _add_name(root: etree._Element, name: Name) -> None:
    node = element(root, _qname("name"))
    if name.kind:
        node.set("type", "corporate" if name.kind == "body" else "personal")
    if name.ids:
        node.set("valueURI", name.ids[0])
    if name.family and name.given:
        element(node, _qname("namePart"), name.family, type="family")
        element(node, _qname("namePart"), name.given, type="given")
    else:
        element(node, _qname("namePart"), name.value)
    if name.as_given != name.value or name.family:
        element(node, _qname("displayForm"), name.as_given)
    role = element(node, _qname("role"))
    code = relator_code(name.role)
    if code:
        element(role, _qname("roleTerm"), code, type="code", authority="marcrelator")
    element(role, _qname("roleTerm"), name.role, type="text")
    for form in name.forms:
        other = element(node, _qname("alternativeName"))
        element(other, _qname("namePart"), form.value)


def _add_origin(root: etree._Element, record: Record) -> None:
    if not (record.date or record.date_as_given):
        return
    origin = element(root, _qname("originInfo"))
    if record.date:
        element(origin, _qname("dateCreated"), record.date, encoding="edtf", keyDate="yes")
    given = given_date(record)
    if given:
        date = element(origin, _qname("dateCreated"), given)
        date.set("calendar", record.date_calendar.capitalize())
    else:
        element(origin, _qname("dateCreated"), record_date_in_words(record, "en"))


def _add_notes(root: etree._Element, record: Record) -> None:
    if record.note:
        element(root, _qname("note"), record.note)
    if record.funder:
        element(root, _qname("note"), record.funder, type="funding")


def _add_relation(root: etree._Element, relation: Relation, source: ExportSource) -> None:
    item = element(root, _qname("relatedItem"), displayLabel=relation_label(relation))
    if relation.kind in _RELATED_ITEM_TYPES:
        item.set("type", _RELATED_ITEM_TYPES[relation.kind])
    if url := source.url_of_relation(relation):
        item.set(f"{{{XLINK}}}href", url)
        element(item, _qname("identifier"), url, type="uri")
    if relation.record:
        element(item, _qname("identifier"), relation.record, type="local")
    for reference in relation.references:
        element(element(item, _qname("location")), _qname("shelfLocator"), reference)
    if not relation.is_read:
        element(element(item, _qname("titleInfo")), _qname("title"), relation.as_given)


def _add_locations(root: etree._Element, record: Record) -> None:
    for reference in record.references:
        if reference.relation == "held":
            _add_location(root, reference)
        else:
            _add_location(element(root, _qname("relatedItem"), type="otherVersion"), reference)


def _add_location(root: etree._Element, reference: Reference) -> None:
    archive = archive_of(reference)
    location = element(root, _qname("location"))
    if archive is not None:
        element(location, _qname("physicalLocation"), archive.name_en)
    element(location, _qname("shelfLocator"), reference.normal or reference.as_cited)


def _add_record_info(root: etree._Element, record: Record) -> None:
    about = element(root, _qname("recordInfo"))
    element(about, _qname("recordContentSource"), "Opis")
    element(about, _qname("recordIdentifier"), f"{record.id}/v{record.version}", source="Opis")
    origin = "Described by the sidecar, file name and folders of a scan."
    element(about, _qname("recordOrigin"), origin)


def broken_mods_rules(content: bytes, record: Record) -> Iterator[str]:
    """Yield a sentence for each broken rule: the record's title, id, rights and all holdings.

    Raises:
        ValueError: the file is not XML, or not MODS.
    """
    root = parse_root(content, _qname("mods"))
    expected = {
        "titleInfo/{*}title": xml_safe(record.name),
        "recordInfo/{*}recordIdentifier": f"{record.id}/v{record.version}",
        "accessCondition": record.rights,
    }
    for path, value in expected.items():
        if root.findtext(f"{{*}}{path}") != value:
            yield f"its {path.rpartition('}')[2]} is not that of the record"
    places = [node.text for node in root.iter("{*}shelfLocator") if not _is_in_relation(node)]
    if places != [xml_safe(ref.normal or ref.as_cited) for ref in record.references]:
        yield "it does not tell where the document is kept"


def _is_in_relation(node: etree._Element) -> bool:
    """Return whether a node is about another document, and not about a holding of this one."""
    return any(item.get("displayLabel") for item in node.iterancestors("{*}relatedItem"))
