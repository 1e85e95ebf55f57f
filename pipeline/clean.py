r"""From what the engine read to a text for reading, by small named steps that can be undone.

A step never hands back a new text: it hands back *edits* of the one it was given. The edits are
published with the record, so that any program, without this code, can replay them to get the
reading text, undo them to get the raw reading byte for byte, and follow any word back.

Nothing is invented: a step may remove, join or exchange look-alike letters, never add a word.
Only NFC: NFKC would lose ſ, № and superscripts.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import regex

from pipeline.scripts import unmix

#: First halves that keep their hyphen at a line end when a whole word follows.
_COMPOUNDS = frozenset(
    ["военно", "народно", "национально", "политико", "рабоче", "северо", "социально", "юго"]
)
#: Parts of names that keep it whatever follows: Цзэ-дун, Кай-ши, кое-где.
_NAME_PARTS = frozenset(["кай", "кое", "цзэ", "чжоу"])


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
    changes: tuple[Change, ...]


def compose(text: str) -> Iterator[Edit]:
    r"""Write letters and their marks as one character where Unicode has it (NFC).

    >>> clean("и\u0306").text
    'й'
    """
    if unicodedata.is_normalized("NFC", text):
        return
    for found in _CLUSTER.finditer(text):
        composed = unicodedata.normalize("NFC", found.group())
        if composed != found.group():
            yield Edit(found.start(), found.group(), composed)


def drop_invisible(text: str) -> Iterator[Edit]:
    """Drop control and zero-width characters, which no page shows."""
    for found in _INVISIBLE.finditer(text):
        yield Edit(found.start(), found.group(), "")


def join_broken_words(text: str) -> Iterator[Edit]:
    r"""Join a word that was broken at a line end; a compound keeps its hyphen.

    >>> clean("пере-\nмирие и кое-\nгде, стр. 3-\n4").text
    'перемирие и кое-где, стр. 3-\n4'
    """
    for found in _LINE_END_HYPHEN.finditer(text):
        first, rest = found["first"].casefold(), found["rest"]
        start = found.end("first")
        compound = first in _NAME_PARTS or (first in _COMPOUNDS and len(rest) > 4)
        capital = rest[0].isupper() and found["first"][-1].islower()
        kept = found["hyphen"] if compound or capital else ""
        yield Edit(start, text[start : found.end()], kept)


def unmix_scripts(text: str) -> Iterator[Edit]:
    """Give a word that mixes Cyrillic with Latin look-alikes the letters of one script.

    >>> clean("Mао и Гoминьдан, XIX съезд").text
    'Мао и Гоминьдан, XIX съезд'
    """
    for found in _WORD.finditer(text):
        mended = unmix(found.group())
        if mended != found.group():
            yield Edit(found.start(), found.group(), mended)


#: The steps in their order. A name, once published, keeps its meaning.
STEPS: tuple[Callable[[str], Iterator[Edit]], ...] = (
    drop_invisible,
    compose,
    unmix_scripts,
    join_broken_words,
)

_CLUSTER = regex.compile(r"\X")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200d\u2060\ufeff]+")
_LINE_END_HYPHEN = re.compile(
    r"(?P<first>[^\W\d_]+)(?P<hyphen>[-\u00ad\u2010\u2011\u00ac])\n(?=(?P<rest>[^\W\d_]+))"
)
_WORD = re.compile(r"[^\W\d_]+")


def clean(raw: str) -> CleanText:
    """Apply the steps until none of them changes the text."""
    text, changes = raw, list[Change]()
    while True:
        before = text
        for step in STEPS:
            edits = tuple(step(text))
            if edits:
                changes.append(Change(step.__name__.replace("_", "-"), edits))
                text = apply(text, edits)
        if text == before:
            return CleanText(text, tuple(changes))


def apply(text: str, edits: Iterable[Edit]) -> str:
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
        raw = apply(raw, change.edits)
    return raw


def undo(text: str, changes: Iterable[Change]) -> str:
    """Return the raw text from the reading text by the published changes alone."""
    for change in reversed(tuple(changes)):
        text = apply(text, inverse(change).edits)
    return text


def inverse(change: Change) -> Change:
    """Return the change that takes this one back."""
    edits, shift = list[Edit](), 0
    for edit in change.edits:
        edits.append(Edit(edit.start + shift, edit.inserted, edit.removed))
        shift += len(edit.inserted) - len(edit.removed)
    return Change(f"undo-{change.step}", tuple(edits))
