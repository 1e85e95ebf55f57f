"""EAD3 (https://www.loc.gov/ead/): a fragment of a finding aid, one for each file (delo)."""

from collections.abc import Sequence

from lxml import etree

from pipeline.dates.iso import DateKind, IsoDateRange, iso_date_range
from pipeline.exports.people import names_in_role
from pipeline.exports.source import ExportSource, archive_of, element, qname_in, serialize
from pipeline.record.record import Name, Record
from pipeline.references import parse_reference
from pipeline.references.system_registry import description_level

EAD = "http://ead3.archivists.org/schema/"
_qname = qname_in(EAD)


def to_ead(sources: Sequence[ExportSource]) -> bytes:
    """Return the finding aid of one file.

    Args:
        sources: at least one; all lie in the same file of the same archive.
    """
    first = sources[0].record
    root = etree.Element(_qname("ead"), nsmap={None: EAD})
    _add_control(root, sources[0])
    held = first.references[0] if first.references else None
    path = list(held.path) if held else []
    top, *rest = path or [("fond", "unidentified")]
    description = element(root, _qname("archdesc"), level=description_level(top[0]))
    _add_did(description, *top, _archive_name(first))
    parent = description
    if rest:
        parent = element(description, _qname("dsc"))
    for level, value in rest:
        parent = element(parent, _qname("c"), level=description_level(level))
        _add_did(parent, level, value)
    if parent is description:
        parent = element(description, _qname("dsc"))
    for made in sources:
        _add_item(parent, made)
    return serialize(root)


def archival_file_name(source: ExportSource) -> str:
    """Return a name for the file of an archive (delo) that a record lies in; its id where none."""
    held = source.record.references[0] if source.record.references else None
    place = parse_reference(held.normal or "") if held else None
    return "-".join(place.folder_names) if place else source.record.id


def _archive_name(record: Record) -> str:
    held = record.references[0] if record.references else None
    archive = archive_of(held) if held else None
    return archive.name_en if archive else ""


def _add_control(root: etree._Element, source: ExportSource) -> None:
    record = source.record
    control = element(root, _qname("control"))
    element(control, _qname("recordid"), archival_file_name(source))
    titles = element(element(control, _qname("filedesc")), _qname("titlestmt"))
    held = parse_reference(record.references[0].normal or "") if record.references else None
    place = ", ".join(held.folder_names) if held else record.id
    element(titles, _qname("titleproper"), f"Records published from {place}")
    element(control, _qname("maintenancestatus"), value="derived")
    agency = element(control, _qname("maintenanceagency"))
    element(agency, _qname("agencyname"), record.collection or "Opis")
    event = element(element(control, _qname("maintenancehistory")), _qname("maintenanceevent"))
    element(event, _qname("eventtype"), value="derived")
    ended = max(activity.ended for activity in record.provenance.activities)
    element(event, _qname("eventdatetime"), ended.isoformat())
    element(event, _qname("agenttype"), value="machine")
    element(event, _qname("agent"), "Opis")


def _add_did(parent: etree._Element, level: str, value: str, archive: str = "") -> None:
    did = element(parent, _qname("did"))
    element(did, _qname("unitid"), value)
    element(did, _qname("unittitle"), f"{level} {value}")
    if archive:
        repository = element(did, _qname("repository"))
        element(element(repository, _qname("corpname")), _qname("part"), archive)


def _add_item(parent: etree._Element, source: ExportSource) -> None:
    record = source.record
    item = element(parent, _qname("c"), level="item")
    did = element(item, _qname("did"))
    leaves = record.references[0].leaf_labels if record.references else ""
    element(did, _qname("unitid"), leaves or record.id)
    element(did, _qname("unittitle"), record.name)
    _add_date(did, record)
    for name in names_in_role(record, "creator"):
        _add_person(element(did, _qname("origination")), name)
    extent = element(did, _qname("physdescstructured"), coverage="whole",
                     physdescstructuredtype="materialtype")  # fmt: skip
    element(extent, _qname("quantity"), str(len(record.pages)))
    element(extent, _qname("unittype"), "page images")
    if record.language:
        material = element(did, _qname("langmaterial"))
        element(material, _qname("language"), record.language, langcode=record.language)
    element(did, _qname("dao"), daotype="derived", href=source.url)
    for head, said in (("scopecontent", record.summary), ("userestrict", record.rights)):
        if said:
            element(element(item, _qname(head)), _qname("p"), said)
    for reference in record.references[1:]:
        element(
            element(item, _qname("altformavail")),
            _qname("p"),
            reference.normal or reference.as_cited,
        )
    _add_control_access(item, record)


def _add_date(did: etree._Element, record: Record) -> None:
    """Add the date, for machines where ISO 8601 can say it, and as given."""
    told = record.date_as_given or record.date or ""
    found = iso_date_range(record.date)
    if found is not None:
        dates = element(did, _qname("unitdatestructured"))
        if found.qualifier:
            dates.set("certainty", "approximate" if found.qualifier == "~" else "uncertain")
        if found.kind is DateKind.SINGLE:
            element(dates, _qname("datesingle"), told, standarddate=found.first)
        else:
            _add_date_range(element(dates, _qname("daterange")), found)
    elif told:
        element(did, _qname("unitdate"), told)


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
        _add_person(access, name)
    for subject in record.subjects:
        element(element(access, _qname("subject")), _qname("part"), subject)


def _add_person(parent: etree._Element, name: Name) -> None:
    person = element(parent, _qname("persname"), relator=name.role)
    if name.ids:
        person.set("identifier", name.ids[0])
    element(person, _qname("part"), name.as_given)
