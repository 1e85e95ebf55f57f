r"""The step that joins words broken at the end of a line."""

import re
from collections.abc import Iterator
from typing import Protocol

from pipeline.cleaning.edits import Edit, apply_step  # noqa: F401  the examples use it

#: First halves that keep their hyphen at a line end if a whole word follows.
_COMPOUNDS = {
    "военно", "китайско", "марксистско", "народно", "научно", "национально", "политико", "рабоче",
    "северо", "советско", "социально", "торгово", "юго", "японо",
}  # fmt: skip
#: Words after a hyphen that replaces an omitted half: Vor- und Nachteile.
_CONJUNCTIONS = {"und", "oder", "bzw", "sowie", "og", "eller", "или"}
#: First halves that always keep their hyphen: Цзэ-дун, Кай-ши, кое-где, a-t-il.
_HYPHENATED_PARTS = {"t", "à", "кай", "кое", "цзэ", "чжоу"}
_NOUN_ENDING = re.compile(r"ст[иья]")  #: народно-стями is one word
#: The first half of a broken word, with the parts before it in mother-in-law, and its hyphen.
FIRST_HALF = (
    r"(?<![^\W\d_])(?P<first>(?:[^\W\d_]+-){0,3}[^\W\d_]+)(?P<hyphen>[-\u00ad\u2010\u2011\u00ac])"
)
SECOND_HALF = r"(?P<rest>[^\W\d_]+(?:-[^\W\d_]+){0,3})"
_LINE_END_HYPHEN = re.compile(rf"{FIRST_HALF}\n(?={SECOND_HALF})")


class CompoundWords(Protocol):
    """Knows which words are written with a hyphen, in the record and in its language."""

    def in_record(self, first: str, rest: str) -> bool | None:
        """Return whether the record has two halves with a hyphen; None if it does not tell."""

    def in_language(self, first: str, rest: str) -> bool:
        """Return whether two halves are surely a compound of the language."""


def join_broken_words(text: str, compounds: CompoundWords | None = None) -> Iterator[Edit]:
    r"""Join words broken at a line end; compounds keep their hyphen.

    A hyphen before "and" does not break a word: it replaces an omitted half.

    >>> apply_step("пере-\nмирие и кое-\nгде, стр. 3-\n4", join_broken_words)
    'перемирие и кое-где, стр. 3-\n4'
    >>> apply_step("Vor-\nund Nachteile", join_broken_words)
    'Vor-\nund Nachteile'
    """
    for match in _LINE_END_HYPHEN.finditer(text):
        separator = joining_hyphen(match["first"], match["hyphen"], match["rest"], compounds)
        if separator is not None:
            start = match.end("first")
            yield Edit(start, text[start : match.end()], separator)


def joining_hyphen(
    first: str, hyphen: str, rest: str, compounds: CompoundWords | None = None
) -> str | None:
    """Return the text between the halves of a broken word: its hyphen, or "".

    None if they are not halves of one word. What the record has elsewhere decides before the rules.

    >>> joining_hyphen("народно", "-", "освободительной"), joining_hyphen("народно", "-", "стями")
    ('-', '')
    >>> joining_hyphen("SS", "-", "Mann"), joining_hyphen("КИТАЙ", "-", "СКАЯ")
    ('-', '')
    """
    if rest in _CONJUNCTIONS:
        return None
    is_compound = compounds.in_record(first, rest) if compounds else None
    if is_compound is None:
        is_compound = (
            _is_listed_compound(first, rest)
            or _has_case_change(first, rest)
            or (compounds is not None and compounds.in_language(first, rest))
        )
    return hyphen if is_compound else ""


def _is_listed_compound(first: str, rest: str) -> bool:
    is_whole_word = len(rest) > 4 and not _NOUN_ENDING.match(rest)
    folded = first.casefold().rpartition("-")[2]
    return folded in _HYPHENATED_PARTS or (folded in _COMPOUNDS and is_whole_word)


def _has_case_change(first: str, rest: str) -> bool:
    """Return whether two halves differ in case as parts of a compound do: anti-Semitic, SS-Mann.

    A capital that stands alone may begin a word in small letters (A-bend).
    """
    if rest[0].isupper():
        return not (first.isupper() and rest.isupper())
    return len(first) > 1 and first.isupper()
