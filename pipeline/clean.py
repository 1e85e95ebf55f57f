r"""From what the engine read to a text for reading, by small named steps that can be undone.

A step never hands back a new text: it hands back *edits* of the one it was given. The edits are
published with the record, so that any program, without this code, can replay them to get the
reading text, undo them to get the raw reading byte for byte, and follow any word back.

Nothing is invented: a step may remove, join or exchange look-alike letters, never add a word.
What is left out by its place on the page and where paragraphs begin is said by the roles of the
lines (``pipeline.layout``) and done first (``pipeline.shape``); all other steps see only text.
Only NFC: NFKC would lose ſ, № and superscripts.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import regex

from pipeline.edits import Change, Edit, apply, inverse, replay, undo
from pipeline.habits import (
    close_up_letters,
    drop_marks,
    drop_strokes,
    mend_numbers,
    name_points,
    type_in_cyrillic,
)
from pipeline.scripts import unmix
from pipeline.shape import SHAPING
from pipeline.text import Role

__all__ = [
    "SHAPING", "STEPS", "Change", "CleanText", "Edit", "apply", "clean", "inverse", "joint", "name_of",
    "replay", "undo",
]  # fmt: skip

#: First halves that keep their hyphen at a line end when a whole word follows.
_COMPOUNDS = frozenset(
    ["военно", "народно", "национально", "политико", "рабоче", "северо", "социально", "юго"]
)
#: Parts of names that keep it whatever follows: Цзэ-дун, Кай-ши, кое-где.
_NAME_PARTS = frozenset(["кай", "кое", "цзэ", "чжоу"])


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
        kept = joint(found["first"], found["hyphen"], found["rest"])
        start = found.end("first")
        yield Edit(start, text[start : found.end()], kept)


def joint(first: str, hyphen: str, rest: str) -> str:
    """Return what stands between the halves of a broken word: its hyphen, or nothing."""
    compound = first.casefold() in _NAME_PARTS or (first.casefold() in _COMPOUNDS and len(rest) > 4)
    capital = rest[0].isupper() and first[-1].islower()
    return hyphen if compound or capital else ""


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
    drop_strokes,
    drop_marks,
    close_up_letters,
    unmix_scripts,
    type_in_cyrillic,
    mend_numbers,
    name_points,
    join_broken_words,
)

_CLUSTER = regex.compile(r"\X")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200d\u2060\ufeff]+")
_LINE_END_HYPHEN = re.compile(
    r"(?P<first>[^\W\d_]+)(?P<hyphen>[-\u00ad\u2010\u2011\u00ac])\n(?=(?P<rest>[^\W\d_]+))"
)
_WORD = re.compile(r"[^\W\d_]+")


def clean(raw: str, roles: Sequence[Role] = ()) -> CleanText:
    """Shape the text by its layout, then apply the steps until none of them changes it.

    Args:
        raw: as the engine read it.
        roles: of its lines that are not empty, in order; none where the layout is unknown.
    """
    text, changes = raw, list[Change]()
    for shape in SHAPING if roles else ():
        text = _done(name_of(shape), tuple(shape(text, roles)), text, changes)
    while True:
        before = text
        for step in STEPS:
            text = _done(name_of(step), tuple(step(text)), text, changes)
        if text == before:
            return CleanText(text, tuple(changes))


def name_of(step: Callable[..., Iterator[Edit]]) -> str:
    """Return the name under which a step is published."""
    return step.__name__.replace("_", "-")


def _done(name: str, edits: tuple[Edit, ...], text: str, changes: list[Change]) -> str:
    """Return the text with the edits made, and note them where there are any."""
    if edits:
        changes.append(Change(name, edits))
    return apply(text, edits)
