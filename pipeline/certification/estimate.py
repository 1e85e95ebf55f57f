"""The error of a whole collection, estimated from lines that were drawn in strata.

The estimate is the combined ratio of stratified sampling (Cochran, Sampling Techniques, 1977,
section 6.11): wrong units over all units, each stratum with its weight. The interval is that of a
bootstrap within the strata (Efron, its percentiles). Each stratum gets one more line for it, half
as wrong as its worst, or as the worst of all where it showed no error: a stratum in which no error
was seen is not without. On transcribed pages the interval held the truth as often as it says
(``benchmarks/certified_error.py``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.repository.certificates import EstimatedRate

_ROUNDS = 4000
_SEED = 23  #: the same lines always give the same interval
_BOUNDS = (1.0, 98.5)  #: percentiles; in simulations they hold the truth in 95 of 100 draws
_MIN_LINES = 2  #: of a stratum


@dataclass(frozen=True, slots=True)
class CountedLine:
    """What was wrong in a line: characters or words that differ, and all that stand there."""

    wrong: int
    units: int


@dataclass(frozen=True, slots=True)
class CountedStratum:
    """The lines of a stratum that were drawn and typed."""

    size: int  #: lines of the collection that belong to it
    lines: tuple[CountedLine, ...]


def estimate_rate(strata: Sequence[CountedStratum]) -> EstimatedRate:
    """Return the error rate of a collection.

    Raises:
        ValueError: a stratum has fewer than two lines, or nothing stands in all lines.
    """
    if any(len(stratum.lines) < min(_MIN_LINES, stratum.size) for stratum in strata):
        msg = "each stratum needs two lines"
        raise ValueError(msg)
    counted = [
        (stratum.size, np.array([(line.wrong, line.units) for line in stratum.lines], float))
        for stratum in strata
        if stratum.size
    ]
    totals = sum(size * lines.mean(axis=0) for size, lines in counted)
    if not np.any(totals) or totals[1] <= 0:
        msg = "nothing stands in the lines"
        raise ValueError(msg)
    wrong, units = totals
    low, high = np.percentile(_resampled_rates(counted), _BOUNDS)
    rate = float(wrong / units)
    return EstimatedRate(rate, min(float(low), rate), max(float(high), rate))


def _resampled_rates(
    counted: Sequence[tuple[int, NDArray[np.float64]]],
) -> NDArray[np.float64]:
    """Return the rates of resampled strata."""
    generator, totals = np.random.default_rng(_SEED), np.zeros((_ROUNDS, 2))
    worst = max(lines[:, 0].max() for _, lines in counted)
    for size, lines in counted:
        if len(lines) >= size:  # all of it was typed: nothing is left to chance
            totals += size * lines.mean(axis=0)
            continue
        own = lines[:, 0].max()
        added = np.array([[(own or worst) / 2, lines[:, 1].mean()]])
        drawn = generator.integers(0, len(lines) + 1, (_ROUNDS, len(lines)))
        totals += size * np.vstack([lines, added])[drawn].mean(axis=1)
    rates: NDArray[np.float64] = totals[:, 0] / np.maximum(totals[:, 1], 1e-9)
    return rates
