"""The levels of the archive above a document, with what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.description.level_descriptions import LevelDescription
from pipeline.record.record import Record
from pipeline.references.level_place import LevelPlace
from pipeline.references.system_registry import system_of

_UNKNOWN = LevelDescription()


@dataclass(frozen=True, slots=True)
class ContextLevel:
    """A level above a document; its description is empty if nothing is known."""

    place: LevelPlace
    description: LevelDescription

    @property
    def name(self) -> str:
        """Its own step of the reference, such as ``f. 558``."""
        return system_of(self.place.archive).format_path(self.place.path)[-1].strip()

    @property
    def summary(self) -> str:
        """Step, title, dates and extent in a line; empty if nothing is known."""
        known = self.description
        parts = list(filter(None, [known.title_in(""), known.dates_in("en"), known.extent]))
        return f"{self.name}: {', '.join(parts)}" if parts else ""


def context_of(record: Record, levels: Mapping[str, LevelDescription]) -> tuple[ContextLevel, ...]:
    """Return the levels of the place where a record was scanned, the outermost first.

    Args:
        record: the record; without a parsed reference it has none.
        levels: what is known, by reference in normal form.
    """
    first = record.references[0] if record.references else None
    if first is None or first.archive is None or not first.path:
        return ()
    try:
        places = list(LevelPlace(first.archive, first.path).levels_down())
    except ValueError:  # a system that this Opis reads otherwise
        return ()
    return tuple(ContextLevel(place, levels.get(place.normal, _UNKNOWN)) for place in places)
