"""Search queries as archivists type them, and the words around a hit.

Ё is found as Е and the reverse; й stays й. A query is words, never the syntax of an engine.
"""

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.errors import CatalogError

MAX_RANKED_PAGES = 200  #: pages that are weighed against each other

_AVERAGE_PAGE_LENGTH = 1500  #: characters of a page
_CONTEXT_CHARACTERS = 60  #: characters shown on each side of a hit


@dataclass(frozen=True, slots=True)
class Hit:
    """A page on which the words were found."""

    record: str
    title: str
    page: int
    leaf: str | None
    around: str  #: the words around the first hit, on one line


def find_hits(db: sqlite3.Connection, query: str, limit: int) -> list[Hit]:
    """Return the pages on which all words of the query stand, the best first.

    A word that ends in ``*`` is a beginning; words in quotation marks are a phrase. Where they
    stand on more than CONSIDERED pages, these are the best of the first of them: so common words
    say little, and to weigh millions of pages would take seconds.

    Raises:
        CatalogError: there is no word in the query.
    """
    terms = _required_terms(query)
    rows = db.execute(
        "SELECT p.record, r.title, p.number, p.leaf, p.text FROM"
        " (SELECT rowid AS id FROM page_search WHERE page_search MATCH ? LIMIT ?) s"
        " JOIN page p ON p.id = s.id JOIN record r ON r.id = p.record",
        [" ".join(terms), MAX_RANKED_PAGES],
    ).fetchall()
    rows.sort(key=lambda row: (-relevance_score(row["text"], terms), row["record"], row["number"]))
    return [
        Hit(record, title, number, leaf, words_around(text, terms))
        for record, title, number, leaf, text in rows[:limit]
    ]


def count_hits(db: sqlite3.Connection, query: str) -> int:
    """Return on how many pages all words of the query stand, CONSIDERED + 1 for any more.

    Raises:
        CatalogError: there is no word in the query.
    """
    found = db.execute(
        "SELECT count(*) FROM (SELECT 1 FROM page_search WHERE page_search MATCH ? LIMIT ?)",
        [" ".join(_required_terms(query)), MAX_RANKED_PAGES + 1],
    )
    return int(found.fetchone()[0])


def _required_terms(query: str) -> list[str]:
    terms = search_terms(query)
    if not terms:
        msg = f"No word to search for in {query!r}."
        raise CatalogError(msg)
    return terms


def search_terms(query: str) -> list[str]:
    """Return FTS5 terms: each word or phrase quoted, so that no mark of the query is syntax."""
    found = re.findall(r'"([^"]+)"|(\S+)', _fold_yo(query))
    terms = []
    for phrase, word in found:
        text = phrase or word
        star = "*" if text.endswith("*") else ""
        if re.search(r"\w", text):
            terms.append('"' + text.rstrip("*").replace('"', "") + '"' + star)
    return terms


def relevance_score(text: str, terms: Iterable[str]) -> float:
    """Return how much a page is about the terms, all of which stand on it.

    BM25 (Robertson and Zaragoza 2009) without the weight of rare words: to know how rare a word is,
    SQLite reads the whole list of its pages, half a second for a common one on two million pages.
    """
    folded, score = _fold_yo(text), 0.0
    length = 1.2 * (0.25 + 0.75 * len(text) / _AVERAGE_PAGE_LENGTH)
    for term in terms:
        often = len(re.findall(_term_pattern(term), folded, re.IGNORECASE))
        score += often / (often + length)
    return score


def _term_pattern(term: str) -> str:
    """Return a regular expression that finds what an FTS5 term of ours finds."""
    words = r"\W+".join(re.escape(word) for word in re.findall(r"\w+", term))
    end = "" if term.endswith("*") else r"(?!\w)"
    return rf"(?<!\w){words}{end}"


def words_around(text: str, terms: Iterable[str]) -> str:
    """Return the words around the first hit, on one line."""
    folded = _fold_yo(text)
    words = [word for term in terms for word in re.findall(r"\w+", term)]
    pattern = "|".join(rf"(?<!\w){re.escape(word)}" for word in words)
    found = re.search(pattern, folded, re.IGNORECASE)
    middle = found.start() if found else 0
    start, end = max(middle - _CONTEXT_CHARACTERS, 0), min(middle + _CONTEXT_CHARACTERS, len(text))
    shown = " ".join(text[start:end].split())
    return ("… " if start else "") + shown + (" …" if end < len(text) else "")


def _fold_yo(text: str) -> str:
    """Return the text with ё as е: of the same length, so that places agree."""
    return text.replace("ё", "е").replace("Ё", "Е")
