"""Citations as data: CSL-JSON, BibTeX and RIS, for Zotero and its like.

CSL-JSON: https://github.com/citation-style-language/schema. BibTeX: biblatex's fields, in UTF-8.
RIS: tags as Zotero reads them.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from pipeline.citation.cited import Cited, cited, page_of
from pipeline.citation.styles import Manner, in_words
from pipeline.dates.words import in_english, parts
from pipeline.description.transliteration import transliterated
from pipeline.record.model import Record, dump
from pipeline.references import ArchivalReference, Style, render
from pipeline.references.archives import archive_named

_ESCAPED = str.maketrans(
    {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$",
     "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)  # fmt: skip


def to_csl_json(record: Record, leaf: str = "") -> str:
    """Return the citation in CSL-JSON: a list of one item."""
    this = cited(record, leaf)
    archive, where = _archive(this)
    item: dict[str, Any] = {
        "id": _key(record, leaf),
        "type": "manuscript",
        "title": record.name,
        "author": [{"literal": this.creator}] if this.creator else None,
        "recipient": [{"literal": this.recipient}] if this.recipient else None,
        "issued": _issued(this),
        "archive": archive,
        "archive_location": where,
        "archive_collection": this.collection,
        "genre": this.document_type,
        "language": record.language,
        "abstract": record.summary,
        "keyword": ", ".join(record.subjects),
        "note": _note(record, this),
    }
    return dump([{key: value for key, value in item.items() if value}])


def to_bibtex(record: Record, leaf: str = "") -> str:
    """Return the citation as a ``@misc`` entry."""
    this = cited(record, leaf)
    date = parts(this.date)
    fields = {
        "author": f"{{{_tex(this.creator)}}}" if this.creator else "",
        "title": f"{{{_tex(record.name)}}}",
        "year": str(date[0][0]) if date else "",
        "month": str(date[0][1]) if date and len(date[0]) > 1 else "",
        "date": re.sub("[?~%]", "", this.date) if date else "",
        "type": _tex(this.document_type),
        "howpublished": _tex(_where(this)),
        "library": _tex(_archive(this)[0]),
        "language": record.language or "",
        "keywords": _tex(", ".join(record.subjects)),
        "abstract": _tex(_flat(record.summary or "")),
        "note": _tex(_note(record, this)),
    }
    rows = "".join(f"  {key} = {{{value}}},\n" for key, value in fields.items() if value)
    return f"@misc{{{_key(record, leaf)},\n{rows}}}\n"


def to_ris(record: Record, leaf: str = "") -> str:
    """Return the citation in RIS."""
    return "".join(f"{tag}  - {_flat(value)}\r\n" for tag, value in _ris(record, leaf))


def to_coins(record: Record) -> str:
    """Return an OpenURL context object in key/encoded values (Z39.88-2004), as COinS has it.

    A document of an archive has no format of its own there; Dublin Core says what it is.
    """
    this = cited(record)
    values = [
        ("ctx_ver", "Z39.88-2004"), ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rft.type", "manuscript"), ("rft.title", record.name), ("rft.creator", this.creator),
        ("rft.date", this.date), ("rft.source", _where(this)), ("rft.language", record.language),
        ("rft.description", record.summary), ("rft.identifier", record.id),
    ]  # fmt: skip
    return urlencode([(key, value) for key, value in values if value])


def _ris(record: Record, leaf: str) -> Iterator[tuple[str, str]]:
    this = cited(record, leaf)
    archive, where = _archive(this)
    date = parts(this.date)
    yield "TY", "MANSCPT"
    yield "ID", _key(record, leaf)
    yield "TI", record.name
    given = [
        ("AU", this.creator), ("A4", this.recipient), ("M3", this.document_type),
        ("T2", this.collection), ("DP", archive), ("AV", where), ("LA", record.language or ""),
        ("AB", record.summary or ""), ("N1", _note(record, this)),
    ]  # fmt: skip
    if date:
        year, *rest = date[0]
        yield "PY", f"{year}"
        yield (
            "DA",
            "/".join([f"{year}", *(f"{number:02d}" for number in rest)]) + "/" * (3 - len(rest)),
        )
    yield from ((tag, value) for tag, value in given if value)
    yield from (("KW", subject) for subject in record.subjects)
    yield "ER", ""


def _key(record: Record, leaf: str) -> str:
    """Return what an item is called: of each leaf another, so that two can be cited in one text."""
    label = page_of(record, leaf).leaf if leaf else ""
    latin = transliterated(label or "", "bgn-pcgn")
    return "-".join([record.id, *re.findall("[0-9]+|[a-z]+", latin)])


def _issued(this: Cited) -> dict[str, Any] | None:
    if not this.date:
        return {"literal": this.date_as_given} if this.date_as_given else None
    numbers = parts(this.date)
    if not numbers:
        return {"literal": in_english(this.date)}
    circa = {"circa": True} if re.search("[?~%]", this.date) else {}
    return {"date-parts": numbers, **circa}


def _archive(this: Cited) -> tuple[str, str]:
    """Return the archive's name and the place in it, of the copy that was scanned."""
    held = this.places[0] if this.places else ""
    if not isinstance(held, ArchivalReference):
        return "", held
    archive = archive_named(held.archive)
    inside = render(held, Style.WILSON).removeprefix(f"{held.archive}, ")
    return (archive.name_en if archive else held.archive), inside


def _where(this: Cited) -> str:
    return "; ".join(
        render(place, Style.WILSON) if isinstance(place, ArchivalReference) else place
        for place in this.places
    )


def _note(record: Record, this: Cited) -> str:
    return f"{in_words(this, Manner.WILSON)} Opis record {record.id}, version {record.version}."


def _tex(text: str) -> str:
    return text.translate(_ESCAPED)


def _flat(text: str) -> str:
    return " ".join(text.split())
