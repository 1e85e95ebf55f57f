"""The citation of a record as data: BibTeX, RIS and CSL-JSON, each with its check."""

import json
import re
from collections.abc import Iterator

from pipeline.citation.data import to_bibtex, to_csl_json, to_ris
from pipeline.exports.source import ExportSource
from pipeline.record.record import Record


def write_bibtex(source: ExportSource) -> bytes:
    """Return the file: one BibTeX entry."""
    return to_bibtex(source.record).encode()


def broken_bibtex_rules(content: bytes, record: Record) -> Iterator[str]:
    """Yield a sentence for each broken rule: one whole entry, with the record's id as its key.

    Raises:
        ValueError: the file is not UTF-8.
    """
    text = content.decode()
    # An earlier Opis wrote every entry as @misc.
    if not re.match(rf"@(letter|unpublished|misc)\{{{re.escape(record.id)},\n", text):
        yield "its entry is not that of the record"
    if not text.endswith("\n}\n"):
        yield "its entry does not end"


def write_ris(source: ExportSource) -> bytes:
    """Return the file: one RIS reference."""
    return to_ris(source.record).encode()


def broken_ris_rules(content: bytes, record: Record) -> Iterator[str]:
    """Yield a sentence for each broken rule: one whole reference, with the record's id as its ID.

    Raises:
        ValueError: the file is not UTF-8.
    """
    lines = content.decode().split("\r\n")
    if [line for line in lines if line.startswith("ID  - ")] != [f"ID  - {record.id}"]:
        yield "its reference is not that of the record"
    if lines[-2:] != ["ER  - ", ""]:
        yield "its reference does not end"


def write_csl_json(source: ExportSource) -> bytes:
    """Return the file: a CSL-JSON list of one item."""
    return to_csl_json(source.record).encode()


def broken_csl_json_rules(content: bytes, record: Record) -> Iterator[str]:
    """Yield a sentence for each broken rule: a list of one item, with the record's id as its id.

    Raises:
        ValueError: the file is not JSON.
    """
    items = json.loads(content)
    if not isinstance(items, list):
        yield "it is not a list of items"
    elif [item.get("id") for item in items if isinstance(item, dict)] != [record.id]:
        yield "its item is not that of the record"
