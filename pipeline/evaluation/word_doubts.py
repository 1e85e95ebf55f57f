"""The chance that each word of a reading is wrong, estimated without a transcription."""

from dataclasses import dataclass

from pipeline.text import PageText
from pipeline.text_metrics import DOUBTFUL_CONFIDENCE


@dataclass(frozen=True, slots=True)
class DoubtEstimate:
    """What is estimated of one word."""

    chance: float  #: 0..1, that it is wrong
    is_flagged: bool  #: whether a reader is told that it is doubtful


def estimate_doubts(text: PageText) -> list[DoubtEstimate]:
    """Return an estimate for each word of a page, in reading order."""
    return [
        DoubtEstimate(round(1 - word.confidence, 4), word.confidence < DOUBTFUL_CONFIDENCE)
        for word in text.words()
    ]
