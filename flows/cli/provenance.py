"""The command ``opis provenance``."""

from dataclasses import asdict
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import JsonOption, OutputOption, RecordArgument
from pipeline.errors import CatalogError
from pipeline.exports.alto import read_page_text
from pipeline.record.record import Record, RecordPage
from pipeline.record.trace import describe_source, describe_trace, trace_word
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.text import PageText
from pipeline.wording import plural


def provenance(
    record: RecordArgument,
    page: Annotated[int | None, typer.Option(help="A page of the scan, from 1.", min=1)] = None,
    word: Annotated[str, typer.Option(help="A word of the reading text.")] = "",
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Trace a word back to its box, its page image, the engine and the scan."""
    settings = runtime.archive_settings(output)
    with Catalog(settings.catalog, settings.records) as catalog:
        entry = catalog.get_entry(record)
        newest = catalog.load_record(record, None)
    folder = VersionFolder.of(settings.records / entry.folder, entry.version)
    pages = _chosen_pages(newest, page, word)
    texts = [_page_text(folder, chosen) for chosen in pages]
    traces = [
        list(trace_word(chosen, text, word)) if word else []
        for chosen, text in zip(pages, texts, strict=True)
    ]
    if as_json:
        document = {
            "record": newest.id,
            "version": newest.version,
            "found": [asdict(traced) for trace in traces for traced in trace],
            "provenance": newest.provenance.model_dump(mode="json"),
        }
        console.print_json(document)
        return
    for chosen, trace in zip(pages, traces, strict=True):
        if trace or not word:
            for line in describe_trace(newest, chosen, trace):
                console.print_line(line)
    if word and not any(traces):
        msg = f"“{word}” is not in the reading text of {record}."
        raise CatalogError(msg)
    for line in describe_source(newest):
        console.print_line(line)


def _chosen_pages(record: Record, number: int | None, word: str) -> list[RecordPage]:
    """Return the page of a number; without one all pages for a word, else the first page.

    Raises:
        CatalogError: the record has no page of this number.
    """
    if number is None:
        return list(record.pages) if word else list(record.pages[:1])
    if number > len(record.pages):
        msg = f"{record.id} has {plural(len(record.pages), 'page')}, no page {number}."
        raise CatalogError(msg)
    return [record.pages[number - 1]]


def _page_text(folder: VersionFolder, page: RecordPage) -> PageText:
    alto = folder.alto(page.number)
    return read_page_text(alto.read_bytes()) if alto.is_file() else PageText()
