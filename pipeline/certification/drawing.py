"""Draws lines of a collection at random, in strata of how wrong they are expected to be."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from pipeline.review.selected_lines import PopulationLine

_MIN_PER_STRATUM = 10  #: lines, as far as there are so many
_ALWAYS = 0.02  #: wrong words expected in any line, whatever nobody doubts


@dataclass(frozen=True, slots=True)
class Stratum:
    """Lines that are about as wrong."""

    name: str
    lines: tuple[PopulationLine, ...]


def divide_lines(lines: Sequence[PopulationLine]) -> list[Stratum]:
    """Return the strata: lines that were compared, not doubtful ones, thirds of doubtful ones."""
    compared = tuple(line for line in lines if line.is_compared)
    rest = sorted((line for line in lines if not line.is_compared), key=_place)
    sure = tuple(line for line in rest if not line.expected_wrong)
    doubtful = sorted(
        (line for line in rest if line.expected_wrong), key=lambda line: line.expected_wrong
    )
    third = -(-len(doubtful) // 3)
    thirds = [
        tuple(doubtful[start : start + third]) for start in range(0, len(doubtful), third or 1)
    ]
    names = ("a little doubtful", "doubtful", "very doubtful")
    strata = [Stratum("compared", compared), Stratum("not doubtful", sure)]
    strata += [Stratum(name, part) for name, part in zip(names, thirds, strict=False)]
    return [stratum for stratum in strata if stratum.lines]


def draw_lines(
    strata: Sequence[Stratum], count: int, seed: int
) -> list[tuple[PopulationLine, ...]]:
    """Return the lines that are drawn of each stratum, in an order that tells nothing.

    A stratum gets more the larger it is and the more is expected to be wrong in it, and at least
    ten lines.

    Args:
        strata: of the collection.
        count: lines to draw, about.
        seed: the same lines, count and seed give the same draw.
    """
    generator = random.Random(seed)
    shares = [
        len(stratum.lines) * sqrt(_ALWAYS + _mean([one.expected_wrong for one in stratum.lines]))
        for stratum in strata
    ]
    drawn = []
    for stratum, share in zip(strata, shares, strict=True):
        wanted = max(round(count * share / sum(shares)), _MIN_PER_STRATUM)
        population = sorted(stratum.lines, key=_place)
        drawn.append(tuple(generator.sample(population, min(wanted, len(population)))))
    return drawn


def _place(line: PopulationLine) -> tuple[str, int, int]:
    return line.record, line.page, line.line


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
