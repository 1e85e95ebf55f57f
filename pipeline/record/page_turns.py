"""How a page image was turned for reading, from the event log of its record."""

from pipeline.ocr.upright import quarter_turns
from pipeline.record.record import Record


def turns_of(record: Record, number: int) -> int:
    """Return how many quarters clockwise a page is turned so that its lines run level, 0 to 3."""
    activities = record.provenance.activities
    read = (one for one in activities if (one.plan, one.page) == ("read", number))
    return quarter_turns(step for activity in read for step in activity.steps)
