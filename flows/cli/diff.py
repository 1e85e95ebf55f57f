"""The command ``opis diff``."""

from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import JsonOption, OutputOption, RecordArgument
from pipeline.citation.version_differences import difference_lines
from pipeline.errors import CatalogError
from pipeline.record.changes import compare_versions
from pipeline.repository.catalog import Catalog


def diff(
    record: RecordArgument,
    before: Annotated[str, typer.Argument(help="v1, or 1; the last but one if none.")] = "",
    after: Annotated[str, typer.Argument(help="v2, or 2; the newest if none.")] = "",
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the differences between two versions of a record: words, description, settings."""
    settings = runtime.archive_settings(output)
    with Catalog(settings.catalog, settings.records) as catalog:
        newest = catalog.get_entry(record).version
        if newest == 1 and not (before and after):
            msg = f"{record} has one version: there is nothing to compare."
            raise CatalogError(msg)
        old = catalog.load_record(record, _version_number(before) if before else newest - 1)
        new = catalog.load_record(record, _version_number(after) if after else newest)
    changes = compare_versions(old, new, "replaced", f"v{old.version} and v{new.version} compared")
    if as_json:
        console.print_json(changes.model_dump(mode="json"))
        return
    for line in difference_lines(changes, old):
        console.print_line(line)


def _version_number(version: str) -> int:
    number = version.removeprefix("v")
    if not number.isdigit():
        msg = f"{version!r} is not a version; write v1 or 1."
        raise CatalogError(msg)
    return int(number)
