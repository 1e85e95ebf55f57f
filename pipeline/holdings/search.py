"""Search queries as archivists type them, and the words around a hit.

Ё is found as Е and the reverse; й stays й. A query is words, never the syntax of an engine.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_AROUND = 60  #: characters shown on each side of a hit


@dataclass(frozen=True, slots=True)
class Hit:
    """A page on which the words were found."""

    record: str
    title: str
    page: int
    leaf: str | None
    around: str  #: the words around the first hit, on one line


def search_terms(query: str) -> list[str]:
    """Return FTS5 terms: each word or phrase quoted, so that no mark of the query is syntax."""
    found = re.findall(r'"([^"]+)"|(\S+)', _fold(query))
    terms = []
    for phrase, word in found:
        text = phrase or word
        star = "*" if text.endswith("*") else ""
        if re.search(r"\w", text):
            terms.append('"' + text.rstrip("*").replace('"', "") + '"' + star)
    return terms


def words_around(text: str, terms: Iterable[str]) -> str:
    """Return the words around the first hit, on one line."""
    folded = _fold(text)
    words = [word for term in terms for word in re.findall(r"\w+", term)]
    pattern = "|".join(rf"(?<!\w){re.escape(word)}" for word in words)
    found = re.search(pattern, folded, re.IGNORECASE)
    middle = found.start() if found else 0
    start, end = max(middle - _AROUND, 0), min(middle + _AROUND, len(text))
    shown = " ".join(text[start:end].split())
    return ("… " if start else "") + shown + (" …" if end < len(text) else "")


def _fold(text: str) -> str:
    """Return the text with ё as е: of the same length, so that places agree."""
    return text.replace("ё", "е").replace("Ё", "Е")
