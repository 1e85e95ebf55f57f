"""Editors' words: what stands in square brackets was put there by an editor, not by the author.

The rule, as scholarly editions keep it: ``[which is]`` is supplied, ``[…]`` or ``[...]`` marks
what was left out, ``[sic]`` or ``[so]`` speaks of the words before it, ``[illegible]`` or
``[нрзб.]`` of what could not be read. Brackets within brackets belong to the outer ones; one
without its partner is a character like any other. Numbers alone (``[12]``) mark notes.
"""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

EditorialKind: TypeAlias = Literal["supplied", "omission", "remark", "illegible", "note"]

_KINDS: tuple[tuple[str, EditorialKind], ...] = (
    (r"(?:…|\.\s?\.\s?\.)", "omission"),
    (r"(?:sic!?|so|так в (?:тексте|документе|оригинале)\.?)", "remark"),
    (r"(?:illegible|нрзб\.?|неразборчиво|\?+)", "illegible"),
    (r"[0-9*]+", "note"),
)


@dataclass(frozen=True, slots=True)
class EditorialSpan:
    """An editor's words in a text."""

    start: int  #: of the opening bracket, in characters
    end: int  #: after the closing bracket
    text: str  #: between the brackets
    kind: EditorialKind


def editorial_spans(text: str) -> tuple[EditorialSpan, ...]:
    """Return the editors' words of a text, in order; they never overlap.

    >>> spans = editorial_spans("Filippov [Stalin], [which is] … [sic]")
    >>> [(span.text, span.kind) for span in spans]
    [('Stalin', 'supplied'), ('which is', 'supplied'), ('sic', 'remark')]
    """
    spans, opened = list[EditorialSpan](), list[int]()
    for place, character in enumerate(text):
        if character == "[":
            opened.append(place)
        elif character == "]" and opened:
            start = opened.pop()
            while spans and spans[-1].start > start:
                spans.pop()  # within these brackets
            end = place + 1
            words = text[start + 1 : place]
            spans.append(EditorialSpan(start, end, words, _kind_of(words)))
    return tuple(spans)


def strip_editorial_spans(text: str) -> str:
    """Return a text without its editors' words.

    >>> strip_editorial_spans("Cable, Filippov [Stalin] to Cde. Mao Zedong")
    'Cable, Filippov to Cde. Mao Zedong'
    """
    kept, last = list[str](), 0
    for span in editorial_spans(text):
        kept.append(text[last : span.start])
        last = span.end
    if not kept:
        return text
    joined = "".join([*kept, text[last:]])
    return re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"[ \t]{2,}", " ", joined)).strip()


def _kind_of(words: str) -> EditorialKind:
    for pattern, kind in _KINDS:
        if re.fullmatch(pattern, words.strip(), re.IGNORECASE):
            return kind
    return "supplied"
