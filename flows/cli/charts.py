"""Draws the daily totals as a chart."""

import importlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.errors import SetupError
from pipeline.ingest.stats import DailyTotals

COUNTED_STATUSES = ("published", "published before", "refused", "failed")
_COLOURS = {
    "published": "#3b7d4f",
    "published before": "#b7d3bf",
    "refused": "#b5493b",
    "failed": "#d9a441",
    "read": "#2f5d8a",
    "read before": "#a9c1d9",
}
_MAX_FLAT_LABELS = 8  #: days whose dates fit side by side


def draw_chart(days: Mapping[date, DailyTotals], target: Path) -> None:
    """Draw the pages and scans of each day into an .svg or .png file.

    Raises:
        SetupError: the target has another suffix, or matplotlib is not installed.
    """
    if target.suffix.lower() not in {".svg", ".png"}:
        msg = f"{target} is neither .svg nor .png."
        raise SetupError(msg)
    try:
        figure: Any = importlib.import_module("matplotlib.figure").Figure(figsize=(11, 6))
    except ImportError as error:
        msg = "Pictures need matplotlib: `uv sync --extra pictures` installs it."
        raise SetupError(msg) from error
    names, totals = [day.isoformat() for day in days], list(days.values())
    pages, scans = figure.subplots(2, 1, sharex=True)
    page_counts = {
        "read": [total.pages - total.cached for total in totals],
        "read before": [total.cached for total in totals],
    }
    scan_counts = {status: [total.fates[status] for total in totals] for status in COUNTED_STATUSES}
    _draw_stacked_bars(pages, "pages", names, page_counts)
    _draw_stacked_bars(scans, "scans", names, scan_counts)
    scans.tick_params(axis="x", rotation=90 if len(names) > _MAX_FLAT_LABELS else 0)
    figure.tight_layout()
    figure.savefig(target)


def _draw_stacked_bars(
    axes: Any, axis_label: str, names: Sequence[str], parts: Mapping[str, Sequence[int]]
) -> None:
    """Draw a bar for each name, its parts stacked."""
    bottom = [0] * len(names)
    for part, heights in parts.items():
        axes.bar(names, heights, bottom=bottom, label=part, color=_COLOURS[part])
        bottom = [low + high for low, high in zip(bottom, heights, strict=True)]
    axes.set_ylabel(axis_label)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    axes.spines[["top", "right"]].set_visible(False)
