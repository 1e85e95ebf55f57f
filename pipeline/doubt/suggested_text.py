"""The text of a page with its suggestions in place, for searching; it is never the text shown."""

import re
from collections.abc import Iterable, Sequence

from pipeline.doubt.findings import WordDoubt
from pipeline.doubt.outer_marks import without_marks
from pipeline.doubt.word_forms import broken_word, lines_of


def doubts_fit(raw_text: str, doubts: Iterable[WordDoubt]) -> bool:
    """Return whether each doubt is about a word that stands at its place in the raw text."""
    words = {
        (line, word): text
        for line, words in enumerate(lines_of(raw_text), 1)
        for word, text in enumerate(words, 1)
    }
    return all(words.get((doubt.line, doubt.word)) == doubt.text for doubt in doubts)


def suggested_words(raw_text: str, doubts: Iterable[WordDoubt]) -> dict[str, str]:
    """Return the likeliest suggestion for each word, without marks around it.

    The halves of a word that is broken over a line end are joined, as in the reading text.
    """
    lines = lines_of(raw_text)
    changed = [list(words) for words in lines]
    places = set[tuple[int, int]]()
    for doubt in doubts:
        if doubt.suggestions:
            changed[doubt.line - 1][doubt.word - 1] = doubt.suggestions[0]
            places.add((doubt.line - 1, doubt.word - 1))
    words = dict[str, str]()
    for line, word in sorted(places):
        before = _whole_word(lines, line, word)
        words[before] = _whole_word(changed, line, word)
    return {before: after for before, after in words.items() if before}


def with_suggestions(text: str, words: dict[str, str]) -> str:
    """Return a text with words replaced; their number stays the same.

    >>> with_suggestions("в Олессу, Олессу.", {"Олессу": "Одессу"})
    'в Одессу, Одессу.'
    """
    if not words:
        return text
    choices = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.sub(rf"(?<!\w)(?:{choices})(?!\w)", lambda match: words[match[0]], text)


def _whole_word(lines: Sequence[Sequence[str]], line: int, word: int) -> str:
    broken = broken_word(lines, line, word)
    if broken is None and word == 0 and line:
        broken = broken_word(lines, line - 1, len(lines[line - 1]) - 1)
    return broken.as_read if broken else without_marks(lines[line][word])
