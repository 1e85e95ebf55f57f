"""What a person decides about a line, entered into the log of corrections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.corrections.correction import (
    MAX_LINE_LENGTH,
    Correction,
    CorrectionAction,
    counting_corrections,
    new_correction_id,
)
from pipeline.corrections.fit import is_same_place
from pipeline.errors import OpisError
from pipeline.model import Clock
from pipeline.repository.correction_log import append_corrections
from pipeline.review.page_lines import ReviewLine, ReviewPage, load_review_page
from pipeline.settings import Settings
from pipeline.text import Box


class ReviewError(OpisError):
    """A decision cannot be kept as it was sent; nothing was changed."""


class OvertakenError(ReviewError):
    """Somebody else decided on the same line meanwhile."""

    def __init__(self, mine: str, theirs: ReviewLine) -> None:
        """Keep both texts."""
        by = theirs.latest.by if theirs.latest else "Opis"
        super().__init__(f"{by} changed this line meanwhile. Nothing of yours was kept yet.")
        self.mine, self.theirs = mine, theirs


@dataclass(frozen=True, slots=True)
class LinePlace:
    """The line that a person saw."""

    record: str
    page: int
    line: int  #: from 1
    shown: str  #: its text
    seen: str = ""  #: id of the last correction of it that the person could see


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What a person decided about a line."""

    place: LinePlace
    action: CorrectionAction
    by: str
    text: str = ""  #: what the line should be; used only where the text changes
    via: str = "review"
    note: str = ""


def decide_line(decision: LineDecision, settings: Settings, clock: Clock) -> Correction:
    """Enter a decision into the log; it is on disk when this returns.

    Raises:
        CatalogError: there is no such line.
        OvertakenError: the line was decided on since the person saw it, or reads otherwise now.
        ReviewError: the text is empty or too long.
        OSError: the log cannot be written.
    """
    decision = _normalized(decision)

    def make(log: Sequence[Correction]) -> Iterator[Correction]:
        place = decision.place
        page = load_review_page(place.record, place.page, log, settings)
        line = page.line(place.line)
        if line.text != place.shown or last_entry_id(log, place.record, line.box) != place.seen:
            raise OvertakenError(decision.text, line)
        yield correction_of(decision, page, clock)

    return append_corrections(make, settings.output)[0]


def correction_of(decision: LineDecision, page: ReviewPage, clock: Clock) -> Correction:
    """Return the entry of the log that a decision about a line of a page makes.

    Raises:
        CatalogError: the page has no such line.
    """
    line = page.line(decision.place.line)
    return Correction(
        id=new_correction_id(), when=clock.now(), by=decision.by, via=decision.via,
        record=page.record.id, version=page.record.version, page=page.page.number,
        image=page.image.sha256, box=line.box, before=line.text, after=decision.text,
        action=decision.action, note=decision.note,
    )  # fmt: skip


def undo_correction(correction_id: str, by: str, settings: Settings, clock: Clock) -> Correction:
    """Take back the last correction of a line; it is kept in the log and does not count any more.

    Raises:
        ReviewError: there is no such correction, or a later one of the same line.
        OSError: the log cannot be written.
    """

    def make(log: Sequence[Correction]) -> Iterator[Correction]:
        counting = counting_corrections(log)
        undone = next((one for one in counting if one.id == correction_id), None)
        if undone is None:
            msg = "This correction was taken back before."
            raise ReviewError(msg)
        later = counting[counting.index(undone) + 1 :]
        if any(one.image == undone.image and is_same_place(one.box, undone.box) for one in later):
            msg = "This line has a later correction; take that back first."
            raise ReviewError(msg)
        update = {
            "id": new_correction_id(), "when": clock.now(), "by": by, "via": "review",
            "action": CorrectionAction.UNDONE, "undoes": undone.id, "note": "",
            "before": undone.after or undone.before, "after": undone.before,
        }  # fmt: skip
        yield undone.model_copy(update=update)

    return append_corrections(make, settings.output)[0]


def last_entry_id(log: Sequence[Correction], record: str, box: Box) -> str:
    """Return the id of the last correction of a place, an undone or undoing one, too."""
    of_place = (one.id for one in log if one.record == record and is_same_place(one.box, box))
    return next(reversed(list(of_place)), "")


def _normalized(decision: LineDecision) -> LineDecision:
    """Return a decision with one space between words, and the action that its text makes it."""
    shown, text = decision.place.shown, " ".join(decision.text.split())
    if not decision.action.changes_text:
        reported = text if decision.action is CorrectionAction.REPORTED else shown
        return replace(
            decision, text=reported[:MAX_LINE_LENGTH], note=decision.note[:MAX_LINE_LENGTH]
        )
    if not text:
        msg = "The line is empty. If there is no text in this place, say so instead."
        raise ReviewError(msg)
    if len(text) > MAX_LINE_LENGTH:
        msg = f"The line has {len(text)} characters; at most {MAX_LINE_LENGTH} are kept."
        raise ReviewError(msg)
    action = CorrectionAction.ACCEPTED if text == shown else decision.action
    return replace(decision, text=text, action=action)
