"""Puts a record together from what the stages found; decides nothing about pixels or files."""

from collections.abc import Iterable
from typing import Any

from pipeline.description.merge import Described, page_labels
from pipeline.model import Clock, Concern, EngineSignature
from pipeline.record.events import (
    describe_activity,
    history,
    join_activity,
    opis_agent,
    people_of,
    read_activities,
    sources_of,
    supply_activities,
)
from pipeline.record.inherited_events import READING, TEXT, read_now, taken_over
from pipeline.record.model import Record, Reference
from pipeline.record.names import names_of, realigned, titles_of, translations_of
from pipeline.record.pages import OF_PAGES, Log, draft_pages, fields_of, finish, wants_review
from pipeline.record.provenance import Activity, by_page
from pipeline.references import parse_all
from pipeline.references.leaves import write_leaves
from pipeline.scan import Admitted, ReadPage

_KEPT = frozenset(["describe"])  #: plans of what no reading changes


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
    given = scan.described.description
    labels, mismatch = page_labels(scan.described.held, given.leaves, scan.facts.page_count)
    log = Log(issues=[*scan.facts.issues, *scan.described.issues, *filter(None, [mismatch])])
    read = draft_pages(pages, labels, log, lambda page: read_activities(scan.sha256, page, clock))
    text = finish(log, read, clock)
    translations = translations_of(scan.translations, text)
    sources = sources_of(scan)
    log.activities += [
        *supply_activities(translations, scan.arrived),
        describe_activity(sources[1], scan.described.origins.values(), scan.arrived),
        join_activity(log.activities, text, clock.now()),
    ]
    people = people_of(given.contributors, given.funder, translations)
    return Record(
        id=scan.record_id,
        version=scan.version,
        **_description(scan.described),
        translations=translations,
        **fields_of(log, text),
        provenance=history(sources, read_now(signature), log.activities, people),
    )


def reassemble(
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
    log = Log(issues=[issue for issue in old.issues if issue.concern not in OF_PAGES])
    part = taken_over(made, _KEPT if signature else _KEPT | READING, opis_agent())
    then = by_page(part.activities)
    if signature is not None:
        part |= read_now(signature)

    def told(page: ReadPage) -> Iterable[Activity]:
        if signature is None:
            return then[page.number]
        return read_activities(made.source.sha256, page, clock)

    text = finish(log, draft_pages(pages, [page.leaf for page in old.pages], log, told), clock)
    translations = tuple(realigned(one, text) for one in old.translations)
    log.activities += [
        *supply_activities(translations, made.source.arrived, made.activities),
        *then[None],
        join_activity(log.activities, text, clock.now()),
    ]
    people = people_of(old.contributors, old.funder, translations)
    said = {
        "version": old.version + 1, "translations": translations, **fields_of(log, text),
        "provenance": history((made.source, made.sidecar), part, log.activities, people),
    }  # fmt: skip
    return old.model_copy(update=said)


def redescribe(old: Record, scan: Admitted, *, anew: bool) -> Record:
    """Return the next version of a record: its texts as they are, described as its scan is now.

    Args:
        old: the version before.
        scan: the same bytes, with all that describes them now.
        anew: a description came with them; else the one before stands, and only translations
            are added, or a place where none was known.
    """
    made = old.provenance
    placed = not old.references and scan.described.held is not None
    sources = (made.source, sources_of(scan)[1] if anew else made.sidecar)
    said = _description(scan.described) if anew else _placed(old, scan) if placed else {}
    part = taken_over(made, TEXT if said else TEXT | _KEPT, opis_agent())
    translations = translations_of(scan.translations, old.reading_text)
    done = [
        *part.activities,
        *supply_activities(translations, scan.arrived, made.activities),
    ]
    if said:
        done.append(describe_activity(sources[1], said["origins"].values(), scan.arrived))
        said |= _labelled(old, scan, anew=anew)
    named = old.model_copy(update=said)
    people = people_of(named.contributors, named.funder, translations)
    log = history(sources, part, done, people)
    new = {"version": scan.version, "translations": translations, "provenance": log}
    return named.model_copy(update=new)


def _placed(old: Record, scan: Admitted) -> dict[str, Any]:
    """Return what a record says of its place, now that the file name spells one."""
    origins = {**old.origins, "references": scan.described.origins["references"]}
    return {
        "references": _references(scan.described),
        "origins": dict(sorted(origins.items())),
    }


def _labelled(old: Record, scan: Admitted, *, anew: bool) -> dict[str, Any]:
    """Return the pages with the leaves that they have now, and what is odd about the record."""
    held, given = scan.described.held, scan.described.description
    labels, mismatch = page_labels(held, given.leaves, len(old.pages))
    stands = OF_PAGES if anew else frozenset(Concern) - {Concern.NO_REFERENCE, Concern.LEAF_COUNT}
    fresh = (*scan.facts.issues, *scan.described.issues) if anew else ()
    kept = [issue for issue in old.issues if issue.concern in stands]
    issues = (*fresh, *filter(None, [mismatch]), *kept)
    pages = (
        page.model_copy(update={"leaf": label})
        for page, label in zip(old.pages, labels, strict=True)
    )
    return {"pages": tuple(pages), "issues": issues, "needs_review": wants_review(issues)}


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
        "references": _references(described),
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
