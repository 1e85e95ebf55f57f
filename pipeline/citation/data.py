"""Citations as data for reference managers such as Zotero: CSL-JSON, BibTeX, RIS, page metadata.

CSL-JSON: https://github.com/citation-style-language/schema. BibTeX: biblatex's fields, in UTF-8.
RIS and page metadata: as Zotero's translators "RIS", "Embedded Metadata" and "RDF" read them
(https://github.com/zotero/translators). A document with a recipient is a letter to them, and any
other a manuscript, because only a letter has recipients there.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.citation.cited import CitationTarget, citation_target, find_leaf
from pipeline.citation.styles import CitationStyle, format_citation
from pipeline.dates.iso import date_parts, exact_date, plain_iso, season_of
from pipeline.dates.span import first_year
from pipeline.description.transliteration import transliterate
from pipeline.record.people import is_family_first, sorted_name
from pipeline.record.record import Name, Record, dump_json
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
        "author": [_csl_name(name) for name in target.creators],
        "recipient": [_csl_name(name) for name in target.recipients],
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
    title = _title(record, target)
    fields = {
        "author": _bibtex_names(target.creators),
        "namea": _bibtex_names(target.recipients),
        "nameatype": "recipient" if target.recipients else "",
        "title": f"{{{_escape_latex(title)}}}" if title else "",
        **_bibtex_date(target),
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
        *(("dc.creator", sorted_name(name)) for name in target.creators),
        *(("z.recipients", sorted_name(name)) for name in target.recipients),
        ("dc.date", citation_date(target)),
        ("dc.type", target.document_type), ("dc.language", record.language),
        ("dcterms.abstract", record.summary), ("dc.rights", record.rights),
        *(("dc.subject", subject) for subject in record.subjects),
        ("z.archive", archive), ("z.archiveLocation", location),
    ]  # fmt: skip
    return tuple((name, value) for name, value in values if value)


def _ris_fields(record: Record, leaf: str) -> Iterator[tuple[str, str]]:
    target = citation_target(record, leaf)
    archive, location = _archive_and_location(target)
    yield "TY", "PCOMM" if target.recipients else "MANSCPT"  # only a letter has recipients
    yield "ID", _citation_key(record, leaf)
    fields = [
        ("TI", _title(record, target)),
        *(("AU", _ris_name(name)) for name in target.creators),
        *(("A2", _ris_name(name)) for name in target.recipients),
        ("M3", target.document_type),
        ("DP", target.collection), ("DB", archive), ("AN", location), ("LA", record.language or ""),
        ("AB", record.summary or ""), ("N1", _build_note(record, target)),
    ]  # fmt: skip
    yield from _ris_date(target)
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


def _csl_name(name: Name) -> dict[str, Any]:
    """Return a name of CSL-JSON: its parts where they are known, else the whole."""
    if not (name.family and name.given):
        return {"literal": name.as_given}
    parts: dict[str, Any] = {"family": name.family, "given": name.given}
    return {**parts, "static-ordering": True} if is_family_first(name) else parts


def _bibtex_names(names: Sequence[Name]) -> str:
    """Return names of BibTeX; in braces stands what is not to be taken apart."""
    return " and ".join(
        f"{_escape_latex(name.family)}, {_escape_latex(name.given)}"
        if name.family and name.given and " and " not in name.as_given
        else f"{{{_escape_latex(name.as_given)}}}"
        for name in names
    )


def _ris_name(name: Name) -> str:
    """Return a name of RIS: *Family, Given*; behind a body stands a comma, within it none.

    Zotero takes what stands before the first comma for the family name, EndNote what has no comma
    for a person.
    """
    if name.family and name.given:
        return f"{name.family}, {name.given}"
    whole = name.as_given.replace(", ", " – ").replace(",", " ")
    return f"{whole}," if name.kind == "body" else whole


def citation_date(target: CitationTarget) -> str:
    """Return a day, month or year in ISO 8601; other dates in words.

    Programs that cite read both; none reads EDTF.
    """
    return exact_date(target.date) or target.english_date


def _issued_date(target: CitationTarget) -> dict[str, Any] | None:
    """Return the date of CSL-JSON: numbers if they say all of it, else words."""
    numbers, season = date_parts(target.date), season_of(target.date)
    circa = {"circa": True} if re.search("[?~%]", target.date) else {}
    if season:
        return {"date-parts": [[first_year(target.date)]], "season": season}
    if numbers:
        return {"date-parts": numbers, **circa}
    return {"literal": target.english_date} if target.english_date else None


def _bibtex_date(target: CitationTarget) -> dict[str, str]:
    """Return the fields of a date: numbers if they say all of it, else words and a year to sort by.

    BibTeX has year and month, biblatex date and sortyear.
    """
    numbers = date_parts(plain_iso(target.date))
    if not numbers:
        year = first_year(target.date)
        sort_year = "" if year is None else f"{year:04d}"
        return {"year": _escape_latex(target.english_date), "sortyear": sort_year}
    month = str(numbers[0][1]) if len(numbers[0]) > 1 else ""
    return {"year": f"{numbers[0][0]:04d}", "month": month, "date": target.date}


def _ris_date(target: CitationTarget) -> Iterator[tuple[str, str]]:
    """Yield year and date of RIS; the date is in words where numbers do not say all of it."""
    year, exact = first_year(target.date), exact_date(target.date)
    if year is not None:
        yield "PY", f"{year:04d}"
    parts = exact.split("-") if exact else []
    yield "DA", "/".join([*parts, *[""] * (4 - len(parts))]) if exact else target.english_date


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
