"""``opis site``: builds the reading room."""

from pathlib import Path
from typing import Annotated

import typer

from flows import house, show
from pipeline.site.build import Site


def site(
    output: Annotated[Path | None, typer.Option(help="Where records are published.")] = None,
) -> None:
    """Build the site of the published records: what changed since the last time."""
    settings = house.settings_with(output=output)
    made = Site(settings, house.readers(settings))
    built = made.build(show.line)
    show.line(
        f"{built.records} records, {built.made} made anew, {built.gone} taken away: "
        f"{made.folder / 'index.html'}"
    )
