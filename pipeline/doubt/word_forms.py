r"""The word forms of a page, each with the places of its letters in the words that were read.

A word that is broken over a line end gives one form, if its halves are not words themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex
from rapidfuzz.distance import Levenshtein

from pipeline.cleaning.lineends import joining_hyphen
from pipeline.doubt.case_folding import fold_case

if TYPE_CHECKING:
    from pipeline.doubt.vocabulary import Vocabulary

#: Letters that no digit touches: l949 is a number.
_LETTERS = regex.compile(r"(?<![\p{L}\p{N}])\p{L}{2,}(?![\p{L}\p{N}])")
_BROKEN = regex.compile(
    r"(?<![\p{L}\p{N}])(?P<first>\p{L}+)(?P<hyphen>[-=\u00ad\u2010\u2011\u00ac])$"
)
_REST = regex.compile(r"\P{L}?(?P<rest>\p{L}+)(?![\p{L}\p{N}])")


@dataclass(frozen=True, slots=True)
class Part:
    """Some letters of a word that was read."""

    line: int  #: of the page, from 0; lines that are not empty
    word: int  #: of the line, from 0
    start: int  #: of the word, from 0
    letters: str  #: as read


@dataclass(frozen=True, slots=True)
class Form:
    """A word form as it stands on a page."""

    parts: tuple[Part, ...]  #: two of a word broken over a line end, else one

    @property
    def as_read(self) -> str:
        """The letters as read."""
        return "".join(part.letters for part in self.parts)

    @property
    def folded(self) -> str:
        """The letters as forms are compared."""
        return fold_case(self.as_read)

    def spell(self, folded: str) -> tuple[str, ...]:
        """Return another folded form, letter by letter in the case of this one, cut as its parts.

        >>> Form((Part(0, 0, 0, "Сле"), Part(1, 0, 0, "луЮЩее"))).spell("следующее")
        ('Сле', 'дуЮЩее')
        """
        letters = self.as_read
        owners = [number for number, part in enumerate(self.parts) for _ in part.letters]
        spelled = ["" for _ in self.parts]
        for step in Levenshtein.opcodes(self.folded, folded):
            for at in range(step.dest_start, step.dest_end):
                place = min(step.src_start + at - step.dest_start, max(step.src_end, 1) - 1)
                is_same, is_capital = step.tag == "equal", letters[place].isupper()
                new = folded[at].upper() if is_capital else folded[at]
                spelled[owners[place]] += letters[place] if is_same else new
        return tuple(spelled)


def lines_of(raw_text: str) -> list[list[str]]:
    """Return the words of each line of a raw text that is not empty."""
    return [words for line in raw_text.split("\n") if (words := line.split())]


def forms_of_page(lines: Sequence[Sequence[str]], vocabulary: "Vocabulary") -> Iterator[Form]:
    """Yield the word forms of a page in order; ``lines`` has the words of each line.

    Letters beside digits and single letters are no form.
    """
    taken, rest_end = (-1, -1), 0  # the word whose first letters belong to the form before
    for line, words in enumerate(lines):
        for word, text in enumerate(words):
            first = rest_end if (line, word) == taken else 0
            broken = broken_word(lines, line, word)
            if broken and broken.parts[0].start >= first and not _is_compound(broken, vocabulary):
                yield from _forms_in(text, line, word, first, broken.parts[0].start)
                yield broken
                taken = (line + 1, 0)
                rest_end = broken.parts[1].start + len(broken.parts[1].letters)
            else:
                yield from _forms_in(text, line, word, first, len(text))


def _forms_in(text: str, line: int, word: int, start: int, end: int) -> Iterator[Form]:
    for match in _LETTERS.finditer(text):
        if start <= match.start() and match.end() <= end:
            yield Form((Part(line, word, match.start(), match[0]),))


def broken_word(lines: Sequence[Sequence[str]], line: int, word: int) -> Form | None:
    """Return the form that begins in this last word of a line and ends in the next, or None."""
    if word + 1 < len(lines[line]) or line + 1 == len(lines):
        return None
    first, rest = _BROKEN.search(lines[line][word]), _REST.match(lines[line + 1][0])
    if not first or not rest or joining_hyphen(first[1], first[2], rest[1]) != "":
        return None
    return Form(
        (
            Part(line, word, first.start("first"), first["first"]),
            Part(line + 1, 0, rest.start("rest"), rest["rest"]),
        )
    )


def _is_compound(form: Form, vocabulary: "Vocabulary") -> bool:
    """Return whether both halves are words, and the whole is none."""
    halves = [fold_case(part.letters) for part in form.parts]
    return not vocabulary.frequency(form.folded) and all(map(vocabulary.is_frequent, halves))
