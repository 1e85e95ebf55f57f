"""The part of a record that its pages decide: texts, activities, issues and quality.

Running heads, leaf numbers and words that continue over a page end are found across pages, so no
page is cleaned before the last is read. A draft holds no word and no box, and stays small.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.cleaning.clean import clean
from pipeline.cleaning.edits import CleanText
from pipeline.cleaning.pageends import join_page_ends, pages_sharing_words
from pipeline.doubt.findings import LetterExchange
from pipeline.doubt.record_doubts import PageWords, doubts_of_pages
from pipeline.fixity import text_sha256
from pipeline.layout.across import (
    FurnitureCandidates,
    assign_roles_across_pages,
    find_furniture_candidates,
)
from pipeline.layout.page import assign_roles
from pipeline.model import Clock, Issue, IssueType, PageSource, PageState, TextLayerVerdict
from pipeline.ocr.sheet import sheet_box
from pipeline.ocr.upright import to_upright_sheet
from pipeline.record.compounds import HyphenatedWords, PageCompounds
from pipeline.record.correction_events import correction_activities, corrector_agents
from pipeline.record.events import cleaning_activity, doubt_activity
from pipeline.record.page_review import PageReview, record_review
from pipeline.record.provenance import Activity, Agent
from pipeline.record.record import EmbeddedLayer, Quality, RecordPage
from pipeline.scan import ReadPage
from pipeline.text import PageText, Role
from pipeline.text_metrics import (
    DOUBTFUL_CONFIDENCE,
    REVIEW_THRESHOLD,
    REVIEW_WORD_SHARE,
    judge_text_layer,
)
from pipeline.wording import noun_form, plural

_UNREAD_STATES = frozenset([PageState.TIMEOUT, PageState.ERROR])
#: Issues for which a person should look at the record.
_REVIEW_ISSUE_TYPES = frozenset(
    [
        IssueType.DAMAGED_IMAGE,
        IssueType.LEAF_COUNT,
        IssueType.LOST_CORRECTION,
        IssueType.LOW_CONFIDENCE,
        IssueType.PAGE_ERROR,
        IssueType.PAGE_TIMEOUT,
        IssueType.UNREAD_CONTENT,
        IssueType.WRONG_ORDER,
    ]
)
#: Issues that each reading or cleaning of the pages finds again.
PAGE_ISSUE_TYPES = frozenset(
    [
        IssueType.BLANK_PAGE,
        IssueType.DAMAGED_IMAGE,
        IssueType.EMBEDDED_TEXT,
        IssueType.LOST_CORRECTION,
        IssueType.LOW_CONFIDENCE,
        IssueType.PAGE_ERROR,
        IssueType.PAGE_TIMEOUT,
        IssueType.WRONG_ORDER,
    ]
)


@dataclass(frozen=True, slots=True)
class PageDraft:
    """A page that was read and laid out."""

    page: ReadPage  #: without its words
    leaf: str | None  #: label given by the archive
    raw_text: str
    review: PageReview
    furniture: FurnitureCandidates
    words: int  #: as people corrected them, like all that follows
    confidences: Sequence[float]  #: of the words in order, 0..1
    confidence: float | None  #: mean of the words, 0..1

    @property
    def page_words(self) -> PageWords:
        """The words, with what people corrected."""
        review = self.review
        return PageWords(
            review.corrected_text(self.raw_text), self.confidences, self.page.reading.languages,
            review.settled, review.misread,
        )  # fmt: skip


def draft_page(page: ReadPage, leaf: str | None) -> PageDraft:
    """Return the draft of a page; ``leaf`` is its label."""
    image = None if page.source is None else page.source.image
    upright, text = to_upright_sheet(page.corrected_reading, image), page.text
    size = (upright.width, upright.height)
    return PageDraft(
        page=replace(page, reading=replace(page.reading, text=PageText()), corrected=None),
        leaf=leaf,
        raw_text=page.reading.text.raw_text,
        review=PageReview.of(page),
        furniture=find_furniture_candidates(assign_roles(upright.text, size, leaf), size),
        words=sum(1 for _ in text.words()),
        confidences=array("d", (word.confidence for word in text.words())),
        confidence=text.confidence,
    )


def clean_pages(drafts: Sequence[PageDraft]) -> tuple[list[tuple[Role, ...]], list[CleanText]]:
    """Return, for each page, the roles of its lines and its reading text."""
    found = assign_roles_across_pages([draft.furniture for draft in drafts])
    roles = [d.review.with_noise(r) for d, r in zip(drafts, found, strict=True)]
    words = HyphenatedWords(draft.page_words.raw_text for draft in drafts)
    compounds = [PageCompounds(words, draft.page.reading.languages) for draft in drafts]
    pages = zip(drafts, roles, compounds, strict=True)
    texts = [
        clean(draft.raw_text, line_roles, known, draft.review.edits)
        for draft, line_roles, known in pages
    ]
    unread = {index for index, d in enumerate(drafts) if d.page.reading.state in _UNREAD_STATES}
    return roles, join_page_ends(texts, roles, unread, compounds)


@dataclass(slots=True)
class PageAccumulator:
    """Collects what the pages add to the record."""

    pages: list[RecordPage] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    confidences: "array[float]" = field(default_factory=lambda: array("d"))  #: of all words, 0..1
    misread_letters: tuple[LetterExchange, ...] = ()
    correctors: dict[str, Agent] = field(default_factory=dict)  #: by their keys in the log


def draft_pages(
    pages: Iterable[ReadPage],
    labels: Sequence[str | None],
    accumulator: PageAccumulator,
    activities_of: Callable[[ReadPage], Iterable[Activity]],
) -> list[PageDraft]:
    """Return the drafts of the pages, taken one at a time; ``labels`` are their leaves."""
    drafts = []
    for page in pages:
        drafts.append(draft_page(page, labels[page.number - 1]))
        accumulator.confidences.extend(drafts[-1].confidences)
        accumulator.activities.extend(activities_of(page))
    return drafts


def finish_pages(accumulator: PageAccumulator, drafts: list[PageDraft], clock: Clock) -> str:
    """Clean all pages, add them to the accumulator, and return the reading text of the record."""
    _add_pages(accumulator, drafts, clock)
    accumulator.issues.extend(_text_layer_issues(accumulator.pages))
    return "\f".join(page.reading_text for page in accumulator.pages)


def page_fields(accumulator: PageAccumulator, text: str) -> dict[str, Any]:
    """Return the fields of a record that depend on its pages; ``text`` is the reading text."""
    return {
        "pages": tuple(accumulator.pages),
        "reading_text": text,
        "status": record_review(accumulator.pages),
        "quality": _measure_quality(accumulator),
        "misread_letters": accumulator.misread_letters,
        "needs_review": needs_review(accumulator.issues),
        "issues": tuple(accumulator.issues),
    }


def needs_review(issues: Iterable[Issue]) -> bool:
    """Return whether a person should look at a record."""
    return any(issue.concern in _REVIEW_ISSUE_TYPES for issue in issues)


def _add_pages(accumulator: PageAccumulator, drafts: list[PageDraft], clock: Clock) -> None:
    started = clock.now()
    roles, texts = clean_pages(drafts)
    ended = clock.now()
    found = doubts_of_pages([draft.page_words for draft in drafts])
    found_at = clock.now()
    accumulator.misread_letters = found.misread_letters
    for draft, line_roles, text, doubts in zip(drafts, roles, texts, found.pages, strict=True):
        page = _build_page(draft, line_roles, text, clock)
        fields = {"doubts": doubts.words, "expected_wrong_words": doubts.expected_wrong}
        accumulator.pages.append(page.model_copy(update=fields))
        accumulator.issues.extend(_page_issues(accumulator.pages[-1], draft.review.words_left))
        accumulator.issues.extend(draft.review.issues(draft.page.number))
    accumulator.correctors = corrector_agents(accumulator.pages)
    for page in accumulator.pages:
        accumulator.activities.extend(correction_activities(page, accumulator.correctors))
    for page, shared in zip(accumulator.pages, pages_sharing_words(texts), strict=True):
        if page.image is not None:
            others = [accumulator.pages[index] for index in shared]
            accumulator.activities.append(cleaning_activity(page, others, started, ended))
    accumulator.activities.append(doubt_activity(accumulator.pages, ended, found_at))


def _build_page(
    draft: PageDraft, roles: tuple[Role, ...], text: CleanText, clock: Clock
) -> RecordPage:
    source, reading = draft.page.source, draft.page.reading
    return RecordPage(
        number=draft.page.number,
        leaf=draft.leaf,
        state=reading.state,
        detail=reading.detail,
        image=None if source is None else source.image,
        raw_text=draft.raw_text,
        raw_sha256=text_sha256(draft.raw_text),
        line_roles=roles,
        cleaning=text.changes,
        reading_text=text.text,
        words=draft.words,
        mean_confidence=None if draft.confidence is None else round(draft.confidence, 4),
        languages=reading.languages,
        expected_error=reading.expected_error,
        engine_seconds=clock.duration(reading.seconds.get("recognize", 0.0)),
        embedded=_judge_text_layer(source, draft.raw_text),
        sheet=sheet_box(reading.steps),
        scraps=reading.scraps,
        corrections=draft.review.corrections,
        review=draft.review.state,
    )


def _judge_text_layer(source: PageSource | None, ours: str) -> EmbeddedLayer | None:
    if source is None or source.embedded is None:
        return None
    layer = source.embedded
    verdict, score = judge_text_layer(ours, layer.text)
    return EmbeddedLayer(text=layer.text, hidden=layer.hidden, verdict=verdict, agreement=score)


def _page_issues(page: RecordPage, words_left: float) -> Iterable[Issue]:
    """Yield the issues of a page; ``words_left`` is the share that nobody compared, 0..1."""
    concerns = {
        PageState.BLANK: IssueType.BLANK_PAGE,
        PageState.TIMEOUT: IssueType.PAGE_TIMEOUT,
        PageState.ERROR: IssueType.PAGE_ERROR,
    }
    if page.image is not None and page.image.damage:
        detail = f"page {page.number}: {page.image.damage}"
        yield Issue(IssueType.DAMAGED_IMAGE, detail, page.number)
    if page.state in concerns:
        yield Issue(concerns[page.state], f"page {page.number}: {page.detail}", page.number)
    elif _needs_comparison(page, words_left):
        doubtful = len(page.doubts or ())
        detail = (
            f"page {page.number}: about {page.expected_wrong_words:.0f} of its "
            f"{plural(page.words, 'word')} may be wrong, {doubtful} "
            f"{noun_form(doubtful, 'is', 'are')} doubtful; compare them with the image"
            + (f"; {page.detail}" if page.detail else "")
        )
        yield Issue(IssueType.LOW_CONFIDENCE, detail, page.number)
    elif page.detail and words_left:
        detail = f"page {page.number}: {page.detail}; compare it with the image"
        yield Issue(IssueType.LOW_CONFIDENCE, detail, page.number)


def _needs_comparison(page: RecordPage, words_left: float) -> bool:
    """Return whether so much may be wrong that a person should compare the page with its image."""
    expected_words = page.expected_wrong_words or 0.0
    return (page.expected_error or 0.0) * words_left >= REVIEW_THRESHOLD or (
        expected_words >= 1 and expected_words >= REVIEW_WORD_SHARE * page.words
    )


def _text_layer_issues(pages: list[RecordPage]) -> Iterable[Issue]:
    for verdict in (TextLayerVerdict.POOR, TextLayerVerdict.LYING):
        numbers = [
            p.number for p in pages if p.embedded is not None and p.embedded.verdict is verdict
        ]
        if numbers:
            shown = ", ".join(map(str, numbers[:10])) + (" …" if len(numbers) > 10 else "")
            count = plural(len(numbers), "page")
            detail = f"the scan's own text layer is {verdict} on {count}: {shown}"
            yield Issue(IssueType.EMBEDDED_TEXT, detail)


def _measure_quality(accumulator: PageAccumulator) -> Quality:
    scores = accumulator.confidences
    states = [page.state.value for page in accumulator.pages]
    doubtful = sum(score < DOUBTFUL_CONFIDENCE for score in scores)
    return Quality(
        words=len(scores),
        mean_confidence=round(sum(scores) / len(scores), 4) if scores else None,
        low_confidence_share=round(doubtful / len(scores), 4) if scores else 0.0,
        pages_by_state={state: states.count(state) for state in sorted(set(states))},
    )
