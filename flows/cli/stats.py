"""``opis stats``: how the house does, as text, JSON, a picture, or for Prometheus."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.charts import draw
from flows.serve.metrics import Metrics
from pipeline.ingest.receipts import read
from pipeline.ingest.stats import Tally, by_day, in_all


def stats(
    days: Annotated[int, typer.Option(help="The last days to show, of those with arrivals.")] = 30,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the days into this file, .svg or .png.")
    ] = None,
    prometheus: Annotated[
        bool, typer.Option("--prometheus", help="Print it for a scraper.")
    ] = False,
    output: Annotated[Path | None, typer.Option(help="Where records are published.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count scans, pages, words, seconds, refusals by cause and what wants review, day by day."""
    settings = runtime.settings_with(output=output)
    if prometheus:
        console.line(Metrics(settings.output).text().decode().rstrip("\n"))
        return
    found = by_day(read(settings.output), settings.timezone)
    chosen = dict(islice(found.items(), max(len(found) - days, 0), None))
    total = in_all(read(settings.output))
    if picture is not None:
        draw(chosen, picture)
        console.line(f"{len(chosen)} days are drawn in {picture}.")
    elif as_json:
        told = {day.isoformat(): vars(tally) for day, tally in chosen.items()}
        console.json_of({"days": told, "all": vars(total)})
    else:
        console.tallies({**{day.isoformat(): tally for day, tally in chosen.items()}, "all": total})
        for line in _more(total):
            console.line(line)


def _more(total: Tally) -> Iterable[str]:
    spent = sum(total.seconds.values())
    if spent:
        shares = (f"{stage} {took / spent:.0%}" for stage, took in total.seconds.most_common())
        page = spent / max(total.pages - total.cached, 1)
        yield f"Seconds by stage: {', '.join(shares)}; {page:.2f} s a page."
    if total.causes:
        causes = (f"{cause} {count}" for cause, count in total.causes.most_common())
        yield f"Refused: {', '.join(causes)}."
