"""The command ``opis template``."""

from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import OutputOption, complete_record
from pipeline.description.sources import file_name_source, find_sidecars
from pipeline.description.template import sidecar_template
from pipeline.errors import SetupError
from pipeline.record.document_cuts import propose_documents
from pipeline.repository.catalog import Catalog
from pipeline.wording import printable_line


def template(
    scan: Annotated[
        Path | None,
        typer.Argument(help="The scan to write it beside.", dir_okay=False, exists=True),
    ] = None,
    documents: Annotated[
        str | None,
        typer.Option(
            help="A record: propose the documents in its scan, cut at blank and separator leaves.",
            autocompletion=complete_record,
        ),
    ] = None,
    output: OutputOption = None,
) -> None:
    """Print a commented sidecar, or write it beside a scan that has none."""
    if documents is not None:
        _propose_documents(documents, output)
        return
    if scan is None:
        console.print_line(sidecar_template().rstrip("\n"))
        return
    target = scan.with_suffix(".yaml")
    source = file_name_source(scan)
    reference = "" if source is None else str(source.values.get("references", ""))
    existing = find_sidecars(scan)
    if existing:
        msg = f"{existing[0]} exists and was not changed."
        raise SetupError(msg)
    with target.open("x", encoding="utf-8", newline="\n") as file:
        file.write(sidecar_template(reference))
    console.print_line(f"{target} is written; fill it in.")


def _propose_documents(record_id: str, output: Path | None) -> None:
    settings = runtime.archive_settings(output)
    with Catalog(settings.catalog, settings.records) as catalog:
        record = catalog.load_record(record_id, None)
    console.print_line("# Proposed: look at each cut, and add titles and dates.\ndocuments:")
    for document in propose_documents(record):
        console.print_line(printable_line(str(document)))
