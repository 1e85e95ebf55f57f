"""The commands that read and write references."""

import json
from typing import Annotated

import typer

from flows import show
from pipeline.errors import SetupError
from pipeline.reference import ArchivalReference, Reading, parse_all, read


def reference(
    text: Annotated[str, typer.Argument(help="A citation, or a text that holds some.")],
    context: Annotated[
        str | None, typer.Option(help="The citation before it, for “Ibid.” to stand for.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read archival references, and print each in its normal form or why it is not sure."""
    found = read(text, _before(context))
    if as_json:
        show.line(json.dumps(found.to_dict(), ensure_ascii=False, indent=1))
        return
    for reading in found.references:
        show.line(_told(reading))
    for problem in found.problems:
        show.line(problem.detail)


def _before(context: str | None) -> ArchivalReference | None:
    if context is None:
        return None
    known = parse_all(context)
    if not known:
        msg = f"--context {context!r} is no reference that can be relied on: {read(context).why}"
        raise SetupError(msg)
    return known[-1]


def _told(reading: Reading) -> str:
    if reading.place is not None:
        return reading.place.labelled
    why = " ".join(problem.detail for problem in reading.problems)
    return f"{reading.status}: “{reading.as_cited}”. {why}"
