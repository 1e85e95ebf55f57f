"""What libtiff says of compressed image data that end early or cannot be decoded.

Pillow decodes TIFF with libtiff, and drops what it says: of fax and JPEG data that end early it
fills the rest, without an error. So libtiff is asked itself, by way of the copy that Pillow has
loaded. Where Pillow has none (built without it, or with all its names hidden) nothing is said.
"""

import ctypes
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from PIL import _imaging

_MESSAGE_BYTES = 300
_MAX_BYTES = 2**31  #: of a strip or tile
_MAX_MESSAGES = 100_000  #: a broken fax may have one for each of its rows
_MODE = b"rc"  #: read; strips as the file has them
_Handler = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p)
_HANDLER_SETTERS = ("TIFFSetErrorHandler", "TIFFSetWarningHandler")
_handlers_lock = Lock()  #: libtiff has one pair of handlers for a process


def decoding_faults(path: Path, frame: int) -> tuple[str, ...]:
    """Return what libtiff says while it decodes a frame of a TIFF file, in order.

    Args:
        path: a TIFF whose size of images was checked.
        frame: from 0.
    """
    with path.open("rb") as file:
        return _faults_of(file.fileno(), frame)


def decoding_faults_of(tiff: bytes) -> tuple[str, ...]:
    """Return what libtiff says while it decodes the first frame of a TIFF in memory, in order."""
    with tempfile.TemporaryFile() as file:
        file.write(tiff)
        file.flush()
        return _faults_of(file.fileno(), 0)


def _faults_of(descriptor: int, frame: int) -> tuple[str, ...]:
    library = _load_libtiff()
    if library is None:
        return ()
    with _handlers_lock, _collect_messages(library) as messages:
        os.lseek(descriptor, 0, os.SEEK_SET)
        tiff = library.TIFFFdOpen(os.dup(descriptor), b"scan", _MODE)  # it closes the duplicate
        if not tiff:
            return tuple(messages)
        try:
            if library.TIFFSetDirectory(tiff, frame):
                messages.clear()  # of odd tags, which harm no pixel
                _decode_all(library, tiff)
        finally:
            library.TIFFClose(tiff)
        return tuple(messages)


def _decode_all(library: Any, tiff: int) -> None:
    """Decode all strips or tiles of the current frame."""
    if library.TIFFIsTiled(tiff):
        size, count, decode = library.TIFFTileSize(tiff), library.TIFFNumberOfTiles(tiff), "Tile"
    else:
        size, count, decode = library.TIFFStripSize(tiff), library.TIFFNumberOfStrips(tiff), "Strip"
    if not 0 < size <= _MAX_BYTES:
        return  # odd tags, which Pillow refuses or reads in another way
    pixels = ctypes.create_string_buffer(size)
    read = getattr(library, f"TIFFReadEncoded{decode}")
    for number in range(count):
        read(tiff, number, pixels, size)


@contextmanager
def _collect_messages(library: Any) -> Iterator[list[str]]:
    """Yield a list that takes all errors and warnings of libtiff until the context ends."""
    messages: list[str] = []
    format_message = ctypes.CDLL(None).vsnprintf

    def handle(_module: bytes | None, template: bytes | None, arguments: int | None) -> None:
        if len(messages) < _MAX_MESSAGES:
            text = ctypes.create_string_buffer(_MESSAGE_BYTES)
            format_message(text, ctypes.c_size_t(len(text)), template, ctypes.c_void_p(arguments))
            messages.append(text.value.decode("utf-8", "replace"))

    handler = _Handler(handle)
    setters = [getattr(library, name) for name in _HANDLER_SETTERS]
    before = [setter(handler) for setter in setters]
    try:
        yield messages
    finally:
        for setter, previous in zip(setters, before, strict=True):
            setter(previous)


@cache
def _load_libtiff() -> Any:
    """Return the libtiff that Pillow has loaded, or None if its functions cannot be found."""
    try:
        library = ctypes.CDLL(_imaging.__file__)
        for name in _HANDLER_SETTERS:
            setter = getattr(library, name)
            setter.restype, setter.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
        number, handle, size = ctypes.c_uint32, ctypes.c_void_p, ctypes.c_ssize_t
        signatures: dict[str, tuple[Any, list[Any]]] = {
            "TIFFFdOpen": (handle, [ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p]),
            "TIFFSetDirectory": (ctypes.c_int, [handle, number]),
            "TIFFClose": (None, [handle]),
            "TIFFIsTiled": (ctypes.c_int, [handle]),
            "TIFFTileSize": (size, [handle]),
            "TIFFStripSize": (size, [handle]),
            "TIFFNumberOfTiles": (number, [handle]),
            "TIFFNumberOfStrips": (number, [handle]),
            "TIFFReadEncodedTile": (size, [handle, number, ctypes.c_void_p, size]),
            "TIFFReadEncodedStrip": (size, [handle, number, ctypes.c_void_p, size]),
        }
        for name, (result, arguments) in signatures.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    return library
