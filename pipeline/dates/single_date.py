"""Parse a single written date, perhaps incomplete, with its marks of doubt and its brackets.

All texts are folded (``phrases.fold``).
"""

import re
from dataclasses import dataclass, replace
from functools import cache

from pipeline.dates.forms import parse_form
from pipeline.dates.periods import parse_period
from pipeline.dates.phrases import phrase_pattern, suffix_pattern
from pipeline.dates.structure import Marks, join_marks
from pipeline.dates.written import WrittenDate

WHOLE_BRACKET = re.compile(r"\[([^\[\]]*)\]|\(([^()]*)\)|<([^<>]*)>")
_BRACKET = re.compile(r"\[([^\[\]]*)\]")
_INNER_DOUBT = re.compile(r"(?<![\w\[])([^\W_]+\.?)\s?\?(?=[\s,.]+\w)")
_TWO_STYLES = re.compile(
    r"(?P<old>[^/()]+?)\s*(?:/\s*(?P<new>[^/()]+)|\((?P<inner>[^()]+)\)(?P<rest>[^()]*))"
)
_ANY_DAY = re.compile(r"[0-9]")


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Return patterns of marks; they are compiled when the first date needs them."""
    about, perhaps = phrase_pattern("about"), phrase_pattern("perhaps")
    patterns = {
        "in": rf"{phrase_pattern('in', 'days')}\s*",
        "about": rf"(?:{about}\s*|[~≈]\s*|ca?(?=[0-9]))(.+)",
        "about after": rf"(.+?)[\s,]*(?:{suffix_pattern('about')}|\({about}\))",
        "perhaps": rf"{perhaps}\s*(.+)",
        "perhaps after": rf"(.+?)[\s,]*\({perhaps}\)|(.+?)\s?\?",
    }
    return {name: re.compile(pattern) for name, pattern in patterns.items()}


@dataclass(frozen=True, slots=True)
class SingleDateParser:
    """Parses single dates of one text."""

    language: str  #: of the document, BCP 47; empty if unknown
    text: str  #: the whole, with all its words

    def parse(self, words: str) -> WrittenDate | None:
        """Return a single date, perhaps incomplete, with its marks; None if the text is none."""
        words = words.strip(" ,;")
        if match := WHOLE_BRACKET.fullmatch(words):
            return self.parse(match[1] or match[2] or match[3] or "")
        plain, marks = self._split_brackets(_INNER_DOUBT.sub(r"[\1?]", words))
        if any(marks):
            found = self.parse(plain)
            return found and replace(found, part_marks=marks)
        rest, mark = split_mark(plain)
        if mark:
            found = self.parse(rest)
            return found and found.with_mark(mark)
        return self._plain_date(plain)

    def _plain_date(self, words: str) -> WrittenDate | None:
        found = parse_form(words, self.language, self.text) or self._parse_two_styles(words)
        found = found or parse_period(words, self.parse)
        if found:
            return found
        stripped = _patterns()["in"].match(words)
        return self._plain_date(words[stripped.end() :]) if stripped and stripped.end() else None

    def _parse_two_styles(self, words: str) -> WrittenDate | None:
        """Parse a day in both styles: ``14/27 January 1917``, ``14 (27) января 1917``."""
        match = _TWO_STYLES.fullmatch(words)
        if match is None or not _ANY_DAY.search(match["old"]):
            return None
        new_words = match["new"] or f"{match['inner']}{match['rest']}"
        old, new = (
            parse_form(part.strip(" ,"), self.language, self.text)
            for part in (match["old"], new_words)
        )
        return replace(old, new_style=new) if old and new and old.day and new.day else None

    def _split_brackets(self, words: str) -> tuple[str, Marks]:
        """Return a text without brackets, and the marks of the parts that they call doubtful."""
        marks = ["", "", ""]
        for match in _BRACKET.finditer(words):
            inner, mark = split_mark(match[1])
            if not mark:
                continue
            around = words[: match.start()][-1:] + words[match.end() :][:1]
            date = None if around.isdigit() else self.parse(inner)
            parts = date.parts if date else ("year", "", "")
            marks = [
                join_marks(old, mark) if part else old
                for old, part in zip(marks, parts, strict=True)
            ]
        plain = _BRACKET.sub(lambda match: split_mark(match[1])[0], words)
        year, month, day = marks
        return plain, (year, month, day)


def split_mark(words: str) -> tuple[str, str]:
    """Return a text without one mark of doubt at its beginning or end, and the mark."""
    for name, mark in (
        ("about", "~"),
        ("perhaps", "?"),
        ("about after", "~"),
        ("perhaps after", "?"),
    ):
        match = _patterns()[name].fullmatch(words)
        if match:
            return next(group for group in match.groups() if group is not None).strip(" ,"), mark
    return words, ""
