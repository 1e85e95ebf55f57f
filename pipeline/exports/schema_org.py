"""schema.org in JSON-LD (https://schema.org/ArchiveComponent), for search engines and Zotero.

A document with a recipient is a ``Message`` too; whether a hand wrote it nobody says, so it is no
``Manuscript``. Dates that ISO 8601 cannot say are in ``temporal``.
"""

from typing import Any

from pipeline.dates.iso import Extent, span
from pipeline.exports.people import in_part
from pipeline.exports.source import Material
from pipeline.record.model import Name, Record, Reference, dump
from pipeline.record.provenance import SourceFile
from pipeline.references.archives import archive_named


def to_json_ld(made: Material) -> bytes:
    """Return the file."""
    record = made.record
    recipients = _people(record, "recipient")
    value: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": ["ArchiveComponent", "Message"] if recipients else ["ArchiveComponent"],
        "@id": made.url,
        "url": made.url,
        "identifier": record.id,
        "version": record.version,
        "name": record.name,
        "alternateName": [form.value for form in record.titles],
        "author": _people(record, "creator"),
        "recipient": recipients,
        "contributor": _people(record, "contributor"),
        "translator": _people(record, "translator"),
        "mentions": _people(record, "mentioned"),
        "funder": {"@type": "Organization", "name": record.funder} if record.funder else None,
        **_date(record),
        "inLanguage": record.language,
        "abstract": record.summary,
        "about": list(record.subjects),
        "genre": record.document_type,
        "license": record.rights,
        "materialExtent": f"{len(record.pages)} page images",
        "isPartOf": _collection(record.collection),
        "encoding": _encodings(made, record.provenance.source),
    }
    if record.references:
        held, *others = record.references
        value |= _place(held)
        value["workExample"] = [{"@type": "ArchiveComponent", **_place(one)} for one in others]
    return dump({key: said for key, said in value.items() if said not in (None, [], "")}).encode()


def _people(record: Record, role: str) -> list[dict[str, Any]]:
    return [_person(name) for name in in_part(record, role)]


def _person(name: Name) -> dict[str, Any]:
    forms = [name.as_given, *(form.value for form in name.forms)]
    others = [form for form in dict.fromkeys(forms) if form != name.value]
    said = {"@type": "Person", "name": name.value, "alternateName": others}
    return {key: value for key, value in (said | {"sameAs": list(name.ids)}).items() if value}


def _date(record: Record) -> dict[str, str | None]:
    found = span(record.date)
    if found is None or found.doubt or found.extent is Extent.WITHIN:
        return {"temporal": record.date or record.date_as_given}
    ends = dict.fromkeys([found.first or "..", found.last or ".."])
    return {"dateCreated": "/".join(ends)}


def _place(reference: Reference) -> dict[str, Any]:
    said: dict[str, Any] = {"itemLocation": reference.normal or reference.as_cited}
    archive = archive_named(reference.archive or "")
    if archive is not None:
        kind, code = "ArchiveOrganization", archive.code
        said["holdingArchive"] = {"@type": kind, "name": archive.name_en, "alternateName": code}
    return said


def _collection(name: str | None) -> dict[str, Any] | None:
    return {"@type": "Collection", "name": name} if name else None


def _encodings(made: Material, source: SourceFile) -> list[dict[str, Any]]:
    original = _media(made, f"original/{source.name}", source.media_type)
    original |= {"contentSize": f"{source.size} B", "sha256": source.sha256}
    return [original, _media(made, "searchable.pdf", "application/pdf")]


def _media(made: Material, path: str, media_type: str) -> dict[str, Any]:
    return {
        "@type": "MediaObject",
        "contentUrl": made.url_of(path),
        "encodingFormat": media_type,
    }
