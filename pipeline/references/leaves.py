"""Leaves, which archives number, as people cite them: ``лл. 2, 23–28, 40 об.``.

A stamped number may be padded with zeros: the label keeps them, equality ignores them.
A leaf has two sides, so it is not a page image. Pages (``pp. 110-113``) use the same classes.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

_MAX_LEAVES = 20_000  #: leaves of one reference; each may become a label
LETTER = "[A-Za-z\u0400-\u04ff]"
#: Verso in Russian, Ukrainian, Belarusian and Latin letters; not in "5 об отправке".
_SIDE = (
    r"(?:(?:об|ob|зв|zv|адв)\.?|\s(?:об|обор|оборот|ob|зв|zv|адв|verso)(?:\.|(?!\s*\w))|"
    r"\s\((?:об|ob|зв|zv|адв|verso|оборот)\.?\)|v)"
)
_LEAF = rf"(?>[0-9]{{1,6}}+{LETTER}??(?:{_SIDE}|r)?(?![^\W_]))"
_LEAF_PARTS = re.compile(rf"([0-9]{{1,6}}+)({LETTER}??)(?:({_SIDE})|r)?", re.IGNORECASE)
YEAR = r"(?:1[5-9]|20)[0-9]{2}(?!\w)"
MONTH = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|"
    "янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек"
)
#: "l. 5, 14 January" is one leaf.
_NOT_A_DATE = rf"(?![./][0-9]|\s*(?:{MONTH}|copies|pages|экз|стр))"
_RANGE = rf"{_LEAF}(?:\s*-\s*{_LEAF}{_NOT_A_DATE})?"
_AND = r"(?:\b(?:and|и)\b|&)"
_SEPARATOR = rf"\s*(?:[,;](?!\s*{YEAR})(?:\s*{_AND})?|{_AND})\s*"  # "ll. 110-113, 1949" ends at 113
LEAF_LIST = rf"{_RANGE}(?:{_SEPARATOR}{_RANGE}{_NOT_A_DATE})*(?![^\W_]|/|-\w)"


def normalize_text(text: str) -> str:
    """Return the text in NFC, with a hyphen for every dash and with single spaces."""
    dashes = re.sub("[\u2010-\u2015\u2212]", "-", unicodedata.normalize("NFC", text))
    return " ".join(dashes.split())


@dataclass(frozen=True, slots=True)
class Leaf:
    """One side of one leaf, or one page where a file is counted in pages.

    Raises:
        ValueError: the label is that of another leaf.
    """

    number: int
    suffix: str = ""  #: small letter of a leaf inserted later: the "a" of 12a
    verso: bool = False
    label: str = field(default="", compare=False)  #: as stamped, with zeros; "v" for the verso

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", self.unpadded_label)
        match = _LEAF_PARTS.fullmatch(self.label)
        if match is None or _leaf_parts(match) != self.sort_key:
            msg = f"{self.label!r} is not a label of leaf {self.unpadded_label}"
            raise ValueError(msg)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the leaf that a text names; None if it names none.

        >>> Leaf.parse("0110 об.")
        Leaf(number=110, suffix='', verso=True, label='0110v')
        """
        match = _LEAF_PARTS.fullmatch(normalize_text(text))
        if match is None:
            return None
        number, suffix, verso = _leaf_parts(match)
        return cls(number, suffix, verso, f"{match[1]}{match[2]}{'v' * verso}")

    @property
    def sort_key(self) -> tuple[int, str, bool]:
        """Number, suffix and side."""
        return self.number, self.suffix, self.verso

    @property
    def digit_count(self) -> int:
        """Number of stamped digits."""
        return sum(character.isdigit() for character in self.label)

    @property
    def unpadded_label(self) -> str:
        """The label without leading zeros."""
        return f"{self.number}{self.suffix}{'v' * self.verso}"


def _leaf_parts(match: re.Match[str]) -> tuple[int, str, bool]:
    """Return number, suffix and side."""
    return int(match[1]), match[2].lower(), match[3] is not None


@dataclass(frozen=True, slots=True)
class LeafRange:
    """A range of leaves, both ends included.

    Raises:
        ValueError: the range runs backward.
    """

    first: Leaf
    last: Leaf

    def __post_init__(self) -> None:
        if self.last.sort_key < self.first.sort_key:
            msg = f"leaves run backward: {self.first.label}-{self.last.label}"
            raise ValueError(msg)

    @property
    def as_stamped(self) -> str:
        """The range as stamped: ``0110-0113``."""
        is_single = self.first == self.last
        return self.first.label if is_single else f"{self.first.label}-{self.last.label}"

    @property
    def unpadded_label(self) -> str:
        """The range without leading zeros: ``110-113``."""
        is_single = self.first == self.last
        return (
            self.first.unpadded_label
            if is_single
            else f"{self.first.unpadded_label}-{self.last.unpadded_label}"
        )

    def __contains__(self, leaf: Leaf) -> bool:
        """Return whether the range covers a leaf, on either side."""
        first, last = self.first.sort_key[:2], self.last.sort_key[:2]
        return first <= leaf.sort_key[:2] <= last

    def labels(self) -> Iterator[str]:
        """Yield the labels in order; a leaf between the ends has one label, that of its recto.

        >>> list(LeafRange(Leaf(8, label="08"), Leaf(10, verso=True)).labels())
        ['08', '09', '10', '10v']
        """
        first, last = self.first, self.last
        yield first.label
        for number in range(first.number + 1, last.number):
            yield f"{number:0{first.digit_count}d}"
        if last.number > first.number and (last.suffix or last.verso):
            yield f"{last.number:0{last.digit_count}d}"
        if last != first:
            yield last.label


def parse_leaves(text: str, unit: str) -> tuple[LeafRange, ...]:
    """Parse a list that ``LEAF_LIST`` matched.

    Pages (``unit`` "p") may be abbreviated: 110-13 is 110-113. Leaves never are.

    Raises:
        ValueError: a range runs backward, or there are more leaves than a file can have.
    """
    ranges: list[LeafRange] = []
    parts = re.split(rf"[,;]|{_AND}", text, flags=re.IGNORECASE)
    for part in filter(str.strip, parts):
        first, _, last = (expand_range_end(part) if unit == "p" else part).partition("-")
        ends = Leaf.parse(first), Leaf.parse(last or first)
        if ends[0] is None or ends[1] is None:
            msg = f"not a range of leaves: {part!r}"
            raise ValueError(msg)
        ranges.append(LeafRange(ends[0], ends[1]))
    count = sum(part.last.number - part.first.number + 1 for part in ranges)
    if count > _MAX_LEAVES:
        msg = f"{count:,} leaves are more than a file has"
        raise ValueError(msg)
    return tuple(ranges)


def expand_range_end(text: str) -> str:
    """Return a range of numbers with its end in full; other texts unchanged.

    >>> expand_range_end("5754-5")
    '5754-5755'
    """
    match = re.fullmatch(" *([0-9]+) ?- ?([0-9]+) *", text)
    if match is None or int(match[1]) <= int(match[2]):
        return text
    return f"{match[1]}-{match[1][: -len(match[2])]}{match[2]}"


def leaves_include(outer: Sequence[LeafRange], inner: Sequence[LeafRange]) -> bool:
    """Return whether all of some leaves are among others; no leaves stand for the whole file.

    >>> leaves = parse_leaves("110-113, 115", "l")
    >>> leaves_include(leaves, leaves[1:]), leaves_include(leaves[1:], leaves)
    (True, False)
    """
    if not outer or not inner:
        return not outer
    ends = [end for part in inner for end in (part.first, part.last)]
    return all(any(end in part for part in outer) for end in ends)


def may_be_and_next(text: str) -> bool:
    """Return whether a list of leaves ends like the German "77f.": 77 and the next one."""
    return re.search("[0-9]f$", text) is not None


def may_be_years(leaves: Iterable[LeafRange]) -> bool:
    """Return whether a range after the first begins with a possible year: 110-113, 1949."""
    return any(re.match(YEAR, part.unpadded_label) for part in list(leaves)[1:])


def with_en_dashes(leaves: str) -> str:
    """Return printed leaves with en dashes in their ranges."""
    return leaves.replace("-", "–")


def join_leaves(parts: Iterable[str]) -> str:
    """Join printed ranges with commas."""
    return ", ".join(parts)


def parse_leaf_labels(text: str) -> tuple[str, ...]:
    """Return the labels of a list of leaves, in order; none if the text is no such list.

    Raises:
        ValueError: a range runs backward.

    >>> parse_leaf_labels("0110, 0110об., 0111")
    ('0110', '0110v', '0111')
    """
    normalized = normalize_text(text)
    if not re.fullmatch(LEAF_LIST, normalized, re.IGNORECASE):
        return ()
    return tuple(label for part in parse_leaves(normalized, "l") for label in part.labels())
