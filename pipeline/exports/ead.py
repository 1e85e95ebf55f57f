"""EAD3 (https://www.loc.gov/ead/): a fragment of a finding aid, one for each file (delo)."""

from collections.abc import Sequence

from lxml import etree

from pipeline.dates.iso import Extent, Span, span
from pipeline.exports.people import in_part
from pipeline.exports.source import Material, element, written
from pipeline.record.model import Name, Record
from pipeline.references import parse
from pipeline.references.archives import archive_named

EAD = "http://ead3.archivists.org/schema/"
_LEVELS = {
    "fond": "fonds", "opis": "series", "perechen": "series", "part": "subseries",
    "papka": "subseries", "delo": "file", "volume": "file", "record_group": "recordgrp",
    "class": "class", "series": "series", "piece": "file", "item": "item", "lot": "file",
    "box": "file", "folder": "file", "file": "file",
}  # fmt: skip


def to_ead(records: Sequence[Material]) -> bytes:
    """Return the finding aid of one file.

    Args:
        records: at least one; all lie in the same file of the same archive.
    """
    first = records[0].record
    root = etree.Element(_t("ead"), nsmap={None: EAD})
    _control(root, records[0])
    held = first.references[0] if first.references else None
    path = list(held.path) if held else []
    top, *rest = path or [("fond", "unidentified")]
    description = element(root, _t("archdesc"), level=_level(top[0]))
    _did(description, *top, _archive(first))
    parent = description
    if rest:
        parent = element(description, _t("dsc"))
    for level, value in rest:
        parent = element(parent, _t("c"), level=_level(level))
        _did(parent, level, value)
    if parent is description:
        parent = element(description, _t("dsc"))
    for made in records:
        _item(parent, made)
    return written(root)


def file_of(made: Material) -> str:
    """Return a name for the file of an archive (delo) that a record lies in; its id where none."""
    held = made.record.references[0] if made.record.references else None
    place = parse(held.normal or "") if held else None
    return "-".join(place.folder) if place else made.record.id


def _level(level: str) -> str:
    return _LEVELS.get(level, "file")


def _archive(record: Record) -> str:
    held = record.references[0] if record.references else None
    archive = archive_named(held.archive or "") if held else None
    return archive.name_en if archive else ""


def _control(root: etree._Element, made: Material) -> None:
    record = made.record
    control = element(root, _t("control"))
    element(control, _t("recordid"), file_of(made))
    titles = element(element(control, _t("filedesc")), _t("titlestmt"))
    held = parse(record.references[0].normal or "") if record.references else None
    place = ", ".join(held.folder) if held else record.id
    element(titles, _t("titleproper"), f"Records published from {place}")
    element(control, _t("maintenancestatus"), value="derived")
    agency = element(control, _t("maintenanceagency"))
    element(agency, _t("agencyname"), record.collection or "Opis")
    event = element(element(control, _t("maintenancehistory")), _t("maintenanceevent"))
    element(event, _t("eventtype"), value="derived")
    ended = max(activity.ended for activity in record.provenance.activities)
    element(event, _t("eventdatetime"), ended.isoformat())
    element(event, _t("agenttype"), value="machine")
    element(event, _t("agent"), "Opis")


def _did(parent: etree._Element, level: str, value: str, archive: str = "") -> None:
    did = element(parent, _t("did"))
    element(did, _t("unitid"), value)
    element(did, _t("unittitle"), f"{level} {value}")
    if archive:
        repository = element(did, _t("repository"))
        element(element(repository, _t("corpname")), _t("part"), archive)


def _item(parent: etree._Element, made: Material) -> None:
    record = made.record
    item = element(parent, _t("c"), level="item")
    did = element(item, _t("did"))
    leaves = record.references[0].leaf_labels if record.references else ""
    element(did, _t("unitid"), leaves or record.id)
    element(did, _t("unittitle"), record.name)
    _date(did, record)
    for name in in_part(record, "creator"):
        _person(element(did, _t("origination")), name)
    extent = element(did, _t("physdescstructured"), coverage="whole",
                     physdescstructuredtype="materialtype")  # fmt: skip
    element(extent, _t("quantity"), str(len(record.pages)))
    element(extent, _t("unittype"), "page images")
    if record.language:
        material = element(did, _t("langmaterial"))
        element(material, _t("language"), record.language, langcode=record.language)
    element(did, _t("dao"), daotype="derived", href=made.url)
    for head, said in (("scopecontent", record.summary), ("userestrict", record.rights)):
        if said:
            element(element(item, _t(head)), _t("p"), said)
    for reference in record.references[1:]:
        element(element(item, _t("altformavail")), _t("p"), reference.normal or reference.as_cited)
    _access(item, record)


def _date(did: etree._Element, record: Record) -> None:
    """Add the date, for machines where ISO 8601 can say it, and as given."""
    told = record.date_as_given or record.date or ""
    found = span(record.date)
    if found is not None:
        dates = element(did, _t("unitdatestructured"))
        if found.doubt:
            dates.set("certainty", "approximate" if found.doubt == "~" else "uncertain")
        if found.extent is Extent.ONE:
            element(dates, _t("datesingle"), told, standarddate=found.first)
        else:
            _range(element(dates, _t("daterange")), found)
    elif told:
        element(did, _t("unitdate"), told)


def _range(parent: etree._Element, found: Span) -> None:
    for name, end in (("fromdate", found.first), ("todate", found.last)):
        if end:
            element(parent, _t(name), end, standarddate=end)


def _access(item: etree._Element, record: Record) -> None:
    others = in_part(record, "recipient", "mentioned", "contributor", "translator")
    if not (others or record.subjects):
        return
    access = element(item, _t("controlaccess"))
    for name in others:
        _person(access, name)
    for subject in record.subjects:
        element(element(access, _t("subject")), _t("part"), subject)


def _person(parent: etree._Element, name: Name) -> None:
    person = element(parent, _t("persname"), relator=name.role)
    if name.ids:
        person.set("identifier", name.ids[0])
    element(person, _t("part"), name.as_given)


def _t(name: str) -> str:
    return f"{{{EAD}}}{name}"
