"""The command ``opis diff``."""

from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import JsonOption, OutputOption, RecordArgument
from pipeline.citation.pin import word_differences
from pipeline.cleaning.edits import apply_edits
from pipeline.errors import CatalogError
from pipeline.record.changes import VersionChanges, compare_versions
from pipeline.record.record import Record
from pipeline.repository.catalog import Catalog


def diff(
    record: RecordArgument,
    before: Annotated[str, typer.Argument(help="v1, or 1.")],
    after: Annotated[str, typer.Argument(help="v2, or 2.")],
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the differences between two versions of a record: words, description, settings."""
    settings = runtime.settings_with(output=output)
    with Catalog(settings.catalog, settings.records) as catalog:
        old = catalog.load_record(record, _version_number(before))
        new = catalog.load_record(record, _version_number(after))
    changes = compare_versions(old, new, "replaced", f"{before} and {after} compared")
    if as_json:
        console.print_json(changes.model_dump(mode="json"))
        return
    for line in _difference_lines(changes, old):
        console.print_line(line)


def _version_number(version: str) -> int:
    number = version.removeprefix("v")
    if not number.isdigit():
        msg = f"{version!r} is not a version; write v1 or 1."
        raise CatalogError(msg)
    return int(number)


def _difference_lines(changes: VersionChanges, old: Record) -> list[str]:
    lines = [
        f"{change.field}: {change.before!r} → {change.after!r}"
        for change in (*changes.fields, *changes.settings)
    ]
    texts = {page.number: page.reading_text for page in old.pages}
    for page in changes.pages:
        leaf = f", leaf {page.leaf}" if page.leaf else ""
        lines.append(f"page {page.page}{leaf}")
        before = texts.get(page.page, "")
        after = apply_edits(before, page.edits)
        lines += [f"    {line}" for line in word_differences(before, after)]
    return lines or ["There is no difference."]
