"""Puts a record together from what the stages found; decides nothing about pixels or files."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pipeline.description.merge import Described, page_labels
from pipeline.history import (
    engine_of,
    history,
    read_activities,
    read_plans,
    sources_of,
    supply_activities,
)
from pipeline.model import Clock, EngineSignature
from pipeline.naming import names_of, realigned, titles_of, translations_of
from pipeline.pageparts import OF_PAGES, Log, draft_pages, fields_of, finish
from pipeline.provenance import Activity
from pipeline.record import Record, Reference
from pipeline.reference import parse_all
from pipeline.references.leaves import write_leaves
from pipeline.values import Admitted, ReadPage

_READING = frozenset(["extract", "read"])  #: plans of what is done before cleaning


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
    log = Log(issues=[*scan.facts.issues, *scan.described.issues])
    given = scan.described.description
    labels, mismatch = page_labels(scan.described.held, given.leaves, scan.facts.page_count)
    if mismatch is not None:
        log.issues.append(mismatch)
    read = draft_pages(pages, labels, log, lambda page: read_activities(scan.sha256, page, clock))
    text = finish(log, read, clock)
    translations = translations_of(scan.translations, text)
    log.activities.extend(supply_activities(translations, scan.arrived))
    return Record(
        id=scan.record_id,
        version=scan.version,
        **_description(scan.described),
        references=_references(scan.described),
        translations=translations,
        **fields_of(log, text),
        provenance=history(
            sources_of(scan),
            engine_of(signature),
            read_plans(signature),
            log.activities,
            text,
            clock.now(),
        ),
    )


def reassemble(
    old: Record,
    pages: Iterable[ReadPage],
    signature: EngineSignature | None,
    clock: Clock,
) -> Record:
    """Return the next version of a record: its description, and its pages as they are now.

    Args:
        old: the version before.
        pages: all of them, in order; as read again, or as they were read.
        signature: of the engine that read them again; None where the old reading stands.
        clock: stamps what is done here.
    """
    made = old.provenance
    kept = [issue for issue in old.issues if issue.concern not in OF_PAGES]
    log = Log(issues=kept)
    labels = [page.leaf for page in old.pages]
    if signature is None:
        then: dict[int | None, list[Activity]] = defaultdict(list)
        for activity in made.activities:
            if activity.plan in _READING:
                then[activity.page].append(activity)
        read = draft_pages(pages, labels, log, lambda page: then[page.number])
        engine = made.agents["engine"]
        plans = {name: plan for name, plan in made.plans.items() if name in _READING}
    else:
        read = draft_pages(
            pages, labels, log, lambda page: read_activities(made.source.sha256, page, clock)
        )
        engine, plans = engine_of(signature), read_plans(signature)
    text = finish(log, read, clock)
    translations = tuple(realigned(one, text) for one in old.translations)
    log.activities.extend(supply_activities(translations, made.source.arrived))
    sources = (made.source, made.sidecar)
    said = {
        "version": old.version + 1, "translations": translations, **fields_of(log, text),
        "provenance": history(sources, engine, plans, log.activities, text, clock.now()),
    }  # fmt: skip
    return old.model_copy(update=said)


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
