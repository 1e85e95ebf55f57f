"""``opis stats``: how the house does, as text, JSON, a picture, or for Prometheus."""

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.charts import COUNTED_STATUSES, draw_chart
from flows.cli.options import JsonOption, OutputOption
from flows.serve.metrics import Metrics
from pipeline.ingest.receipts import read_receipts
from pipeline.ingest.stats import DailyTotals, sum_by_day, sum_receipts


def stats(
    days: Annotated[int, typer.Option(help="The last days to show, of those with arrivals.")] = 30,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the days into this file, .svg or .png.")
    ] = None,
    prometheus: Annotated[
        bool, typer.Option("--prometheus", help="Print it for a scraper.")
    ] = False,
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count scans, pages, words, seconds, refusals by cause and what wants review, day by day."""
    settings = runtime.settings_with(output=output)
    if prometheus:
        console.print_line(Metrics(settings.output).to_text().decode().rstrip("\n"))
        return
    found = sum_by_day(read_receipts(settings.output), settings.timezone)
    chosen = dict(islice(found.items(), max(len(found) - days, 0), None))
    total = sum_receipts(read_receipts(settings.output))
    if picture is not None:
        draw_chart(chosen, picture)
        console.print_line(f"{len(chosen)} days are drawn in {picture}.")
    elif as_json:
        told = {day.isoformat(): vars(tally) for day, tally in chosen.items()}
        console.print_json({"days": told, "all": vars(total)})
    else:
        _print_totals({**{day.isoformat(): tally for day, tally in chosen.items()}, "all": total})
        for line in _summary_lines(total):
            console.print_line(line)


def _summary_lines(total: DailyTotals) -> Iterable[str]:
    spent = sum(total.seconds.values())
    if spent:
        shares = (f"{stage} {took / spent:.0%}" for stage, took in total.seconds.most_common())
        page = spent / max(total.pages - total.cached, 1)
        yield f"Seconds by stage: {', '.join(shares)}; {page:.2f} s a page."
    if total.causes:
        causes = (f"{cause} {count}" for cause, count in total.causes.most_common())
        yield f"Refused: {', '.join(causes)}."


def _print_totals(totals: Mapping[str, DailyTotals]) -> None:
    """Print sums, a line each."""
    heads = ("", "published", "before", "refused", "failed", "pages", "read before", "words",
             "review", "seconds")  # fmt: skip
    rows = [
        (name, *(str(one.fates[status]) for status in COUNTED_STATUSES),
         str(one.pages), str(one.cached),
         f"{one.words:,}", f"{one.review / one.published_count:.0%}" if one.published_count else "",
         f"{sum(one.seconds.values()):,.0f}")
        for name, one in totals.items()
    ]  # fmt: skip
    console.print_table(heads, rows)
