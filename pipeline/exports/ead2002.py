"""EAD 2002 (https://www.loc.gov/ead/ead2002a.html): the finding aid of a fond, of our documents.

It is of the DTD, which has no namespace: AtoM looks its elements up by their bare names and holds
a file against its DOCTYPE; ArchivesSpace reads both forms. What ArchivesSpace asks of a collection
and its parts beyond the DTD is written down in `broken_ead2002_rules`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from lxml import etree

from pipeline.dates.iso import DateKind, iso_date_range
from pipeline.exports.archival_levels import (
    UNIDENTIFIED_FOND,
    ArchivalLevel,
    holding_archive,
    levels_of,
    outermost_key,
    place_in_file,
)
from pipeline.exports.language_terms import bibliographic_code, certain_script, language_name
from pipeline.exports.relation_text import relation_text
from pipeline.exports.relators import relator_code
from pipeline.exports.source import ExportSource, element, xml_safe
from pipeline.exports.xml_rules import parse_root
from pipeline.record.date_wording import date_for_readers
from pipeline.record.people import names_in_role
from pipeline.record.record import Name, Record
from pipeline.record.review_wording import review_sentence
from pipeline.wording import plural

_DOCTYPE = (
    '<!DOCTYPE ead PUBLIC "+//ISBN 1-931666-00-8//DTD ead.dtd (Encoded Archival Description (EAD) '
    'Version 2002)//EN" "http://lcweb2.loc.gov/xmlcommon/dtds/ead2002/ead.dtd">'
)
_DESCRIBED_HERE = "of the documents described here"
_CERTAINTIES = {"~": "approximate", "?": "questionable", "%": "questionable"}
_ISO_DATES = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?(/[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?")


@dataclass(slots=True)
class _Extent:
    """What a finding aid describes so far."""

    documents: int = 0
    years: list[str] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Count a document in."""
        self.documents += 1
        normal = _normal_date(record.date)
        if normal:
            self.years += [end[:4] for end in normal.split("/")]


def to_ead2002(sources: Iterable[ExportSource]) -> bytes:
    """Return the finding aid of one fond.

    Args:
        sources: one or more, all from the same fond; those of a file follow one another.
    """
    rest = iter(sources)
    first = next(rest)
    root = etree.Element("ead")
    _add_header(root, first)
    top = (levels_of(first) or (UNIDENTIFIED_FOND,))[0]
    description = element(root, "archdesc", level=top.term, type="inventory")
    did = _add_level(description, top)
    parents = {top.key: element(description, "dsc", type="combined")}
    extent = _Extent()
    for source in chain([first], rest):
        extent.add(source.record)
        _add_item(_parent_of(source, top, parents), source)
    _complete_fond(did, first.record, extent)
    return etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True, doctype=_DOCTYPE
    )


def _add_header(root: etree._Element, source: ExportSource) -> None:
    record, key = source.record, outermost_key(source)
    header = element(
        root, "eadheader", langencoding="iso639-2b", scriptencoding="iso15924",
        dateencoding="iso8601", countryencoding="iso3166-1", repositoryencoding="iso15511",
    )  # fmt: skip
    element(header, "eadid", key, identifier=key)
    description = element(header, "filedesc")
    element(element(description, "titlestmt"), "titleproper", f"Records published from {key}")
    publication = element(description, "publicationstmt")
    element(publication, "publisher", record.collection or "Opis")
    profile = element(header, "profiledesc")
    opis = record.provenance.agents["opis"]
    element(profile, "creation", f"Made by {opis.name} {opis.version} from published records.")
    element(element(profile, "langusage"), "language", "English", langcode="eng")


def _parent_of(
    source: ExportSource, top: ArchivalLevel, parents: dict[str, etree._Element]
) -> etree._Element:
    """Return the element of the file of a record; it and those above it are made if need be."""
    parent = parents[top.key]
    for level in levels_of(source)[1:]:
        if level.key not in parents:
            parents[level.key] = element(parent, "c", level=level.term)
            _add_level(parents[level.key], level)
        parent = parents[level.key]
    return parent


def _add_level(parent: etree._Element, level: ArchivalLevel) -> etree._Element:
    """Describe a level by its number and what is known of it, and return its ``did``."""
    known = level.description
    did = element(parent, "did")
    element(did, "unitid", level.value)
    element(did, "unittitle", level.title)
    if known.dates:
        _add_date(did, known.edtf, known.dates)
    if known.extent:
        physical = element(did, "physdesc")
        extent = _begin_with_number(known.extent)
        if extent:
            element(physical, "extent", extent)
        else:
            physical.text = xml_safe(known.extent)
    if known.note:
        note = element(parent, "scopecontent")
        for paragraph in known.note.split("\n\n"):
            element(note, "p", paragraph)
    return did


def _begin_with_number(extent: str) -> str:
    """Return an extent whose number has no spaces; empty if it does not begin with a number.

    >>> _begin_with_number("16 174 ед. хр."), _begin_with_number("около 40 дел")
    ('16174 ед. хр.', '')
    """
    parts = re.match(r"([0-9][0-9.,\s]*)\s(.*)", extent, re.DOTALL)
    return f"{''.join(parts[1].split())} {parts[2]}" if parts else ""


def _complete_fond(did: etree._Element, record: Record, extent: _Extent) -> None:
    """Add the archive, and what is not known of the fond: dates and number of our documents."""
    label = f"Dates {_DESCRIBED_HERE}"
    if did.find("unitdate") is None and extent.years:
        ends = sorted({min(extent.years), max(extent.years)})
        element(did, "unitdate", "–".join(ends), label=label, normal="/".join(ends))
    elif did.find("unitdate") is None:
        element(did, "unitdate", "undated", label=label)
    if did.find("physdesc/extent") is None:
        physical = element(did, "physdesc", label=f"Number {_DESCRIBED_HERE}", altrender="part")
        element(physical, "extent", plural(extent.documents, "item"))
    archive = holding_archive(record)
    if archive:
        element(element(did, "repository"), "corpname", archive.name_en)


def _add_item(parent: etree._Element, source: ExportSource) -> None:
    record = source.record
    item = element(parent, "c", level="item", id=f"opis-{record.id}")
    did = element(item, "did")
    element(did, "unitid", place_in_file(record))
    element(did, "unittitle", record.name)
    _add_date(did, record.date, date_for_readers(record), record.date_calendar)
    for name in names_in_role(record, "creator"):
        _add_name(element(did, "origination"), name)
    element(element(did, "physdesc"), "extent", plural(len(record.pages), "page image"))
    _add_language(did, record)
    if source.has_public_address:
        pdf = source.url_of("searchable.pdf")
        element(did, "dao", href=pdf, title=record.name, actuate="onrequest", show="new")
    for head, text in _notes(source):
        element(element(item, head), "p", text)
    if record.note:
        element(element(item, "odd", type="general"), "p", record.note)
    _add_access_points(item, record)


def _notes(source: ExportSource) -> Iterator[tuple[str, str]]:
    """Yield the element and the text of each note of a document."""
    record = source.record
    if record.summary:
        yield "scopecontent", record.summary
    yield "userestrict", record.rights
    yield "processinfo", review_sentence(record)
    for reference in record.references[1:]:
        yield "altformavail", reference.normal or reference.as_cited
    for relation in record.relations:
        yield "relatedmaterial", relation_text(relation, source)
    if source.has_public_address:
        yield "otherfindaid", f"The record with text and images: {source.url}"


def _add_date(did: etree._Element, edtf: str | None, text: str, calendar: str = "") -> None:
    if not text:
        return
    date = element(did, "unitdate", text)
    normal, dates = _normal_date(edtf), iso_date_range(edtf)
    if normal:
        date.set("normal", normal)
    if dates is not None and dates.qualifier:
        date.set("certainty", _CERTAINTIES[dates.qualifier])
    if calendar == "julian":
        date.set("calendar", calendar)


def _normal_date(edtf: str | None) -> str:
    """Return a date in ISO 8601, or two with a stroke; empty if an end is open or unknown."""
    dates = iso_date_range(edtf)
    if dates is None or not (dates.first and dates.last):
        return ""
    return dates.first if dates.kind is DateKind.SINGLE else f"{dates.first}/{dates.last}"


def _add_language(did: etree._Element, record: Record) -> None:
    if not record.language:
        return
    language = element(element(did, "langmaterial"), "language", language_name(record.language))
    code, script = bibliographic_code(record.language), certain_script(record.language)
    if code:
        language.set("langcode", code)
    if code and script:
        language.set("scriptcode", script)


def _add_access_points(item: etree._Element, record: Record) -> None:
    others = names_in_role(record, "recipient", "mentioned", "contributor", "translator")
    if not (others or record.subjects or record.document_type):
        return
    access = element(item, "controlaccess")
    for name in others:
        _add_name(access, name)
    for subject in record.subjects:
        element(access, "subject", subject)
    if record.document_type:
        element(access, "genreform", record.document_type)


def _add_name(parent: etree._Element, name: Name) -> None:
    kind = "corpname" if name.kind == "body" else "persname"
    node = element(parent, kind, name.as_given)
    if code := relator_code(name.role):
        node.set("role", code)
    if name.ids:
        node.set("authfilenumber", name.ids[0])


def broken_ead2002_rules(content: bytes, record: Record) -> Iterator[str]:
    """Yield a sentence for each broken rule of ArchivesSpace's and AtoM's importers.

    A collection has an identifier, a title, a date, an extent that begins with a number, and an
    institution of AtoM; a part has a level and a title; codes and dates are of the forms that they
    know (ArchivesSpace: ``backend/app/converters/ead_converter.rb`` and ``common/schemas``).

    Raises:
        ValueError: the file is not XML, or not EAD without a namespace.
    """
    root = parse_root(content, "ead")
    for path in ("unitid", "unittitle", "unitdate", "physdesc/extent"):
        if not root.findtext(f"archdesc/did/{path}"):
            yield f"the collection has no {path}"
    extents = [node.text or "" for node in root.iter("extent")]
    if not all(re.match(r"[0-9.]+\s+\S", text) for text in extents):
        yield "an extent does not begin with a number"
    for part in root.iter("archdesc", "c"):
        if not (part.get("level") and part.findtext("did/unittitle")):
            yield f"a part has no level or no title: {part.get('id')}"
    normal = [node.get("normal", "") for node in root.iter("unitdate") if node.get("normal")]
    yield from (f"{d} is not in ISO 8601" for d in normal if not _ISO_DATES.fullmatch(d))
    codes = [node.get("langcode", "") for node in root.iter("language") if node.get("langcode")]
    yield from (
        f"{code} is not of ISO 639-2" for code in codes if not re.fullmatch("[a-z]{3}", code)
    )
    if f"opis-{record.id}" not in [node.get("id") for node in root.iter("c")]:
        yield "it does not describe the record"
