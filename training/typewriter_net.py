"""The network of Debian's fast models in PyTorch.

Its specification is ``[1,36,0,1 Ct3,3,16 Mp3,3 Lfys Lfx Lrx Lfx O1c]``.

What must be exact, or training goes on from something else than the installed model: the weight of
the convolution has index (dx + 1) * 3 + (dy + 1); outside the image is noise in -1..1; the LSTM up
a column gives its last output only; the reversed LSTM starts at the line's own right end, not at
the batch's. Source: ``lstm/`` of Tesseract 5.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from training.network_file import Matrix

_POOLING = 3  #: columns of the image in a step of the network
_BLACK_PERCENTILE, _WHITE_PERCENTILE = 25, 75


class TesseractLstm(nn.Module):
    """An LSTM with Tesseract's four matrices; PyTorch's gates i, f, g, o are GI, GF1, CI, GO."""

    def __init__(self, matrices: Sequence[Matrix]) -> None:
        super().__init__()
        states = matrices[0].shape[0]
        inputs = matrices[0].shape[1] - 1 - states
        self.lstm = nn.LSTM(inputs, states, batch_first=True)
        cell, input_gate, forget_gate, output_gate = (torch.tensor(m) for m in matrices)
        stacked = torch.cat([input_gate, forget_gate, cell, output_gate])
        with torch.no_grad():
            self.lstm.weight_ih_l0[:] = stacked[:, :inputs]
            self.lstm.weight_hh_l0[:] = stacked[:, inputs : inputs + states]
            self.lstm.bias_ih_l0[:] = stacked[:, -1]
            self.lstm.bias_hh_l0.zero_()
        self.lstm.bias_hh_l0.requires_grad_(requires_grad=False)

    def matrices(self) -> list[Matrix]:
        """Return its weights as Tesseract's matrices CI, GI, GF1, GO."""
        columns = [self.lstm.weight_ih_l0, self.lstm.weight_hh_l0, self.lstm.bias_ih_l0[:, None]]
        stacked = torch.cat(columns, dim=1).detach().numpy()
        input_gate, forget_gate, cell, output_gate = np.split(stacked, 4)
        return [cell, input_gate, forget_gate, output_gate]

    def forward(self, steps: Tensor) -> Tensor:
        """Return the outputs of all steps; batch x steps x states."""
        outputs: Tensor = self.lstm(steps)[0]
        return outputs


class TypewriterNet(nn.Module):
    """The whole network; starts with the weights of an installed model."""

    def __init__(self, matrices: Sequence[Matrix]) -> None:
        super().__init__()
        filters = matrices[0].shape[0]
        self.convolution = nn.Conv2d(1, filters, 3)
        kernels = torch.tensor(matrices[0][:, :9]).reshape(filters, 3, 3).transpose(1, 2)
        self.up, self.first, self.reversed, self.last = (
            TesseractLstm(matrices[start : start + 4]) for start in (1, 5, 9, 13)
        )
        self.output = nn.Linear(matrices[17].shape[1] - 1, matrices[17].shape[0])
        with torch.no_grad():
            self.convolution.weight[:, 0] = kernels
            self.convolution.bias[:] = torch.tensor(matrices[0][:, 9])  # type: ignore[index]
            self.output.weight[:] = torch.tensor(matrices[17][:, :-1])
            self.output.bias[:] = torch.tensor(matrices[17][:, -1])

    @property
    def blank(self) -> int:
        """The code of CTC's blank."""
        return self.output.out_features - 1

    def matrices(self) -> list[Matrix]:
        """Return the weights as Tesseract's matrices, in the order of the file."""
        kernels = self.convolution.weight[:, 0].transpose(1, 2).reshape(-1, 9)
        bias = self.convolution.bias
        assert bias is not None
        convolution = torch.cat([kernels, bias[:, None]], dim=1).detach().numpy()
        output = torch.cat([self.output.weight, self.output.bias[:, None]], dim=1).detach().numpy()
        lstms = (self.up, self.first, self.reversed, self.last)
        return [convolution, *(matrix for lstm in lstms for matrix in lstm.matrices()), output]

    def forward(
        self, images: Tensor, widths: Tensor, dropout: float = 0.0
    ) -> tuple[Tensor, Tensor]:
        """Return log-probabilities (batch x steps x codes) and the number of steps of each line.

        Args:
            images: batch x rows x columns, as ``normalize_line`` makes them, padded on the right.
            widths: columns of each line.
            dropout: 0..1, share of outputs of an LSTM that are zeroed in training.
        """
        batch, rows, columns = images.shape
        framed = torch.rand(batch, 1, rows + 2, columns + 2) * 2 - 1
        framed[:, 0, 1:-1, 1:-1] = images
        features = functional.max_pool2d(torch.tanh(self.convolution(framed)), _POOLING)
        _, channels, height, steps = features.shape
        vertical = features.permute(0, 3, 2, 1).reshape(batch * steps, height, channels)
        outputs = self.first(self.up(vertical)[:, -1].reshape(batch, steps, -1))
        lengths = widths // _POOLING
        outputs = functional.dropout(outputs, dropout)
        outputs = _reverse(self.reversed(_reverse(outputs, lengths)), lengths)
        outputs = self.last(functional.dropout(outputs, dropout))
        return functional.log_softmax(self.output(outputs), dim=2), lengths


def _reverse(outputs: Tensor, lengths: Tensor) -> Tensor:
    """Return each line's steps in reverse order; its padding stays where it is."""
    index = torch.arange(outputs.shape[1])[None].expand(len(outputs), -1)
    reverse = lengths[:, None] - 1 - index
    order = torch.where(reverse >= 0, reverse, index)
    return torch.gather(outputs, 1, order[:, :, None].expand(-1, -1, outputs.shape[2]))


def normalize_line(image: NDArray[np.uint8], height: int) -> NDArray[np.float32]:
    """Return a grey line as Tesseract gives it to its network: scaled, black -1, white 1.

    Black and white are quartiles of the local minima and maxima of the middle row.
    """
    factor = height / image.shape[0]
    size = (max(round(image.shape[1] * factor), 4 * _POOLING), height)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(image, size, interpolation=method)
    row = scaled[height // 2].astype(int)
    left, middle, right = row[:-2], row[1:-1], row[2:]
    low = middle[((middle < left) & (middle <= right)) | ((middle <= left) & (middle < right))]
    high = middle[((middle > left) & (middle >= right)) | ((middle >= left) & (middle > right))]
    black = float(np.percentile(low, _BLACK_PERCENTILE)) if len(low) else 0.0
    white = float(np.percentile(high, _WHITE_PERCENTILE)) if len(high) else 255.0
    contrast = (white - black) / 2
    scale = contrast if contrast > 0 else 1.0
    return ((scaled - black) / scale - 1).astype(np.float32)


def make_batch(images: Sequence[NDArray[np.uint8]], height: int) -> tuple[Tensor, Tensor]:
    """Return lines as one tensor, padded with 0 on the right, and their widths in columns."""
    lines = [normalize_line(image, height) for image in images]
    widths = [line.shape[1] // _POOLING * _POOLING for line in lines]
    batch = np.zeros((len(lines), height, max(widths)), np.float32)
    for index, (line, width) in enumerate(zip(lines, widths, strict=True)):
        batch[index, :, :width] = line[:, :width]
    return torch.tensor(batch), torch.tensor(widths)


def decode_greedily(
    log_probabilities: Tensor, lengths: Tensor, characters: dict[int, str], blank: int
) -> list[str]:
    """Return the likeliest character of each step, repetitions and blanks removed."""
    texts = []
    for steps, length in zip(log_probabilities, lengths.tolist(), strict=True):
        text, previous = [], blank
        for code in steps[:length].argmax(dim=1).tolist():
            if code not in (previous, blank):
                text.append(characters.get(code, ""))
            previous = code
        texts.append("".join(text))
    return texts
