"""The text that an engine reads on a page: blocks of lines of words, with box and confidence.

Coordinates are pixels of the *page image*: origin at its top left corner, x to the right, y down.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Role of a line on its page; all lines are stored, some are left out of the reading text."""

    TEXT = "text"  #: continues the line above
    PARAGRAPH = "paragraph"  #: the first line of a paragraph
    HEADING = "heading"
    POINT = "point"  #: the first line of a numbered point
    TABLE_ROW = "table-row"  #: a row of a typed list
    PAGE_NUMBER = "page-number"  #: typed with the document; stays in the reading text
    LEAF_NUMBER = "leaf-number"  #: stamped on the leaf by the archive
    STAMP = "stamp"  #: of a registry: the date and number of receipt
    RUNNING_HEAD = "running-head"  #: repeated at the top of several pages
    CATCHWORD = "catchword"  #: the first word of the next page, typed under the last line
    NOISE = "noise"  #: only strokes: underlining, a border

    @property
    def is_furniture(self) -> bool:
        """Whether a line of this role is page furniture, not text for reading."""
        return self in _FURNITURE

    @property
    def begins_paragraph(self) -> bool:
        """Whether a line of this role begins a paragraph."""
        return self is not Role.TEXT


_FURNITURE = frozenset(
    [Role.LEAF_NUMBER, Role.STAMP, Role.RUNNING_HEAD, Role.CATCHWORD, Role.NOISE]
)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the page image, origin top left."""

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.x < 0 or self.y < 0 or self.width < 1 or self.height < 1:
            msg = f"impossible box: {self.x},{self.y} {self.width}x{self.height}"
            raise ValueError(msg)

    @property
    def right(self) -> int:
        """The first column to the right of the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.y + self.height

    @classmethod
    def around(cls, boxes: Iterable["Box"]) -> "Box":
        """Return the smallest box that holds all of ``boxes`` (at least one).

        >>> Box.around([Box(0, 0, 2, 2), Box(5, 1, 1, 4)])
        Box(x=0, y=0, width=6, height=5)
        """
        members = tuple(boxes)
        x, y = min(b.x for b in members), min(b.y for b in members)
        right, bottom = max(b.right for b in members), max(b.bottom for b in members)
        return cls(x, y, right - x, bottom - y)


class WordSource(StrEnum):
    """What a word as it stands comes from, or an alternative of it."""

    ENGINE = "engine"  #: the engine that read the whole page
    SECOND_ENGINE = "second-engine"  #: the engine that read doubtful lines again
    PERSON = "person"  #: a person typed it
    SUGGESTION = "suggestion"  #: a program suggested it, and a person accepted it


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading of a word."""

    text: str  #: may be several words, where the engine's word may lack a space
    source: WordSource

    def __post_init__(self) -> None:
        if not self.text or " ".join(self.text.split()) != self.text:
            msg = f"an alternative is words with one space between them: {self.text!r}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was read."""

    text: str
    box: Box
    confidence: float  #: 0..1, the engine's own estimate
    alternatives: tuple[Alternative, ...] = ()  #: other readings of it
    source: WordSource = WordSource.ENGINE  #: of ``text``; box and confidence are the engine's

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            msg = f"word {self.text!r}: confidence {self.confidence} is not in 0..1"
            raise ValueError(msg)
        if not self.text or self.text.split() != [self.text]:
            msg = f"a word has no white space and is not empty: {self.text!r}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Line:
    """Words in reading order; at least one."""

    words: tuple[Word, ...]
    role: Role = Role.TEXT  #: set by layout, not by the engine

    def __post_init__(self) -> None:
        if not self.words:
            msg = "a line has at least one word"
            raise ValueError(msg)

    @property
    def box(self) -> Box:
        """The box around its words."""
        return Box.around(word.box for word in self.words)

    @property
    def text(self) -> str:
        """The words, separated by spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """Mean confidence of the words, 0..1."""
        return sum(word.confidence for word in self.words) / len(self.words)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together, a paragraph to the engine; at least one."""

    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if not self.lines:
            msg = "a block has at least one line"
            raise ValueError(msg)

    @property
    def box(self) -> Box:
        """The box around its lines."""
        return Box.around(line.box for line in self.lines)

    @property
    def text(self) -> str:
        """The lines, separated by newlines."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Scrap:
    """Words that the engine read where there is no text: texture, an edge, a stain, writing."""

    text: str
    box: Box
    confidence: float  #: 0..1, mean of its characters


@dataclass(frozen=True, slots=True)
class PageText:
    """The text that the engine read on one page, before cleaning."""

    blocks: tuple[Block, ...] = ()

    @property
    def raw_text(self) -> str:
        """The text: spaces between words, newlines between lines, empty lines between blocks."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def confidence(self) -> float | None:
        """Mean confidence of the words, 0..1; None if there is no word."""
        scores = [word.confidence for word in self.words()]
        return sum(scores) / len(scores) if scores else None

    def lines(self) -> Iterator[Line]:
        """Yield all lines in reading order: the lines of ``raw_text`` that are not empty."""
        for block in self.blocks:
            yield from block.lines

    def words(self) -> Iterator[Word]:
        """Yield all words in reading order."""
        for block in self.blocks:
            for line in block.lines:
                yield from line.words

    def with_lines(self, lines: Iterable[Line]) -> "PageText":
        """Return the text with these lines in place of its own; ValueError if the count differs."""
        pairs = zip(self.lines(), tuple(lines), strict=True)
        rest = iter([line for _, line in pairs])
        return PageText(tuple(Block(tuple(next(rest) for _ in b.lines)) for b in self.blocks))

    def with_roles(self, roles: Iterable[Role]) -> "PageText":
        """Return the same text with these roles of its lines; ValueError if the count differs."""
        pairs = zip(self.lines(), tuple(roles), strict=True)
        return self.with_lines(Line(line.words, role) for line, role in pairs)
