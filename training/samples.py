"""The mixture of lines that a model is trained on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from training.charset import Charset
from training.degrade import Degradation
from training.lines import Grey, TrainingLine, crop_line, normalize_text
from training.synthetic import Face, draw_line
from training.texts import TextSource

_DEGRADED_SHARE = 0.92
_STEPS_PER_CHARACTER = 1.15  #: CTC needs a step for each character, and one between equal ones


@dataclass(frozen=True)
class Shares:
    """Shares of the kinds of lines; the rest is of real lines in other languages."""

    own: float = 0.58  #: real lines in the model's language
    typed: float = 0.10  #: set in typewriter and slab faces
    printed: float = 0.10  #: set in print faces
    mottled: float = 0.0  #: of the typewritten synthetic lines, those that print in patches


@dataclass(frozen=True)
class Mixture:
    """Draws training lines, real and synthetic, degraded at random."""

    own: Sequence[TrainingLine]
    other: Sequence[TrainingLine]
    faces: Sequence[Face]
    texts: TextSource
    charset: Charset
    shares: Shares
    image_height: int  #: of the network

    def draw(self, seed: int) -> Iterator[tuple[Grey, str]]:
        """Yield images and their texts without end; the same for the same seed."""
        random, generator = Random(seed), np.random.default_rng(seed)
        while True:
            line, weight = self._draw_line(random, generator)
            image = crop_line(line, random)
            if image is None:
                continue
            if random.random() < _DEGRADED_SHARE:
                neighbour = random.choice(self.own).image if self.own else None
                image = Degradation(weight).apply(image, generator, neighbour)
            steps = image.shape[1] * self.image_height / image.shape[0] / 3
            if steps > _STEPS_PER_CHARACTER * len(line.text):
                yield image, line.text

    def _draw_line(
        self, random: Random, generator: np.random.Generator
    ) -> tuple[TrainingLine, float]:
        """Return a line, and the weight of the damages that it may get."""
        chance, shares = random.random(), self.shares
        if chance < shares.printed:
            return self._synthetic_line(generator, printed=True), 0.6
        if chance < shares.printed + shares.typed or not self.own:
            return self._synthetic_line(generator, printed=False), 1.0
        is_own = chance < shares.printed + shares.typed + shares.own or not self.other
        return random.choice(self.own if is_own else self.other), 0.85

    def _synthetic_line(self, generator: np.random.Generator, *, printed: bool) -> TrainingLine:
        faces = [face for face in self.faces if (face.style == "print") is printed]
        while True:
            face = faces[int(generator.integers(len(faces)))]
            text = normalize_text(self.texts.compose(generator), self.charset)
            if text and face.has(text):
                return draw_line(text, face, generator, self.shares.mottled)
