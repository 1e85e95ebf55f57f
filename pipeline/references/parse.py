"""Reads every reference that a text holds, of whatever system; never guesses.

A wrong reference is worse than none: what is incomplete, or can be read in two ways, says so.
"""

from dataclasses import replace
from functools import lru_cache
from unicodedata import normalize

from pipeline.references.american import find_american_references
from pipeline.references.fonds import find_fond_references
from pipeline.references.leaves import normalize_text
from pipeline.references.reference import ArchivalReference
from pipeline.references.result import ParsedReference, ParseResult, Problem, ReferenceStatus
from pipeline.references.signatures import find_signature_references

_NO_REFERENCE = Problem("non-archival", "No archival reference is in this text.")
_MAX_CHARS = 20_000  #: characters; a citation is a line, not a book


@lru_cache(maxsize=256)
def find_references(text: str, context: ArchivalReference | None = None) -> ParseResult:
    """Read all references of a text, in its order.

    Args:
        text: one or more citations, perhaps in running prose; read up to 20,000 characters.
        context: what "Ibid." at the beginning stands for.

    >>> [found.status.value for found in find_references("ЦАМО, Ф. 33, Оп. 690155").references]
    ['incomplete']
    >>> find_references("9 л.").problems[0].code
    'non-archival'
    """
    shown = " ".join(normalize("NFC", text[:_MAX_CHARS]).split())
    wanted = normalize_text(shown)  # of the same length
    found = [
        *find_fond_references(wanted, context),
        *find_signature_references(wanted),
        *find_american_references(shown),
    ]
    kept: list[ParsedReference] = []
    for reading in sorted(found, key=lambda one: (one.start, -len(one.as_cited))):
        overlapped = kept and reading.start < kept[-1].start + len(kept[-1].as_cited)
        if (
            overlapped
            and kept[-1].status is not ReferenceStatus.OK
            and reading.status is ReferenceStatus.OK
        ):
            kept[-1] = reading
        elif not overlapped:
            kept.append(reading)
    places = tuple(_with_cited_text(reading, text, shown) for reading in kept)
    return ParseResult(places, () if places else (_NO_REFERENCE,))


def parse_references(text: str) -> tuple[ArchivalReference, ...]:
    """Read every reference that ``text`` holds, or nothing at all where any is in doubt."""
    return find_references(text).certain_references


def parse_reference(text: str) -> ArchivalReference | None:
    """Read the one reference that ``text`` holds; None where there is none, or more than one.

    >>> parse_reference("РГАСПИ. Ф. 558. Оп. 11. Д. 330. Лл. 0110–0113 об.").as_stamped
    'RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113v'
    """
    found = parse_references(text)
    return found[0] if len(found) == 1 else None


def _with_cited_text(reading: ParsedReference, text: str, shown: str) -> ParsedReference:
    """Return a reading with its words as they were written."""
    cited = shown[reading.start : reading.start + len(reading.as_cited)]
    whole = None if reading.reference is None else replace(reading.reference, as_cited=text)
    return replace(reading, as_cited=cited, reference=whole)
