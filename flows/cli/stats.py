"""The command ``opis stats``: daily totals as text, JSON, a chart, or for Prometheus."""

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
from pipeline.ingest.stats import DailyTotals, sum_by_day, sum_receipts
from pipeline.repository.receipts import read_receipts
from pipeline.wording import plural


def stats(
    days: Annotated[int, typer.Option(help="Number of days, the last ones with receipts.")] = 30,
    picture: Annotated[
        Path | None, typer.Option(help="Draw a chart into this file, .svg or .png.")
    ] = None,
    prometheus: Annotated[
        bool, typer.Option("--prometheus", help="Print Prometheus metrics.")
    ] = False,
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count scans, pages, words, seconds, refusals by cause and reviews due, day by day."""
    settings = runtime.archive_settings(output, or_receipts=True)
    if prometheus:
        console.print_line(Metrics(settings.output).to_text().decode().rstrip("\n"))
        return
    by_day = sum_by_day(read_receipts(settings.output), settings.timezone)
    chosen = dict(islice(by_day.items(), max(len(by_day) - days, 0), None))
    rows = {day.isoformat(): totals for day, totals in chosen.items()}
    total = sum_receipts(read_receipts(settings.output))
    if picture is not None:
        draw_chart(chosen, picture)
        console.print_line(f"{plural(len(chosen), 'day')} drawn in {picture}.")
    elif as_json:
        days_json = {day: vars(totals) for day, totals in rows.items()}
        console.print_json({"days": days_json, "all": vars(total)})
    else:
        _print_totals({**rows, "all": total})
        for line in _summary_lines(total):
            console.print_line(line)


def _summary_lines(total: DailyTotals) -> Iterable[str]:
    all_seconds = sum(total.seconds.values())
    if all_seconds:
        stages = total.seconds.most_common()
        shares = (f"{stage} {seconds / all_seconds:.0%}" for stage, seconds in stages)
        per_page = all_seconds / max(total.pages - total.cached, 1)
        yield f"Seconds by stage: {', '.join(shares)}; {per_page:.2f} s a page."
    if total.causes:
        causes = (f"{cause} {count}" for cause, count in total.causes.most_common())
        yield f"Refused: {', '.join(causes)}."


def _print_totals(totals: Mapping[str, DailyTotals]) -> None:
    """Print a row for each day; ``totals`` are by the first cell of the row."""
    heads = ("published", "before", "refused", "failed", "pages", "read before", "words",
             "review", "seconds")  # fmt: skip
    console.print_table(("", *heads), [(name, *_cells(row)) for name, row in totals.items()])


def _cells(totals: DailyTotals) -> Iterable[str]:
    yield from (str(totals.fates[status]) for status in COUNTED_STATUSES)
    yield str(totals.pages)
    yield str(totals.cached)
    yield f"{totals.words:,}"
    published = totals.published_count
    yield f"{totals.review / published:.0%}" if published else ""
    yield f"{sum(totals.seconds.values()):,.0f}"
