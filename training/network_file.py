"""Read and write the network of a Tesseract model, its component ``lstm``.

A tree of nodes, then the specification, int32 flags (1: integer weights, 64: recoded characters),
three int32 (iterations, samples, null character) and three floats. A node is int8 0, its type as a
string, int8 training, int8 back-propagation, int32 flags, inputs, outputs and number of weights, a
name, then by type:

- Convolve, Maxpool, Reconfig: two int32.
- Input: five int32; the second is the height of the line image.
- LSTM, SummLSTM: int32 number of inputs with states, then the matrices CI, GI, GF1, GO; a row is
  [inputs, previous outputs, bias].
- a full layer (Softmax, Tanh, ...): one matrix.
- a group (Series, Reversed, ...): uint32 number of children, the children, and with flag 64 a
  vector of floats.

A matrix is a byte of its mode (1: int8, 4: Adam, 128: double scales), uint32 rows and columns, an
empty element, the data; int8 data is followed by uint32 n and n doubles: a weight is its integer
times the scale of its row. Source: ``lstm/network.cpp`` and ``lstm/weightmatrix.cpp`` of
Tesseract 5.
"""

import struct
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_FULL_LAYERS = frozenset(
    ["Logistic", "LinLogistic", "LinTanh", "Tanh", "Relu", "Linear", "Softmax", "SoftmaxNoCTC"]
)
_SIZES = {"Convolve": 8, "Maxpool": 8, "Reconfig": 8}  #: bytes of a node without weights
_GROUPS = frozenset(
    ["Series", "Parallel", "Replicated", "RTLReversed", "TTBReversed", "XYTranspose"]
)
_INTEGER_FLAG = 1
_LEARNING_RATES_FLAG = 64
_INT8, _ADAM, _DOUBLE = 1, 4, 128  #: bits of a matrix's mode


@dataclass(frozen=True)
class NetworkFile:
    """A network as stored: its matrices, and the bytes between them."""

    matrices: list[Matrix]
    pieces: list[bytes | int]  #: bytes, or the index of a matrix
    tail: bytes  #: specification, flags, counters
    image_height: int  #: rows of the line image that it reads

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Parse the component ``lstm``; ValueError for an unknown node."""
        reader = _Reader(data)
        reader.read_node()
        tail = data[reader.position :]
        return cls(reader.matrices, reader.pieces, tail, reader.image_height)

    def with_matrices(self, matrices: list[Matrix]) -> bytes:
        """Return the component with other weights of the same shapes, as integers."""
        out = [
            piece if isinstance(piece, bytes) else _integer_matrix(matrices[piece])
            for piece in self.pieces
        ]
        (length,) = struct.unpack_from("<I", self.tail)
        (flags,) = struct.unpack_from("<i", self.tail, 4 + length)
        flagged = struct.pack("<i", flags | _INTEGER_FLAG)
        return b"".join([*out, self.tail[: 4 + length], flagged, self.tail[8 + length :]])


def round_to_integers(matrix: Matrix) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Return the matrix as int8 and the scale of each row: the largest weight becomes 127."""
    exact = matrix.astype(np.float64)
    scales = np.abs(exact).max(axis=1) / 127
    scales[scales == 0] = 1
    return np.rint(exact / scales[:, None]).astype(np.int8), scales


def _integer_matrix(matrix: Matrix) -> bytes:
    integers, scales = round_to_integers(matrix)
    return b"".join(
        [
            bytes([_INT8 | _ADAM | _DOUBLE]),
            struct.pack("<II", *matrix.shape),
            b"\0",
            integers.tobytes(),
            struct.pack("<I", len(scales)),
            scales.astype("<f8").tobytes(),
        ]
    )


@dataclass
class _Reader:
    data: bytes
    position: int = 0
    image_height: int = 0
    pieces: list[bytes | int] = field(default_factory=list)
    matrices: list[Matrix] = field(default_factory=list)

    def read_node(self) -> None:
        if self._keep(1) != b"\0":
            msg = f"no node at byte {self.position - 1}"
            raise ValueError(msg)
        kind = self._keep_string()
        self._keep(2)
        flags, inputs, _outputs, _weights = (self._keep_int() for _ in range(4))
        self._keep_string()
        if kind in _SIZES:
            self._keep(_SIZES[kind])
        elif kind == "Input":
            self.image_height = struct.unpack("<5i", self._keep(20))[1]
        elif kind in {"LSTM", "SummLSTM"}:
            self._read_lstm(inputs)
        elif kind in _FULL_LAYERS:
            self._read_matrix()
        elif kind in _GROUPS:
            self._read_children(flags)
        else:
            msg = f"unknown node {kind}"
            raise ValueError(msg)

    def _read_children(self, flags: int) -> None:
        for _ in range(self._keep_int()):
            self.read_node()
        if flags & _LEARNING_RATES_FLAG:
            self._keep(4 * self._keep_int())

    def _read_lstm(self, inputs: int) -> None:
        inputs_and_states = self._keep_int()
        states = self._read_matrix()
        two_dimensional = inputs_and_states != inputs + states
        if two_dimensional and inputs_and_states != inputs + 2 * states:
            msg = f"an LSTM of {inputs_and_states} inputs and states"
            raise ValueError(msg)
        for _ in range(4 if two_dimensional else 3):
            self._read_matrix()

    def _read_matrix(self) -> int:
        """Read a matrix and return its number of rows."""
        mode = self._take(1)[0]
        rows, columns = struct.unpack("<II", self._take(8))
        if mode & _INT8:
            self._take(1)
            integers = np.frombuffer(self._take(rows * columns), np.int8).reshape(rows, columns)
            (count,) = struct.unpack("<I", self._take(4))
            scales = np.frombuffer(self._take(8 * count), "<f8")
            matrix = integers * scales[:rows, None]
        else:
            self._take(8)
            matrix = np.frombuffer(self._take(8 * rows * columns), "<f8").reshape(rows, columns)
        self.pieces.append(len(self.matrices))
        self.matrices.append(np.array(matrix, np.float32))
        return int(rows)

    def _take(self, count: int) -> bytes:
        self.position += count
        return self.data[self.position - count : self.position]

    def _keep(self, count: int) -> bytes:
        piece = self._take(count)
        self.pieces.append(piece)
        return piece

    def _keep_int(self) -> int:
        return int(struct.unpack("<i", self._keep(4))[0])

    def _keep_string(self) -> str:
        return self._keep(self._keep_int()).decode()
