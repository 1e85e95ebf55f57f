"""What differs from one version of a record to the next, and why: ``changes.json``.

The edits of a page lead from the reading text of the version before to that of this one, exactly:
any program can replay them, and undo them.
"""

import re
from typing import Literal

from rapidfuzz.distance import Levenshtein

from pipeline.cleaning.edits import Edit, apply_edits
from pipeline.model import FrozenModel
from pipeline.record.record import Record, RecordPage

ChangeKind = Literal["reread", "recleaned", "described", "replaced", "withdrawn"]

#: What says nothing of the document itself.
_NON_DESCRIPTIVE_FIELDS = frozenset(
    ["id", "version", "pages", "reading_text", "quality", "needs_review", "issues", "provenance"]
)
_TOKENS = re.compile(r"\s+|[^\s]+")


class PageChange(FrozenModel):
    """How the reading text of a page came to be another."""

    page: int
    leaf: str | None
    edits: tuple[Edit, ...]  #: of the reading text of the version before


class FieldChange(FrozenModel):
    """A field of the description before and after, as JSON has it."""

    field: str
    before: object
    after: object


class VersionChanges(FrozenModel):
    """What differs from the version before, and why."""

    record: str
    before: int
    after: int
    kind: ChangeKind
    reason: str
    by: dict[str, str]  #: who made this version: programs with their versions
    text_unchanged: bool
    pages: tuple[PageChange, ...]
    fields: tuple[FieldChange, ...]
    settings: tuple[FieldChange, ...]  #: of engine, preparation, layout and cleaning


def compare_versions(old: Record, new: Record, kind: ChangeKind, reason: str) -> VersionChanges:
    """Return what differs from one version of a record to another."""
    pages = tuple(
        PageChange(page=number, leaf=leaf, edits=edits)
        for number, leaf, edits in _page_edits(old, new)
        if edits
    )
    agents = new.provenance.agents.values()
    return VersionChanges(
        record=new.id,
        before=old.version,
        after=new.version,
        kind=kind,
        reason=reason,
        by={agent.name: agent.version for agent in agents if agent.version},
        text_unchanged=not pages,
        pages=pages,
        fields=tuple(_field_changes(old, new)),
        settings=tuple(_setting_changes(old, new)),
    )


def edits_between(before: str, after: str) -> tuple[Edit, ...]:
    r"""Return edits, whole words at a time, that make one text of the other.

    >>> edits_between("one two three", "one tvo three")
    (Edit(start=4, removed='two', inserted='tvo'),)
    """
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    starts = [0]
    for token in old:
        starts.append(starts[-1] + len(token))
    found: list[Edit] = []
    for step in Levenshtein.opcodes(old, new):
        if step.tag == "equal":
            continue
        start = starts[step.src_start]
        removed = "".join(old[step.src_start : step.src_end])
        inserted = "".join(new[step.dest_start : step.dest_end])
        last = found[-1] if found else None
        if last is not None and last.start + len(last.removed) == start:
            found[-1] = Edit(last.start, last.removed + removed, last.inserted + inserted)
        else:
            found.append(Edit(start, removed, inserted))
    return tuple(found)


def edits_match(changes: VersionChanges, old: Record, new: Record) -> bool:
    """Whether the edits make the reading text of the new version of the old, page by page."""
    edits = {page.page: page.edits for page in changes.pages}
    before = {page.number: page.reading_text for page in old.pages}
    after = {page.number: page.reading_text for page in new.pages}
    try:
        return all(
            apply_edits(before.get(number, ""), edits.get(number, ())) == after.get(number, "")
            for number in before.keys() | after.keys()
        )
    except ValueError:
        return False


def fields_match(changes: VersionChanges, old: Record, new: Record) -> bool:
    """Whether it names every change of description and settings, as it was, and no other."""
    return list(changes.fields) == _field_changes(old, new) and list(
        changes.settings
    ) == _setting_changes(old, new)


def has_same_content(old: Record, new: Record) -> bool:
    """Whether two versions say the same of the document and were made in the same way.

    When they were made, and with which libraries, is no difference.
    """
    known, now = old.provenance, new.provenance
    return (
        not list(_field_changes(old, new))
        and known.plans == now.plans
        and known.agents["engine"] == now.agents["engine"]
        and old.issues == new.issues
        and [_without_times(page) for page in old.pages]
        == [_without_times(page) for page in new.pages]
    )


def _without_times(page: RecordPage) -> RecordPage:
    return page.model_copy(update={"engine_seconds": 0.0})


def _page_edits(old: Record, new: Record) -> list[tuple[int, str | None, tuple[Edit, ...]]]:
    """Pair pages by their numbers; one that is only here, or only there, changes as a whole."""
    before = {page.number: page for page in old.pages}
    after = {page.number: page for page in new.pages}
    paired = []
    for number in sorted(before.keys() | after.keys()):
        then, now = before.get(number), after.get(number)
        leaf = (now or then or new.pages[0]).leaf
        texts = [page.reading_text if page else "" for page in (then, now)]
        paired.append((number, leaf, edits_between(*texts)))
    return paired


def _field_changes(old: Record, new: Record) -> list[FieldChange]:
    then, now = (
        one.model_dump(mode="json", exclude=set(_NON_DESCRIPTIVE_FIELDS)) for one in (old, new)
    )
    return [
        FieldChange(field=field, before=then[field], after=now[field])
        for field in sorted(then)
        if then[field] != now[field]
    ]


def _setting_changes(old: Record, new: Record) -> list[FieldChange]:
    then, now = _flatten_settings(old), _flatten_settings(new)
    return [
        FieldChange(field=field, before=then.get(field), after=now.get(field))
        for field in sorted(then.keys() | now.keys())
        if then.get(field) != now.get(field)
    ]


def _flatten_settings(record: Record) -> dict[str, str]:
    log = record.provenance
    plans = {
        f"{plan}.{name}": value
        for plan, settings in log.plans.items()
        for name, value in settings.items()
    }
    engine = log.agents["engine"]
    return {**plans, "engine": f"{engine.name} {engine.version}", **engine.details}
