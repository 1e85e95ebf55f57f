"""The header of a TEI file: the document, its people and its holdings."""

from collections.abc import Sequence

from lxml import etree

from pipeline.dates.iso import DateKind, iso_date_range
from pipeline.exports.source import XML_ID, XML_LANG, ExportSource, archive_of, element
from pipeline.exports.tei_text import add_marked_text
from pipeline.fixity import text_sha256
from pipeline.record.correction_events import UNNAMED_CORRECTOR
from pipeline.record.date_wording import date_for_readers
from pipeline.record.level_context import ContextLevel
from pipeline.record.people import names_in_role
from pipeline.record.record import Name, Record, Reference
from pipeline.record.review_wording import REVIEW_WORDS
from pipeline.wording import plural

_DATE_ATTRIBUTES = {
    DateKind.SINGLE: ("when", ""),
    DateKind.INTERVAL: ("from", "to"),
    DateKind.WITHIN: ("notBefore", "notAfter"),
}


def build_header(source: ExportSource) -> etree._Element:
    """Return the ``teiHeader`` of a record."""
    record = source.record
    header = element(None, "teiHeader")
    description = element(header, "fileDesc")
    _add_titles(element(description, "titleStmt"), record)
    element(description, "extent", plural(len(record.pages), "page image"))
    publication = element(description, "publicationStmt")
    element(publication, "publisher", record.collection or "Opis")
    element(publication, "idno", source.url, type="URI")
    availability = element(publication, "availability")
    element(availability, "licence", record.rights, target=record.rights)
    if record.note or record.relations:
        _add_notes(element(description, "notesStmt"), source)
    _add_source(element(description, "sourceDesc"), source)
    _add_profile(element(header, "profileDesc"), source)
    return header


def _add_notes(notes: etree._Element, source: ExportSource) -> None:
    """Add the note, and each relation to another document by its address, place or name."""
    if source.record.note:
        element(notes, "note", source.record.note)
    for relation in source.record.relations:
        item = element(notes, "relatedItem", type=relation.kind)
        if url := source.url_of_relation(relation):
            item.set("target", url)
            continue
        bibliographic = element(item, "bibl", "" if relation.references else relation.as_given)
        for reference in relation.references:
            element(bibliographic, "idno", reference, type="reference")


def _add_titles(titles: etree._Element, record: Record) -> None:
    add_marked_text(element(titles, "title", type="main"), record.name)
    for form in record.titles:
        other = element(titles, "title", type="alt")
        other.set(XML_LANG, form.language or "und")
        add_marked_text(other, form.value)
    for name in names_in_role(record, "creator"):
        _add_agent(element(titles, "author"), name)
    if record.funder:
        element(titles, "funder", record.funder)
    engine = record.provenance.agents["engine"]
    review = REVIEW_WORDS.get(record.status, "not reviewed")
    _add_responsibility(titles, f"read by machine, {review}", f"{engine.name} {engine.version}")
    for person in sorted({one.by for page in record.pages for one in page.corrections}):
        statement = _add_responsibility(titles, "corrected by", person or UNNAMED_CORRECTOR)
        statement.set(XML_ID, responsible_id(person))
    for name in names_in_role(record, "contributor"):
        _add_responsibility(titles, "contributed by", name.as_given)
    for name in names_in_role(record, "translator"):
        _add_responsibility(titles, "translated by", name.as_given)


def _add_responsibility(titles: etree._Element, responsibility: str, name: str) -> etree._Element:
    statement = element(titles, "respStmt")
    element(statement, "resp", responsibility)
    element(statement, "name", name)
    return statement


def responsible_id(name: str) -> str:
    """Return the id of the statement on a person who corrected lines.

    >>> responsible_id("Anna Petrova")
    'corrector-271ae74d'
    """
    return f"corrector-{text_sha256(name)[:8]}"


def _add_profile(profile: etree._Element, source: ExportSource) -> None:
    record = source.record
    if record.summary:
        element(element(profile, "abstract"), "p", record.summary)
    _add_date(element(profile, "creation"), record)
    usage = element(profile, "langUsage")
    languages = [record.language, *(translation.language for translation in record.translations)]
    for language in dict.fromkeys(code or "und" for code in languages):
        element(usage, "language", language, ident=language)
    if record.date_calendar == "julian":
        calendar = element(element(profile, "calendarDesc"), "calendar")
        calendar.set(XML_ID, "julian")
        element(calendar, "p", "Old Style: the date as written; the attributes are Gregorian.")
    _add_keywords(profile, record)
    _add_people(profile, source)


def _add_date(creation: etree._Element, record: Record) -> None:
    words = date_for_readers(record)
    date = element(creation, "date", words or "undated")
    if record.date_calendar == "julian":
        date.set("calendar", "#julian")
    dates = iso_date_range(record.date)
    if dates is None:
        return
    for name, end in zip(_DATE_ATTRIBUTES[dates.kind], (dates.first, dates.last), strict=True):
        if name and end:
            date.set(name, end)
    if dates.qualifier:
        date.set("precision" if dates.qualifier == "~" else "cert", "low")


def _add_keywords(profile: etree._Element, record: Record) -> None:
    terms = [("genre", record.document_type), *(("subject", term) for term in record.subjects)]
    if any(term for _, term in terms):
        keywords = element(element(profile, "textClass"), "keywords")
        for kind, term in terms:
            if term:
                element(keywords, "term", term, type=kind)


def _add_people(profile: etree._Element, source: ExportSource) -> None:
    """Add senders and recipients of a letter, what it answers, and people whom it mentions."""
    record = source.record
    senders, recipients = names_in_role(record, "creator"), names_in_role(record, "recipient")
    if recipients:
        correspondence = element(profile, "correspDesc")
        for kind, names in (("sent", senders), ("received", recipients)):
            action = element(correspondence, "correspAction", type=kind)
            for name in names:
                _add_agent(action, name)
            if not names:
                element(action, "note", "not said")
        _add_letters_before(correspondence, source)
    mentions = names_in_role(record, "mentioned")
    participants = element(profile, "particDesc") if mentions else profile
    for list_name, item_name, is_body in (
        ("listPerson", "person", False),
        ("listOrg", "org", True),
    ):
        listed = [name for name in mentions if (name.kind == "body") is is_body]
        group = element(participants, list_name) if listed else participants
        for name in listed:
            _add_agent(element(group, item_name, role="mentioned"), name)


def _add_letters_before(correspondence: etree._Element, source: ExportSource) -> None:
    replies = [one for one in source.record.relations if one.kind == "reply-to"]
    context = element(correspondence, "correspContext") if replies else None
    for relation in replies:
        letter = element(context, "ref", relation.as_given, type="prev")
        if url := source.url_of_relation(relation):
            letter.set("target", url)


def _add_agent(parent: etree._Element, name: Name) -> None:
    """Add a person or a body, as given; a person's family and given names are marked if known."""
    agent = element(parent, "orgName" if name.kind == "body" else "persName")
    if name.ids:
        agent.set("ref", " ".join(name.ids))
    parts = [("surname", name.family), ("forename", name.given)]
    found = sorted((name.as_given.find(text), tag, text) for tag, text in parts if text)
    end = 0
    for start, tag, text in found:
        if start >= end:
            add_marked_text(agent, name.as_given[end:start])
            add_marked_text(element(agent, tag), text)
            end = start + len(text)
    add_marked_text(agent, name.as_given[end:])


def _add_source(parent: etree._Element, source: ExportSource) -> None:
    record = source.record
    if not record.references:
        element(parent, "p", "No archival reference came with the scan.")
        return
    holding, *others = record.references
    identifier = element(element(parent, "msDesc"), "msIdentifier")
    _add_identifier(identifier, holding, source.context)
    for other in others:
        _add_identifier(element(identifier, "altIdentifier", type="other-holding"), other)


def _add_identifier(
    parent: etree._Element, reference: Reference, context: Sequence[ContextLevel] = ()
) -> None:
    archive = archive_of(reference)
    if archive is not None:
        element(parent, "repository", archive.name_en)
    for above in context:
        if title := above.description.title_in(""):
            element(parent, "collection", title, type=above.place.path[-1][0])
    cited = reference.normal or reference.as_cited
    idno = element(parent, "idno", "" if reference.path else cited)
    if reference.path:
        idno.set("type", "reference")
        for level, value in reference.path:
            element(idno, "idno", value, type=level)
        if reference.leaf_labels:
            unit = "pages" if reference.unit == "p" else "leaves"
            element(idno, "idno", reference.leaf_labels, type=unit)
