"""The table of judged words: from it a model of the chance that a word is wrong can be fitted."""

from collections.abc import Iterable
from dataclasses import astuple, fields

from pipeline.evaluation.judged_words import JudgedWord
from pipeline.evaluation.results import EvaluatedPage

_PAGE_COLUMNS = ("set", "series", "name", "page", "recipe", "languages")


def words_table(pages: Iterable[EvaluatedPage]) -> str:
    """Return all words of all pages, a line each, with tabs between columns and a head line.

    No cell holds a tab or a line end, so nothing is quoted.
    """
    heads = [*_PAGE_COLUMNS, *(field.name for field in fields(JudgedWord))]
    rows = [
        [*(getattr(page.result, column) for column in _PAGE_COLUMNS), *astuple(word)]
        for page in pages
        for word in page.words
    ]
    return "".join("\t".join(map(_cell, row)) + "\n" for row in [heads, *rows])


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
