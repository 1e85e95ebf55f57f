"""The command ``opis sample``."""

import secrets
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console, selection_options
from flows.cli.options import OutputOption
from pipeline.certification.sample import make_sample
from pipeline.repository.record_selection import RecordSelection
from pipeline.wording import plural


def sample(  # noqa: PLR0913, PLR0917  a parameter for each option
    name: Annotated[str, typer.Argument(help="Of the new sample: letters, digits, hyphens.")],
    lines: Annotated[int, typer.Option(help="How many lines are drawn, about.", min=10)] = 200,
    seed: Annotated[
        int | None, typer.Option(help="The same seed draws the same lines; else one is made up.")
    ] = None,
    place: selection_options.Place = "",
    from_year: selection_options.FromYear = None,
    to_year: selection_options.ToYear = None,
    output: OutputOption = None,
) -> None:
    """Draw lines at random, which people then type at the desk without seeing the text."""
    settings = runtime.archive_settings(output)
    selection = RecordSelection(place=place, from_year=from_year, to_year=to_year)
    number = secrets.randbelow(2**31) if seed is None else seed
    made = make_sample(name, lines, number, selection, settings, runtime.get_clock())
    count = sum(len(stratum.lines) for stratum in made.strata)
    of_all = sum(stratum.size for stratum in made.strata)
    console.print_line(
        f"{plural(count, 'line')} of {of_all:,} drawn from {plural(made.records, 'record')}. Type "
        f"them at /desk/sample/{name}/ (`opis serve` or `opis desk`), then `opis certify {name}`."
    )
