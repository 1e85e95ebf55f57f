"""Assembles a record from the results of the stages; reads no pixels and no files."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from pipeline.description.merge import MergedDescription, page_labels
from pipeline.model import Clock, EngineSignature, Issue, IssueType
from pipeline.record.events import (
    EXTRACTION_PLAN,
    build_provenance,
    decision_activities,
    description_activity,
    extraction_activities,
    joining_activity,
    opis_agent,
    people_of,
    reading_activities,
    source_files_of,
    translation_activities,
)
from pipeline.record.inherited_events import READING_PLANS, TEXT_PLANS, inherit, reading_part
from pipeline.record.names import names_of, realign_translation, titles_of, translations_of
from pipeline.record.pages import (
    PAGE_ISSUE_TYPES,
    PageAccumulator,
    draft_pages,
    finish_pages,
    needs_review,
    page_fields,
)
from pipeline.record.provenance import Activity, group_by_page
from pipeline.record.record import Record, Reference
from pipeline.references import parse_references
from pipeline.references.leaves import join_leaves
from pipeline.scan import AdmittedScan, ReadPage

#: plans of activities that a new reading keeps
_DESCRIPTION_PLANS = frozenset([EXTRACTION_PLAN, "describe", "decide"])


def assemble_record(
    scan: AdmittedScan, pages: Iterable[ReadPage], signature: EngineSignature, clock: Clock
) -> Record:
    """Return the record of a scan.

    Args:
        scan: the admitted scan.
        pages: all pages, in order; taken one at a time.
        signature: of the engine that read the pages.
        clock: gives the times of the activities here.
    """
    description = scan.described.description
    labels, mismatch = page_labels(
        scan.described.held_reference, description.leaves, scan.facts.page_count
    )
    issues = [*scan.facts.issues, *scan.described.issues, *filter(None, [mismatch])]
    accumulator = PageAccumulator(issues=issues)
    activities = partial(reading_activities, scan.sha256, clock=clock)
    text = finish_pages(accumulator, draft_pages(pages, labels, accumulator, activities), clock)
    translations = translations_of(scan.translations, text)
    sources, decisions = source_files_of(scan), description.decisions
    accumulator.activities[:0] = _extraction_of(scan, scan.sha256)
    accumulator.activities += [
        *translation_activities(translations, scan.arrived),
        *decision_activities(decisions, sources[1], scan.arrived),
        description_activity(sources[1], scan.described.origins.values(), scan.arrived),
        joining_activity(accumulator.activities, text, clock.now()),
    ]
    people = people_of(description.contributors, description.funder, translations, decisions)
    people |= accumulator.correctors
    log = build_provenance(sources, reading_part(signature), accumulator.activities, people)
    return Record(
        id=scan.record_id,
        version=scan.version,
        **_description_fields(scan.described),
        translations=translations,
        **page_fields(accumulator, text),
        provenance=log,
    )


def _extraction_of(scan: AdmittedScan, sha256: str) -> Iterable[Activity]:
    """Return the activity that took a scan, of this digest, out of another; none if none did."""
    extraction = scan.described.description.extracted_from
    return extraction_activities(extraction, sha256, scan.arrived)


def reassemble_record(
    old: Record, pages: Iterable[ReadPage], signature: EngineSignature | None, clock: Clock,
    page_count: int | None = None,
) -> Record:  # fmt: skip
    """Return the next version of a record, with the same description and the given pages.

    Args:
        old: the version before.
        pages: all pages, in order; read again, or as stored.
        signature: of the engine that read the pages again; None if the old reading is kept.
        clock: gives the times of the activities here.
        page_count: of the scan; None if it has as many as before.
    """
    provenance = old.provenance
    labels, issues = _labels_and_issues(old, page_count or len(old.pages))
    accumulator = PageAccumulator(issues=issues)
    plans = _DESCRIPTION_PLANS if signature else _DESCRIPTION_PLANS | READING_PLANS
    part = inherit(provenance, plans, opis_agent())
    inherited = group_by_page(part.activities)
    if signature is not None:
        part |= reading_part(signature)

    def new_activities(page: ReadPage) -> Iterable[Activity]:
        return reading_activities(provenance.source.sha256, page, clock)

    activities = new_activities if signature else lambda page: inherited[page.number]
    drafts = draft_pages(pages, labels, accumulator, activities)
    text = finish_pages(accumulator, drafts, clock)
    translations = tuple(realign_translation(old_one, text) for old_one in old.translations)
    accumulator.activities[:0] = [one for one in inherited[None] if one.plan == EXTRACTION_PLAN]
    accumulator.activities += [
        *translation_activities(translations, provenance.source.arrived, provenance.activities),
        *(one for one in inherited[None] if one.plan != EXTRACTION_PLAN),
        joining_activity(accumulator.activities, text, clock.now()),
    ]
    people = people_of(old.contributors, old.funder, translations) | accumulator.correctors
    sources = (provenance.source, provenance.sidecar)
    log = build_provenance(sources, part, accumulator.activities, people)
    new = {"version": old.version + 1, "translations": translations, "provenance": log}
    return old.model_copy(update={**new, **page_fields(accumulator, text)})


def _labels_and_issues(old: Record, page_count: int) -> tuple[Sequence[str | None], list[Issue]]:
    """Return the leaf of each page, and the issues of a record that no page decides."""
    issues = [issue for issue in old.issues if issue.concern not in PAGE_ISSUE_TYPES]
    if page_count == len(old.pages):
        return [page.leaf for page in old.pages], issues
    held = next((one.as_cited for one in old.references if one.relation == "held"), "")
    reference = next(iter(parse_references(held)), None)
    labels, mismatch = page_labels(reference, (), page_count)
    kept = [issue for issue in issues if issue.concern is not IssueType.LEAF_COUNT]
    return labels, [*filter(None, [mismatch]), *kept]


def redescribe_record(old: Record, scan: AdmittedScan, *, new_description: bool) -> Record:
    """Return the next version of a record, with the same texts and the description of the scan.

    Args:
        old: the version before.
        scan: the same bytes, with their current description and translations.
        new_description: the scan came with a description; else the old one is kept, and only
            translations are new, or a reference if the record had none.
    """
    provenance = old.provenance
    has_new_reference = not old.references and scan.described.held_reference is not None
    sidecar = source_files_of(scan)[1] if new_description else provenance.sidecar
    if new_description:
        fields = _description_fields(scan.described)
    else:
        fields = _reference_fields(old, scan) if has_new_reference else {}
    outdated = _DESCRIPTION_PLANS if new_description else {"describe"} if fields else set()
    part = inherit(provenance, TEXT_PLANS | _DESCRIPTION_PLANS - outdated, opis_agent())
    translations = translations_of(scan.translations, old.reading_text)
    activities = [
        *(_extraction_of(scan, provenance.source.sha256) if new_description else ()),
        *part.activities,
        *translation_activities(translations, scan.arrived, provenance.activities),
    ]
    decisions = scan.described.description.decisions if new_description else ()
    activities += decision_activities(decisions, sidecar, scan.arrived)
    if fields:
        activities.append(description_activity(sidecar, fields["origins"].values(), scan.arrived))
        fields |= _relabel_pages(old, scan, new_description=new_description)
    described = old.model_copy(update=fields)
    people = people_of(described.contributors, described.funder, translations, decisions)
    log = build_provenance((provenance.source, sidecar), part, activities, people)
    new = {"version": scan.version, "translations": translations, "provenance": log}
    return described.model_copy(update=new)


def _reference_fields(old: Record, scan: AdmittedScan) -> dict[str, Any]:
    """Return the reference fields of a record that had no reference, from the file name."""
    origins = {**old.origins, "references": scan.described.origins["references"]}
    return {
        "references": _build_references(scan.described),
        "origins": dict(sorted(origins.items())),
    }


def _relabel_pages(old: Record, scan: AdmittedScan, *, new_description: bool) -> dict[str, Any]:
    """Return the pages with their new leaf labels, and the issues that follow."""
    reference, description = scan.described.held_reference, scan.described.description
    labels, mismatch = page_labels(reference, description.leaves, len(old.pages))
    outdated = {IssueType.NO_REFERENCE, IssueType.UNREAD_REFERENCE, IssueType.LEAF_COUNT}
    kept_types = PAGE_ISSUE_TYPES if new_description else frozenset(IssueType) - outdated
    new_issues = (*scan.facts.issues, *scan.described.issues) if new_description else ()
    old_issues = [issue for issue in old.issues if issue.concern in kept_types]
    issues = (*new_issues, *filter(None, [mismatch]), *old_issues)
    pages = (
        page.model_copy(update={"leaf": label})
        for page, label in zip(old.pages, labels, strict=True)
    )
    return {"pages": tuple(pages), "issues": issues, "needs_review": needs_review(issues)}


_COPIED_FIELDS = {
    "title", "document_type", "language", "summary", "subjects",
    "contributors", "funder", "collection", "rights", "note",
}  # fmt: skip


def _description_fields(described: MergedDescription) -> dict[str, Any]:
    """Return the fields of a record that repeat or follow from its description."""
    description = described.description
    return {
        **description.model_dump(include=_COPIED_FIELDS),
        "creator": next(iter(description.creator), None),
        "recipient": next(iter(description.recipient), None),
        "extracted_from": description.extracted_from,
        "date": described.edtf,
        "date_as_given": description.date,
        "date_calendar": described.calendar,
        "titles": titles_of(description),
        "names": names_of(description),
        "origins": dict(sorted(described.origins.items())),
        "references": _build_references(described),
        "relations": described.relations,
    }


def _build_references(described: MergedDescription) -> tuple[Reference, ...]:
    standing = described.origins.get("references", "file name")
    parsed = [
        Reference(
            as_cited=reference.as_cited,
            relation="other-holding" if position else "held",
            standing=standing,
            normal=reference.normal,
            archive=reference.archive,
            path=reference.path,
            unit=reference.unit,
            leaves=reference.unpadded_leaves,
            leaf_labels=join_leaves([part.as_stamped for part in reference.leaves]),
        )
        for position, reference in enumerate(described.references)
    ]
    unread = [
        Reference(as_cited=text, relation="other-holding" if parsed else "held", standing=standing)
        for text in described.description.references
        if not set(parse_references(text)) & set(described.references)
    ]
    return (*parsed, *unread)
