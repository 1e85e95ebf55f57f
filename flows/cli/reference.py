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
    text: Annotated[str, typer.Argument(help="A citation, or a text with citations.")],
    context: Annotated[
        str | None, typer.Option(help="The citation before it, for “Ibid.” to refer to.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read archival references, and print the normal form of each, or its problems."""
    result = find_references(text, _context_reference(context))
    if as_json:
        console.print_line(json.dumps(result.to_dict(), ensure_ascii=False, indent=1))
        return
    for parsed in result.references:
        console.print_line(_reference_line(parsed))
    for problem in result.problems:
        console.print_line(problem.detail)


def _context_reference(context: str | None) -> ArchivalReference | None:
    if context is None:
        return None
    references = parse_references(context)
    if not references:
        reason = find_references(context).explanation
        msg = f"--context {context!r} is not a reliable reference: {reason}"
        raise SetupError(msg)
    return references[-1]


def _reference_line(parsed: ParsedReference) -> str:
    if parsed.reference is not None:
        return parsed.reference.as_stamped
    reason = " ".join(problem.detail for problem in parsed.problems)
    return f"{parsed.status}: “{parsed.as_cited}”. {reason}"
