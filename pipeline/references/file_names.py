"""File names that spell a reference, read by the parser of citations.

A name has other signs between the parts: ``RGASPI-f17-op3-d6-l12``. It has to name the archive, and
whatever else it says must not belong to the reference; otherwise the name is in doubt.
"""

import re
from dataclasses import dataclass

from pipeline.references.archives import spelling_pattern
from pipeline.references.finder import find_references
from pipeline.references.leaves import normalize_text
from pipeline.references.reference import ArchivalReference
from pipeline.references.result import ParsedReference, ParseResult
from pipeline.references.system_registry import known_systems

_SIGNS = " .,;:_-+()[]"
_SPACES = re.compile("[_+~=]|%20")  #: what stands for a space in a file name
_NUMBERS = re.compile("[0-9]+")
#: A mark of several leaves: "ll. 113-110" is wrong, "l. 112-1" may be image 1 of leaf 112.
_SEVERAL_LEAVES = re.compile(r"(?<![^\W_])(?:ll|лл|pp|сс|листы|pages)[ .]", re.IGNORECASE)
_MANY_WAYS = "Its numbers can be read in many ways."
_UNREAD_REST = "“{}” may belong to it."


@dataclass(frozen=True, slots=True)
class FileNameReading:
    """What a file name spells: a reference, something like one, or neither."""

    reference: ArchivalReference | None = None
    doubt: str = ""  #: why a name that looks like a reference could not be read, in sentences


def read_file_name(name: str) -> FileNameReading:
    """Return the reference that a file name spells, or why it is in doubt.

    Args:
        name: the name without its suffix and without marks of a copy or a page.

    Raises:
        ValueError: the reference cannot be right, such as one with leaves that run backward.

    >>> read_file_name("РГАСПИ_Ф.558_Оп.11_Д.332_Л.112-об").reference.normal
    'RGASPI, f. 558, op. 11, d. 332, l. 112v'
    >>> read_file_name("RGASPI_558_11").doubt
    'Its numbers can be read in many ways.'
    """
    citation = " ".join(_SPACES.sub(" ", normalize_text(name)).split())
    for system in known_systems().values():
        citation = system.cite_file_name(citation)
    found = find_references(citation)
    likely = [parsed for parsed in found.references if _is_likely(parsed)]
    if not likely:
        numbered = _archive_in(citation) and len(_NUMBERS.findall(citation)) > 1
        return FileNameReading(doubt=_MANY_WAYS if numbered else "")
    impossible = [one.detail for one in likely[0].problems if one.code == "leaves"]
    if impossible and likely[0].archive and _SEVERAL_LEAVES.search(citation):
        raise ValueError(impossible[0].rpartition("cannot be right: ")[2].rstrip("."))
    doubt = _doubt_of(found, likely[0], citation)
    return FileNameReading(doubt=doubt) if doubt else FileNameReading(likely[0].reference)


def _is_likely(parsed: ParsedReference) -> bool:
    """Return whether a file name with this reference, complete or not, is no other name."""
    levels = {level for level, _ in parsed.path}
    return parsed.archive is not None or {"fond", "delo"} <= levels or {"fond", "opis"} <= levels


def _doubt_of(found: ParseResult, parsed: ParsedReference, citation: str) -> str:
    """Return why a reference is in doubt as one of a file name; empty if it is not."""
    if parsed.reference is None or len(found.references) > 1 or not found.certain_references:
        return found.explanation or "It names more than one place."
    if not _archive_in(parsed.as_cited):
        return "It does not name the archive."
    before = citation[: parsed.start].strip(_SIGNS)
    after = citation[parsed.start + len(parsed.as_cited) :].strip(_SIGNS)
    if _archive_in(f"{before} {after}"):
        return "It names more than one archive."
    for rest in (before, after):
        if not _may_stand_beside(rest, parsed.reference):
            return _UNREAD_REST.format(rest)
    return ""


def _may_stand_beside(rest: str, reference: ArchivalReference) -> bool:
    """Return whether words, or the number of an image, beside a reference are no part of it."""
    if not reference.leaves:
        return not rest
    if re.fullmatch("[0-9]{1,4}", rest):
        return int(rest) <= reference.leaves[-1].last.number  # "l. 112 113" may be a range
    return len(rest) != 1 and not _NUMBERS.search(rest)  # "l. 112 b" may be a leaf of its own


def _archive_in(text: str) -> re.Match[str] | None:
    """Return the first spelling of an archive in a text."""
    pattern = rf"(?<![^\W_])(?:{spelling_pattern(text)})(?![^\W\d_])"
    return re.search(pattern, text, re.IGNORECASE)
