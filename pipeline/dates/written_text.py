"""Parse a written date: limits, ranges, alternatives, single dates.

All texts are folded (``phrases.fold``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.dates.periods import parse_winter
from pipeline.dates.phrases import phrase_pattern, range_patterns, suffix_pattern
from pipeline.dates.problem import DateProblemError
from pipeline.dates.single_date import WHOLE_BRACKET, SingleDateParser, split_mark
from pipeline.dates.written import Written, WrittenDate, WrittenRange, WrittenSet, complete

_YEARS = re.compile(r"([0-9]{4})\s?[/\-]\s?([0-9]{1,4})\.?")
_DECADES = re.compile(
    r"([0-9]{2})([0-9])0(?:-?[^\W\d_]{0,3}\.?)?\s?[/\-]\s?(?:\1)?([0-9])0(?P<end>\D.*)"
)
_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})(?:,|\.(?=\s))\s*(?P<rest>(?:(?![0-9]{4}).)+)")
#: A time of day, which EDTF dates here have not; the date as given keeps it.
_TIME = re.compile(
    r"[,;]?\s+(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?"
    r"\s*(?:h\.?|hrs?\.?|uhr|ч\.?|час\w*\.?|hod\.?|godz\.?|[ap]\.?m\.?)?$"
)
_INCLUDING = "including"


def parse_written(words: str, language: str) -> Written | None:
    """Return a written date; None if it cannot be parsed.

    Args:
        words: folded; a long dash stands between spaces, for it parts more than a hyphen.
        language: of the document, BCP 47; empty if unknown.

    Raises:
        DateProblemError: the date may be two.

    >>> parse_written("14-16 января 1949 г.", "").first.parts
    ('', '', '14')
    """
    plain = _without_ornament(words)
    return _TextParser(SingleDateParser(language, words)).parse(plain)


@cache
def _compiled(name: str) -> re.Pattern[str]:
    """Return a pattern; they are compiled when the first date needs them."""
    and_, or_ = phrase_pattern("and"), phrase_pattern("or")
    not_after = phrase_pattern("not_after")
    years = phrase_pattern("years")
    patterns = {
        "years after": rf"(?<=[0-9\]\-])\.?\s*{years}",
        "years before": rf"(?<!\w){years}\s*(?=[0-9'\[])",
        _INCLUDING: rf"[,(]?\s*{phrase_pattern(_INCLUDING)}\)?",
        "or": rf",?\s+{or_}\s+",
        "and": rf",?\s+{and_}\s+",
        "between limits": rf"[,;]?\s+(?:-\s+)?(?:{and_}\s+)?{not_after}\s*",
        "to": rf"\s*-\s*|\s+{phrase_pattern('to')}\s+|\s*/\s*",
        "within": rf"{phrase_pattern('within')}:?\s*(.+)",
        "year unknown": rf"[,\s]*[\[(]?{phrase_pattern('year_unknown')}[\])]?",
        "undated": rf"{phrase_pattern('undated')}(?:[,;:]\s*|\s*(?=[\[(]))(.+)",
        "decade years": rf"{phrase_pattern('decades')}\s*([0-9]{{4}})\s*-\s*([0-9]{{4}})",
    }
    for kind in ("not_before", "not_after", "before", "after", "until"):
        patterns[kind] = rf"{phrase_pattern(kind)}\s*(.+)"
        patterns[f"{kind} suffix"] = rf"(.+?)[\s,]*{suffix_pattern(kind)}"
    return re.compile(patterns[name])


def _without_ornament(words: str) -> str:
    """Return a text without the words for year and day, and signs that all mean doubt as ``?``."""
    plain = words.replace("(?)", "?").replace("[?]", "?")
    plain = re.sub(r"(?<=[0-9])\s*\.\s(?=[0-9])", ".", plain)
    plain = re.sub(r"(?<=[0-9]{4})-(?:го|м|му)\b", "", plain)
    plain = re.sub(r"(.+)\s+es\s+(.+)\s+kozott", r"\1 - \2", plain)
    plain = re.sub(r"([0-9])\.?-[ae]?t[eo]l\s+(?=\S*[0-9])", r"\1 - ", plain)  # 14-től 16-ig
    plain = re.sub(r"(?<=[0-9])\.?-(?:[ae]?ig|b[ae]n)\b", "", plain)
    plain = _compiled("year unknown").sub("", plain)
    plain = _compiled("years before").sub("", _compiled("years after").sub("", plain))
    return re.sub(r"\[\s*\]", "", _TIME.sub("", plain)).strip(" ,;")


@dataclass(frozen=True, slots=True)
class _TextParser:
    """Parses parts of one text."""

    single: SingleDateParser

    def parse(self, words: str) -> Written | None:
        """Return what a text says."""
        words = words.strip(" ,;")
        including = _compiled(_INCLUDING).search(words)
        if including:
            return self._parse_limit(_compiled(_INCLUDING).sub("", words), is_included=True)
        parsers = (
            self._parse_both_limits, self._parse_limit, self._parse_from_to, self._parse_several,
            self._parse_single, self._parse_marked, self._parse_range, self._parse_bracketed,
        )  # fmt: skip
        return next((found for parser in parsers if (found := parser(words))), None)

    def _parse_both_limits(self, words: str) -> WrittenRange | None:
        since = _compiled("not_before").fullmatch(words)
        middle = _compiled("between limits").search(since[1]) if since else None
        if since is None or middle is None:
            return None
        return self._range(since[1][: middle.start()], since[1][middle.end() :])

    def _parse_limit(self, words: str, *, is_included: bool = False) -> WrittenRange | None:
        """Parse ``not before A``, ``A or later``, ``before A``; ``is_included``: its end is in it.

        Raises:
            DateProblemError: the word may include its day or not.
        """
        for kind in ("not_before", "not_after", "before", "after", "until"):
            match = _compiled(kind).fullmatch(words) or _compiled(f"{kind} suffix").fullmatch(words)
            date = self.single.parse(match[1]) if match else None
            if date is None or complete([date]) is None:
                continue
            if kind == "until" and not is_included:
                msg = "may include its last day or not. Write “not after …” or “before …”"
                raise DateProblemError(msg)
            is_excluded = kind in {"before", "after"} and not is_included
            if kind in {"not_before", "after"}:
                return WrittenRange(date, None, is_excluded)
            return WrittenRange(None, date, is_excluded)
        return None

    def _parse_from_to(self, words: str) -> WrittenRange | None:
        """Parse ``from A to B``, ``between A and B``."""
        for opening, middle in range_patterns():
            match = re.match(rf"{opening}\s*", words)
            if match is None:
                continue
            rest = words[match.end() :]
            for between in re.finditer(rf"\s+{middle}\s*", rest):
                found = self._range(rest[: between.start()], rest[between.end() :])
                if found:
                    return found
        return None

    def _parse_several(self, words: str) -> WrittenSet | None:
        """Parse alternatives (``A, B or C``) and dates that all hold (``A and B``)."""
        for conjunction, is_choice in (("or", True), ("and", False)):
            *front, last = _compiled(conjunction).split(words)
            if not front:
                continue
            members = [member for part in front for member in self._members(part)]
            members += [self._member(last)]
            known = tuple(member for member in members if member is not None)
            ends = [end for member in known for end in _ends_of(member)]
            if len(known) == len(members) and complete(ends) is not None:
                return WrittenSet(known, is_choice)
        return None

    def _members(self, words: str) -> list[WrittenDate | WrittenRange | None]:
        whole = self._member(words)
        return [whole] if whole else [self._member(part) for part in words.split(",")]

    def _member(self, words: str) -> WrittenDate | WrittenRange | None:
        return self.single.parse(words) or self._parse_range(words)

    def _parse_single(self, words: str) -> WrittenDate | WrittenRange | None:
        date = self.single.parse(words)
        return date if date and complete([date]) else parse_winter(words)

    def _parse_range(self, words: str) -> WrittenRange | None:
        """Parse ``A - B``, ``A to B``, ``1948/49``, ``1940-50s``; A may omit what B states."""
        if match := _YEARS.fullmatch(words):
            year, end = match.groups()
            last = year[: -len(end)] + end
            return WrittenRange(WrittenDate(year), WrittenDate(last)) if last > year else None
        if match := _compiled("decade years").fullmatch(words):
            return _range_of_years(match[1], match[2])
        if match := _DECADES.fullmatch(words):
            first, last = (
                self.single.parse(f"{match[1]}{match[n]}0{match['end']}") for n in (2, 3)
            )
            if first and last:
                return WrittenRange(first, last)
        for dash in _compiled("to").finditer(words):
            found = self._range(words[: dash.start()], words[dash.end() :])
            if found and ("/" not in dash[0] or not any(end.day for end in _ends_of(found))):
                return found
        return None

    def _range(self, first: str, last: str) -> WrittenRange | None:
        end = self.single.parse(last)
        begin = self._first_end(first.strip(), last, end) if end else None
        if begin is None or end is None or complete([begin, end]) is None:
            return None
        return WrittenRange(begin, end)

    def _first_end(self, words: str, last: str, end: WrittenDate) -> WrittenDate | None:
        """Return the first end of a range; it may omit a word that the last one states."""
        if "XX" in end.year:  # XIX - XX вв.
            return self.single.parse(f"{words} в.") or self.single.parse(words)
        if end.month > "32":  # I-III quarters
            return self.single.parse(words) or self.single.parse(
                re.sub(r"^\S+", words, last.strip())
            )
        if re.fullmatch(r"[0-9]{1,2}\.[0-9]{2}", words):  # 14.01-16.01.1949
            return self.single.parse(f"{words}.")
        return self.single.parse(words)

    def _parse_marked(self, words: str) -> Written | None:
        """Parse a text that is doubtful as a whole, in brackets, or after ``n. d.``."""
        if match := WHOLE_BRACKET.fullmatch(words):
            return self.parse(match[1] or match[2] or match[3] or "")
        if match := _compiled("undated").fullmatch(words):
            return self.parse(match[1])
        if match := _compiled("within").fullmatch(words):
            found = self.parse(match[1])
            return WrittenSet((found,), is_choice=True) if isinstance(found, WrittenRange) else None
        rest, mark = split_mark(words)
        found = self.parse(rest) if mark else None
        return found.with_mark(mark) if found else None

    def _parse_bracketed(self, words: str) -> Written | None:
        """Parse a text with supplied parts (``[1948]-[1949]``), or with the year first."""
        bare = words.replace("[", "").replace("]", "")
        if bare != words and words.count("[") == words.count("]"):
            return self.parse(bare)
        match = _YEAR_FIRST.fullmatch(words)  # 1949, not after 14 January
        return self.parse(f"{match['rest'].strip(' ,')} {match['year']}") if match else None


def _range_of_years(first: str, last: str) -> WrittenRange:
    """Return years after a word for decades.

    Raises:
        DateProblemError: they may be decades.
    """
    if first.endswith("0") and last.endswith("0"):
        msg = f"may be years or decades. Write {first}/{last} or {first[:3]}X/{last[:3]}X"
        raise DateProblemError(msg)
    return WrittenRange(WrittenDate(first), WrittenDate(last))


def _ends_of(member: WrittenDate | WrittenRange) -> Iterator[WrittenDate]:
    if isinstance(member, WrittenDate):
        yield member
    else:
        yield from (end for end in (member.first, member.last) if end is not None)
