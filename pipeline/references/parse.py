"""Reads every reference that a text holds, of whatever system; never guesses.

A wrong reference is worse than none: what is incomplete, or can be read in two ways, says so.
"""

from dataclasses import replace
from functools import lru_cache
from unicodedata import normalize

from pipeline.references.american import read_american
from pipeline.references.fonds import read_fonds
from pipeline.references.leaves import plain
from pipeline.references.reference import ArchivalReference
from pipeline.references.result import Problem, Reading, Readings, Status
from pipeline.references.signatures import read_systems

_NONE = Problem("non-archival", "No archival reference is in this text.")
_LONGEST = 20_000  #: characters; a citation is a line, not a book


@lru_cache(maxsize=256)
def read(text: str, context: ArchivalReference | None = None) -> Readings:
    """Read all references of a text, in its order.

    Args:
        text: one or more citations, perhaps in running prose; read up to 20,000 characters.
        context: what "Ibid." at the beginning stands for.

    >>> [found.status.value for found in read("ЦАМО, Ф. 33, Оп. 690155").references]
    ['incomplete']
    >>> read("9 л.").problems[0].code
    'non-archival'
    """
    shown = " ".join(normalize("NFC", text[:_LONGEST]).split())
    wanted = plain(shown)  # of the same length
    found = [*read_fonds(wanted, context), *read_systems(wanted), *read_american(shown)]
    kept: list[Reading] = []
    for reading in sorted(found, key=lambda one: (one.start, -len(one.as_cited))):
        overlapped = kept and reading.start < kept[-1].start + len(kept[-1].as_cited)
        if overlapped and kept[-1].status is not Status.OK and reading.status is Status.OK:
            kept[-1] = reading
        elif not overlapped:
            kept.append(reading)
    places = tuple(_citing(reading, text, shown) for reading in kept)
    return Readings(places, () if places else (_NONE,))


def parse_all(text: str) -> tuple[ArchivalReference, ...]:
    """Read every reference that ``text`` holds, or nothing at all where any is in doubt."""
    return read(text).places


def parse(text: str) -> ArchivalReference | None:
    """Read the one reference that ``text`` holds; None where there is none, or more than one.

    >>> parse("РГАСПИ. Ф. 558. Оп. 11. Д. 330. Лл. 0110–0113 об.").labelled
    'RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113v'
    """
    found = parse_all(text)
    return found[0] if len(found) == 1 else None


def _citing(reading: Reading, text: str, shown: str) -> Reading:
    """Return a reading with its words as they were written."""
    cited = shown[reading.start : reading.start + len(reading.as_cited)]
    place = None if reading.place is None else replace(reading.place, as_cited=text)
    return replace(reading, as_cited=cited, place=place)
