"""The commands that make new versions, compare them, and tell how they came to be."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from flows import rounds, runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from pipeline.citation.pin import word_differences
from pipeline.cleaning.edits import apply_edits
from pipeline.errors import CatalogError
from pipeline.exports.alto import read_blocks
from pipeline.ingest.revisions import withdraw_record as withdrawal
from pipeline.record.changes import VersionChanges, compare_versions
from pipeline.record.model import Record, RecordPage
from pipeline.record.trace import describe_source, describe_trace, trace_word
from pipeline.repository.catalog import Catalog
from pipeline.text import PageText

RecordsArgument = Annotated[list[str], typer.Argument(help="Ids of records.")]
OutputOption = Annotated[Path | None, typer.Option(help="Where records are published.")]
ReasonOption = Annotated[str, typer.Option(help="Why; it is published with the version.")]
DirectOption = Annotated[bool, typer.Option("--direct", help="Work without Prefect.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def reread(
    records: RecordsArgument,
    reason: ReasonOption = "",
    directly: DirectOption = False,
    output: OutputOption = None,
) -> None:
    """Read records again from their originals, and publish what differs as their next versions."""
    _revise_records("reread", records, reason, directly, output)


def reclean(
    records: RecordsArgument,
    reason: ReasonOption = "",
    directly: DirectOption = False,
    output: OutputOption = None,
) -> None:
    """Clean records again, as they were read, and publish what differs as their next versions."""
    _revise_records("reclean", records, reason, directly, output)


def withdraw(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    reason: Annotated[str, typer.Option(help="Why; it is published.", prompt=True)],
    output: OutputOption = None,
) -> None:
    """Withdraw a record: its next version holds the reason and no text; earlier ones stay."""
    settings = runtime.settings_with(output=output)
    runtime.check_ready(settings)
    console.print_outcomes(
        [withdrawal(record, reason, settings, runtime.get_clock())], settings.output
    )


def diff(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    before: Annotated[str, typer.Argument(help="v1, or 1.")],
    after: Annotated[str, typer.Argument(help="v2, or 2.")],
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what differs between two versions of a record: words, description, settings."""
    settings = runtime.settings_with(output=output)
    with Catalog(settings.catalog, settings.records) as catalog:
        old, new = (catalog.load_record(record, _version_number(one)) for one in (before, after))
    found = compare_versions(old, new, "replaced", f"{before} and {after} compared")
    if as_json:
        console.print_json(found.model_dump(mode="json"))
        return
    for line in _difference_lines(found, old):
        console.print_line(line)


def provenance(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    page: Annotated[int | None, typer.Option(help="Of the scan, from 1.", min=1)] = None,
    word: Annotated[str, typer.Option(help="A word of its reading text.")] = "",
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Walk from a word back to its box, its page image, the engine and the scan."""
    settings = runtime.settings_with(output=output)
    with Catalog(settings.catalog, settings.records) as catalog:
        entry = catalog.get_entry(record)
        made = catalog.load_record(record, None)
    folder = settings.records / entry.folder / f"v{entry.version}"
    chosen = _chosen_pages(made, page, word)
    texts = {one.number: _page_text(folder, one) for one in chosen}
    traced = {
        one.number: list(trace_word(one, texts[one.number], word)) if word else [] for one in chosen
    }
    if as_json:
        console.print_json(
            {
                "record": made.id,
                "version": made.version,
                "found": [asdict(one) for several in traced.values() for one in several],
                "provenance": made.provenance.model_dump(mode="json"),
            }
        )
        return
    for one in chosen:
        if traced[one.number] or not word:
            for line in describe_trace(made, one, traced[one.number]):
                console.print_line(line)
    if word and not any(traced.values()):
        msg = f"“{word}” is not in the reading text of {record}."
        raise CatalogError(msg)
    for line in describe_source(made):
        console.print_line(line)


def _revise_records(
    name: str, records: list[str], reason: str, directly: bool, output: Path | None
) -> None:
    settings = runtime.settings_with(output=output)
    runtime.check_ready(settings)
    run: Callable[..., list[Any]] = rounds.revise_directly if directly else rounds.revise_on_prefect
    outcomes = run(name, records, settings, reason)
    console.print_outcomes(outcomes, settings.output)
    if any(outcome.failure_reason for outcome in outcomes):
        raise typer.Exit(ExitCode.UNEXPECTED)


def _difference_lines(found: VersionChanges, old: Record) -> list[str]:
    told_lines = [
        f"{change.field}: {change.before!r} → {change.after!r}"
        for change in (*found.fields, *found.settings)
    ]
    texts = {page.number: page.reading_text for page in old.pages}
    for page in found.pages:
        leaf = f", leaf {page.leaf}" if page.leaf else ""
        told_lines.append(f"page {page.page}{leaf}")
        before = texts.get(page.page, "")
        after = apply_edits(before, page.edits)
        told_lines += [f"    {line}" for line in word_differences(before, after)]
    return told_lines or ["They say the same."]


def _chosen_pages(record: Record, number: int | None, word: str) -> list[RecordPage]:
    if number is None:
        return list(record.pages) if word else list(record.pages[:1])
    if number > len(record.pages):
        msg = f"{record.id} has {len(record.pages)} pages, no page {number}."
        raise CatalogError(msg)
    return [record.pages[number - 1]]


def _page_text(folder: Path, page: RecordPage) -> PageText:
    alto = folder / "data" / "pages" / f"{page.number:04d}.alto.xml"
    return PageText(read_blocks(alto.read_bytes())) if alto.is_file() else PageText()


def _version_number(version: str) -> int:
    number = version.removeprefix("v")
    if not number.isdigit():
        msg = f"{version!r} is no version; write v1 or 1."
        raise CatalogError(msg)
    return int(number)
