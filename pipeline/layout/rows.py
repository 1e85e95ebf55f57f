"""The lines of a page as layout sees them: text, place, and what is usual on this page."""

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Self

from pipeline.text import Box, Line, PageText

_HYPHEN = re.compile(r"[^\W\d_][-\u00ad\u2010\u2011\u00ac]$")


@dataclass(frozen=True, slots=True)
class TextRow:
    """A line and its place."""

    line: Line
    text: str
    box: Box
    middle_y: float  #: the middle of its first word, which a skewed page moves least
    begins_block: bool  #: the engine began a block with it

    @property
    def middle_x(self) -> float:
        """Half way between its left and its right end."""
        return self.box.x + self.box.width / 2

    @property
    def is_capitals(self) -> bool:
        """Whether all its letters are capitals, and there are a few."""
        letters = [mark for mark in self.text if mark.isalpha()]
        return len(letters) > 3 and all(map(str.isupper, letters))

    @property
    def may_end_paragraph(self) -> bool:
        """Whether it may be the last of a paragraph, by how it ends."""
        last = self.text.rstrip("\"'»”’)]")[-1:]
        return not (last.islower() or last in "-,(")

    def continues_word(self, above: "TextRow") -> bool:
        """Whether ``above`` ended inside the word that this line begins with."""
        return _HYPHEN.search(above.text) is not None and self.text[:1].islower()


@dataclass(frozen=True, slots=True)
class PageLines:
    """A page as layout sees it, and what is usual on it; all in pixels of the page image."""

    rows: tuple[TextRow, ...]
    width: int
    height: int
    letter_width: float  #: the width of one
    line_pitch: float  #: from a line to the next
    left_edge: float  #: where most lines begin; 5 % of them begin before
    right_edge: float  #: where full lines end; 10 % of them end after

    @classmethod
    def from_text(cls, text: PageText, size: tuple[int, int]) -> Self:
        """Measure a page of a width and a height."""
        rows = [
            TextRow(line, line.text, line.box, _middle_y(line), place == 0)
            for block in text.blocks
            for place, line in enumerate(block.lines)
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
