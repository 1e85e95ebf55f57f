"""Tells documents at the same place apart by what their descriptions say.

Two documents may lie on the same leaves: the end of one and the beginning of the next, or two
telegrams on one form. Two scans at one place are of different documents if their descriptions
contradict each other: other titles, dates that exclude each other, or other people. Titles and
names are compared only in the same alphabet, because one may be the translation of the other.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self, TypeAlias

from pipeline.dates.iso import iso_date_range
from pipeline.description.editorial import strip_editorial_spans
from pipeline.description.merge import MergedDescription
from pipeline.description.transliteration import has_cyrillic

#: a text without case, marks and spaces, and whether it has Cyrillic letters
_Word: TypeAlias = tuple[bool, str]
_MIN_WORD = 3  #: letters of a part of a name that counts


@dataclass(frozen=True, slots=True)
class DocumentMarks:
    """What a description says that can tell its document from another one at the same place."""

    titles: frozenset[_Word]
    date: str | None  #: EDTF
    creators: frozenset[_Word]  #: the parts of their names
    recipients: frozenset[_Word]

    @classmethod
    def of(
        cls, titles: Iterable[str], date: str | None, creators: Iterable[str],
        recipients: Iterable[str],
    ) -> Self:  # fmt: skip
        """Return the marks of a document.

        Args:
            titles: in all languages and alphabets.
            date: in EDTF.
            creators: all forms of the names of all of them.
            recipients: as the creators.
        """
        bare = (strip_editorial_spans(title) or title for title in titles)
        words = frozenset(word for title in bare if (word := _word(title))[1])
        return cls(words, date, _name_words(creators), _name_words(recipients))

    def contradict(self, other: Self) -> bool:
        """Return whether the two cannot be of one document.

        >>> letter = DocumentMarks.of(["Letter to Mao"], "1949-01-14", ["Stalin"], [])
        >>> letter.contradict(DocumentMarks.of(["Letter to [Comrade] Mao"], "1949-01", [], []))
        False
        >>> letter.contradict(DocumentMarks.of(["Letter to Mao"], "1949-01-15", [], []))
        True
        """
        return (
            _are_apart(self.titles, other.titles)
            or _dates_are_apart(self.date, other.date)
            or _are_apart(self.creators, other.creators)
            or _are_apart(self.recipients, other.recipients)
        )


def _word(text: str) -> _Word:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return has_cyrillic(text), "".join(filter(str.isalnum, plain))


def _name_words(names: Iterable[str]) -> frozenset[_Word]:
    """Return the words of names: those in editors' brackets, too."""
    spaced = ("".join(c if c.isalnum() else " " for c in name) for name in names)
    words = (_word(part) for name in spaced for part in name.split())
    return frozenset(word for word in words if len(word[1]) >= _MIN_WORD)


def _are_apart(one: frozenset[_Word], other: frozenset[_Word]) -> bool:
    """Return whether both have words of one alphabet, and none in common."""
    alphabets = {is_cyrillic for is_cyrillic, _ in one} & {is_cyrillic for is_cyrillic, _ in other}
    return bool(alphabets) and not one & other


def _dates_are_apart(one: str | None, other: str | None) -> bool:
    """Return whether two dates exclude each other; uncertain ones exclude nothing."""
    first, second = iso_date_range(one), iso_date_range(other)
    if first is None or second is None or first.qualifier or second.qualifier:
        return False
    return _is_before(first.last, second.first) or _is_before(second.last, first.first)


def _is_before(end: str, beginning: str) -> bool:
    """Return whether a date in ISO 8601 ends before another begins; empty ends are open."""
    length = min(len(end), len(beginning))
    return length > 0 and end[:length] < beginning[:length]


def marks_of_description(described: MergedDescription) -> DocumentMarks:
    """Return the marks of the document that a scan's description describes."""
    description = described.description
    titles = [description.title or "", *(form.value for form in description.titles)]
    names = {"creator": [*description.creator], "recipient": [*description.recipient]}
    for given in description.names:
        names.setdefault(given.role, []).append(given.name)
        names[given.role] += [form.value for form in given.forms]
    return DocumentMarks.of(titles, described.edtf, names["creator"], names["recipient"])
