"""Edits that turn one text into another, and that any program can apply, replay and undo."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

CORRECTION_STEP = "correct"  #: published name of the corrections of people, which come first


@dataclass(frozen=True, slots=True)
class Edit:
    """``inserted`` replaces ``removed`` at ``start`` of the step's input."""

    start: int  #: code points from the beginning of the text
    removed: str
    inserted: str


@dataclass(frozen=True, slots=True)
class Change:
    """The edits of one step, in order and without overlap."""

    step: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class CleanText:
    """A reading text and the changes that made it from the raw text."""

    text: str
    changes: tuple[Change, ...] = ()

    def after_step(self, step: str, edits: Iterable[Edit]) -> "CleanText":
        """Return the text after a step; the same object if the step has no edits."""
        step_edits = tuple(edits)
        if not step_edits:
            return self
        changes = (*self.changes, Change(step, step_edits))
        return CleanText(apply_edits(self.text, step_edits), changes)


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return ``text`` with the edits applied.

    Raises:
        ValueError: an edit does not fit the text, so the record was altered.
    """
    parts, at = list[str](), 0
    for edit in edits:
        end = edit.start + len(edit.removed)
        if edit.start < at or text[edit.start : end] != edit.removed:
            msg = f"edit at {edit.start} does not fit: {edit.removed!r} is not there"
            raise ValueError(msg)
        parts += text[at : edit.start], edit.inserted
        at = end
    return "".join([*parts, text[at:]])


def replay(raw: str, changes: Iterable[Change]) -> str:
    """Return the reading text from the raw text and the published changes."""
    for change in changes:
        raw = apply_edits(raw, change.edits)
    return raw


def undo(text: str, changes: Iterable[Change]) -> str:
    """Return the raw text from the reading text and the published changes."""
    for change in reversed(tuple(changes)):
        text = apply_edits(text, invert_change(change).edits)
    return text


def invert_change(change: Change) -> Change:
    """Return the change that undoes this one."""
    edits = tuple(Edit(start, edit.inserted, edit.removed) for edit, start in with_offsets(change))
    return Change(f"undo-{change.step}", edits)


def with_offsets(change: Change) -> Iterator[tuple[Edit, int]]:
    """Yield each edit with the offset of its insertion in the text after the change."""
    shift = 0
    for edit in change.edits:
        yield edit, edit.start + shift
        shift += len(edit.inserted) - len(edit.removed)


def protected_spans(change: Change) -> tuple[tuple[int, int], ...]:
    """Return start and end of what a change inserted, in the text after it.

    >>> protected_spans(Change("correct", (Edit(0, "a", "bc"), Edit(4, "d", ""))))
    ((0, 2),)
    """
    placed = ((start, start + len(edit.inserted)) for edit, start in with_offsets(change))
    return tuple((start, end) for start, end in placed if end > start)


def shift_spans(
    spans: Iterable[tuple[int, int]], edits: Sequence[Edit]
) -> tuple[tuple[int, int], ...]:
    r"""Return where spans of a text lie after edits; an edit inside a span changes its length.

    >>> shift_spans([(4, 8)], [Edit(0, "ab", ""), Edit(5, "-\n", "")])
    ((2, 4),)
    """
    return tuple((start + _growth(edits, start), end + _growth(edits, end)) for start, end in spans)


def _growth(edits: Iterable[Edit], offset: int) -> int:
    """Return by how much edits that end before an offset move it."""
    before = (edit for edit in edits if edit.start + len(edit.removed) <= offset)
    return sum(len(edit.inserted) - len(edit.removed) for edit in before)


def apply_step(text: str, step: Callable[[str], Iterator[Edit]]) -> str:
    """Return the text after one step."""
    return apply_edits(text, step(text))
