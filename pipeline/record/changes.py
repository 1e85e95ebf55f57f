"""The differences between two versions of a record, with the reason: ``changes.json``.

The edits of a page turn the reading text of the version before into that of this version, exactly:
any program can replay and undo them.
"""

from typing import Literal

from pipeline.cleaning.edits import Edit, apply_edits
from pipeline.cleaning.word_edits import edits_between
from pipeline.model import FrozenModel
from pipeline.record.provenance import Agent
from pipeline.record.reading_identity import (
    comparable_engine,
    comparable_plans,
    languages_read,
)
from pipeline.record.record import Record, RecordPage

ChangeKind = Literal["reread", "recleaned", "described", "replaced", "withdrawn", "corrected"]

#: Fields that do not describe the document.
_NON_DESCRIPTIVE_FIELDS = frozenset(
    [
        "id", "version", "pages", "reading_text", "quality", "misread_letters", "needs_review",
        "issues", "provenance",
    ]
)  # fmt: skip


class PageChange(FrozenModel):
    """The differences in the reading text of one page."""

    page: int
    leaf: str | None
    edits: tuple[Edit, ...]  #: to apply to the reading text of the version before


class FieldChange(FrozenModel):
    """A field of the description before and after, as JSON values."""

    field: str
    before: object
    after: object


class VersionChanges(FrozenModel):
    """The differences from the version before, with the reason."""

    record: str
    before: int
    after: int
    kind: ChangeKind
    reason: str
    by: dict[str, str]  #: programs that made this version: name to version
    text_unchanged: bool
    pages: tuple[PageChange, ...]
    fields: tuple[FieldChange, ...]
    settings: tuple[FieldChange, ...]  #: of engine, preparation, layout and cleaning

    @property
    def differs(self) -> bool:
        """Whether text, description or settings differ."""
        return bool(self.pages or self.fields or self.settings)


def compare_versions(old: Record, new: Record, kind: ChangeKind, reason: str) -> VersionChanges:
    """Return the differences between two versions of a record."""
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


def edits_match(changes: VersionChanges, old: Record, new: Record) -> bool:
    """Return whether the edits turn the old reading text into the new one, page by page."""
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
    """Return whether the changes name exactly the differences in description and settings."""
    return list(changes.fields) == _field_changes(old, new) and list(
        changes.settings
    ) == _setting_changes(old, new)


def has_same_content(old: Record, new: Record) -> bool:
    """Return whether two versions have the same content, engine and settings.

    Times and versions of libraries are not compared, nor models that read no page: to install
    one more language changes no record.
    """
    return (
        not list(_field_changes(old, new))
        and comparable_plans(old.provenance.plans) == comparable_plans(new.provenance.plans)
        and _engine_of_pages(old) == _engine_of_pages(new)
        and old.issues == new.issues
        and [_without_times(page) for page in old.pages]
        == [_without_times(page) for page in new.pages]
    )


def _engine_of_pages(record: Record) -> Agent:
    return comparable_engine(record.provenance.agents["engine"], languages_read(record))


def _without_times(page: RecordPage) -> RecordPage:
    return page.model_copy(update={"engine_seconds": 0.0})


def _page_edits(old: Record, new: Record) -> list[tuple[int, str | None, tuple[Edit, ...]]]:
    """Return page number, leaf and edits; a page that only one version has changes as a whole."""
    before = {page.number: page for page in old.pages}
    after = {page.number: page for page in new.pages}
    page_edits = []
    for number in sorted(before.keys() | after.keys()):
        old_page, new_page = before.get(number), after.get(number)
        leaf = (new_page or old_page or new.pages[0]).leaf
        texts = [page.reading_text if page else "" for page in (old_page, new_page)]
        page_edits.append((number, leaf, edits_between(*texts)))
    return page_edits


def _field_changes(old: Record, new: Record) -> list[FieldChange]:
    before, after = (
        version.model_dump(mode="json", exclude=set(_NON_DESCRIPTIVE_FIELDS))
        for version in (old, new)
    )
    return [
        FieldChange(field=field, before=before[field], after=after[field])
        for field in sorted(before)
        if before[field] != after[field]
    ]


def _setting_changes(old: Record, new: Record) -> list[FieldChange]:
    before, after = _flatten_settings(old), _flatten_settings(new)
    return [
        FieldChange(field=field, before=before.get(field), after=after.get(field))
        for field in sorted(before.keys() | after.keys())
        if before.get(field) != after.get(field)
    ]


def _flatten_settings(record: Record) -> dict[str, str]:
    log = record.provenance
    plans = {
        f"{plan}.{name}": value
        for plan, settings in log.plans.items()
        if plan != "correct"  # it has no settings: people did it
        for name, value in settings.items()
    }
    engine = log.agents["engine"]
    return {**plans, "engine": f"{engine.name} {engine.version}", **engine.details}
