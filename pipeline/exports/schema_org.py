"""schema.org in JSON-LD (https://schema.org/ArchiveComponent), for search engines and Zotero.

A document with a recipient is also a ``Message``. None is a ``Manuscript``, because no field says
whether it is handwritten. Dates that ISO 8601 cannot express are in ``temporal``.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pipeline.dates.iso import DateKind, iso_date_range
from pipeline.description.relations import RelationKind
from pipeline.exports.source import ExportSource, archive_of
from pipeline.record.date_wording import record_date_in_words
from pipeline.record.people import names_in_role
from pipeline.record.provenance import SourceFile
from pipeline.record.record import Name, Record, Reference, dump_json
from pipeline.wording import plural

#: by kind of relation
_RELATION_PROPERTIES: dict[RelationKind, str] = {
    "reply-to": "citation",
    "enclosure-of": "isPartOf",
    "translation-of": "translationOfWork",
    "copy-of": "isBasedOn",
    "part-of": "isPartOf",
    "continues": "citation",
    "related": "citation",
}


def to_json_ld(source: ExportSource) -> bytes:
    """Return a record in JSON-LD."""
    record = source.record
    recipients = _persons_in_role(record, "recipient")
    properties: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": ["ArchiveComponent", "Message"] if recipients else ["ArchiveComponent"],
        "@id": source.url,
        "url": source.url,
        "identifier": record.id,
        "version": record.version,
        "name": record.name,
        "alternateName": [form.value for form in record.titles],
        "author": _persons_in_role(record, "creator"),
        "recipient": recipients,
        "contributor": _persons_in_role(record, "contributor"),
        "translator": _persons_in_role(record, "translator"),
        "mentions": _persons_in_role(record, "mentioned"),
        "funder": {"@type": "Organization", "name": record.funder} if record.funder else None,
        **_date_property(record),
        "inLanguage": record.language,
        "abstract": record.summary,
        "about": list(record.subjects),
        "genre": record.document_type,
        "license": record.rights,
        "materialExtent": plural(len(record.pages), "page image"),
        **_relation_properties(source),
        "encoding": _media_objects(source, record.provenance.source),
    }
    if record.references:
        holding, *others = record.references
        properties |= _location_properties(holding)
        properties["workExample"] = [
            {"@type": "ArchiveComponent", **_location_properties(reference)} for reference in others
        ]
    return dump_json(
        {key: value for key, value in properties.items() if value not in (None, [], "")}
    ).encode()


def _persons_in_role(record: Record, role: str) -> list[dict[str, Any]]:
    return [_person_object(name) for name in names_in_role(record, role)]


def _person_object(name: Name) -> dict[str, Any]:
    forms = [name.as_given, *(form.value for form in name.forms)]
    others = [form for form in dict.fromkeys(forms) if form != name.value]
    agent = {
        "@type": "Organization" if name.kind == "body" else "Person",
        "name": name.value,
        "familyName": name.family,
        "givenName": name.given,
        "alternateName": others,
        "sameAs": list(name.ids),
    }
    return {key: value for key, value in agent.items() if value}


def _date_property(record: Record) -> dict[str, str | None]:
    dates = iso_date_range(record.date)
    if dates is None or dates.qualifier or dates.kind is DateKind.WITHIN:
        return {"temporal": record_date_in_words(record, "en") or None}
    ends = dict.fromkeys([dates.first or "..", dates.last or ".."])
    return {"dateCreated": "/".join(ends)}


def _location_properties(reference: Reference) -> dict[str, Any]:
    properties: dict[str, Any] = {"itemLocation": reference.normal or reference.as_cited}
    archive = archive_of(reference)
    if archive is not None:
        properties["holdingArchive"] = {
            "@type": "ArchiveOrganization",
            "name": archive.name_en,
            "alternateName": archive.code,
        }
    return properties


def _relation_properties(source: ExportSource) -> dict[str, list[dict[str, Any]]]:
    """Return the collection and the related documents, by property."""
    properties = defaultdict[str, list[dict[str, Any]]](list)
    if source.record.collection:
        whole = {"@type": "Collection", "name": source.record.collection}
        properties["isPartOf"].append(whole)
    for level in source.context:
        if title := level.description.title_in(""):
            place = {"itemLocation": level.place.normal}
            properties["isPartOf"].append({"@type": "ArchiveComponent", "name": title, **place})
    for relation in source.record.relations:
        other = {"@type": "ArchiveComponent", "name": relation.as_given}
        if url := source.url_of_relation(relation):
            other |= {"@id": url, "url": url}
        if relation.references:
            other["itemLocation"] = "; ".join(relation.references)
        properties[_RELATION_PROPERTIES[relation.kind]].append(other)
    return properties


def _media_objects(source: ExportSource, source_file: SourceFile) -> list[dict[str, Any]]:
    original = _media_object(source, f"original/{source_file.name}", source_file.media_type)
    original |= {"contentSize": f"{source_file.size} B", "sha256": source_file.sha256}
    return [original, _media_object(source, "searchable.pdf", "application/pdf")]


def _media_object(source: ExportSource, path: str, media_type: str) -> dict[str, Any]:
    return {"@type": "MediaObject", "contentUrl": source.url_of(path), "encodingFormat": media_type}


def broken_json_ld_rules(content: bytes, record: Record) -> Iterator[str]:
    """Yield a sentence for each broken rule: name, id, version and rights are the record's.

    Raises:
        ValueError: the file is not JSON.
    """
    document = json.loads(content)
    expected = {
        "@context": "https://schema.org",
        "identifier": record.id,
        "name": record.name,
        "version": record.version,
        "license": record.rights,
    }
    for key, value in expected.items():
        if not isinstance(document, dict) or document.get(key) != value:
            yield f"its {key} is not that of the record"
