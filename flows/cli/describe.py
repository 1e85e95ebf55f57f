"""The command ``opis describe``."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from flows.cli.options import JsonOption
from pipeline.description.check_folder import Fault, check_folder
from pipeline.description.merge import MergedDescription, find_sources, merge_sources
from pipeline.description.translations import SuppliedTranslation, find_translations
from pipeline.errors import SetupError
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
    inbox = runtime.load_settings({}).inbox.absolute()
    merged = merge_sources(find_sources(path.absolute(), inbox))
    translations = find_translations(path.absolute(), merged.description.translations)
    _print_description(merged, translations, as_json=as_json)


def _check_descriptions(folder: Path, *, as_json: bool) -> None:
    if not folder.is_dir():
        msg = f"{folder} is no folder. Name the folder whose descriptions to check."
        raise SetupError(msg)
    faults = check_folder(folder)
    if as_json:
        rows = [
            {"file": f.file, "line": f.line, "code": f.code, "detail": f.detail} for f in faults
        ]
        console.print_line(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for fault in faults:
            console.print_line(_fault_line(fault))
        console.print_line(plural(len(faults), "fault"))
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
        origins["date_calendar"] = merged.origins.get("date_calendar", origins["date_edtf"])
    if translations:
        values["translations"] = [
            {"language": t.language, "translator": t.translator, "characters": len(t.text)}
            for t in translations
        ]
        origins["translations"] = ", ".join(t.origin for t in translations)
    return {name: {"value": values[name], "from": origins[name]} for name in values}


def _print_description(
    merged: MergedDescription, translations: Sequence[SuppliedTranslation], *, as_json: bool
) -> None:
    rows = _field_rows(merged, translations)
    issues = [issue.detail for issue in merged.issues]
    if as_json:
        document = {"fields": rows, "issues": issues}
        console.print_line(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for name, row in rows.items():
        for item in row["value"] if isinstance(row["value"], list) else [row["value"]]:
            text = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)
            console.print_line(f"{name + ':':<16}{text}   ({row['from']})")
    for issue in issues:
        console.print_line(f"look at: {printable_line(issue)}")
