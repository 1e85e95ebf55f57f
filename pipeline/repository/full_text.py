"""Full-text queries as archivists type them, and the words around a hit.

Ё matches Е and the reverse; й stays й. A query has words, phrases and prefixes; no other character
of it is syntax of the engine. A word is found in all its forms, a phrase as it is written. A page
is found by the words that are suggested for doubtful ones, too; such a hit says so, because its
text has other words. Chinese and Japanese have no spaces between words, so a word in their
characters is sought anywhere in the text, without the index.
"""

import re
import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.doubt.outer_marks import without_marks
from pipeline.errors import CatalogError
from pipeline.repository.word_stems import fold_word, forms_of

MAX_RANKED_PAGES = 200  #: pages that are ranked against each other

#: Characters of scripts without spaces between words: kana and Han.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_UNSPACED_PAGES = "SELECT id FROM page WHERE instr(replace(text, char(10), ''), ?)"
_PAGES_OF_STATUS = "SELECT p.id FROM page p JOIN record r ON r.id = p.record WHERE r.status = ?"
_AVERAGE_PAGE_LENGTH = 1500  #: characters of a page
_CONTEXT_CHARACTERS = 60  #: characters shown on each side of a hit


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """A part of a query that a page must have: a word, a phrase or the beginning of a word."""

    forms: tuple[str, ...]  #: folded; any of them will do
    is_beginning: bool = False

    @property
    def is_unspaced(self) -> bool:
        """Whether it is in a script without spaces between words."""
        return _UNSPACED.search(self.forms[0]) is not None

    @property
    def match_expression(self) -> str:
        """The FTS5 expression: each form is quoted, so that FTS5 sees no other syntax."""
        star = "*" if self.is_beginning else ""
        return "(" + " OR ".join(f'"{form}"{star}' for form in self.forms) + ")"

    @property
    def pattern(self) -> str:
        """A regular expression that matches like the FTS5 expression."""
        if self.is_unspaced:
            return _unspaced_pattern(self.forms[0])
        forms = (
            r"\W+".join(re.escape(word) for word in re.findall(r"\w+", form)) for form in self.forms
        )
        end = "" if self.is_beginning else r"(?!\w)"
        return rf"(?<!\w)(?:{'|'.join(forms)}){end}"


@dataclass(frozen=True, slots=True)
class SuggestedHit:
    """A word that was found by its suggestion."""

    text: str  #: as the page has it
    suggestion: str  #: as the query has it


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that contains the words of a query."""

    record: str
    title: str
    page: int
    leaf: str | None
    around: str  #: the words around the first hit, on one line
    suggestions: tuple[SuggestedHit, ...] = ()  #: words that the text has otherwise


def find_hits(
    db: sqlite3.Connection, query: str, limit: int, status: str | None = None
) -> list[Hit]:
    """Return the pages that contain all words of the query, the best first.

    A word that ends in ``*`` is a prefix; words in quotation marks are a phrase. If more than
    MAX_RANKED_PAGES pages match, only the first MAX_RANKED_PAGES are ranked: such common words
    distinguish little, and ranking millions of pages would take seconds.

    Args:
        db: an open catalogue.
        query: as typed.
        limit: maximum number of pages.
        status: that the records have; None for any.

    Raises:
        CatalogError: the query contains no word.
    """
    terms = _required_terms(db, query)
    matches, values = _matching_pages(terms, status)
    rows = db.execute(
        "SELECT p.record, r.title, p.number, p.leaf, p.text, p.suggested FROM"
        f" ({matches} LIMIT ?) s"
        " JOIN page p ON p.id = s.id JOIN record r ON r.id = p.record",
        [*values, MAX_RANKED_PAGES],
    ).fetchall()
    rows.sort(key=lambda row: (-_rank(row, terms), row["record"], row["number"]))
    return [_build_hit(row, terms) for row in rows[:limit]]


def _rank(row: sqlite3.Row, terms: Sequence[SearchTerm]) -> float:
    """Return the relevance of a page; what only a suggestion has counts half."""
    suggested = relevance_score(row["suggested"], _missing_terms(row["text"], terms))
    return relevance_score(row["text"], terms) + suggested / 2


def _build_hit(row: sqlite3.Row, terms: Sequence[SearchTerm]) -> Hit:
    text = row["text"]
    suggestions = tuple(_suggested_hits(text, row["suggested"], _missing_terms(text, terms)))
    shown = [re.escape(_fold_yo(one.text)) for one in suggestions]
    shown = shown or [term.pattern for term in terms]
    return Hit(
        row["record"], row["title"], row["number"], row["leaf"], words_around(text, shown),
        suggestions,
    )  # fmt: skip


def _missing_terms(text: str, terms: Iterable[SearchTerm]) -> list[SearchTerm]:
    folded = _fold_yo(text)
    return [term for term in terms if not re.search(term.pattern, folded, re.IGNORECASE)]


def _suggested_hits(
    text: str, suggested: str, terms: Iterable[SearchTerm]
) -> Iterator[SuggestedHit]:
    """Yield the words that differ where the terms stand in the suggested text.

    Both texts have the same number of words; there may be no suggested text.
    """
    folded = _fold_yo(suggested)
    pairs = list(zip(text.split(), suggested.split(), strict=True)) if suggested else []
    for term in terms:
        match = re.search(term.pattern, folded, re.IGNORECASE)
        if match:
            start, end = match.span()
            first = len((suggested[:start] + "x").split()) - 1  # the word may begin with a mark
            for before, after in pairs[first : len(suggested[:end].split())]:
                if before != after:
                    yield SuggestedHit(without_marks(before), without_marks(after))


def count_hits(db: sqlite3.Connection, query: str, status: str | None = None) -> int:
    """Return the number of pages that match; MAX_RANKED_PAGES + 1 stands for any more.

    Raises:
        CatalogError: the query contains no word.
    """
    matches, values = _matching_pages(_required_terms(db, query), status)
    rows = db.execute(
        f"SELECT count(*) FROM ({matches} LIMIT ?)",
        [*values, MAX_RANKED_PAGES + 1],
    )
    return int(rows.fetchone()[0])


def _matching_pages(terms: Iterable[SearchTerm], status: str | None) -> tuple[str, list[str]]:
    """Return a query of the ids of pages that contain all terms, and its values."""
    values = [term.forms[0] for term in terms if term.is_unspaced]
    queries = [_UNSPACED_PAGES] * len(values)
    spaced = [term.match_expression for term in terms if not term.is_unspaced]
    if spaced:
        queries.append("SELECT rowid AS id FROM page_search WHERE page_search MATCH ?")
        values.append(" AND ".join(spaced))
    if status is not None:
        queries.append(_PAGES_OF_STATUS)
        values.append(status)
    return " INTERSECT ".join(queries), values


def _required_terms(db: sqlite3.Connection, query: str) -> list[SearchTerm]:
    terms = search_terms(db, query)
    if not terms:
        msg = f"No word to search for in {query!r}."
        raise CatalogError(msg)
    return terms


def search_terms(db: sqlite3.Connection, query: str) -> list[SearchTerm]:
    """Return the terms of a query; each word has the forms that pages have."""
    terms: list[SearchTerm] = []
    for phrase, word in re.findall(r'"([^"]+)"|(\S+)', fold_word(query)):
        text = (phrase or word).replace('"', "")
        if not re.search(r"\w", text):
            continue
        if text.endswith("*"):
            terms.append(SearchTerm((text.rstrip("*"),), is_beginning=True))
        elif phrase or re.search(r"\d", text) or _UNSPACED.search(text):
            terms.append(SearchTerm((text,)))
        else:
            terms += [SearchTerm(forms_of(db, one)) for one in re.findall(r"\w+", text)]
    return terms


def relevance_score(text: str, terms: Iterable[SearchTerm]) -> float:
    """Return the relevance of a page for terms that all occur on it.

    BM25 (Robertson and Zaragoza 2009) without the weight of rare words: to count the pages of a
    word, SQLite reads its whole list, half a second for a common word on two million pages.
    """
    folded, score = _fold_yo(text), 0.0
    length = 1.2 * (0.25 + 0.75 * len(text) / _AVERAGE_PAGE_LENGTH)
    for term in terms:
        frequency = len(re.findall(term.pattern, folded, re.IGNORECASE))
        score += frequency / (frequency + length)
    return score


def _unspaced_pattern(word: str) -> str:
    """Return a regular expression for a word that may continue on the next line."""
    return r"\n?".join(re.escape(sign) for sign in word)


def words_around(text: str, patterns: Iterable[str]) -> str:
    """Return the words on one line around the first place where most of the patterns match."""
    folded = _fold_yo(text)
    matches = sorted(
        (match.start(), number)
        for number, pattern in enumerate(patterns)
        for match in re.finditer(pattern, folded, re.IGNORECASE)
    )
    starts = [start for start, _ in matches]

    def patterns_from(start: int) -> int:
        end = bisect_right(starts, start + _CONTEXT_CHARACTERS)
        return len({number for _, number in matches[bisect_left(starts, start) : end]})

    middle = max(starts, key=patterns_from, default=0)
    start, end = max(middle - _CONTEXT_CHARACTERS, 0), min(middle + _CONTEXT_CHARACTERS, len(text))
    shown = " ".join(text[start:end].split())
    return ("… " if start else "") + shown + (" …" if end < len(text) else "")


def _fold_yo(text: str) -> str:
    """Replace ё with е; the length stays the same, so that offsets agree."""
    return text.replace("ё", "е").replace("Ё", "Е")
