"""The frames of an image file that are pages: no reduced copies, no masks.

A TIFF may hold smaller copies of a page (a pyramid, a thumbnail) and masks beside it. Tag 254
names them (TIFF 6.0, section 8), in older files tag 255. Copies in sub-directories (tag 330) are
no frames at all.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, TiffImagePlugin

#: Errors of Pillow on broken files.
IMAGE_ERRORS = (OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, struct.error)

_REDUCED, _MASK = 1, 4  #: bits of tag 254
_OLD_REDUCED = 2  #: value of tag 255
_BIG_VERSION = 43  #: in the header of a BigTIFF, which has 16 bytes; that of others has 8
_ONE_PAGE_FORMATS = frozenset(["JPEG", "MPO"])  #: what else they hold are previews


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of a TIFF, as its tags describe it."""

    number: int  #: from 0
    pixels: int
    is_reduced: bool  #: it says that it is a smaller copy of another frame
    is_mask: bool


def page_frames(image: Image.Image) -> tuple[int, ...]:
    """Return the numbers of the frames that are pages, from 0; at least one.

    Args:
        image: an open image file; of a TIFF each frame is sought.
    """
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return pages_among(list(tiff_frames(image)))
    count = 1 if image.format in _ONE_PAGE_FORMATS else getattr(image, "n_frames", 1)
    return tuple(range(count))


def pages_among(frames: Sequence[Frame]) -> tuple[int, ...]:
    """Return the numbers of the frames that are pages.

    A frame that calls itself a reduced copy is one only if it has fewer pixels than another.

    >>> copy = Frame(1, 25, is_reduced=True, is_mask=False)
    >>> pages_among([Frame(0, 100, is_reduced=False, is_mask=False), copy]), pages_among([copy])
    ((0,), (1,))
    """
    images = [frame for frame in frames if not frame.is_mask] or frames
    most = max((frame.pixels for frame in images if not frame.is_reduced), default=0)
    pages = [frame.number for frame in images if not frame.is_reduced or frame.pixels >= most]
    return tuple(pages)


def tiff_frames(image: TiffImagePlugin.TiffImageFile) -> Iterator[Frame]:
    """Yield the frames of a TIFF; after each, it is the current frame of ``image``.

    Raises:
        IMAGE_ERRORS: Pillow cannot open a frame that is no copy and no mask.
    """
    number = 0
    while True:
        try:
            image.seek(number)
        except EOFError:
            return
        except SyntaxError:
            if not _is_copy(image.tag_v2):
                raise
        yield _frame(number, image.tag_v2)
        number += 1


def hidden_page(image: TiffImagePlugin.TiffImageFile) -> tuple[int, int] | None:
    """Return the size of an image in a sub-directory that is larger than the current frame.

    So the raw files of cameras are made: their only frame is a preview. None if there is none.
    """
    offsets = image.tag_v2.get(330, ())
    own = int(image.tag_v2.get(256, 0)) * int(image.tag_v2.get(257, 0))
    for tags in _sub_directories(image, offsets if isinstance(offsets, tuple) else (offsets,)):
        width, height = int(tags.get(256, 0)), int(tags.get(257, 0))
        if width * height > own and not int(tags.get(254, 0)) & _MASK:
            return width, height
    return None


def _frame(number: int, tags: Any) -> Frame:
    kind = int(tags.get(254, 0))
    pixels = int(tags.get(256, 0)) * int(tags.get(257, 0))
    is_reduced = bool(kind & _REDUCED) or tags.get(255) == _OLD_REDUCED
    return Frame(number, pixels, is_reduced, bool(kind & _MASK))


def _is_copy(tags: Any) -> bool:
    frame = _frame(0, tags)
    return frame.is_reduced or frame.is_mask


def _sub_directories(image: Any, offsets: Iterable[int]) -> Iterator[Any]:
    """Yield the tags of sub-directories of a TIFF, as far as they can be read."""
    file = image.fp
    place = file.tell()
    file.seek(0)
    header = file.read(16)
    header = header if _BIG_VERSION in header[2:4] else header[:8]
    for offset in offsets:
        tags = TiffImagePlugin.ImageFileDirectory_v2(header)
        file.seek(offset)
        try:
            tags.load(file)
        except IMAGE_ERRORS:
            continue
        yield tags
    file.seek(place)
