"""The chance that a word was misread, from all that speaks against it together.

A logistic regression over features that need no transcription. Its weights were fitted on the words
of 53 open pages in five languages, read by models that had not seen their series; judged by series,
not by pages, expected and real shares of wrong words agree (`docs/decisions.md`). The program that
fits them is ``training/fit_doubts.py``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

_SUREST, _LEAST_SURE = 0.98, 0.01  #: confidences beyond count as these
_RAREST = 1e-9  #: frequency of a form that no list has
_COMMON_EXPONENT = 5.0  #: a form of frequency 10^-5 is neither common nor rare
_SHORT, _LONG = 2, 10  #: letters; characters
_INNER_MARKS = frozenset("-'’.")  #: marks that stand inside right words

#: By the names of ``feature_values``. The fit gives -0.24 for ``unknown-confidence``, with which
#: an unknown word could be likelier right than a known one.
WEIGHTS: Mapping[str, float] = {
    "constant": -0.98,
    "confidence": -0.63,
    "unknown": 0.92,
    "unknown-confidence": -0.23,
    "line-confidence": -0.14,
    "page-confidence": -0.11,
    "rarity": 0.44,
    "no-letters": 0.23,
    "short": 0.43,
    "long": -0.63,
    "letters-and-digits": 0.98,
    "unusual-form": 1.25,
}


@dataclass(frozen=True, slots=True)
class WordFeatures:
    """What is known about a word without its transcription."""

    text: str
    confidence: float  #: 0..1, the engine's
    line_confidence: float  #: 0..1, mean of the line's other words; the page's if there are none
    page_confidence: float  #: 0..1, mean of the page's words
    frequency: float | None  #: 0..1, of its rarest form; None if it has no form of letters
    is_unknown: bool  #: a form in it is in no list of words
    misread_probability: float = 0.0  #: 0..1, of the best suggestion; 0 without any

    @property
    def mixes_letters_and_digits(self) -> bool:
        """Whether it has both."""
        return any(map(str.isalpha, self.text)) and any(map(str.isdigit, self.text))

    @property
    def is_unusual(self) -> bool:
        """Whether a capital follows a small letter, or a mark stands inside."""
        inner = (sign for sign in self.text[1:-1] if not sign.isalnum())
        return any(left.islower() and right.isupper() for left, right in pairwise(self.text)) or (
            any(sign not in _INNER_MARKS for sign in inner)
        )


def chance_wrong(features: WordFeatures) -> float:
    """Return the chance that a word is wrong, 0..1; at least that of its best suggestion."""
    total = sum(WEIGHTS[name] * value for name, value in feature_values(features).items())
    return round(max(1 / (1 + math.exp(-total)), features.misread_probability), 4)


def feature_values(features: WordFeatures) -> dict[str, float]:
    """Return the values that the weights multiply, by name."""
    confidence = _log_odds(features.confidence)
    letters = sum(map(str.isalpha, features.text))
    frequency = features.frequency
    rarity = 0.0 if frequency is None else -math.log10(max(frequency, _RAREST)) - _COMMON_EXPONENT
    return {
        "constant": 1.0,
        "confidence": confidence,
        "unknown": float(features.is_unknown),
        "unknown-confidence": confidence if features.is_unknown else 0.0,
        "line-confidence": _log_odds(features.line_confidence),
        "page-confidence": _log_odds(features.page_confidence),
        "rarity": rarity,
        "no-letters": float(letters == 0),
        "short": float(0 < letters <= _SHORT),
        "long": float(len(features.text) > _LONG),
        "letters-and-digits": float(features.mixes_letters_and_digits),
        "unusual-form": float(features.is_unusual),
    }


def _log_odds(confidence: float) -> float:
    clipped = min(max(confidence, _LEAST_SURE), _SUREST)
    return math.log(clipped / (1 - clipped))
