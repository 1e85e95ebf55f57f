"""What the pages of a scan give to its record: texts, activities, issues and numbers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.cleaning.edits import CleanText
from pipeline.cleaning.pageends import partners
from pipeline.drafts import DOUBTFUL_WORD, Draft, cleaned, draft_of
from pipeline.history import clean_activity, text_digest
from pipeline.model import Clock, Concern, Issue, PageSource, PageState, Verdict
from pipeline.provenance import Activity
from pipeline.quality import REVIEWED, verdict
from pipeline.record import EmbeddedLayer, Quality, RecordPage
from pipeline.text import Role
from pipeline.values import ReadPage

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
