"""Leaves: what the archive numbered, as people cite it (``лл. 2, 23–28, 40 об.``).

The number stamped on a leaf may be padded with zeros: the label keeps them, identity does not.
A leaf has two sides, so leaves are not page images. Pages (``pp. 110-113``) are counted alike.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

LETTER = "[A-Za-z\u0400-\u04ff]"
_SIDE = r"(?:(?:об|ob|зв)\.?|\s(?:об|ob|зв|verso)(?:\.|(?!\s*\w))|v)"  # "5 об отправке" is none
_LEAF = rf"(?>[0-9]{{1,6}}+{LETTER}??(?:{_SIDE}|r)?(?![^\W_]))"
_LEAF_PARTS = re.compile(rf"([0-9]{{1,6}}+)({LETTER}??)(?:({_SIDE})|r)?", re.IGNORECASE)
YEAR = r"(?:1[5-9]|20)[0-9]{2}(?!\w)"
MONTH = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|"
    "янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек"
)
_NOT_A_DATE = (
    rf"(?![./][0-9]|\s*(?:{MONTH}|copies|pages|экз|стр))"  # "l. 5, 14 January" is one leaf
)
_RANGE = rf"{_LEAF}(?:\s*-\s*{_LEAF}{_NOT_A_DATE})?"
_AND = r"(?:\b(?:and|и)\b|&)"
_SEPARATOR = rf"\s*(?:[,;](?!\s*{YEAR})(?:\s*{_AND})?|{_AND})\s*"  # "ll. 110-113, 1949" ends at 113
LEAF_LIST = rf"{_RANGE}(?:{_SEPARATOR}{_RANGE}{_NOT_A_DATE})*(?![^\W_]|/|-\w)"


def normalize_text(text: str) -> str:
    """Make characters alike that only type differently: dashes, spaces, composed letters."""
    dashes = re.sub("[\u2010-\u2015\u2212]", "-", unicodedata.normalize("NFC", text))
    return " ".join(dashes.split())


@dataclass(frozen=True, slots=True)
class Leaf:
    """One side of one leaf, or one page where a file is counted in pages."""

    number: int
    suffix: str = ""  #: of a leaf put in later, small: the "a" of 12a
    verso: bool = False
    label: str = field(default="", compare=False)  #: as stamped, zeros and all; "v" for the verso

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", self.unpadded_label)
        found = _LEAF_PARTS.fullmatch(self.label)
        if found is None or _leaf_parts(found) != self.sort_key:
            msg = f"{self.label!r} is not a label of leaf {self.unpadded_label}"
            raise ValueError(msg)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read one leaf as people write it, or None where it is not one.

        >>> Leaf.parse("0110 об.")
        Leaf(number=110, suffix='', verso=True, label='0110v')
        """
        found = _LEAF_PARTS.fullmatch(normalize_text(text))
        if found is None:
            return None
        number, suffix, verso = _leaf_parts(found)
        return cls(number, suffix, verso, f"{found[1]}{found[2]}{'v' * verso}")

    @property
    def sort_key(self) -> tuple[int, str, bool]:
        """What sorts: number, suffix, side."""
        return self.number, self.suffix, self.verso

    @property
    def digit_count(self) -> int:
        """How many digits are stamped."""
        return sum(character.isdigit() for character in self.label)

    @property
    def unpadded_label(self) -> str:
        """The label without the zeros in front."""
        return f"{self.number}{self.suffix}{'v' * self.verso}"


def _leaf_parts(found: re.Match[str]) -> tuple[int, str, bool]:
    """Return number, suffix and side of a leaf that was read."""
    return int(found[1]), found[2].lower(), found[3] is not None


@dataclass(frozen=True, slots=True)
class LeafRange:
    """From a leaf to a leaf, both included; never backward."""

    first: Leaf
    last: Leaf

    def __post_init__(self) -> None:
        if self.last.sort_key < self.first.sort_key:
            msg = f"leaves run backward: {self.first.label}-{self.last.label}"
            raise ValueError(msg)

    @property
    def as_stamped(self) -> str:
        """As stamped: ``0110-0113``."""
        alone = self.first == self.last
        return self.first.label if alone else f"{self.first.label}-{self.last.label}"

    @property
    def unpadded_label(self) -> str:
        """Without the zeros in front: ``110-113``."""
        alone = self.first == self.last
        return (
            self.first.unpadded_label
            if alone
            else f"{self.first.unpadded_label}-{self.last.unpadded_label}"
        )

    def __contains__(self, leaf: Leaf) -> bool:
        """Return whether a leaf is one of these, on either side."""
        first, last = self.first.sort_key[:2], self.last.sort_key[:2]
        return first <= leaf.sort_key[:2] <= last

    def labels(self) -> Iterator[str]:
        """Yield the labels covered, in order; between the ends a leaf is named once, as recto.

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
    """Read a list that ``LEAF_LIST`` matched; ValueError where a range runs backward.

    Pages (``unit`` "p") may be abbreviated: 110-13 is 110-113. Leaves are never so written.
    """
    ranges = []
    parts = re.split(rf"[,;]|{_AND}", text, flags=re.IGNORECASE)
    for part in filter(str.strip, parts):
        first, _, last = (expand_range_end(part) if unit == "p" else part).partition("-")
        ends = Leaf.parse(first), Leaf.parse(last or first)
        if ends[0] is None or ends[1] is None:
            msg = f"not a range of leaves: {part!r}"
            raise ValueError(msg)
        ranges.append(LeafRange(ends[0], ends[1]))
    return tuple(ranges)


def expand_range_end(text: str) -> str:
    """Return a range of numbers with its end in full; anything else as it is.

    >>> expand_range_end("5754-5")
    '5754-5755'
    """
    found = re.fullmatch(" *([0-9]+) ?- ?([0-9]+) *", text)
    if found is None or int(found[1]) <= int(found[2]):
        return text
    return f"{found[1]}-{found[1][: -len(found[2])]}{found[2]}"


def may_be_years(leaves: Iterable[LeafRange]) -> bool:
    """Return whether a range behind the first begins with what may be a year: 110-113, 1949."""
    return any(re.match(YEAR, part.unpadded_label) for part in list(leaves)[1:])


def with_en_dashes(leaves: str) -> str:
    """Return a printed range as books print it."""
    return leaves.replace("-", "–")


def join_leaves(parts: Iterable[str]) -> str:
    """Join printed ranges as a reference prints them."""
    return ", ".join(parts)


def parse_leaf_labels(text: str) -> tuple[str, ...]:
    """Return the labels that a list of leaves covers, in order; none where it is no such list.

    >>> parse_leaf_labels("0110, 0110об., 0111")
    ('0110', '0110v', '0111')
    """
    wanted = normalize_text(text)
    if not re.fullmatch(LEAF_LIST, wanted, re.IGNORECASE):
        return ()
    return tuple(label for part in parse_leaves(wanted, "l") for label in part.labels())
