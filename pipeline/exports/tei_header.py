"""The header of a TEI file: what the document is, who had to do with it, where it lies."""

from lxml import etree

from pipeline.dates.iso import Extent, span
from pipeline.exports.people import in_part
from pipeline.exports.source import XML_ID, XML_LANG, Material, element
from pipeline.exports.tei_text import fill
from pipeline.record.model import Name, Record, Reference
from pipeline.references.archives import archive_named

_ENDS = {
    Extent.ONE: ("when", ""),
    Extent.LASTING: ("from", "to"),
    Extent.WITHIN: ("notBefore", "notAfter"),
}


def header_of(made: Material) -> etree._Element:
    """Return the header of a file."""
    record = made.record
    header = element(None, "teiHeader")
    about = element(header, "fileDesc")
    _titles(element(about, "titleStmt"), record)
    element(about, "extent", f"{len(record.pages)} page images")
    published = element(about, "publicationStmt")
    element(published, "publisher", record.collection or "Opis")
    element(published, "idno", made.url, type="URI")
    allowed = element(published, "availability")
    element(allowed, "licence", record.rights, target=record.rights)
    if record.note:
        element(element(about, "notesStmt"), "note", record.note)
    _source(element(about, "sourceDesc"), record)
    _profile(element(header, "profileDesc"), record)
    return header


def _titles(titles: etree._Element, record: Record) -> None:
    fill(element(titles, "title", type="main"), record.name)
    for form in record.titles:
        other = element(titles, "title", type="alt")
        other.set(XML_LANG, form.language or "und")
        fill(other, form.value)
    for name in in_part(record, "creator"):
        fill(element(titles, "author"), name.as_given)
    if record.funder:
        element(titles, "funder", record.funder)
    engine = record.provenance.agents["engine"]
    _did(titles, "read by machine, not reviewed", f"{engine.name} {engine.version}")
    for name in in_part(record, "contributor"):
        _did(titles, "contributed by", name.as_given)
    for name in in_part(record, "translator"):
        _did(titles, "translated by", name.as_given)


def _did(titles: etree._Element, doing: str, name: str) -> None:
    statement = element(titles, "respStmt")
    element(statement, "resp", doing)
    element(statement, "name", name)


def _profile(profile: etree._Element, record: Record) -> None:
    if record.summary:
        element(element(profile, "abstract"), "p", record.summary)
    _date(element(profile, "creation"), record)
    usage = element(profile, "langUsage")
    languages = [record.language, *(one.language for one in record.translations)]
    for language in dict.fromkeys(one or "und" for one in languages):
        element(usage, "language", language, ident=language)
    if record.date_calendar == "julian":
        calendar = element(element(profile, "calendarDesc"), "calendar")
        calendar.set(XML_ID, "julian")
        element(calendar, "p", "Old Style: the date as written; the attributes are Gregorian.")
    _about(profile, record)
    _people(profile, record)


def _date(creation: etree._Element, record: Record) -> None:
    date = element(creation, "date", record.date_as_given or record.date or "undated")
    if record.date_calendar == "julian":
        date.set("calendar", "#julian")
    found = span(record.date)
    if found is None:
        return
    for name, end in zip(_ENDS[found.extent], (found.first, found.last), strict=True):
        if name and end:
            date.set(name, end)
    if found.doubt:
        date.set("precision" if found.doubt == "~" else "cert", "low")


def _about(profile: etree._Element, record: Record) -> None:
    terms = [("genre", record.document_type), *(("subject", said) for said in record.subjects)]
    if any(said for _, said in terms):
        keywords = element(element(profile, "textClass"), "keywords")
        for kind, said in terms:
            if said:
                element(keywords, "term", said, type=kind)


def _people(profile: etree._Element, record: Record) -> None:
    """Add sender and recipient of what was sent, and who is spoken of."""
    sent, received = in_part(record, "creator"), in_part(record, "recipient")
    if received:
        sending = element(profile, "correspDesc")
        for kind, names in (("sent", sent), ("received", received)):
            action = element(sending, "correspAction", type=kind)
            for name in names:
                _person(action, name)
            if not names:
                element(action, "note", "not said")
    mentioned = in_part(record, "mentioned")
    if mentioned:
        several = element(element(profile, "particDesc"), "listPerson")
        for name in mentioned:
            _person(element(several, "person", role="mentioned"), name)


def _person(parent: etree._Element, name: Name) -> None:
    person = element(parent, "persName")
    if name.ids:
        person.set("ref", " ".join(name.ids))
    fill(person, name.as_given)


def _source(parent: etree._Element, record: Record) -> None:
    if not record.references:
        element(parent, "p", "No archival reference came with the scan.")
        return
    held, *others = record.references
    identifier = element(element(parent, "msDesc"), "msIdentifier")
    _identify(identifier, held)
    for other in others:
        _identify(element(identifier, "altIdentifier", type="other-holding"), other)


def _identify(parent: etree._Element, reference: Reference) -> None:
    archive = archive_named(reference.archive or "")
    if archive is not None:
        element(parent, "repository", archive.name_en)
    cited = reference.normal or reference.as_cited
    idno = element(parent, "idno", "" if reference.path else cited)
    if reference.path:
        idno.set("type", "reference")
        for level, value in reference.path:
            element(idno, "idno", value, type=level)
        if reference.leaf_labels:
            unit = "pages" if reference.unit == "p" else "leaves"
            element(idno, "idno", reference.leaf_labels, type=unit)
