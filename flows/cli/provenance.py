"""The command ``opis provenance``."""

from dataclasses import asdict
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import JsonOption, OutputOption, RecordArgument
from pipeline.errors import CatalogError
from pipeline.exports.alto import read_blocks
from pipeline.record.record import Record, RecordPage
from pipeline.record.trace import describe_source, describe_trace, trace_word
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.text import PageText


def provenance(
    record: RecordArgument,
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
    folder = VersionFolder.of(settings.records / entry.folder, entry.version)
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


def _chosen_pages(record: Record, number: int | None, word: str) -> list[RecordPage]:
    if number is None:
        return list(record.pages) if word else list(record.pages[:1])
    if number > len(record.pages):
        msg = f"{record.id} has {len(record.pages)} pages, no page {number}."
        raise CatalogError(msg)
    return [record.pages[number - 1]]


def _page_text(folder: VersionFolder, page: RecordPage) -> PageText:
    alto = folder.alto(page.number)
    return PageText(read_blocks(alto.read_bytes())) if alto.is_file() else PageText()
