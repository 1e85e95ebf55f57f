"""The days of a house, drawn."""

import importlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.errors import SetupError
from pipeline.ingest.stats import DailyTotals

COUNTED_STATUSES = ("published", "published before", "refused", "failed")
_COLOURS = {
    "published": "#3b7d4f", "published before": "#b7d3bf", "refused": "#b5493b",
    "failed": "#d9a441", "read": "#2f5d8a", "read before": "#a9c1d9",
}  # fmt: skip
_MAX_FLAT_LABELS = 8  #: days whose names fit side by side


def draw_chart(days: Mapping[date, DailyTotals], target: Path) -> None:
    """Draw pages and scans of each day into an .svg or .png.

    Raises:
        SetupError: it is neither, or matplotlib is not installed.
    """
    if target.suffix.lower() not in {".svg", ".png"}:
        msg = f"{target} is neither .svg nor .png."
        raise SetupError(msg)
    try:
        figure: Any = importlib.import_module("matplotlib.figure").Figure(figsize=(11, 6))
    except ImportError as error:
        msg = "Pictures need matplotlib: `uv sync --extra pictures` installs it."
        raise SetupError(msg) from error
    names, tallies = [day.isoformat() for day in days], list(days.values())
    pages, scans = figure.subplots(2, 1, sharex=True)
    read = {
        "read": [tally.pages - tally.cached for tally in tallies],
        "read before": [tally.cached for tally in tallies],
    }
    _draw_stacked_bars(pages, "pages", names, read)
    _draw_stacked_bars(
        scans,
        "scans",
        names,
        {fate: [one.fates[fate] for one in tallies] for fate in COUNTED_STATUSES},
    )
    scans.tick_params(axis="x", rotation=90 if len(names) > _MAX_FLAT_LABELS else 0)
    figure.tight_layout()
    figure.savefig(target)


def _draw_stacked_bars(
    axes: Any, axis_label: str, names: Sequence[str], parts: Mapping[str, Sequence[int]]
) -> None:
    """Draw a bar a name, its parts one upon the other."""
    foot = [0] * len(names)
    for part, heights in parts.items():
        axes.bar(names, heights, bottom=foot, label=part, color=_COLOURS[part])
        foot = [low + high for low, high in zip(foot, heights, strict=True)]
    axes.set_ylabel(axis_label)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    axes.spines[["top", "right"]].set_visible(False)
