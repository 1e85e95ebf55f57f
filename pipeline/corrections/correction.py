"""Corrections: what a person said about one line of a page image.

A correction is anchored to the digest of the page image, to the box of the line on it, and to the
text that stood there, so that it stays true whatever reads the page again.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pydantic import AwareDatetime, Field

from pipeline.model import FrozenModel
from pipeline.text import Box

MAX_LINE_LENGTH = 2000  #: characters of a line that are kept; the longest typed line has 120


class CorrectionAction(StrEnum):
    """What a person did with a line."""

    ACCEPTED = "accepted"  #: its text is right as it stands
    TYPED = "typed"  #: the person typed the right text
    SUGGESTED = "suggested"  #: the person chose suggestions, and typed nothing
    UNREADABLE = "unreadable"  #: nobody can read it on this image
    NOT_TEXT = "not-text"  #: there is no text in this place
    WRONG_ORDER = "wrong-order"  #: it does not belong between its neighbours
    REPORTED = "reported"  #: a reader says that it is wrong; it changes no text
    TRANSCRIBED = "transcribed"  #: typed without seeing the text, for a sample; changes no text
    UNDONE = "undone"  #: an earlier correction does not count any more

    @property
    def changes_text(self) -> bool:
        """Whether the line has another text afterwards."""
        return self in {CorrectionAction.TYPED, CorrectionAction.SUGGESTED}

    @property
    def settles_line(self) -> bool:
        """Whether nobody needs to look at the line again."""
        return self not in {
            CorrectionAction.REPORTED, CorrectionAction.TRANSCRIBED, CorrectionAction.UNDONE,
        }  # fmt: skip


class Correction(FrozenModel):
    """One line of the log of corrections."""

    id: str  #: unique in the log
    when: AwareDatetime
    by: str  #: name of the person; empty for a reader who gave none
    via: str  #: where it was made: ``review``, ``report``, or the name of an imported file
    record: str
    version: int  #: of the record that the person saw
    page: int = Field(ge=1)
    image: str  #: SHA-256 of the page image
    box: Box  #: of the line, in pixels of the page image, origin top left
    before: str  #: the line as it stood: words with one space between them
    after: str = ""  #: the line as it should stand; equal to ``before`` if nothing is changed
    action: CorrectionAction
    note: str = ""
    undoes: str = ""  #: id of the correction that does not count any more
    previous: str = ""  #: links the line to those before it
    torn_bytes: int = 0  #: of the line before this one, which a power cut left unfinished


class LineCorrection(FrozenModel):
    """A correction that is part of a published version."""

    id: str  #: in the log of corrections
    line: int = Field(ge=1)  #: of the page's lines that are not empty
    action: CorrectionAction
    by: str
    when: AwareDatetime
    read: str  #: the line as the machine read it
    text: str  #: the line as it stood with this correction
    #: it stands as the person left it; else a later reading changed other words of it
    whole: bool = True


def new_correction_id() -> str:
    """Return an id that no other correction has."""
    return secrets.token_hex(8)


def settled_lines(corrections: Iterable[LineCorrection]) -> frozenset[int]:
    """Return the lines that stand as the last person left them."""
    whole = {one.line: one.whole for one in corrections}
    return frozenset(line for line, is_whole in whole.items() if is_whole)


def counting_corrections(log: Iterable[Correction]) -> list[Correction]:
    """Return the corrections that were not undone, the oldest first."""
    entries = list(log)
    undone = {entry.undoes for entry in entries if entry.action is CorrectionAction.UNDONE}
    return [
        entry
        for entry in entries
        if entry.id not in undone and entry.action is not CorrectionAction.UNDONE
    ]


def agreeing_people(
    corrections: Iterable[tuple[int, CorrectionAction, str]],
) -> dict[int, frozenset[str]]:
    """Return for each line the people who agree on how it stands now.

    Args:
        corrections: line, action and person of each that settles a line, the oldest first.
    """
    people = dict[int, frozenset[str]]()
    for line, action, person in corrections:
        others = people.get(line, frozenset()) if action is CorrectionAction.ACCEPTED else None
        people[line] = (others or frozenset()) | {person}
    return people


@dataclass(frozen=True, slots=True)
class PlacedCorrection:
    """A correction and the line that it is about."""

    line: int  #: of the lines that are not empty, from 1
    correction: Correction
    text: str  #: of the line with it
    is_whole: bool  #: the line stands as the person left it
