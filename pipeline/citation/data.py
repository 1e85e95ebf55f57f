"""Citations as data for reference managers such as Zotero: CSL-JSON, BibTeX, RIS, page metadata.

CSL-JSON: https://github.com/citation-style-language/schema. BibTeX: biblatex's fields, in UTF-8.
RIS and page metadata: as Zotero's translators "RIS", "Embedded Metadata" and "RDF" read them
(https://github.com/zotero/translators). A document with a recipient is a letter to them, and any
other a manuscript, because only a letter has recipients there.
"""

import re
from collections.abc import Iterator
from typing import Any

from pipeline.citation.cited import CitationTarget, citation_target, find_leaf
from pipeline.citation.styles import CitationStyle, format_citation
from pipeline.dates.words import date_parts, english_date
from pipeline.description.transliteration import transliterate
from pipeline.record.record import Record, dump_json
from pipeline.references import ArchivalReference, ReferenceStyle, format_reference
from pipeline.references.archives import find_archive
from pipeline.wording import one_line

_LATEX_ESCAPES = str.maketrans(
    {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$",
     "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)  # fmt: skip


def to_csl_json(record: Record, leaf: str = "") -> str:
    """Return the citation in CSL-JSON: a list of one item.

    Raises:
        CatalogError: the record has no such leaf.
    """
    target = citation_target(record, leaf)
    archive, location = _archive_and_location(target)
    item: dict[str, Any] = {
        "id": _citation_key(record, leaf),
        "type": "personal_communication" if target.recipients else "manuscript",
        "title": _title(record, target),
        "author": [{"literal": name} for name in target.creators],
        "recipient": [{"literal": name} for name in target.recipients],
        "issued": _issued_date(target),
        "archive": archive,
        "archive_location": location,
        "source": target.collection,
        "genre": target.document_type,
        "language": record.language,
        "abstract": record.summary,
        "keyword": ", ".join(record.subjects),
        "note": _build_note(record, target),
    }
    return dump_json([{key: value for key, value in item.items() if value}])


def to_bibtex(record: Record, leaf: str = "") -> str:
    """Return the citation as an entry of BibTeX: ``@letter``, or ``@unpublished``.

    Styles print a type that they do not know, as many do not know ``@letter``, like ``@misc``.

    Raises:
        CatalogError: the record has no such leaf.
    """
    target = citation_target(record, leaf)
    date, title = date_parts(target.date), _title(record, target)
    fields = {
        "author": " and ".join(f"{{{_escape_latex(name)}}}" for name in target.creators),
        "title": f"{{{_escape_latex(title)}}}" if title else "",
        "year": str(date[0][0]) if date else "",
        "month": str(date[0][1]) if date and len(date[0]) > 1 else "",
        "date": re.sub("[?~%]", "", target.date) if date else "",
        "type": _escape_latex(target.document_type),
        "howpublished": _escape_latex(_format_locations(target)),
        "library": _escape_latex(_archive_and_location(target)[0]),
        "language": record.language or "",
        "keywords": _escape_latex(", ".join(record.subjects)),
        "abstract": _escape_latex(one_line(record.summary or "")),
        "note": _escape_latex(_build_note(record, target)),
    }
    rows = "".join(f"  {key} = {{{value}}},\n" for key, value in fields.items() if value)
    entry_type = "letter" if target.recipients else "unpublished"
    return f"@{entry_type}{{{_citation_key(record, leaf)},\n{rows}}}\n"


def to_ris(record: Record, leaf: str = "") -> str:
    """Return the citation in RIS.

    Raises:
        CatalogError: the record has no such leaf.
    """
    return "".join(f"{tag}  - {one_line(value)}\r\n" for tag, value in _ris_fields(record, leaf))


def page_metadata(record: Record) -> tuple[tuple[str, str], ...]:
    """Return the names and contents of the ``meta`` elements of a record's page.

    The names are of Dublin Core (https://www.dublincore.org/specifications/dublin-core/dc-html/)
    and, for what it lacks, of Zotero's own vocabulary, ``z``.
    """
    target = citation_target(record)
    archive, location = _archive_and_location(target)
    values = [
        ("z.itemType", "letter" if target.recipients else "manuscript"),
        ("dc.title", record.name),
        *(("dc.creator", name) for name in target.creators),
        *(("z.recipients", name) for name in target.recipients),
        ("dc.date", _readable_date(target)),
        ("dc.type", target.document_type), ("dc.language", record.language),
        ("dcterms.abstract", record.summary), ("dc.rights", record.rights),
        *(("dc.subject", subject) for subject in record.subjects),
        ("z.archive", archive), ("z.archiveLocation", location),
    ]  # fmt: skip
    return tuple((name, value) for name, value in values if value)


def _readable_date(target: CitationTarget) -> str:
    """Return a year, month or day without doubt in figures, and any other date in words."""
    if re.fullmatch("[0-9]{4}(-(0[0-9]|1[0-2])(-[0-9]{2})?)?", target.date):
        return target.date
    return english_date(target.date) if target.date else target.date_as_given


def _ris_fields(record: Record, leaf: str) -> Iterator[tuple[str, str]]:
    target = citation_target(record, leaf)
    archive, location = _archive_and_location(target)
    date = date_parts(target.date)
    yield "TY", "PCOMM" if target.recipients else "MANSCPT"
    yield "ID", _citation_key(record, leaf)
    fields = [
        ("TI", _title(record, target)),
        *(("AU", name) for name in target.creators), *(("A2", name) for name in target.recipients),
        ("M3", target.document_type),
        ("DP", target.collection), ("DB", archive), ("AN", location), ("LA", record.language or ""),
        ("AB", record.summary or ""), ("N1", _build_note(record, target)),
    ]  # fmt: skip
    if date:
        year, *rest = date[0]
        yield "PY", f"{year}"
        parts = [f"{year}", *(f"{number:02d}" for number in rest)]
        yield "DA", "/".join(parts) + "/" * (3 - len(rest))
    yield from ((tag, value) for tag, value in fields if value)
    yield from (("KW", subject) for subject in record.subjects)
    yield "ER", ""


def _title(record: Record, target: CitationTarget) -> str:
    """Return the title; none for an untitled letter, of which styles print who wrote to whom."""
    return record.title or ("" if target.recipients else record.name)


def _citation_key(record: Record, leaf: str) -> str:
    """Return the key of an item; each leaf has its own, so that one text can cite several."""
    label = find_leaf(record, leaf).label if leaf else ""
    latin = transliterate(label, "bgn-pcgn")
    return "-".join([record.id, *re.findall("[0-9]+|[a-z]+", latin)])


def _issued_date(target: CitationTarget) -> dict[str, Any] | None:
    if not target.date:
        return {"literal": target.date_as_given} if target.date_as_given else None
    numbers = date_parts(target.date)
    if not numbers:
        return {"literal": english_date(target.date)}
    circa = {"circa": True} if re.search("[?~%]", target.date) else {}
    return {"date-parts": numbers, **circa}


def _archive_and_location(target: CitationTarget) -> tuple[str, str]:
    """Return the archive's name and the location in it, of the scanned holding.

    A reference that Opis cannot read is all archive: styles leave letters without one out.
    """
    holding = target.places[0] if target.places else ""
    if not isinstance(holding, ArchivalReference):
        return holding.rstrip(" ."), ""
    archive = find_archive(holding.archive)
    location = format_reference(holding, ReferenceStyle.WILSON).removeprefix(f"{holding.archive}, ")
    return (archive.name_en if archive else holding.archive), location


def _format_locations(target: CitationTarget) -> str:
    return "; ".join(
        format_reference(place, ReferenceStyle.WILSON)
        if isinstance(place, ArchivalReference)
        else place
        for place in target.places
    )


def _build_note(record: Record, target: CitationTarget) -> str:
    citation = format_citation(target, CitationStyle.WILSON)
    return f"{citation} Opis record {record.id}, version {record.version}."


def _escape_latex(text: str) -> str:
    return text.translate(_LATEX_ESCAPES)
