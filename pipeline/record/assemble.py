"""Puts a record together from what the stages found; decides nothing about pixels or files."""

from collections.abc import Iterable
from typing import Any

from pipeline.description.merge import MergedDescription, page_labels
from pipeline.model import Clock, EngineSignature, IssueType
from pipeline.record.events import (
    build_provenance,
    description_activity,
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

_DESCRIPTION_PLANS = frozenset(["describe"])  #: plans of what no reading changes


def assemble_record(
    scan: AdmittedScan, pages: Iterable[ReadPage], signature: EngineSignature, clock: Clock
) -> Record:
    """Return the record of a scan.

    Args:
        scan: as admitted.
        pages: all of them, in order; taken one at a time.
        signature: of the engine that read them.
        clock: stamps what is done here.
    """
    given = scan.described.description
    labels, mismatch = page_labels(
        scan.described.held_reference, given.leaves, scan.facts.page_count
    )
    log = PageAccumulator(
        issues=[*scan.facts.issues, *scan.described.issues, *filter(None, [mismatch])]
    )
    read = draft_pages(
        pages, labels, log, lambda page: reading_activities(scan.sha256, page, clock)
    )
    text = finish_pages(log, read, clock)
    translations = translations_of(scan.translations, text)
    sources = source_files_of(scan)
    log.activities += [
        *translation_activities(translations, scan.arrived),
        description_activity(sources[1], scan.described.origins.values(), scan.arrived),
        joining_activity(log.activities, text, clock.now()),
    ]
    people = people_of(given.contributors, given.funder, translations)
    return Record(
        id=scan.record_id,
        version=scan.version,
        **_description_fields(scan.described),
        translations=translations,
        **page_fields(log, text),
        provenance=build_provenance(sources, reading_part(signature), log.activities, people),
    )


def reassemble_record(
    old: Record, pages: Iterable[ReadPage], signature: EngineSignature | None, clock: Clock
) -> Record:
    """Return the next version of a record: its description, and its pages as they are now.

    Args:
        old: the version before.
        pages: all of them, in order; as read again, or as they were read.
        signature: of the engine that read them again; None where the old reading stands.
        clock: stamps what is done here.
    """
    made = old.provenance
    standing = [issue for issue in old.issues if issue.concern not in PAGE_ISSUE_TYPES]
    log = PageAccumulator(issues=standing)
    plans = _DESCRIPTION_PLANS if signature else _DESCRIPTION_PLANS | READING_PLANS
    part = inherit(made, plans, opis_agent())
    then = group_by_page(part.activities)
    if signature is not None:
        part |= reading_part(signature)

    def page_activities(page: ReadPage) -> Iterable[Activity]:
        if signature is None:
            return then[page.number]
        return reading_activities(made.source.sha256, page, clock)

    drafts = draft_pages(pages, [page.leaf for page in old.pages], log, page_activities)
    text = finish_pages(log, drafts, clock)
    translations = tuple(realign_translation(one, text) for one in old.translations)
    log.activities += [
        *translation_activities(translations, made.source.arrived, made.activities),
        *then[None],
        joining_activity(log.activities, text, clock.now()),
    ]
    people = people_of(old.contributors, old.funder, translations)
    said = {
        "version": old.version + 1, "translations": translations, **page_fields(log, text),
        "provenance": build_provenance((made.source, made.sidecar), part, log.activities, people),
    }  # fmt: skip
    return old.model_copy(update=said)


def redescribe_record(old: Record, scan: AdmittedScan, *, new_description: bool) -> Record:
    """Return the next version of a record: its texts as they are, described as its scan is now.

    Args:
        old: the version before.
        scan: the same bytes, with all that describes them now.
        new_description: a description came with them; else the one before stands, and only
            translations are added, or a place where none was known.
    """
    made = old.provenance
    placed = not old.references and scan.described.held_reference is not None
    sources = (made.source, source_files_of(scan)[1] if new_description else made.sidecar)
    said = (
        _description_fields(scan.described)
        if new_description
        else _reference_fields(old, scan)
        if placed
        else {}
    )
    part = inherit(made, TEXT_PLANS if said else TEXT_PLANS | _DESCRIPTION_PLANS, opis_agent())
    translations = translations_of(scan.translations, old.reading_text)
    done = [
        *part.activities,
        *translation_activities(translations, scan.arrived, made.activities),
    ]
    if said:
        done.append(description_activity(sources[1], said["origins"].values(), scan.arrived))
        said |= _relabel_pages(old, scan, new_description=new_description)
    named = old.model_copy(update=said)
    people = people_of(named.contributors, named.funder, translations)
    log = build_provenance(sources, part, done, people)
    new = {"version": scan.version, "translations": translations, "provenance": log}
    return named.model_copy(update=new)


def _reference_fields(old: Record, scan: AdmittedScan) -> dict[str, Any]:
    """Return what a record says of its place, now that the file name spells one."""
    origins = {**old.origins, "references": scan.described.origins["references"]}
    return {
        "references": _build_references(scan.described),
        "origins": dict(sorted(origins.items())),
    }


def _relabel_pages(old: Record, scan: AdmittedScan, *, new_description: bool) -> dict[str, Any]:
    """Return the pages with the leaves that they have now, and what is odd about the record."""
    held, given = scan.described.held_reference, scan.described.description
    labels, mismatch = page_labels(held, given.leaves, len(old.pages))
    stands = (
        PAGE_ISSUE_TYPES
        if new_description
        else frozenset(IssueType) - {IssueType.NO_REFERENCE, IssueType.LEAF_COUNT}
    )
    fresh = (*scan.facts.issues, *scan.described.issues) if new_description else ()
    kept = [issue for issue in old.issues if issue.concern in stands]
    issues = (*fresh, *filter(None, [mismatch]), *kept)
    pages = (
        page.model_copy(update={"leaf": label})
        for page, label in zip(old.pages, labels, strict=True)
    )
    return {"pages": tuple(pages), "issues": issues, "needs_review": needs_review(issues)}


_COPIED_FIELDS = {
    "title", "creator", "recipient", "document_type", "language", "summary", "subjects",
    "contributors", "funder", "collection", "rights", "note",
}  # fmt: skip


def _description_fields(described: MergedDescription) -> dict[str, Any]:
    """Return the fields of a record that only repeat, or follow from, what was said of it."""
    given = described.description
    return {
        **given.model_dump(include=_COPIED_FIELDS),
        "date": described.edtf,
        "date_as_given": given.date,
        "date_calendar": described.calendar,
        "titles": titles_of(given),
        "names": names_of(given),
        "origins": dict(sorted(described.origins.items())),
        "references": _build_references(described),
    }


def _build_references(described: MergedDescription) -> tuple[Reference, ...]:
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
            leaves=join_leaves([part.unpadded_label for part in reference.leaves]),
            leaf_labels=join_leaves([part.as_stamped for part in reference.leaves]),
        )
        for place, reference in enumerate(described.references)
    ]
    unread = [
        Reference(as_cited=text, relation="other-holding" if parsed else "held", standing=standing)
        for text in described.description.references
        if not set(parse_references(text)) & set(described.references)
    ]
    return (*parsed, *unread)
