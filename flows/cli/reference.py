"""The command ``opis reference``."""

import json
from typing import Annotated

import typer

from flows.cli import console
from flows.cli.options import JsonOption
from pipeline.errors import SetupError
from pipeline.references import (
    ArchivalReference,
    ParsedReference,
    find_references,
    parse_references,
)


def reference(
    text: Annotated[str, typer.Argument(help="A citation, or a text that holds some.")],
    context: Annotated[
        str | None, typer.Option(help="The citation before it, for “Ibid.” to stand for.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read archival references, and print each in its normal form or why it is not sure."""
    found = find_references(text, _context_reference(context))
    if as_json:
        console.print_line(json.dumps(found.to_dict(), ensure_ascii=False, indent=1))
        return
    for reading in found.references:
        console.print_line(_reference_line(reading))
    for problem in found.problems:
        console.print_line(problem.detail)


def _context_reference(context: str | None) -> ArchivalReference | None:
    if context is None:
        return None
    known = parse_references(context)
    if not known:
        why = find_references(context).explanation
        msg = f"--context {context!r} is no reference that can be relied on: {why}"
        raise SetupError(msg)
    return known[-1]


def _reference_line(reading: ParsedReference) -> str:
    if reading.reference is not None:
        return reading.reference.as_stamped
    why = " ".join(problem.detail for problem in reading.problems)
    return f"{reading.status}: “{reading.as_cited}”. {why}"
