"""Pins: a citation's exact text and version, with its digest, so that it can be checked later.

    [Opis rgaspi-f558-op11-d330-l0110-0113, v1, leaf 0111, reading text, sha256 0123456789ab]

Where people compared the text with the images it says so: ``reading text (corrected in part)``.
The digest is the first twelve hex digits of the SHA-256 of the text in UTF-8.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Self

from pipeline.citation.cited import citation_target, find_leaf
from pipeline.citation.styles import CitationStyle, format_citation
from pipeline.errors import CatalogError
from pipeline.fixity import text_sha256
from pipeline.record.record import Record
from pipeline.record.review_wording import REVIEW_WORDS
from pipeline.wording import one_line

_DIGEST_LENGTH = 12
_PIN = re.compile(
    r"\[Opis (?P<record>[a-z0-9-]+), v(?P<version>[1-9][0-9]*)(?:, leaf (?P<leaf>[^,\]]+))?, "
    r"(?P<kind>reading text|raw text|translation [A-Za-z0-9-]+)"
    rf"(?: \((?P<review>{'|'.join(REVIEW_WORDS.values())})\))?, sha256 (?P<digest>[0-9a-f]{{12}})\]"
)
_CONTEXT_WORDS = 3  #: words shown on either side of a difference


@dataclass(frozen=True, slots=True)
class Pin:
    """The text, version and digest that a citation names."""

    record: str
    version: int
    leaf: str  #: label of the page that has it; empty for the whole record
    kind: str  #: ``reading text``, ``raw text`` or ``translation CODE``
    digest: str
    review: str = ""  #: how far people compared the text with the images; empty: a machine read it

    @classmethod
    def from_record(cls, record: Record, kind: str, leaf: str = "") -> Self:
        """Return the pin of a record's text.

        Raises:
            CatalogError: the record has no such text or leaf.
        """
        digest = text_sha256(record_text(record, kind, leaf))[:_DIGEST_LENGTH]
        label = (find_leaf(record, leaf).page.leaf or "") if leaf else ""
        review = REVIEW_WORDS.get(record.status, "") if kind == "reading text" else ""
        return cls(record.id, record.version, label, kind, digest, review)

    @classmethod
    def find_in(cls, citation: str) -> Self | None:
        """Return the pin in a citation; None if it has none."""
        match = _PIN.search(one_line(citation))
        if match is None:
            return None
        leaf, version = match["leaf"] or "", int(match["version"])
        review = match["review"] or ""
        return cls(match["record"], version, leaf, match["kind"], match["digest"], review)

    def __str__(self) -> str:
        leaf = f"leaf {self.leaf}, " if self.leaf else ""
        kind = f"{self.kind} ({self.review})" if self.review else self.kind
        return f"[Opis {self.record}, v{self.version}, {leaf}{kind}, sha256 {self.digest}]"


def record_text(record: Record, kind: str, leaf: str = "") -> str:
    """Return a text of a record or of one leaf; form feeds separate pages.

    Raises:
        CatalogError: the record has no such text or leaf.
    """
    if kind.startswith("translation "):
        language = kind.removeprefix("translation ")
        for translation in record.translations:
            if translation.language == language and not leaf:
                return translation.text
        msg = f"{record.id} has no translation into {language}{' of a single leaf' * bool(leaf)}."
        raise CatalogError(msg)
    pages = [find_leaf(record, leaf).page] if leaf else record.pages
    return "\f".join(page.raw_text if kind == "raw text" else page.reading_text for page in pages)


def word_differences(before: str, after: str) -> list[str]:
    """Return the differences of a text from an earlier one, each with some words around it.

    >>> word_differences("one two three four", "one two tree four")
    ['… one two [three → tree] four …']
    """
    old, new = before.split(), after.split()
    differences = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        change = f"[{' '.join(old[a:b]) or '—'} → {' '.join(new[c:d]) or '—'}]"
        words = [*old[max(a - _CONTEXT_WORDS, 0) : a], change, *old[b : b + _CONTEXT_WORDS]]
        differences.append(f"… {' '.join(words)} …")
    return differences


def pinned_citation(record: Record) -> str:
    """Return a Chicago note, pinned to the reading text of this version."""
    note = format_citation(citation_target(record), CitationStyle.CHICAGO)
    return f"{note} {Pin.from_record(record, 'reading text')}"
