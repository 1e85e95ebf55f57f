"""Train an installed model further on typewritten lines."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein
from torch.nn import functional

from training.charset import Charset
from training.lines import Grey, TrainingLine, crop_line
from training.network_file import Matrix
from training.samples import Mixture
from training.typewriter_net import TypewriterNet, decode_greedily, make_batch

_BATCH = 12  #: lines; larger batches are no faster on one core
_POOL = 12  #: batches drawn together, so that lines of like width share a batch
_LEARNING_RATE, _LAST_RATE_SHARE, _WARM_UP = 1e-3, 0.02, 30
_MAX_GRADIENT, _DROPOUT, _MAX_NOISE = 5.0, 0.08, 0.1
_AVERAGE_DECAY = 0.99  #: of the moving average of the weights, which is what is kept


@dataclass(frozen=True)
class Fit:
    """The result of a training."""

    matrices: list[Matrix]  #: moving average of the weights
    lines: int  #: seen
    cpu_seconds: float
    final_loss: float


def fit(matrices: Sequence[Matrix], mixture: Mixture, steps: int, seed: int) -> Fit:
    """Train a network with CTC and Adam; the rate rises, then falls to its end.

    Args:
        matrices: of the installed model, in the order of its file.
        mixture: gives the lines.
        steps: batches to see; the same steps and seed give the same weights.
        seed: of the lines, the damages and the dropout.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    net = TypewriterNet(matrices)
    weights = [weight for weight in net.parameters() if weight.requires_grad]
    optimizer = torch.optim.Adam(weights, lr=_LEARNING_RATE)
    average = [weight.detach().clone() for weight in weights]
    noise = np.random.default_rng(seed)
    started, losses = time.process_time(), list[float]()
    for step, items in enumerate(islice(_batches(mixture, seed), steps)):
        rate = _LEARNING_RATE * min((step + 1) / _WARM_UP, 1)
        for group in optimizer.param_groups:
            group["lr"] = rate * max(1 - step / steps, _LAST_RATE_SHARE)
        loss = _loss(net, items, mixture, float(noise.uniform(0, _MAX_NOISE)))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, _MAX_GRADIENT)
        optimizer.step()
        losses.append(float(loss.detach()))
        decay = min(_AVERAGE_DECAY, (1 + step) / (10 + step))
        with torch.no_grad():
            for kept, weight in zip(average, weights, strict=True):
                kept.lerp_(weight, 1 - decay)
        if (step + 1) % max(steps // 10, 1) == 0:
            logging.info("%d of %d steps, loss %.4f", step + 1, steps, np.mean(losses[-60:]))
    with torch.no_grad():
        for kept, weight in zip(average, weights, strict=True):
            weight.copy_(kept)
    seconds = time.process_time() - started
    return Fit(net.matrices(), steps * _BATCH, seconds, float(np.mean(losses[-60:])))


def _batches(mixture: Mixture, seed: int) -> Iterator[list[tuple[Grey, str]]]:
    """Yield batches of lines of like width."""
    samples, random = mixture.draw(seed), np.random.default_rng(seed)
    while True:
        drawn = list(islice(samples, _BATCH * _POOL))
        drawn.sort(key=lambda sample: sample[0].shape[1] / sample[0].shape[0])
        batches = [drawn[start : start + _BATCH] for start in range(0, len(drawn), _BATCH)]
        for index in random.permutation(len(batches)):
            yield batches[index]


def _loss(
    net: TypewriterNet, items: Sequence[tuple[Grey, str]], mixture: Mixture, noise: float
) -> torch.Tensor:
    images, widths = make_batch([image for image, _ in items], mixture.image_height)
    log_probabilities, lengths = net(images + noise * torch.randn_like(images), widths, _DROPOUT)
    codes = [mixture.charset.encode(text) for _, text in items]
    return functional.ctc_loss(
        log_probabilities.transpose(0, 1),
        torch.tensor([code for line in codes for code in line]),
        lengths,
        torch.tensor([len(line) for line in codes]),
        blank=net.blank,
        zero_infinity=True,
    )


def character_error(
    matrices: Sequence[Matrix], lines: Sequence[TrainingLine], charset: Charset, height: int
) -> float:
    """Return the CER, 0..1, of lines decoded greedily, without Tesseract's dictionaries."""
    net = TypewriterNet(matrices)
    crops = [(crop, line.text) for line in lines if (crop := crop_line(line)) is not None]
    wrong = characters = 0
    with torch.no_grad():
        for start in range(0, len(crops), _BATCH):
            part = crops[start : start + _BATCH]
            outputs = net(*make_batch([image for image, _ in part], height))
            texts = decode_greedily(*outputs, charset.single_codes(), net.blank)
            for read, (_, text) in zip(texts, part, strict=True):
                wrong += Levenshtein.distance(text, " ".join(read.split()))
                characters += len(text)
    return wrong / max(characters, 1)
