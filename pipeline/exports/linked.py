"""schema.org in JSON-LD (https://schema.org/ArchiveComponent), for search engines and Zotero."""

from typing import Any

from pipeline.exports.material import Material
from pipeline.provenance import SourceFile
from pipeline.record import Name, Record, Reference, dump
from pipeline.references.archives import archive_named


def to_json_ld(made: Material) -> bytes:
    """Return the file."""
    record = made.record
    held = record.references[0] if record.references else None
    value: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": ["ArchiveComponent", "Manuscript"],
        "@id": made.url,
        "url": made.url,
        "identifier": record.id,
        "version": record.version,
        "name": record.name,
        "alternateName": [form.value for form in record.titles],
        "author": _people(record.names, "creator", record.creator),
        "recipient": _people(record.names, "recipient", record.recipient),
        "contributor": [{"@type": "Person", "name": name} for name in record.contributors],
        "funder": {"@type": "Organization", "name": record.funder} if record.funder else None,
        "dateCreated": record.date,
        "inLanguage": record.language,
        "abstract": record.summary,
        "about": list(record.subjects),
        "genre": record.document_type,
        "license": record.rights,
        "materialExtent": f"{len(record.pages)} page images",
        "itemLocation": None if held is None else held.normal or held.as_cited,
        "holdingArchive": _archive(held),
        "isPartOf": _collection(record.collection),
        "sameAs": [one.normal or one.as_cited for one in record.references[1:]],
        "translator": _translators(record),
        "encoding": _encodings(made, record.provenance.source),
    }
    return dump({key: said for key, said in value.items() if said not in (None, [], "")}).encode()


def _people(names: tuple[Name, ...], role: str, plain: str | None) -> list[dict[str, Any]]:
    known = [name for name in names if name.role == role]
    if not known:
        return [{"@type": "Person", "name": plain}] if plain else []
    return [
        {"@type": "Person", "name": name.value, **({"sameAs": list(name.ids)} if name.ids else {})}
        for name in known
    ]


def _translators(record: Record) -> list[dict[str, Any]]:
    names = [one.translator for one in record.translations if one.translator]
    return [{"@type": "Person", "name": name} for name in names]


def _encodings(made: Material, source: SourceFile) -> list[dict[str, Any]]:
    original = _media(made, f"original/{source.name}", source.media_type)
    return [original, _media(made, "searchable.pdf", "application/pdf")]


def _archive(held: Reference | None) -> dict[str, Any] | None:
    archive = archive_named(held.archive or "") if held else None
    if archive is None:
        return None
    return {"@type": "ArchiveOrganization", "name": archive.name_en, "alternateName": archive.code}


def _collection(name: str | None) -> dict[str, Any] | None:
    return {"@type": "Collection", "name": name} if name else None


def _media(made: Material, path: str, media_type: str) -> dict[str, Any]:
    return {
        "@type": "MediaObject",
        "contentUrl": f"{made.url}/{path}",
        "encodingFormat": media_type,
    }
