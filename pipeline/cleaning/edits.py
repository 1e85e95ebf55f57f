"""Edits: how one text becomes another, so that any program can make, replay and undo it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """At ``start`` of the text the step was given, ``removed`` gives way to ``inserted``."""

    start: int  #: code points from the beginning
    removed: str
    inserted: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one step did: its edits in order, none touching the next."""

    step: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class CleanText:
    """A reading text and how it came from the raw one."""

    text: str
    changes: tuple[Change, ...] = ()

    def after_step(self, step: str, edits: Iterable[Edit]) -> "CleanText":
        """Return the text after a step; where it had nothing to do, the text as it is."""
        made = tuple(edits)
        if not made:
            return self
        return CleanText(apply_edits(self.text, made), (*self.changes, Change(step, made)))


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return ``text`` with the edits made.

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
    """Return the reading text from the raw one by the published changes alone."""
    for change in changes:
        raw = apply_edits(raw, change.edits)
    return raw


def undo(text: str, changes: Iterable[Change]) -> str:
    """Return the raw text from the reading text by the published changes alone."""
    for change in reversed(tuple(changes)):
        text = apply_edits(text, invert_change(change).edits)
    return text


def invert_change(change: Change) -> Change:
    """Return the change that takes this one back."""
    edits = tuple(Edit(here, edit.inserted, edit.removed) for edit, here in with_offsets(change))
    return Change(f"undo-{change.step}", edits)


def with_offsets(change: Change) -> Iterator[tuple[Edit, int]]:
    """Yield each edit with where what it inserted begins in the text after the change."""
    shift = 0
    for edit in change.edits:
        yield edit, edit.start + shift
        shift += len(edit.inserted) - len(edit.removed)


def apply_step(text: str, step: Callable[[str], Iterator[Edit]]) -> str:
    """Return a text after one step."""
    return apply_edits(text, step(text))
