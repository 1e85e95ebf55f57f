"""The container format of Tesseract's model files, ``*.traineddata``.

An int32 number of components, as many int64 offsets (-1 for an absent one), then the components;
all little-endian. Source: ``ccutil/tessdatamanager.cpp`` of Tesseract 4 and 5.
"""

import struct
from collections.abc import Sequence
from enum import IntEnum

_MAX_COMPONENTS = 100  #: Tesseract 5 knows 24; another number means another format


class Component(IntEnum):
    """Positions of components that Opis reads or replaces."""

    LSTM = 17  #: the network
    UNICHARSET = 21  #: the network's characters
    RECODER = 22  #: characters to the network's codes


def read_components(data: bytes) -> list[bytes | None]:
    """Return the components of a model file by position; None for an absent one.

    Raises:
        ValueError: it is no such file.
    """
    try:
        (count,) = struct.unpack_from("<i", data)
        if not 0 < count <= _MAX_COMPONENTS:
            msg = f"not a model file of Tesseract: {count} components"
            raise ValueError(msg)
        offsets = struct.unpack_from(f"<{count}q", data, 4)
    except struct.error as error:
        msg = f"not a model file of Tesseract: {error}"
        raise ValueError(msg) from error
    starts = sorted(offset for offset in offsets if offset >= 0)
    ends = dict(zip(starts, [*starts[1:], len(data)], strict=False))
    return [data[offset : ends[offset]] if offset >= 0 else None for offset in offsets]


def write_components(components: Sequence[bytes | None]) -> bytes:
    """Return the model file of some components; the inverse of ``read_components``."""
    offsets, position = [], 4 + 8 * len(components)
    for component in components:
        offsets.append(-1 if component is None else position)
        position += len(component or b"")
    header = struct.pack(f"<i{len(components)}q", len(components), *offsets)
    return header + b"".join(component or b"" for component in components)


def replace_network(data: bytes, network: bytes) -> bytes:
    """Return a model file with another network; its characters and dictionaries stay.

    Raises:
        ValueError: ``data`` is no model file, or holds no network.
    """
    components = read_components(data)
    if len(components) <= Component.LSTM or components[Component.LSTM] is None:
        msg = "the model file holds no network"
        raise ValueError(msg)
    components[Component.LSTM] = network
    return write_components(components)
