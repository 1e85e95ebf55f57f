"""Fit the chance that a word is wrong: ``python -m training.fit_doubts WORDS.tsv...``.

Takes the tables that ``opis evaluate --words`` writes, read by models that have not seen their
pages. Prints the weights for ``pipeline/doubt/chance.py``, and how well weights that were fitted
without a series judge that series.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.doubt.chance import feature_values
from pipeline.doubt.vocabulary import vocabulary_of
from pipeline.doubt.word_doubts import page_features

_PENALTY = 1.0  #: of the squares of all weights but the constant
_ROUNDS = 30  #: of Newton's method
_BANDS = (0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.001)
_RIGHT_FLAGGED = (0.03, 0.05, 0.08)

Row = dict[str, str]
Array = NDArray[np.float64]


def main() -> None:
    """Fit, and print."""
    rows = [row for path in sys.argv[1:] for row in _read_rows(Path(path))]
    judged = [pair for page in _pages(rows) for pair in _judged_words(page)]
    names = list(judged[0][1])
    values = np.array([list(features.values()) for _, features in judged])
    wrong = np.array([row["verdict"] == "wrong" for row, _ in judged], float)
    series = np.array([row["series"] for row, _ in judged])
    chances = np.empty(len(wrong))
    for name in sorted(set(series)):
        others = series != name
        weights = fit_weights(values[others], wrong[others])
        chances[~others] = _chances(values[~others], weights)
    for name, weight in zip(names, fit_weights(values, wrong), strict=True):
        print(f'    "{name}": {weight:.2f},')  # noqa: T201
    _print_reliability(chances, wrong)


def fit_weights(values: Array, wrong: Array) -> Array:
    """Return the weights of a logistic regression with a small penalty, by Newton's method."""
    weights = np.zeros(values.shape[1])
    penalty = _PENALTY * np.array([0.0, *np.ones(len(weights) - 1)])
    for _ in range(_ROUNDS):
        chances = _chances(values, weights)
        gradient = values.T @ (chances - wrong) + penalty * weights
        curvature = (values * (chances * (1 - chances))[:, None]).T @ values + np.diag(penalty)
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def _chances(values: Array, weights: Array) -> Array:
    return 1 / (1 + np.exp(-values @ weights))


def _read_rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as file:
        table = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row for row in table if row["recipe"] == "evidence"]


def _pages(rows: Sequence[Row]) -> Iterator[list[Row]]:
    pages = defaultdict[tuple[str, str, str], list[Row]](list)
    for row in rows:
        pages[row["set"], row["name"], row["page"]].append(row)
    yield from pages.values()


def _judged_words(page: Sequence[Row]) -> Iterator[tuple[Row, dict[str, float]]]:
    """Yield the words of a page that the transcription says something about, with their values."""
    lines = defaultdict[str, list[str]](list)
    for row in page:
        lines[row["line"]].append(row["text"])
    confidences = [float(row["confidence"]) for row in page]
    vocabulary = vocabulary_of(tuple(page[0]["languages"].split("+")))
    features = page_features(list(lines.values()), confidences, vocabulary)
    for row, (_, found) in zip(page, features, strict=True):
        if row["verdict"] != "untranscribed":
            yield row, feature_values(found)


def _print_reliability(chances: Array, wrong: Array) -> None:
    is_wrong = wrong == 1
    print(f"{len(wrong)} words, {int(wrong.sum())} wrong")  # noqa: T201
    for share in _RIGHT_FLAGGED:
        threshold = np.quantile(chances[~is_wrong], 1 - share)
        found = float((chances[is_wrong] >= threshold).mean())
        print(f"{share:.0%} of right, {found:.1%} of wrong: from {threshold:.3f}")  # noqa: T201
    for low, high in pairwise(_BANDS):
        inside = (chances >= low) & (chances < high)
        if inside.any():
            expected, real = chances[inside].mean(), wrong[inside].mean()
            print(f"{low:.2f}-{high:.2f} {inside.sum():6d} {expected:.3f} {real:.3f}")  # noqa: T201


if __name__ == "__main__":
    main()
