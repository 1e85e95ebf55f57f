"""The certified error of a collection: what a sample shows."""

from collections.abc import Callable, Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from pipeline.certification.estimate import (
    CountedLine,
    CountedStratum,
    estimate_rate,
)
from pipeline.certification.sample import LineSample, typed_lines
from pipeline.corrections.correction import Correction
from pipeline.errors import SetupError
from pipeline.model import Clock
from pipeline.repository.certificates import Certificate
from pipeline.text_metrics import grapheme_clusters, normalize
from pipeline.wording import plural


def certify(sample: LineSample, log: Sequence[Correction], clock: Clock) -> Certificate:
    """Return the certificate of a sample whose lines were typed.

    Raises:
        SetupError: lines wait to be typed.
    """
    typed = typed_lines(sample, log)
    waiting = len(sample.lines) - len(typed)
    if waiting:
        msg = f"{plural(waiting, 'line')} of the sample {sample.name} wait to be typed at the desk."
        raise SetupError(msg)
    return Certificate(
        sample=sample.name, when=clock.now(), records=sample.records,
        lines=sum(stratum.size for stratum in sample.strata), typed=len(typed),
        people=tuple(sorted({one.by for one in typed.values()})),
        characters=estimate_rate(list(_counted(sample, typed, grapheme_clusters))),
        words=estimate_rate(list(_counted(sample, typed, _words))),
    )  # fmt: skip


def _counted(
    sample: LineSample, typed: dict[int, Correction], units_of: Callable[[str], Sequence[str]]
) -> Iterator[CountedStratum]:
    places = {line: place for place, line in enumerate(sample.lines)}
    for stratum in sample.strata:
        lines = []
        for line in stratum.lines:
            truth, read = units_of(typed[places[line]].after), units_of(line.text)
            lines.append(CountedLine(Levenshtein.distance(truth, read), len(truth)))
        yield CountedStratum(stratum.size, tuple(lines))


def _words(text: str) -> list[str]:
    return normalize(text).split()
