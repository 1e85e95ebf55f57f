"""Tells whether one image is the page: drawn once, upright, covering it, and nothing else seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf

from pipeline.model import Placement

_PAINTS = frozenset(  # operators that leave a mark, ISO 32000-2 annex A; Do and text apart
    ["f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "BI", "INLINE IMAGE"]
)
_SHOWS = frozenset(["Tj", "TJ", "'", '"'])
_COVER = 0.02  #: share of a side by which image and page may differ
_LONGEST = 4_000_000  #: bytes of a content stream; a longer one is a drawing, not a scan
_NOWHERE = (0.0, 0.0, 0.0, 0.0)
_SIMPLE = ("/DeviceGray", "/DeviceRGB", "/CalGray", "/CalRGB")


@dataclass(frozen=True, slots=True)
class SoleImage:
    """The one image of a page and where it lies."""

    image: Any  #: the pikepdf stream
    width: int
    height: int
    rotation: int  #: clockwise degrees by which the page turns it: 0, 90, 180 or 270
    placement: Placement
    filters: str
    is_plain_jpeg: bool  #: its JPEG stream alone says what it looks like

    @property
    def raw(self) -> bytes:
        """The stream as it lies in the file."""
        return bytes(self.image.read_raw_bytes())


def sole_image(page: pikepdf.Page) -> SoleImage | None:
    """Return the image that is the page, or None where the page must be drawn.

    Raises:
        PdfError, ValueError, TypeError, KeyError: the page is too odd to be understood.
    """
    found = _only_image(page)
    if found is None:
        return None
    name, matrix = found
    image = page.resources["/XObject"][name]
    if image.get("/Subtype") != "/Image" or _is_masked(image) or not _is_plain_space(image):
        return None
    a, b, c, d, e, f = matrix
    if abs(b) > 1e-3 or abs(c) > 1e-3 or a <= 0 or d <= 0:
        return None  # turned, skewed or mirrored by its own matrix: drawing is the safer way
    rotation = int(page.get("/Rotate", 0)) % 360
    placement = _placement(page, (e, f, e + a, f + d), rotation)
    if placement is None or rotation % 90:
        return None
    filters = _filters(image)
    return SoleImage(
        image=image,
        width=int(image["/Width"]),
        height=int(image["/Height"]),
        rotation=rotation,
        placement=placement,
        filters=" ".join(name.removeprefix("/") for name in filters) or "uncompressed",
        is_plain_jpeg=filters == ["/DCTDecode"] and "/Decode" not in image,
    )


class _Interpreter:
    """Follows a content stream as far as it takes to know what is shown where."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, tuple[float, ...]]] = []  #: names and their matrices
        self.marked = False  #: something else is seen
        self.clips: list[tuple[float, ...]] = []  #: left, bottom, right, top of what is not cut off
        self._path: list[tuple[float, ...]] = []
        self._matrix = pikepdf.Matrix()
        self._invisible = False
        self._stack: list[tuple[pikepdf.Matrix, bool]] = []

    def step(self, operator: str, operands: Sequence[Any]) -> None:
        """Take one instruction."""
        match operator:
            case "q":
                self._stack.append((self._matrix, self._invisible))
            case "Q" if self._stack:
                self._matrix, self._invisible = self._stack.pop()
            case "cm":
                self._matrix = pikepdf.Matrix(*map(float, operands)) @ self._matrix
            case "Tr":
                self._invisible = int(operands[0]) == 3
            case "Do":
                self.shown.append((str(operands[0]), self._matrix.shorthand))
            case _:
                self._follow_path(operator, operands)
                self.marked |= operator in _PAINTS
                self.marked |= operator in _SHOWS and not self._invisible

    def _follow_path(self, operator: str, operands: Sequence[Any]) -> None:
        match operator:
            case "re":
                self._path.append(_rectangle(self._matrix, *map(float, operands)))
            case "m" | "l" | "c" | "v" | "y":
                self._path.append(_NOWHERE)  # no rectangle: if it clips, it cuts
            case "W" | "W*":
                self.clips += self._path
            case "n":
                self._path = []


def _only_image(page: pikepdf.Page) -> tuple[str, tuple[float, ...]] | None:
    """Return name and matrix of the only thing the content stream shows, or None."""
    if _length(page) > _LONGEST:
        return None
    seen = _Interpreter()
    for instruction in pikepdf.parse_content_stream(page):
        seen.step(str(instruction.operator), list(instruction.operands))
        if seen.marked or len(seen.shown) > 1:
            return None
    visible = _visible(page)
    if not all(_covers(clip, visible) for clip in seen.clips):
        return None
    return seen.shown[0] if seen.shown else None


def _rectangle(
    matrix: pikepdf.Matrix, x: float, y: float, width: float, height: float
) -> tuple[float, ...]:
    """Return left, bottom, right, top of a rectangle on the page; _NOWHERE if it is turned."""
    a, b, c, d, e, f = matrix.shorthand
    if b or c:
        return _NOWHERE
    left, right = sorted((a * x + e, a * (x + width) + e))
    low, high = sorted((d * y + f, d * (y + height) + f))
    return left, low, right, high


def _covers(clip: Sequence[float], visible: Sequence[float]) -> bool:
    """Whether a clip leaves the visible page whole, hair's breadths aside."""
    slack_x, slack_y = (_COVER * (visible[2 + i] - visible[i]) for i in (0, 1))
    left, low = clip[0] <= visible[0] + slack_x, clip[1] <= visible[1] + slack_y
    right, high = clip[2] >= visible[2] - slack_x, clip[3] >= visible[3] - slack_y
    return left and low and right and high


def _length(page: pikepdf.Page) -> int:
    contents = page.obj.get("/Contents")
    if contents is None:
        return 0
    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    return sum(int(stream.get("/Length", 0)) for stream in streams)


def _is_masked(image: Any) -> bool:
    return any(key in image for key in ("/SMask", "/Mask")) or bool(image.get("/ImageMask", False))


def _is_plain_space(image: Any) -> bool:
    """Whether grey or colour is meant as every decoder takes it; inks and Lab are not."""
    space = image.get("/ColorSpace")
    if isinstance(space, pikepdf.Array) and str(space[0]) in {"/Indexed", "/I"}:
        space = space[1]
    if isinstance(space, pikepdf.Array) and str(space[0]) == "/ICCBased":
        return int(space[1].get("/N", 0)) in {1, 3}
    name = space[0] if isinstance(space, pikepdf.Array) else space
    return name is None or str(name) in _SIMPLE


def _filters(image: Any) -> list[str]:
    found = image.get("/Filter", [])
    return [str(found)] if isinstance(found, pikepdf.Name) else [str(name) for name in found]


def _placement(
    page: pikepdf.Page, rect: tuple[float, float, float, float], rotation: int
) -> Placement | None:
    """Return where the image lies on the visible page, or None where it does not cover it."""
    left, low, right, high = _visible(page)
    width, height = right - left, high - low
    if width <= 0 or height <= 0:
        return None
    x, right_gap = rect[0] - left, right - rect[2]
    y, low_gap = high - rect[3], rect[1] - low
    if max(abs(x), abs(right_gap)) > _COVER * width or max(abs(y), abs(low_gap)) > _COVER * height:
        return None
    w, h = rect[2] - rect[0], rect[3] - rect[1]
    turned = {
        0: (width, height, x, y, w, h),
        90: (height, width, low_gap, x, h, w),
        180: (width, height, right_gap, low_gap, w, h),
        270: (height, width, y, right_gap, h, w),
    }
    return (
        Placement(*(round(value, 4) for value in turned[rotation])) if rotation in turned else None
    )


def _visible(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """Return left, bottom, right, top of the crop box, as far as it lies in the media box."""
    crop, media = ([float(value) for value in box] for box in (page.cropbox, page.mediabox))
    left, right = (max(min(crop[0::2]), min(media[0::2])), min(max(crop[0::2]), max(media[0::2])))
    low, high = (max(min(crop[1::2]), min(media[1::2])), min(max(crop[1::2]), max(media[1::2])))
    return left, low, right, high
