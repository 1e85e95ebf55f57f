"""The command ``opis describe``."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from flows.cli.options import JsonOption
from pipeline.dates.words import english_date
from pipeline.description.check_folder import Fault, check_folder
from pipeline.description.document_table import (
    DocumentTable,
    document_sources,
    make_document_table,
)
from pipeline.description.merge import MergedDescription, find_sources, merge_sources
from pipeline.description.translations import SuppliedTranslation, find_translations
from pipeline.errors import SetupError
from pipeline.settings import Settings
from pipeline.wording import plural, printable_line


def describe(
    path: Annotated[Path, typer.Argument(help="A scan; with --check, a folder.", exists=True)],
    check: Annotated[
        bool, typer.Option("--check", help="List every fault of a folder; writes nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show a scan's description and the source of each field, or check those of a folder."""
    if check:
        _check_descriptions(path, as_json=as_json)
        return
    if path.is_dir():
        msg = f"{path} is a folder. Name a scan, or add --check to look at all of them."
        raise SetupError(msg)
    settings = runtime.load_settings({})
    scan, inbox = path.absolute(), settings.inbox.absolute()
    sources = find_sources(scan, inbox)
    merged = merge_sources(sources)
    translations = find_translations(scan, merged.description.translations)
    table = DocumentTable((), ())
    if documents := document_sources(scan, inbox, sources):
        table = make_document_table(documents, merged, _count_pages(scan, settings))
    _print_description(merged, translations, table, as_json=as_json)


def _count_pages(scan: Path, settings: Settings) -> int:
    """Return the number of pages of a scan, which a worker inspects."""
    from pipeline.ingest.admission import inspect_in_worker  # noqa: PLC0415  takes a second

    return inspect_in_worker(scan, settings, runtime.worker_pool(settings)).page_count


def _check_descriptions(folder: Path, *, as_json: bool) -> None:
    if not folder.is_dir():
        msg = f"{folder} is no folder. Name the folder whose descriptions to check."
        raise SetupError(msg)
    settings = runtime.load_settings({})
    found = check_folder(folder, lambda scan: _count_pages(scan, settings))
    faults = [fault for fault in found if not fault.is_note]
    if as_json:
        console.print_line(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        for fault in found:
            console.print_line(_fault_line(fault))
        notes = len(found) - len(faults)
        counts = [plural(len(faults), "fault"), *([plural(notes, "note")] if notes else [])]
        console.print_line(", ".join(counts))
    if faults:
        raise typer.Exit(ExitCode.REFUSALS)


def _fault_line(fault: Fault) -> str:
    """Return a fault as compilers print it: FILE:LINE: CODE: DETAIL, the place only once."""
    place = f"{fault.file}, line {fault.line}"
    detail = fault.detail.removeprefix(place).removeprefix(fault.file).lstrip(":, ")
    return printable_line(f"{fault.file}:{fault.line}: {fault.code}: {detail}")


def _field_rows(
    merged: MergedDescription, translations: Sequence[SuppliedTranslation]
) -> dict[str, dict[str, Any]]:
    """Return value and source of each field, also of those derived from others, by its name."""
    values = merged.description.model_dump(mode="json", exclude_defaults=True)
    values["rights"] = merged.description.rights
    origins = {name: merged.origins.get(name, "default") for name in values}
    if merged.edtf is not None:
        values["date_edtf"], values["date_calendar"] = merged.edtf, merged.calendar
        origins["date_edtf"] = f"read from {merged.description.date}"
        values["date_words"] = english_date(merged.edtf, merged.calendar)
        origins["date_words"] = "as citations print it"
        origins["date_calendar"] = merged.origins.get("date_calendar", origins["date_edtf"])
    if translations:
        values["translations"] = [
            {"language": t.language, "translator": t.translator, "characters": len(t.text)}
            for t in translations
        ]
        origins["translations"] = ", ".join(t.origin for t in translations)
    return {name: {"value": values[name], "from": origins[name]} for name in values}


def _print_description(
    merged: MergedDescription,
    translations: Sequence[SuppliedTranslation],
    table: DocumentTable,
    *,
    as_json: bool,
) -> None:
    rows = _field_rows(merged, translations)
    issues = [issue.detail for issue in merged.issues]
    if as_json:
        documents = [
            {"pages": row.page_ranges, "fields": dict(row.values)} for row in table.documents
        ]
        issues += map(str, table.notes)
        answer = {"fields": rows, "issues": issues, "documents": documents}
        console.print_line(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    for name, row in rows.items():
        for item in row["value"] if isinstance(row["value"], list) else [row["value"]]:
            text = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)
            console.print_line(f"{name + ':':<16}{text}   ({row['from']})")
    if table.documents:
        console.print_line(f"{plural(len(table.documents), 'document')}, by pages of the scan:")
    for document in table.documents:
        console.print_line(f"  {printable_line(str(document))}")
    for issue in [*issues, *map(str, table.notes)]:
        console.print_line(f"look at: {printable_line(issue)}")
