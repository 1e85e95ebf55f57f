"""Reads every reference that a text holds, of whatever system; never guesses.

A wrong reference is worse than none: what is incomplete, or can be read in two ways, says so.
"""

from functools import lru_cache
from unicodedata import normalize

from pipeline.references.leaves import normalize_text
from pipeline.references.match import CitingText, Problem, ReferenceMatch, ReferenceStatus
from pipeline.references.reference import ArchivalReference
from pipeline.references.result import ParsedReference, ParseResult
from pipeline.references.system_registry import known_systems

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
    citing = CitingText(shown, normalize_text(shown))
    found = [match for system in known_systems().values() for match in system.find(citing, context)]
    references = tuple(_checked_reference(match, text, shown) for match in _best_matches(found))
    return ParseResult(references, () if references else (_NO_REFERENCE,))


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


def parse_file_name(stem: str) -> ArchivalReference | None:
    """Read a reference from a file name without its suffix; None where it is of another kind.

    Raises:
        ValueError: it is of this kind and cannot be right: leaves that run backward.
    """
    for system in known_systems().values():
        place = system.read_file_name(stem)
        if place is not None:
            return ArchivalReference(place.archive, place.path, place.unit, place.leaves, stem)
    return None


def _best_matches(found: list[ReferenceMatch]) -> list[ReferenceMatch]:
    """Return the matches in order; of those that overlap the first, unless only the next is ok."""
    best: list[ReferenceMatch] = []
    for match in sorted(found, key=lambda one: (one.start, -len(one.as_cited))):
        overlapped = best and match.start < best[-1].start + len(best[-1].as_cited)
        if not overlapped:
            best.append(match)
        elif best[-1].status is not ReferenceStatus.OK and match.status is ReferenceStatus.OK:
            best[-1] = match
    return best


def _checked_reference(match: ReferenceMatch, text: str, shown: str) -> ParsedReference:
    """Return a match as it was written, with the place that it cites where the match is ok."""
    reference = None
    if match.status is ReferenceStatus.OK and match.archive is not None:
        reference = ArchivalReference(match.archive, match.path, match.unit, match.leaves, text)
    return ParsedReference(
        match.status, match.archive, match.path, match.unit, match.leaves,
        as_cited=shown[match.start : match.start + len(match.as_cited)],
        problems=match.problems, start=match.start, reference=reference,
    )  # fmt: skip
