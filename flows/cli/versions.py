"""The commands that make new versions, compare them, and tell how they came to be."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from flows import rounds, runtime
from flows.cli import console
from flows.cli.exit_codes import Exit
from pipeline.citation.pin import word_differences
from pipeline.cleaning.edits import apply
from pipeline.errors import CatalogError
from pipeline.exports.alto import read_blocks
from pipeline.ingest.revisions import withdraw as withdrawal
from pipeline.record.changes import Changes, changes
from pipeline.record.model import Record, RecordPage
from pipeline.record.trace import about_scan, told, trace
from pipeline.repository.catalog import Catalog
from pipeline.text import PageText

Records = Annotated[list[str], typer.Argument(help="Ids of records.")]
Output = Annotated[Path | None, typer.Option(help="Where records are published.")]
Reason = Annotated[str, typer.Option(help="Why; it is published with the version.")]
Directly = Annotated[bool, typer.Option("--direct", help="Work without Prefect.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def reread(
    records: Records, reason: Reason = "", directly: Directly = False, output: Output = None
) -> None:
    """Read records again from their originals, and publish what differs as their next versions."""
    _again("reread", records, reason, directly, output)


def reclean(
    records: Records, reason: Reason = "", directly: Directly = False, output: Output = None
) -> None:
    """Clean records again, as they were read, and publish what differs as their next versions."""
    _again("reclean", records, reason, directly, output)


def withdraw(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    reason: Annotated[str, typer.Option(help="Why; it is published.", prompt=True)],
    output: Output = None,
) -> None:
    """Withdraw a record: its next version holds the reason and no text; earlier ones stay."""
    settings = runtime.settings_with(output=output)
    runtime.ready(settings)
    console.outcomes([withdrawal(record, reason, settings, runtime.clock())], settings.output)


def diff(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    before: Annotated[str, typer.Argument(help="v1, or 1.")],
    after: Annotated[str, typer.Argument(help="v2, or 2.")],
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Show what differs between two versions of a record: words, description, settings."""
    settings = runtime.settings_with(output=output)
    with Catalog(settings.catalog, settings.records) as catalog:
        old, new = (catalog.load(record, _number(one)) for one in (before, after))
    found = changes(old, new, "replaced", f"{before} and {after} compared")
    if as_json:
        console.json_of(found.model_dump(mode="json"))
        return
    for line in _lines(found, old):
        console.line(line)


def provenance(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    page: Annotated[int | None, typer.Option(help="Of the scan, from 1.", min=1)] = None,
    word: Annotated[str, typer.Option(help="A word of its reading text.")] = "",
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Walk from a word back to its box, its page image, the engine and the scan."""
    settings = runtime.settings_with(output=output)
    with Catalog(settings.catalog, settings.records) as catalog:
        entry = catalog.entry(record)
        made = catalog.load(record, None)
    folder = settings.records / entry.folder / f"v{entry.version}"
    chosen = _chosen(made, page, word)
    texts = {one.number: _text(folder, one) for one in chosen}
    traced = {
        one.number: list(trace(one, texts[one.number], word)) if word else [] for one in chosen
    }
    if as_json:
        console.json_of(
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
            for line in told(made, one, traced[one.number]):
                console.line(line)
    if word and not any(traced.values()):
        msg = f"“{word}” is not in the reading text of {record}."
        raise CatalogError(msg)
    for line in about_scan(made):
        console.line(line)


def _again(name: str, records: list[str], reason: str, directly: bool, output: Path | None) -> None:
    settings = runtime.settings_with(output=output)
    runtime.ready(settings)
    run: Callable[..., list[Any]] = rounds.direct if directly else rounds.on_prefect
    outcomes = run(name, records, settings, reason)
    console.outcomes(outcomes, settings.output)
    if any(outcome.failed for outcome in outcomes):
        raise typer.Exit(Exit.UNEXPECTED)


def _lines(found: Changes, old: Record) -> list[str]:
    told_lines = [
        f"{change.field}: {change.before!r} → {change.after!r}"
        for change in (*found.fields, *found.settings)
    ]
    texts = {page.number: page.reading_text for page in old.pages}
    for page in found.pages:
        leaf = f", leaf {page.leaf}" if page.leaf else ""
        told_lines.append(f"page {page.page}{leaf}")
        before = texts.get(page.page, "")
        after = apply(before, page.edits)
        told_lines += [f"    {line}" for line in word_differences(before, after)]
    return told_lines or ["They say the same."]


def _chosen(record: Record, number: int | None, word: str) -> list[RecordPage]:
    if number is None:
        return list(record.pages) if word else list(record.pages[:1])
    if number > len(record.pages):
        msg = f"{record.id} has {len(record.pages)} pages, no page {number}."
        raise CatalogError(msg)
    return [record.pages[number - 1]]


def _text(folder: Path, page: RecordPage) -> PageText:
    alto = folder / "data" / "pages" / f"{page.number:04d}.alto.xml"
    return PageText(read_blocks(alto.read_bytes())) if alto.is_file() else PageText()


def _number(version: str) -> int:
    number = version.removeprefix("v")
    if not number.isdigit():
        msg = f"{version!r} is no version; write v1 or 1."
        raise CatalogError(msg)
    return int(number)
