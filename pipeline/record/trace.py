"""Traces a word of the reading text back to the page image and to the bytes that arrived."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.cleaning.edits import Change, with_offsets
from pipeline.record.provenance import Activity
from pipeline.record.record import Record, RecordPage
from pipeline.text import PageText, Word, WordSource

_ROLE_LABELS = {
    "contributor": "Contributed by",
    "funder": "Paid for by",
    "translator": "Translated by",
    "decider": "Questions decided by",
    "corrector": "Corrected by",
}
_PERSON_WORDS = {
    WordSource.PERSON: "typed by a person",
    WordSource.SUGGESTION: "suggested, and accepted by a person",
}
_TOKEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class TracedWord:
    """A token of the reading text and the words on the page from which it was made."""

    page: int
    leaf: str | None
    reading: str  #: the token in the reading text
    words: tuple[Word, ...]  #: as read; boxes in pixels of the page image, origin top left
    line: int  #: line of the first word on the page, from 1; 0 if there is no word
    steps: tuple[str, ...]  #: cleaning steps that changed it


def trace_word(page: RecordPage, text: PageText, query: str) -> Iterator[TracedWord]:
    """Yield the tokens of a page's reading text that contain a word, ignoring case.

    Args:
        page: of the record.
        text: the text of the page with boxes before cleaning, from its ALTO file.
        query: a word or a part of one.
    """
    for match in _TOKEN.finditer(page.reading_text):
        if query.casefold() not in match[0].casefold():
            continue
        cleaning = page.cleaning[1:] if page.has_corrected_words else page.cleaning
        start, end, steps = _raw_span(match.start(), match.end(), cleaning)
        words = tuple(_words_in_span(text, start, end))
        line = words[0][0] if words else 0
        yield TracedWord(
            page.number, page.leaf, match[0], tuple(word for _, word in words), line, steps
        )


def _raw_span(start: int, end: int, changes: Sequence[Change]) -> tuple[int, int, tuple[str, ...]]:
    """Return the raw-text offsets for a span of the reading text, and the steps that changed it."""
    steps = []
    for change in reversed(changes):
        span = _offset_before(start, change), _offset_before(end, change, end=True)
        if span[1] - span[0] != end - start or _is_rewritten(start, end, change):
            steps.append(change.step)
        start, end = span
    return start, end, tuple(reversed(steps))


def _offset_before(offset: int, change: Change, *, end: bool = False) -> int:
    """Return the offset before a change of the character at ``offset`` after it.

    With ``end``, both offsets are one past the last character of a span.
    """
    character, shift = offset - end, 0
    for edit, position in with_offsets(change):
        if character < position:
            break
        if character < position + len(edit.inserted):
            return edit.start + len(edit.removed) * end
        shift += len(edit.removed) - len(edit.inserted)
    return offset + shift


def _is_rewritten(start: int, end: int, change: Change) -> bool:
    """Return whether a change inserted characters into a span."""
    return any(
        position < end and position + len(edit.inserted) > start
        for edit, position in with_offsets(change)
    )


def _words_in_span(text: PageText, start: int, end: int) -> Iterator[tuple[int, Word]]:
    """Yield the words in a span of the raw text, each with the number of its line, from 1."""
    offset, number = 0, 0
    for block in text.blocks:
        for line in block.lines:
            number += 1
            for word in line.words:
                if offset < end and offset + len(word.text) > start:
                    yield number, word
                offset += len(word.text) + 1
        offset += 1


def describe_trace(
    record: Record, page: RecordPage, traced_words: Sequence[TracedWord]
) -> Iterator[str]:
    """Yield lines for people: the places of the words, then the activities on the page."""
    for traced in traced_words:
        read = " ".join(word.text for word in traced.words)
        leaf = f", leaf {traced.leaf}" if traced.leaf else ""
        yield f"“{traced.reading}” on page {traced.page}{leaf}"
        for word in traced.words:
            box = word.box
            yield (
                f"  {_origin(word, traced.line)}, "
                f"at x {box.x}, y {box.y}, {box.width} by {box.height} pixels"
            )
        if traced.steps:
            yield f"  cleaning made “{traced.reading}” of “{read}”: {', '.join(traced.steps)}"
    yield from _describe_page(record, page)


def _origin(word: Word, line: int) -> str:
    """Return what a word comes from: a reading with its confidence, or a person."""
    if word.source not in _PERSON_WORDS:
        return f"read as “{word.text}” in line {line}, with confidence {word.confidence:.2f}"
    read = next((other.text for other in word.alternatives), "")
    was = f"read as “{read}” by machine" if read else "not read by machine"
    return f"{_PERSON_WORDS[word.source]} as “{word.text}”, {was}, in line {line}"


def _describe_page(record: Record, page: RecordPage) -> Iterator[str]:
    log = record.provenance
    yield f"Page {page.number}" + (f", leaf {page.leaf}" if page.leaf else "")
    if page.image is None:
        yield f"  has no image: {page.detail}"
        return
    image = page.image
    yield (
        f"  its image: {image.width} by {image.height} pixels at {image.dpi_x:g} dpi, extracted by "
        f"{image.extraction} ({image.origin}); SHA-256 {image.sha256}"
    )
    for activity in log.activities:
        if activity.page == page.number:
            yield f"  {_describe_activity(record, activity)}"


def _describe_activity(record: Record, activity: Activity) -> str:
    log = record.provenance
    agent = log.agents[activity.agent]
    plan = log.plans[activity.plan]
    settings = ", ".join(f"{key} {value}" for key, value in plan.items())
    steps = "; ".join(map(str, activity.steps))
    how = "; ".join(filter(None, [settings, steps]))
    who = f"{agent.name} {agent.version}".strip()
    return (
        f"{activity.id}: {who}, {activity.started.isoformat()} to "
        f"{activity.ended.isoformat()} ({how})"
    )


def describe_source(record: Record) -> Iterator[str]:
    """Yield lines that hold for all pages: engine, models, scan, contributors and translators."""
    log = record.provenance
    engine = log.agents["engine"]
    yield f"Engine: {engine.name} {engine.version}"
    for name, value in engine.details.items():
        yield f"  {name} {value}"
    source = log.source
    yield (
        f"Scan: {source.name}, {source.size} bytes, SHA-256 {source.sha256}, arrived "
        f"{source.arrived.isoformat()}"
    )
    for agent in log.agents.values():
        if role := _ROLE_LABELS.get(agent.details.get("role", "")):
            yield f"{role} {agent.name}"
