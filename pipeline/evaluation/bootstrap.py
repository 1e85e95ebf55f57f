"""How far rates would scatter if other pages of the same kind had been measured."""

from collections.abc import Sequence
from dataclasses import astuple

import numpy as np

from pipeline.text_metrics import ErrorRates

_ROUNDS = 2000
_SEED = 20  #: the same pages always give the same interval
_BOUNDS = (2.5, 97.5)  #: percentiles: 95 of 100 such intervals hold the true rate


def interval_of_mean(
    weighted_rates: Sequence[tuple[ErrorRates, int]],
) -> tuple[ErrorRates, ErrorRates] | None:
    """Return the lower and upper bound of the 95 % interval of weighted mean rates of pages.

    Pages are drawn with replacement, as many as there are, again and again (the bootstrap of
    Efron, its percentiles). None for a single page, which tells nothing of others. Pages of one
    document are alike, so for few documents the interval is too narrow.
    """
    if len(weighted_rates) < 2:
        return None
    rates = np.array([astuple(rates) for rates, _ in weighted_rates])
    weights = np.array([weight for _, weight in weighted_rates], dtype=float)
    pages = len(weighted_rates)
    drawn = np.random.default_rng(_SEED).integers(0, pages, (_ROUNDS, pages))
    totals = np.maximum(weights[drawn].sum(axis=1), 1)
    means = (weights[:, None] * rates)[drawn].sum(axis=1) / totals[:, None]
    low, high = np.percentile(means, _BOUNDS, axis=0)
    return ErrorRates(*map(float, low)), ErrorRates(*map(float, high))
