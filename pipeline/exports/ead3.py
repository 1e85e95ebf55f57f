"""EAD3 (https://www.loc.gov/ead/): a fragment of a finding aid for each archival file (delo)."""

from collections.abc import Iterable
from itertools import chain

from lxml import etree

from pipeline.dates.iso import DateKind, IsoDateRange, iso_date_range
from pipeline.description.relations import Relation
from pipeline.exports.archival_levels import (
    UNIDENTIFIED_FOND,
    ArchivalLevel,
    holding_archive,
    innermost_key,
    levels_of,
    place_in_file,
)
from pipeline.exports.source import ExportSource, element, qname_in, serialize
from pipeline.record.date_wording import date_for_readers
from pipeline.record.people import names_in_role
from pipeline.record.record import Name, Record
from pipeline.record.relation_wording import relation_label

EAD = "http://ead3.archivists.org/schema/"
_qname = qname_in(EAD)


def to_ead3(sources: Iterable[ExportSource]) -> bytes:
    """Return the finding aid of one archival file.

    Args:
        sources: one or more, all from the same archival file.
    """
    rest = iter(sources)
    first = next(rest)
    root = etree.Element(_qname("ead"), nsmap={None: EAD})
    _add_control(root, first)
    top, *others = levels_of(first) or (UNIDENTIFIED_FOND,)
    description = element(root, _qname("archdesc"), level=top.term)
    archive = holding_archive(first.record)
    _add_level(description, top, archive.name_en if archive else "")
    parent = element(description, _qname("dsc"))
    for level in others:
        parent = element(parent, _qname("c"), level=level.term)
        _add_level(parent, level)
    for source in chain([first], rest):
        _add_item(parent, source)
    return serialize(root)


def _add_control(root: etree._Element, source: ExportSource) -> None:
    record = source.record
    control = element(root, _qname("control"))
    element(control, _qname("recordid"), innermost_key(source))
    titles = element(element(control, _qname("filedesc")), _qname("titlestmt"))
    element(titles, _qname("titleproper"), f"Records published from {innermost_key(source)}")
    element(control, _qname("maintenancestatus"), value="derived")
    agency = element(control, _qname("maintenanceagency"))
    element(agency, _qname("agencyname"), record.collection or "Opis")
    event = element(element(control, _qname("maintenancehistory")), _qname("maintenanceevent"))
    element(event, _qname("eventtype"), value="derived")
    ended = max(activity.ended for activity in record.provenance.activities)
    element(event, _qname("eventdatetime"), ended.isoformat())
    element(event, _qname("agenttype"), value="machine")
    element(event, _qname("agent"), "Opis")


def _add_level(parent: etree._Element, level: ArchivalLevel, archive: str = "") -> None:
    """Describe a level by its number and what is known of it; the first also by its archive."""
    known = level.description
    did = element(parent, _qname("did"))
    element(did, _qname("unitid"), level.value)
    element(did, _qname("unittitle"), level.title)
    for form in known.titles:
        if form.value != level.title:
            other = element(did, _qname("unittitle"), form.value, localtype="other-language")
            other.set("lang", form.language or "und")
    if known.dates:
        _add_date(did, known.edtf, known.dates_in("en"))
    if known.extent:
        element(did, _qname("physdesc"), known.extent)
    if archive:
        repository = element(did, _qname("repository"))
        element(element(repository, _qname("corpname")), _qname("part"), archive)
    if known.note:
        note = element(parent, _qname("scopecontent"))
        for paragraph in known.note.split("\n\n"):
            element(note, _qname("p"), paragraph)


def _add_item(parent: etree._Element, source: ExportSource) -> None:
    record = source.record
    item = element(parent, _qname("c"), level="item")
    did = element(item, _qname("did"))
    element(did, _qname("unitid"), place_in_file(record))
    element(did, _qname("unittitle"), record.name)
    _add_date(did, record.date, date_for_readers(record))
    for name in names_in_role(record, "creator"):
        _add_agent(element(did, _qname("origination")), name)
    extent = element(
        did, _qname("physdescstructured"), coverage="whole", physdescstructuredtype="materialtype"
    )
    element(extent, _qname("quantity"), str(len(record.pages)))
    element(extent, _qname("unittype"), "page images")
    if record.language:
        material = element(did, _qname("langmaterial"))
        element(material, _qname("language"), record.language, langcode=record.language)
    element(did, _qname("dao"), daotype="derived", href=source.url)
    for head, text in (("scopecontent", record.summary), ("userestrict", record.rights)):
        if text:
            element(element(item, _qname(head)), _qname("p"), text)
    for reference in record.references[1:]:
        other = element(item, _qname("altformavail"))
        element(other, _qname("p"), reference.normal or reference.as_cited)
    for relation in record.relations:
        _add_relation(item, relation, source)
    _add_control_access(item, record)


def _add_relation(item: etree._Element, relation: Relation, source: ExportSource) -> None:
    sentence = f"{relation_label(relation)} "
    paragraph = element(element(item, _qname("relatedmaterial")), _qname("p"), sentence)
    link = element(paragraph, _qname("ref"), relation.as_given)
    if url := source.url_of_relation(relation):
        link.set("href", url)


def _add_date(did: etree._Element, edtf: str | None, text: str) -> None:
    """Add a date in words, and in ISO 8601 if that can express it."""
    dates = iso_date_range(edtf)
    if dates is not None:
        node = element(did, _qname("unitdatestructured"))
        if dates.qualifier:
            node.set("certainty", "approximate" if dates.qualifier == "~" else "uncertain")
        if dates.kind is DateKind.SINGLE:
            element(node, _qname("datesingle"), text, standarddate=dates.first)
        else:
            _add_date_range(element(node, _qname("daterange")), dates)
    elif text:
        element(did, _qname("unitdate"), text)


def _add_date_range(parent: etree._Element, dates: IsoDateRange) -> None:
    for name, end in (("fromdate", dates.first), ("todate", dates.last)):
        if end:
            element(parent, _qname(name), end, standarddate=end)


def _add_control_access(item: etree._Element, record: Record) -> None:
    others = names_in_role(record, "recipient", "mentioned", "contributor", "translator")
    if not (others or record.subjects):
        return
    access = element(item, _qname("controlaccess"))
    for name in others:
        _add_agent(access, name)
    for subject in record.subjects:
        element(element(access, _qname("subject")), _qname("part"), subject)


def _add_agent(parent: etree._Element, name: Name) -> None:
    kind = "corpname" if name.kind == "body" else "persname"
    node = element(parent, _qname(kind), relator=name.role)
    if name.ids:
        node.set("identifier", name.ids[0])
    if name.family and name.given:
        element(node, _qname("part"), name.family, localtype="familyname")
        element(node, _qname("part"), name.given, localtype="givenname")
    else:
        element(node, _qname("part"), name.as_given)
