"""Walks from a word of the reading text back to the bytes that arrived."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.cleaning.edits import Change, with_offsets
from pipeline.record.provenance import Activity
from pipeline.record.record import Record, RecordPage
from pipeline.text import PageText, Word

_ROLE_LABELS = {
    "contributor": "Contributed by",
    "funder": "Paid for by",
    "translator": "Translated by",
}
_TOKEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class TracedWord:
    """A place of the reading text and the words on the page that it was made of."""

    page: int
    leaf: str | None
    reading: str  #: the token as it stands in the reading text
    words: tuple[Word, ...]  #: as read, boxes in pixels of the page image, origin top left
    line: int  #: of the page, from 1, in which the first of them stands
    steps: tuple[str, ...]  #: cleaning steps that touched it


def trace_word(page: RecordPage, text: PageText, query: str) -> Iterator[TracedWord]:
    """Yield every token of a page's reading text that holds a word; letters' size does not count.

    Args:
        page: of the record.
        text: what was read on it, from its ALTO file.
        query: a word, or part of one.
    """
    for found in _TOKEN.finditer(page.reading_text):
        if query.casefold() not in found[0].casefold():
            continue
        start, end, steps = _raw_span(found.start(), found.end(), page.cleaning)
        words = tuple(_words_in_span(text, start, end))
        line = words[0][0] if words else 0
        yield TracedWord(
            page.number, page.leaf, found[0], tuple(word for _, word in words), line, steps
        )


def _raw_span(start: int, end: int, changes: Sequence[Change]) -> tuple[int, int, tuple[str, ...]]:
    """Return the stretch of the raw text behind a stretch of the reading text, and who made it."""
    touched = []
    for change in reversed(changes):
        before = _offset_before(start, change), _offset_before(end, change, end=True)
        if before[1] - before[0] != end - start or _is_rewritten(start, end, change):
            touched.append(change.step)
        start, end = before
    return start, end, tuple(reversed(touched))


def _offset_before(place: int, change: Change, *, end: bool = False) -> int:
    """Return where, before a change, the character stood that is at ``place`` after it.

    With ``end``, ``place`` is one past the last character of a stretch, and so is what is returned.
    """
    character, back = place - end, 0
    for edit, here in with_offsets(change):
        if character < here:
            break
        if character < here + len(edit.inserted):
            return edit.start + len(edit.removed) * end
        back += len(edit.removed) - len(edit.inserted)
    return place + back


def _is_rewritten(start: int, end: int, change: Change) -> bool:
    """Whether a change wrote letters of a stretch that is as long as before."""
    return any(
        here < end and here + len(edit.inserted) > start for edit, here in with_offsets(change)
    )


def _words_in_span(text: PageText, start: int, end: int) -> Iterator[tuple[int, Word]]:
    """Yield the words that lie in a stretch of the raw text, each with the number of its line."""
    at, number = 0, 0
    for block in text.blocks:
        for line in block.lines:
            number += 1
            for word in line.words:
                if at < end and at + len(word.text) > start:
                    yield number, word
                at += len(word.text) + 1
        at += 1


def describe_trace(
    record: Record, page: RecordPage, traced_words: Sequence[TracedWord]
) -> Iterator[str]:
    """Yield the walk in plain words: places first, then how the page and the scan came to be."""
    for one in traced_words:
        read = " ".join(word.text for word in one.words)
        leaf = f", leaf {one.leaf}" if one.leaf else ""
        yield f"“{one.reading}” on page {one.page}{leaf}"
        for word in one.words:
            box, sure = word.box, f"{word.confidence:.2f}"
            yield (
                f"  read as “{word.text}” in line {one.line}, with confidence {sure}, "
                f"at x {box.x}, y {box.y}, {box.width} by {box.height} pixels"
            )
        if one.steps:
            yield f"  cleaning made “{one.reading}” of “{read}”: {', '.join(one.steps)}"
    yield from _describe_page(record, page)


def _describe_page(record: Record, page: RecordPage) -> Iterator[str]:
    log = record.provenance
    yield f"Page {page.number}" + (f", leaf {page.leaf}" if page.leaf else "")
    if page.image is None:
        yield f"  has no image: {page.detail}"
        return
    image = page.image
    yield (
        f"  its image: {image.width} by {image.height} pixels at {image.dpi_x:g} dpi, got by "
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
    return (
        f"{activity.id}: {agent.name} {agent.version}, {activity.started.isoformat()} to "
        f"{activity.ended.isoformat()} ({how})"
    )


def describe_source(record: Record) -> Iterator[str]:
    """Yield what is the same for all pages: the engine, its models, and the bytes that arrived."""
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
