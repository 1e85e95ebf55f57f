"""A reference as people type it into a search: of any level, with or without its archive.

``search.js`` and ``references.js`` of the site do the same in a browser.
"""

import re
from dataclasses import dataclass

from pipeline.references.archives import find_archive, spelling_pattern
from pipeline.references.finder import find_references
from pipeline.references.leaves import Leaf, normalize_text
from pipeline.references.slug import to_ascii_slug

_ORDER = ("fond", "opis", "delo")  #: of numbers without marks; the next one is a leaf
_NUMBER = r"[^\W\d_]{0,2}-?[0-9]+[^\W\d_]{0,3}"
_NUMBERS = rf"{_NUMBER}(?:\s*[/,\s]\s*{_NUMBER}){{1,3}}"
_WORD = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class ReferenceQuery:
    """A place, or all places below it, that a search asks for."""

    archive: str | None  #: code
    levels: tuple[tuple[str, str], ...]  #: level and ``bare_value``
    leaf: str = ""  #: label: 112v; or of two leaves, 12v-13
    is_sure: bool = True  #: what it says is a reference and nothing else


def bare_value(value: str) -> str:
    """Return a value as searches compare it: Latin letters and digits, without leading zeros.

    >>> bare_value("Р-5446"), bare_value("0129"), bare_value("1Б")
    ('r5446', '129', '1b')
    """
    return re.sub("^0+(?=[0-9])", "", to_ascii_slug(value).replace("-", ""))


def read_reference_query(text: str) -> ReferenceQuery | None:
    """Return the reference that a query is; None if it has other words, or is none.

    >>> read_reference_query("РГАСПИ 558/11/330").levels
    (('fond', '558'), ('opis', '11'), ('delo', '330'))
    >>> read_reference_query("Сталин, ф. 558, оп. 11")
    """
    for parsed in find_references(text).references:
        rest = text.replace(parsed.as_cited, "", 1)
        if not parsed.path or _WORD.search(rest):
            continue
        levels = tuple((level, bare_value(value)) for level, value in parsed.path)
        leaf = parsed.leaves[0].unpadded_label if parsed.leaves else ""
        is_sure = parsed.archive is not None or len(levels) + bool(leaf) > 1
        return ReferenceQuery(parsed.archive, levels, leaf, is_sure)
    return _read_numbers(" ".join(normalize_text(text).split()))


def _read_numbers(text: str) -> ReferenceQuery | None:
    """Return the place of numbers without marks: after an archive, or three with strokes."""
    match = re.fullmatch(
        rf"(?:(?P<archive>{spelling_pattern(text)})[\s.,:]*)?(?P<numbers>{_NUMBERS})",
        text,
        re.IGNORECASE,
    )
    if match is None:
        return None
    archive = find_archive(match["archive"]) if match["archive"] else None
    values = re.split(r"\s*[/,\s]\s*", match["numbers"])
    if archive is None and (len(values) < len(_ORDER) or "/" not in text):
        return None
    levels = tuple((level, bare_value(value)) for level, value in zip(_ORDER, values, strict=False))
    leaf = Leaf.parse(values[3]) if len(values) > len(_ORDER) else None
    label = leaf.unpadded_label if leaf else ""
    return ReferenceQuery(archive.code if archive else None, levels, label, archive is not None)
