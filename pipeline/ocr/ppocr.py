"""The second engine: the small recognizer of PP-OCRv6 (Apache-2.0), a network that reads lines.

Its weights come in the wheel of rapidocr, whose own code is never imported: it downloads what it
misses. The network knows Latin letters and no Cyrillic; an optional extra installs both packages.
"""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from pipeline.errors import SetupError
from pipeline.fixity import file_sha256
from pipeline.imaging.pixels import Grey

_WHEEL = distribution("rapidocr")  #: ModuleNotFoundError if it is not installed
_MODEL_NAME = "PP-OCRv6_rec_small"
_HEIGHT = 48  #: pixels; of the lines that the network was trained on
_MIN_WIDTH, _MAX_WIDTH = 16, 4800  #: pixels; a line across a page of A3 has 4,000
_WARNINGS = 3  #: onnxruntime's level from which it prints: errors
#: Signs of typed texts in Latin letters: the other 18,000 of the network cannot stand there.
_LAST_LATIN = "\u017f"  #: the end of Latin Extended-A
_FURTHER_SIGNS = frozenset("ȘșȚț–—‘’“”„†…‰№€′″")


@dataclass(frozen=True, slots=True)
class PpOcr:
    """PP-OCR in this process, with one thread."""

    script: str = "Latn"  #: whose letters it knows, ISO 15924

    @property
    def name(self) -> str:
        """Name of the network."""
        return _MODEL_NAME

    @property
    def version(self) -> str:
        """Versions of the packages: the one that brings the weights, and the one that runs them."""
        return f"rapidocr {_WHEEL.version}, onnxruntime {onnxruntime.__version__}"

    @property
    def sha256(self) -> str:
        """Digest of the file of weights; SetupError if it is missing."""
        return _digest()

    def read_line(self, line: Grey) -> str:
        """Return the text of the image of a line."""
        session, characters, is_possible = _load()
        (scores,) = session.run(None, {session.get_inputs()[0].name: _network_input(line)})
        return _decode(scores[0] * is_possible, characters)


def _network_input(line: Grey) -> NDArray[np.float32]:
    """Return a line scaled to the network's height, as a batch of one: 1 x 3 x height x width."""
    height, width = line.shape
    width = min(max(round(width * _HEIGHT / height), _MIN_WIDTH), _MAX_WIDTH)
    scaled = cv2.resize(line, (width, _HEIGHT), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    return np.broadcast_to(scaled / 127.5 - 1, (1, 3, *scaled.shape)).copy()


def _decode(scores: NDArray[np.float32], characters: tuple[str, ...]) -> str:
    """Return the best path of connectionist temporal classification; class 0 is its blank."""
    best = scores.argmax(axis=1)
    begins = np.append(True, best[1:] != best[:-1]) & (best > 0)
    return " ".join("".join(characters[index] for index in best[begins]).split())


@cache
def _load() -> tuple[onnxruntime.InferenceSession, tuple[str, ...], NDArray[np.bool_]]:
    """Return the network, the character of each of its classes, and which classes are possible."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _WARNINGS
    session = onnxruntime.InferenceSession(
        _weights_file(), options, providers=["CPUExecutionProvider"]
    )
    listed = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    characters = ("", *listed, " ")
    return session, characters, np.array([_is_possible(sign) for sign in characters])


def _is_possible(sign: str) -> bool:
    return sign <= _LAST_LATIN or sign in _FURTHER_SIGNS


@cache
def _digest() -> str:
    return file_sha256(_weights_file())


def _weights_file() -> Path:
    """Return the file of weights.

    Raises:
        SetupError: this rapidocr does not contain it.
    """
    path = Path(str(_WHEEL.locate_file(f"rapidocr/models/{_MODEL_NAME}.onnx")))
    if not path.is_file():
        msg = (
            f"rapidocr {_WHEEL.version} does not contain {path.name}. "
            "Install the one that Opis names: `uv sync --extra second-engine`."
        )
        raise SetupError(msg)
    return path
