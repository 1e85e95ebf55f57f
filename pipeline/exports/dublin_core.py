"""Simple Dublin Core in an ``oai_dc`` container (https://www.openarchives.org/OAI/2.0/oai_dc/)."""

from collections.abc import Iterator

from lxml import etree

from pipeline.dates.iso import plain_iso
from pipeline.exports.source import XSI, ExportSource, element, qname_in, serialize, xml_safe
from pipeline.exports.xml_rules import parse_root
from pipeline.record.date_wording import record_date_in_words
from pipeline.record.people import names_in_role, sorted_name
from pipeline.record.record import Record
from pipeline.record.review_wording import review_sentence
from pipeline.wording import plural

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_DC = "http://purl.org/dc/elements/1.1/"
_ROOT = qname_in(OAI_DC)("dc")


def to_dublin_core(source: ExportSource) -> bytes:
    """Return a record in simple Dublin Core."""
    root = etree.Element(_ROOT, nsmap={"oai_dc": OAI_DC, "dc": _DC})
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI_DC} {OAI_DC_SCHEMA}")
    for name, value in dublin_core_values(source):
        element(root, f"{{{_DC}}}{name}", value)
    return serialize(root)


def dublin_core_values(source: ExportSource) -> Iterator[tuple[str, str]]:
    """Yield the elements of simple Dublin Core, each with a value."""
    values = _elements(source, source.record)
    yield from ((name, value) for name, value in values if value)


def _elements(source: ExportSource, record: Record) -> Iterator[tuple[str, str | None]]:
    yield "title", record.name
    yield from (("title", form.value) for form in record.titles)
    yield from (("creator", sorted_name(name)) for name in names_in_role(record, "creator"))
    yield from (("subject", subject) for subject in record.subjects)
    yield "description", record.summary
    yield "description", record.note
    yield "description", review_sentence(record)
    others = names_in_role(record, "recipient", "contributor", "translator")
    yield from (("contributor", sorted_name(name)) for name in others)
    yield "contributor", record.funder
    yield "date", plain_iso(record.date) or record_date_in_words(record, "en")
    yield "type", "Text"
    yield "type", record.document_type
    yield "format", record.provenance.source.media_type
    yield "format", plural(len(record.pages), "page image")
    yield "identifier", source.url
    yield "identifier", record.id
    for reference in record.references:
        yield "source" if reference.relation == "held" else "relation", reference.as_cited
    yield "language", record.language
    yield "relation", record.collection
    for relation in record.relations:
        yield "relation", source.url_of_relation(relation) or relation.as_given
    yield "rights", record.rights


def broken_dublin_core_rules(content: bytes, record: Record) -> Iterator[str]:
    """Yield a sentence for each broken rule: the file has the record's title, id and rights.

    Raises:
        ValueError: the file is not XML, or not ``oai_dc``.
    """
    root = parse_root(content, _ROOT)
    expected = {"title": xml_safe(record.name), "identifier": record.id, "rights": record.rights}
    for name, value in expected.items():
        if value not in [node.text for node in root.findall(f"{{*}}{name}")]:
            yield f"its {name} is not that of the record"
