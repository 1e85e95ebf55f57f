"""Editorial insertions: text in square brackets is an editor's, not the author's.

The convention of scholarly editions: ``[which is]`` is supplied, ``[…]`` or ``[...]`` marks an
omission, ``[sic]`` or ``[so]`` remarks on the words before it, ``[illegible]`` or ``[нрзб.]``
marks an unread passage, a number alone (``[12]``) marks a note. Inner brackets belong to the outer
pair; a bracket without a partner is an ordinary character.
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
    """An editor's insertion in a text."""

    start: int  #: index of the opening bracket, in characters from 0
    end: int  #: index after the closing bracket
    text: str  #: between the brackets
    kind: EditorialKind


def editorial_spans(text: str) -> tuple[EditorialSpan, ...]:
    """Return the editors' insertions in a text, in order; they never overlap.

    >>> spans = editorial_spans("Filippov [Stalin], [which is] … [sic]")
    >>> [(span.text, span.kind) for span in spans]
    [('Stalin', 'supplied'), ('which is', 'supplied'), ('sic', 'remark')]
    """
    spans, opened = list[EditorialSpan](), list[int]()
    for index, character in enumerate(text):
        if character == "[":
            opened.append(index)
        elif character == "]" and opened:
            start = opened.pop()
            while spans and spans[-1].start > start:
                spans.pop()  # within these brackets
            words = text[start + 1 : index]
            spans.append(EditorialSpan(start, index + 1, words, _kind_of(words)))
    return tuple(spans)


def strip_editorial_spans(text: str) -> str:
    """Return a text without its editors' insertions.

    >>> strip_editorial_spans("Cable, Filippov [Stalin] to Cde. Mao Zedong")
    'Cable, Filippov to Cde. Mao Zedong'
    """
    parts, end = list[str](), 0
    for span in editorial_spans(text):
        parts.append(text[end : span.start])
        end = span.end
    if not parts:
        return text
    joined = "".join([*parts, text[end:]])
    return re.sub(r"(?<!\s)\s+([,.;:!?])", r"\1", re.sub(r"[ \t]{2,}", " ", joined)).strip()


def _kind_of(words: str) -> EditorialKind:
    for pattern, kind in _KINDS:
        if re.fullmatch(pattern, words.strip(), re.IGNORECASE):
            return kind
    return "supplied"
