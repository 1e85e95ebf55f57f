"""How a language words dates: what all languages have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.dates.julian import structure_to_julian
from pipeline.dates.portions import PARTS_OF_YEAR, Portion, vague_portion
from pipeline.dates.structure import (
    DateInterval,
    DatePoint,
    DateSet,
    DateStructure,
    OpenEnd,
)

_SEASONS = range(21, 24)  #: of which the months do not depend on the year before


@dataclass(frozen=True, slots=True)
class DateLanguage:
    """The words of a language; points that functions get may have marks, unless it is said."""

    since: str  #: before the first day of an open interval, which it includes
    until: str  #: before the last one
    old_style: str
    any_time: str
    #: One point; True if it stands after ``since`` or ``until``.
    point: Callable[[DatePoint, bool], str]
    #: A day in Old and New Style; both have the mark of the whole.
    both_styles: Callable[[DatePoint, DatePoint], str]
    #: A range that says only once what both ends have, which have no marks; the mark of both.
    collapsed: Callable[[DatePoint, DatePoint, str], str | None]
    from_to: Callable[[DatePoint, DatePoint], str]
    #: A range of which one end is unknown, the other given; True if that is the last.
    one_end_unknown: Callable[[DatePoint, bool], str]
    #: Dates without marks that say only once what all have; True if it is one of them.
    collapsed_list: Callable[[Sequence[DatePoint], bool], str | None]
    #: Words with *or*, if True, or *and* before the last.
    listed: Callable[[Sequence[str], bool], str]
    #: A range of which any day may be meant, if True, or each is.
    within: Callable[[str, bool], str]
    portion: Callable[[DatePoint, Portion], str]  #: beginning, middle or end of a unit
    winter: Callable[[str, str], str]  #: of two years

    def format(self, structure: DateStructure) -> str:
        """Return a date in words."""
        if isinstance(structure, DateInterval):
            return self._format_interval(structure)
        if isinstance(structure, DateSet):
            return self._format_set(structure)
        return self.point(structure, False)

    def format_old_style(self, structure: DateStructure) -> str:
        """Return a date in both styles, from its Gregorian days; plainly if it is of no days."""
        old = structure_to_julian(structure)
        if old is None:
            return self.format(structure)
        both = self._format_both(old, structure)
        return both or f"{self.format(old)} {self.old_style} ({self.format(structure)})"

    def _format_both(self, old: DateStructure, new: DateStructure) -> str | None:
        """Return one day in both styles, also as a limit; None for other dates."""
        if isinstance(old, DatePoint) and isinstance(new, DatePoint):
            return self.both_styles(old, new) if old.is_day and old.mark is not None else None
        if not (isinstance(old, DateInterval) and isinstance(new, DateInterval)):
            return None
        ends = (
            (old.first, old.last, new.last, self.until),
            (old.last, old.first, new.first, self.since),
        )
        for other, old_end, new_end, word in ends:
            if isinstance(old_end, DatePoint) and isinstance(new_end, DatePoint):
                both = self._format_both(old_end, new_end) if other is OpenEnd.OPEN else None
                if both:
                    return f"{word}{both}"
        return None

    def _format_interval(self, interval: DateInterval) -> str:
        first, last = interval.first, interval.last
        if isinstance(first, OpenEnd) or isinstance(last, OpenEnd):
            return self._format_open(first, last)
        named = self._named_period(first, last)
        if named:
            return named
        if first.mark is not None and first.mark == last.mark:
            collapsed = self.collapsed(first.bare, last.bare, first.mark)
            if collapsed:
                return collapsed
        return self.from_to(first, last)

    def _format_open(self, first: DatePoint | OpenEnd, last: DatePoint | OpenEnd) -> str:
        for end, other, word in ((last, first, self.until), (first, last, self.since)):
            if isinstance(end, DatePoint):
                if other is OpenEnd.UNKNOWN:
                    return self.one_end_unknown(end, end is last)
                return f"{word}{self.point(end, True)}"
        return self.any_time

    def _named_period(self, first: DatePoint, last: DatePoint) -> str | None:
        """Return the name of an interval that stands for *early 1949*, or a marked season."""
        part = vague_portion(DateInterval(first, last))
        if part is not None:
            return self.portion(*part)
        if not (first.mark and first.mark == last.mark and first.is_known and last.is_known):
            return None
        months = (first.year, first.month, first.day, last.year, last.month, last.day)
        if first.mark == "~" and months == (
            first.year, "12", "", f"{int(first.year) + 1:04d}", "02", "",
        ):  # fmt: skip
            return self.winter(first.year, last.year)
        for season in _SEASONS:
            begin, end = (f"{month:02d}" for month in PARTS_OF_YEAR[season])
            if months == (first.year, begin, "", first.year, end, ""):
                marked = DatePoint(first.year, str(season)).with_mark(first.mark)
                return self.point(marked, False)
        return None

    def _format_set(self, dates: DateSet) -> str:
        members, is_choice = dates.members, dates.is_choice
        if len(members) == 1 and isinstance(members[0], DateInterval):
            is_open = OpenEnd.OPEN in (members[0].first, members[0].last)
            words = self.format(members[0])
            return words if is_choice and is_open else self.within(words, is_choice)
        points = [each for each in members if isinstance(each, DatePoint) and each.mark == ""]
        collapsed = self.collapsed_list(points, is_choice) if len(points) == len(members) else None
        return collapsed or self.listed([self.format(member) for member in members], is_choice)
