"""Puts a record together from what the stages found; decides nothing about pixels or files."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pipeline.cleaning.edits import CleanText
from pipeline.cleaning.pageends import partners
from pipeline.description.merge import Described, page_labels
from pipeline.drafts import DOUBTFUL_WORD, Draft, cleaned, draft_of
from pipeline.history import clean_activity, history, read_activities, text_digest
from pipeline.model import Clock, Concern, EngineSignature, Issue, PageSource, PageState, Verdict
from pipeline.naming import names_of, titles_of, translations_of
from pipeline.provenance import Activity
from pipeline.quality import REVIEWED, verdict
from pipeline.record import EmbeddedLayer, Quality, Record, RecordPage, Reference
from pipeline.reference import parse_all
from pipeline.references.leaves import write_leaves
from pipeline.text import Role
from pipeline.values import Admitted, ReadPage

_REVIEW = frozenset(
    [
        Concern.DAMAGED_IMAGE,
        Concern.LEAF_COUNT,
        Concern.LOW_CONFIDENCE,
        Concern.PAGE_ERROR,
        Concern.PAGE_TIMEOUT,
    ]
)


@dataclass(slots=True)
class _Log:
    """Collects what the pages add to the record."""

    pages: list[RecordPage] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)


def assemble(
    scan: Admitted, pages: Iterable[ReadPage], signature: EngineSignature, clock: Clock
) -> Record:
    """Return the record of a scan.

    Args:
        scan: as admitted.
        pages: all of them, in order; taken one at a time.
        signature: of the engine that read them.
        clock: stamps what is done here.
    """
    log = _Log(issues=[*scan.facts.issues, *scan.described.issues])
    given = scan.described.description
    labels, mismatch = page_labels(scan.described.held, given.leaves, scan.facts.page_count)
    if mismatch is not None:
        log.issues.append(mismatch)
    drafts = []
    for page in pages:
        drafts.append(draft_of(page, labels[page.number - 1]))
        log.confidences.extend(word.confidence for word in page.reading.text.words())
        log.activities.extend(read_activities(scan, page, clock))
    _add_pages(log, drafts, clock)
    log.issues.extend(_about_layers(log.pages))
    text = "\f".join(page.reading_text for page in log.pages)
    return Record(
        id=scan.record_id,
        version=scan.version,
        **_description(scan.described),
        references=_references(scan.described),
        pages=tuple(log.pages),
        reading_text=text,
        translations=translations_of(scan.translations, text),
        quality=_quality(log),
        needs_review=any(issue.concern in _REVIEW for issue in log.issues),
        issues=tuple(log.issues),
        provenance=history(scan, signature, log.activities, text, clock.now()),
    )


_DESCRIBED = {
    "title", "creator", "recipient", "document_type", "language", "summary", "subjects",
    "contributors", "funder", "collection", "rights", "note",
}  # fmt: skip


def _description(described: Described) -> dict[str, Any]:
    """Return the fields of a record that only repeat, or follow from, what was said of it."""
    given = described.description
    return {
        **given.model_dump(include=_DESCRIBED),
        "date": described.edtf,
        "date_as_given": given.date,
        "date_calendar": described.calendar,
        "titles": titles_of(given),
        "names": names_of(given),
        "origins": dict(sorted(described.origins.items())),
    }


def _add_pages(log: _Log, drafts: list[Draft], clock: Clock) -> None:
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
        )
        yield Issue(Concern.LOW_CONFIDENCE, detail, page.number)


def _about_layers(pages: list[RecordPage]) -> Iterable[Issue]:
    for bad in (Verdict.POOR, Verdict.LYING):
        found = [p.number for p in pages if p.embedded is not None and p.embedded.verdict is bad]
        if found:
            shown = ", ".join(map(str, found[:10])) + (" …" if len(found) > 10 else "")
            detail = f"the scan's own text layer is {bad} on {len(found)} page(s): {shown}"
            yield Issue(Concern.EMBEDDED_TEXT, detail)


def _references(described: Described) -> tuple[Reference, ...]:
    standing = described.origins.get("references", "file name")
    parsed = [
        Reference(
            as_cited=reference.as_cited,
            relation="other-holding" if place else "held",
            standing=standing,
            normal=reference.normal,
            archive=reference.archive,
            path=reference.path,
            unit=reference.unit,
            leaves=write_leaves([part.unpadded for part in reference.leaves]),
            leaf_labels=write_leaves([part.labelled for part in reference.leaves]),
        )
        for place, reference in enumerate(described.references)
    ]
    unread = [
        Reference(as_cited=text, relation="other-holding" if parsed else "held", standing=standing)
        for text in described.description.references
        if not set(parse_all(text)) & set(described.references)
    ]
    return (*parsed, *unread)


def _quality(log: _Log) -> Quality:
    scores = log.confidences
    states = [page.state.value for page in log.pages]
    doubtful = sum(score < DOUBTFUL_WORD for score in scores)
    return Quality(
        words=len(scores),
        mean_confidence=round(sum(scores) / len(scores), 4) if scores else None,
        low_confidence_share=round(doubtful / len(scores), 4) if scores else 0.0,
        pages_by_state={state: states.count(state) for state in sorted(set(states))},
    )
