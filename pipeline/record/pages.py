"""What the pages of a scan give to its record: texts, activities, issues and numbers.

Running heads, leaf numbers and words that go on over a page end show only over several pages; so
no page is cleaned before the last is read. A draft holds no word and no box, and stays small.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.cleaning.clean import clean
from pipeline.cleaning.edits import CleanText
from pipeline.cleaning.pageends import join_page_ends, partners
from pipeline.layout.across import Margins, across, margins
from pipeline.layout.page import lay_out
from pipeline.model import Clock, Concern, Issue, PageSource, PageState, Verdict
from pipeline.ocr.upright import upright
from pipeline.record.events import clean_activity, text_digest
from pipeline.record.model import EmbeddedLayer, Quality, RecordPage
from pipeline.record.provenance import Activity
from pipeline.scan import ReadPage
from pipeline.text import PageText, Role
from pipeline.text_metrics import REVIEWED, verdict

DOUBTFUL_WORD = 0.6  #: confidence 0..1; under it a word is counted as doubtful
_UNREAD = frozenset([PageState.TIMEOUT, PageState.ERROR])
_REVIEW = frozenset(
    [
        Concern.DAMAGED_IMAGE,
        Concern.LEAF_COUNT,
        Concern.LOW_CONFIDENCE,
        Concern.PAGE_ERROR,
        Concern.PAGE_TIMEOUT,
    ]
)


#: What pages are found to be; a new reading finds it anew.
OF_PAGES = frozenset(
    [
        Concern.BLANK_PAGE,
        Concern.DAMAGED_IMAGE,
        Concern.EMBEDDED_TEXT,
        Concern.LOW_CONFIDENCE,
        Concern.PAGE_ERROR,
        Concern.PAGE_TIMEOUT,
    ]
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A page that was read and laid out."""

    page: ReadPage  #: its words let go
    leaf: str | None  #: the label that the archive gave it
    raw: str
    margins: Margins
    words: int
    doubtful: int  #: of the words
    confidence: float | None  #: mean of the words, 0..1


def draft_of(page: ReadPage, leaf: str | None) -> Draft:
    """Return what is kept of a page."""
    text, image = page.reading.text, None if page.source is None else page.source.image
    lying = upright(page.reading, image)
    size = (lying.width, lying.height)
    return Draft(
        page=replace(page, reading=replace(page.reading, text=PageText())),
        leaf=leaf,
        raw=text.raw,
        margins=margins(lay_out(lying.text, size, leaf), size),
        words=sum(1 for _ in text.words()),
        doubtful=sum(word.confidence < DOUBTFUL_WORD for word in text.words()),
        confidence=text.confidence,
    )


def cleaned(drafts: Sequence[Draft]) -> tuple[list[tuple[Role, ...]], list[CleanText]]:
    """Return the roles of the lines of each page, and its reading text."""
    roles = across([draft.margins for draft in drafts])
    texts = [clean(draft.raw, said) for draft, said in zip(drafts, roles, strict=True)]
    unread = {place for place, d in enumerate(drafts) if d.page.reading.state in _UNREAD}
    return roles, join_page_ends(texts, roles, unread)


@dataclass(slots=True)
class Log:
    """Collects what the pages add to the record."""

    pages: list[RecordPage] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)


def draft_pages(
    pages: Iterable[ReadPage],
    labels: Sequence[str | None],
    log: Log,
    activities: Callable[[ReadPage], Iterable[Activity]],
) -> list[Draft]:
    """Return the drafts of the pages, taken one at a time."""
    drafts = []
    for page in pages:
        drafts.append(draft_of(page, labels[page.number - 1]))
        log.confidences.extend(word.confidence for word in page.reading.text.words())
        log.activities.extend(activities(page))
    return drafts


def finish(log: Log, drafts: list[Draft], clock: Clock) -> str:
    """Clean all pages, and return the reading text of the whole."""
    _add_pages(log, drafts, clock)
    log.issues.extend(_about_layers(log.pages))
    return "\f".join(page.reading_text for page in log.pages)


def fields_of(log: Log, text: str) -> dict[str, Any]:
    """Return the fields of a record that its pages decide."""
    return {
        "pages": tuple(log.pages),
        "reading_text": text,
        "quality": _quality(log),
        "needs_review": wants_review(log.issues),
        "issues": tuple(log.issues),
    }


def wants_review(issues: Iterable[Issue]) -> bool:
    """Return whether a person should look at a record."""
    return any(issue.concern in _REVIEW for issue in issues)


def _add_pages(log: Log, drafts: list[Draft], clock: Clock) -> None:
    begun = clock.now()
    roles, texts = cleaned(drafts)
    ended = clock.now()
    for draft, said, text in zip(drafts, roles, texts, strict=True):
        log.pages.append(_page(draft, said, text, clock))
        log.issues.extend(_about_page(log.pages[-1], draft.doubtful))
    for page, shared in zip(log.pages, partners(texts), strict=True):
        if page.image is not None:
            others = [log.pages[place] for place in shared]
            log.activities.append(clean_activity(page, others, begun, ended))


def _page(draft: Draft, roles: tuple[Role, ...], text: CleanText, clock: Clock) -> RecordPage:
    source, reading = draft.page.source, draft.page.reading
    return RecordPage(
        number=draft.page.number,
        leaf=draft.leaf,
        state=reading.state,
        detail=reading.detail,
        image=None if source is None else source.image,
        raw_text=draft.raw,
        raw_sha256=text_digest(draft.raw),
        line_roles=roles,
        cleaning=text.changes,
        reading_text=text.text,
        words=draft.words,
        mean_confidence=None if draft.confidence is None else round(draft.confidence, 4),
        languages=reading.languages,
        expected_error=reading.expected_error,
        engine_seconds=clock.lasting(reading.seconds.get("recognize", 0.0)),
        embedded=_embedded(source, draft.raw),
    )


def _embedded(source: PageSource | None, ours: str) -> EmbeddedLayer | None:
    if source is None or source.embedded is None:
        return None
    layer = source.embedded
    judged, score = verdict(ours, layer.text)
    return EmbeddedLayer(text=layer.text, hidden=layer.hidden, verdict=judged, agreement=score)


def _about_page(page: RecordPage, doubtful: int) -> Iterable[Issue]:
    concerns = {
        PageState.BLANK: Concern.BLANK_PAGE,
        PageState.TIMEOUT: Concern.PAGE_TIMEOUT,
        PageState.ERROR: Concern.PAGE_ERROR,
    }
    if page.image is not None and page.image.damage:
        detail = f"page {page.number}: {page.image.damage}"
        yield Issue(Concern.DAMAGED_IMAGE, detail, page.number)
    if page.state in concerns:
        yield Issue(concerns[page.state], f"page {page.number}: {page.detail}", page.number)
    elif page.expected_error is not None and page.expected_error >= REVIEWED:
        detail = (
            f"page {page.number}: about {page.expected_error:.0%} of its characters may be wrong, "
            f"{doubtful} of {page.words} words are doubtful; compare them with the image"
            + (f"; {page.detail}" if page.detail else "")
        )
        yield Issue(Concern.LOW_CONFIDENCE, detail, page.number)


def _about_layers(pages: list[RecordPage]) -> Iterable[Issue]:
    for bad in (Verdict.POOR, Verdict.LYING):
        found = [p.number for p in pages if p.embedded is not None and p.embedded.verdict is bad]
        if found:
            shown = ", ".join(map(str, found[:10])) + (" …" if len(found) > 10 else "")
            detail = f"the scan's own text layer is {bad} on {len(found)} page(s): {shown}"
            yield Issue(Concern.EMBEDDED_TEXT, detail)


def _quality(log: Log) -> Quality:
    scores = log.confidences
    states = [page.state.value for page in log.pages]
    doubtful = sum(score < DOUBTFUL_WORD for score in scores)
    return Quality(
        words=len(scores),
        mean_confidence=round(sum(scores) / len(scores), 4) if scores else None,
        low_confidence_share=round(doubtful / len(scores), 4) if scores else 0.0,
        pages_by_state={state: states.count(state) for state in sorted(set(states))},
    )
