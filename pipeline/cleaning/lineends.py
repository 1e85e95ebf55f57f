r"""Joins a word that was broken at the end of a line."""

import re
from collections.abc import Iterator

from pipeline.cleaning.edits import Edit, apply_step  # noqa: F401  the examples use it

#: First halves that keep their hyphen at a line end when a whole word follows.
_COMPOUNDS = {
    "военно", "китайско", "марксистско", "народно", "научно", "национально", "политико", "рабоче",
    "северо", "советско", "социально", "торгово", "юго", "японо",
}  # fmt: skip
#: What follows a hyphen that stands for a half left out: Vor- und Nachteile.
_CONJUNCTIONS = {"und", "oder", "bzw", "sowie", "og", "eller", "или"}
#: Parts that keep it whatever follows: Цзэ-дун, Кай-ши, кое-где, a-t-il.
_HYPHENATED_PARTS = {"t", "кай", "кое", "цзэ", "чжоу"}
_NOUN_ENDING = re.compile(r"ст[иья]")  #: of a noun: народно-стями is one word
_LINE_END_HYPHEN = re.compile(
    r"(?P<first>[^\W\d_]+)(?P<hyphen>[-\u00ad\u2010\u2011\u00ac])\n(?=(?P<rest>[^\W\d_]+))"
)


def join_broken_words(text: str) -> Iterator[Edit]:
    r"""Join a word that was broken at a line end; a compound keeps its hyphen.

    A hyphen before "and" breaks no word: it stands for a half left out.

    >>> apply_step("пере-\nмирие и кое-\nгде, стр. 3-\n4", join_broken_words)
    'перемирие и кое-где, стр. 3-\n4'
    >>> apply_step("Vor-\nund Nachteile", join_broken_words)
    'Vor-\nund Nachteile'
    """
    for found in _LINE_END_HYPHEN.finditer(text):
        kept = joining_hyphen(found["first"], found["hyphen"], found["rest"])
        if kept is not None:
            start = found.end("first")
            yield Edit(start, text[start : found.end()], kept)


def joining_hyphen(first: str, hyphen: str, rest: str) -> str | None:
    """Return what stands between the halves of a broken word: its hyphen, or nothing.

    None where they are no halves of one word.

    >>> joining_hyphen("народно", "-", "освободительной"), joining_hyphen("народно", "-", "стями")
    ('-', '')
    >>> joining_hyphen("SS", "-", "Mann"), joining_hyphen("КИТАЙ", "-", "СКАЯ")
    ('-', '')
    """
    if rest in _CONJUNCTIONS:
        return None
    whole = len(rest) > 4 and not _NOUN_ENDING.match(rest)
    compound = first.casefold() in _HYPHENATED_PARTS or (first.casefold() in _COMPOUNDS and whole)
    return hyphen if compound or _has_case_change(first, rest) else ""


def _has_case_change(first: str, rest: str) -> bool:
    """Whether two halves differ in case as parts of a compound do: anti-Semitic, SS-Mann.

    A capital that stands alone may begin a word in small letters (A-bend).
    """
    if rest[0].isupper():
        return not (first.isupper() and rest.isupper())
    return len(first) > 1 and first.isupper()
