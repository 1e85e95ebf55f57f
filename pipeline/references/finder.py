"""Parse the references in a text, of every system, without guessing.

A wrong reference is worse than none: incomplete and ambiguous ones are reported as such.
"""

from dataclasses import replace
from functools import lru_cache
from unicodedata import normalize

from pipeline.references.leaves import normalize_text
from pipeline.references.match import CitingText, Problem, ReferenceMatch, ReferenceStatus
from pipeline.references.reference import ArchivalReference
from pipeline.references.result import ParsedReference, ParseResult
from pipeline.references.system_registry import known_systems

_NO_REFERENCE = Problem("non-archival", "No archival reference is in this text.")
_MAX_CHARS = 4_000  #: characters; a citation is short, and hostile text takes long
_TOO_LONG = Problem("too-long", f"Only its first {_MAX_CHARS:,} characters were searched.")


@lru_cache(maxsize=256)
def find_references(text: str, context: ArchivalReference | None = None) -> ParseResult:
    """Return all references of a text, in text order.

    Args:
        text: citations, perhaps in running prose; of a text beyond 4,000 characters only the
            beginning is searched, and a reference at the cut is in doubt.
        context: the reference that "Ibid." at the beginning repeats.

    >>> [match.status.value for match in find_references("ЦАМО, Ф. 33, Оп. 690155").references]
    ['incomplete']
    >>> find_references("9 л.").problems[0].code
    'non-archival'
    """
    is_cut = len(text) > _MAX_CHARS
    as_written = " ".join(normalize("NFC", text[:_MAX_CHARS]).split())
    citing = CitingText(as_written, normalize_text(as_written))
    matches = [
        match for system in known_systems().values() for match in system.find(citing, context)
    ]
    if is_cut:
        matches = [_doubt_at_cut(match, len(as_written)) for match in matches]
    references = tuple(
        _checked_reference(match, text, as_written) for match in _best_matches(matches)
    )
    problems = () if references else (_NO_REFERENCE,)
    return ParseResult(references, (*problems, _TOO_LONG) if is_cut else problems)


def parse_references(text: str) -> tuple[ArchivalReference, ...]:
    """Return every reference of a text; none if any of them is in doubt."""
    return find_references(text).certain_references


def parse_reference(text: str) -> ArchivalReference | None:
    """Return the only reference of a text; None if there is none or more than one.

    >>> parse_reference("РГАСПИ. Ф. 558. Оп. 11. Д. 330. Лл. 0110–0113 об.").as_stamped
    'RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113v'
    """
    references = parse_references(text)
    return references[0] if len(references) == 1 else None


def _best_matches(matches: list[ReferenceMatch]) -> list[ReferenceMatch]:
    """Return matches in text order; of overlapping ones the first, or the next if only it is OK."""
    best: list[ReferenceMatch] = []
    for match in sorted(matches, key=lambda item: (item.start, -len(item.as_cited))):
        overlapped = best and match.start < best[-1].start + len(best[-1].as_cited)
        if not overlapped:
            best.append(match)
        elif best[-1].status is not ReferenceStatus.OK and match.status is ReferenceStatus.OK:
            best[-1] = match
    return best


def _doubt_at_cut(match: ReferenceMatch, length: int) -> ReferenceMatch:
    """Return a match as suspect if it reaches the end of a text that was cut."""
    if match.status is not ReferenceStatus.OK or match.start + len(match.as_cited) < length - 20:
        return match
    return replace(match, status=ReferenceStatus.SUSPECT, problems=(*match.problems, _TOO_LONG))


def _checked_reference(match: ReferenceMatch, text: str, as_written: str) -> ParsedReference:
    """Return a match in its written form, with its reference if the status is OK."""
    reference = None
    if match.status is ReferenceStatus.OK and match.archive is not None:
        reference = ArchivalReference(match.archive, match.path, match.unit, match.leaves, text)
    return ParsedReference(
        match.status,
        match.archive,
        match.path,
        match.unit,
        match.leaves,
        as_cited=as_written[match.start : match.start + len(match.as_cited)],
        problems=match.problems,
        start=match.start,
        reference=reference,
    )
