"""The lines of a page with their boxes, and the usual measures of the page."""

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Self

from pipeline.text import Box, Line, PageText

_HYPHEN = re.compile(r"[^\W\d_][-\u00ad\u2010\u2011\u00ac]$")


@dataclass(frozen=True, slots=True)
class TextRow:
    """A line of a page and its box."""

    line: Line
    text: str
    box: Box
    middle_y: float  #: of its first word, so that skew matters least
    begins_block: bool  #: it is the first line of one of the engine's blocks

    @property
    def middle_x(self) -> float:
        """Half way between its left and right ends."""
        return self.box.x + self.box.width / 2

    @property
    def is_capitals(self) -> bool:
        """Whether it has more than three letters, all of them capitals."""
        letters = [mark for mark in self.text if mark.isalpha()]
        return len(letters) > 3 and all(map(str.isupper, letters))

    @property
    def may_end_paragraph(self) -> bool:
        """Whether it may end a paragraph: its end is no small letter, hyphen, comma or bracket."""
        last = self.text.rstrip("\"'»”’)]")[-1:]
        return not (last.islower() or last in "-,(")

    def continues_word(self, above: "TextRow") -> bool:
        """Return whether the line above ends with a hyphen and this one continues its word."""
        return _HYPHEN.search(above.text) is not None and self.text[:1].islower()


@dataclass(frozen=True, slots=True)
class PageLines:
    """A page's rows and usual measures, in pixels of the page image, origin top left."""

    rows: tuple[TextRow, ...]
    width: int
    height: int
    letter_width: float  #: median width of a letter
    line_pitch: float  #: median step from a line to the next
    left_edge: float  #: where most lines begin; 5 % of them begin before
    right_edge: float  #: where full lines end; 10 % of them end after

    @classmethod
    def from_text(cls, text: PageText, size: tuple[int, int]) -> Self:
        """Measure a page; ``size`` is its width and height in pixels."""
        rows = [
            TextRow(line, line.text, line.box, _middle_y(line), index == 0)
            for block in text.blocks
            for index, line in enumerate(block.lines)
        ]
        words = [word for word in text.words() if len(word.text) > 2]
        letter = median(w.box.width / len(w.text) for w in words) if words else 1.0
        steps = [b.middle_y - a.middle_y for a, b in pairwise(rows)]
        down = [step for step in steps if 0 < step < size[1] / 8]
        return cls(
            rows=tuple(rows),
            width=size[0],
            height=size[1],
            letter_width=letter,
            line_pitch=median(down) if down else size[1] / 30,
            left_edge=_quantile([row.box.x for row in rows], 0.05),
            right_edge=_quantile([row.box.right for row in rows], 0.9),
        )


def _middle_y(line: Line) -> float:
    first = line.words[0].box
    return first.y + first.height / 2


def _quantile(values: list[int], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))] if values else 0.0
