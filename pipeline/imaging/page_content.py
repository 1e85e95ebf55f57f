"""What the content stream of a page shows: which images and where, and what else is seen.

Only as much of ISO 32000-2 (annex A lists the operators) is followed as it takes to tell a page
that is one scanned image from one that must be drawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pikepdf

Rect = tuple[float, float, float, float]  #: left, bottom, right, top in points, y up

_LONGEST = 8_000_000  #: bytes of a content stream; a longer one is a drawing, not a scan
_DEEPEST = 4  #: forms within forms
_INVISIBLE, _CLIPS = 3, 4  #: text render modes: shows nothing; from here on text clips
_PAINTS = frozenset(["f", "F", "f*", "B", "B*", "b", "b*", "S", "s"])
_CURVES = frozenset(["c", "v", "y"])
_CLIP = frozenset(["W", "W*"])
_SHOWS = frozenset(["Tj", "TJ", "'", '"'])
_FOLLOWED = " ".join(  # the rest is skipped by the parser: half of a text layer is Td and Tf
    ["q Q cm gs Do Tr BDC sh BI ID EI m l re n", *_PAINTS, *_CURVES, *_CLIP, *_SHOWS]
)


class TooOddError(ValueError):
    """The page is no plain scan; it must be drawn."""


@dataclass(frozen=True, slots=True)
class ShownImage:
    """An image XObject as the page shows it."""

    stream: Any  #: the pikepdf stream
    matrix: tuple[float, ...]  #: from the unit square to points of the page, y up
    clip: Rect | None  #: what is seen of it at most; None for all


@dataclass(frozen=True, slots=True)
class Marks:
    """All that a page shows."""

    images: tuple[ShownImage, ...]
    under: bool  #: something is painted before the first image, so perhaps covered by it
    over: bool  #: something is painted after it


@dataclass(frozen=True, slots=True)
class _State:
    """The part of the graphics state that matters here."""

    matrix: pikepdf.Matrix
    mode: int = 0  #: text render mode
    clip: Rect | None = None
    veiled: bool = False  #: soft mask, transparency or a blend mode is on


def page_marks(page: pikepdf.Page) -> Marks:
    """Return what a page shows, its annotations apart.

    Raises:
        TooOddError: it holds something that only drawing does justice to.
        PdfError: its content cannot be parsed.
    """
    seen = _Interpreter()
    seen.run(page, page.obj.get("/Resources", pikepdf.Dictionary()), 0)
    return Marks(tuple(seen.images), seen.under, seen.over)


class _Interpreter:
    """Follows content streams as far as it takes to know what is shown where."""

    def __init__(self) -> None:
        self.images: list[ShownImage] = []
        self.under = self.over = False
        self._state = _State(pikepdf.Matrix())
        self._stack: list[_State] = []
        self._path: list[tuple[float, float]] = []
        self._curved = self._clipping = False

    def run(self, stream: Any, resources: Any, depth: int) -> None:
        """Follow one content stream, a page's or a form's."""
        if depth > _DEEPEST or _length(stream) > _LONGEST:
            raise TooOddError
        for instruction in pikepdf.parse_content_stream(stream, _FOLLOWED):
            operator, operands = str(instruction.operator), list(instruction.operands)
            if operator == "Do":
                self._show(resources["/XObject"][str(operands[0])], resources, depth)
            elif operator == "gs":
                self._veil(resources["/ExtGState"][str(operands[0])])
            else:
                self._step(operator, operands)
            if self.over or len(self.images) > 1:
                return  # it is known already that the page must be drawn

    def _step(self, operator: str, operands: Sequence[Any]) -> None:
        match operator:
            case "q":
                self._stack.append(self._state)
            case "Q" if self._stack:
                self._state = self._stack.pop()
            case "cm":
                matrix = pikepdf.Matrix(*map(float, operands)) @ self._state.matrix
                self._state = replace(self._state, matrix=matrix)
            case "Tr":
                self._state = replace(self._state, mode=int(operands[0]))
            case "BDC" if str(operands[0]) == "/OC":
                raise TooOddError  # a layer, which may be switched off
            case "sh" | "INLINE IMAGE":
                self._mark()
            case _ if operator in _SHOWS:
                self._text()
            case _:
                self._trace(operator, [float(value) for value in operands])

    def _trace(self, operator: str, operands: Sequence[float]) -> None:
        """Take one instruction that builds, clips by or paints a path."""
        if operator in {"m", "l"}:
            self._add([(operands[0], operands[1])])
        elif operator == "re":
            x, y, width, height = operands
            self._add([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
        elif operator in _CURVES:
            self._curved = True
        elif operator in _CLIP:
            self._clipping = True
        elif operator in _PAINTS or operator == "n":
            if operator != "n":
                self._mark()
            if self._clipping:
                self._cut(self._rectangle())
            self._path, self._curved, self._clipping = [], False, False

    def _add(self, points: Iterable[tuple[float, float]]) -> None:
        self._path += [self._state.matrix.transform(point) for point in points]

    def _rectangle(self) -> Rect:
        """Return the path, if it is nothing but one upright rectangle."""
        if self._curved or not 4 <= len(self._path) <= 5:
            raise TooOddError
        rect = around(self._path)
        if any(
            min(abs(x - rect[0]), abs(x - rect[2])) > 0.01
            or min(abs(y - rect[1]), abs(y - rect[3])) > 0.01
            for x, y in self._path
        ):
            raise TooOddError
        return rect

    def _cut(self, rect: Rect) -> None:
        clip = self._state.clip
        self._state = replace(self._state, clip=rect if clip is None else common(clip, rect))

    def _mark(self) -> None:
        if self.images:
            self.over = True
        else:
            self.under = True

    def _text(self) -> None:
        if self._state.mode >= _CLIPS:
            raise TooOddError
        if self._state.mode != _INVISIBLE:
            self._mark()

    def _veil(self, told: Any) -> None:
        """Take a graphics state dictionary."""
        veiled = self._state.veiled
        if "/SMask" in told:
            veiled = told["/SMask"] != pikepdf.Name.None_
        if float(told.get("/ca", 1)) < 1 or told.get("/BM", "/Normal") not in {
            "/Normal",
            "/Compatible",
        }:
            veiled = True
        self._state = replace(self._state, veiled=veiled)

    def _show(self, shown: Any, resources: Any, depth: int) -> None:
        """Take an XObject: an image, or a form with a content stream of its own."""
        if "/OC" in shown:
            raise TooOddError
        if shown.get("/Subtype") == "/Image":
            if self._state.veiled:
                raise TooOddError
            matrix = self._state.matrix.shorthand
            self.images.append(ShownImage(shown, matrix, self._state.clip))
            return
        before, kept = self._state, list(self._stack)
        own = pikepdf.Matrix(*map(float, shown.get("/Matrix", [1, 0, 0, 1, 0, 0])))
        self._state = replace(before, matrix=own @ before.matrix)
        x0, y0, x1, y1 = (float(value) for value in shown["/BBox"])
        self._path = []
        self._add([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
        self._cut(self._rectangle())
        self._path = []
        self.run(shown, shown.get("/Resources", resources), depth + 1)
        self._state, self._stack = before, kept


def around(points: Sequence[tuple[float, float]]) -> Rect:
    """Return the upright rectangle around points.

    >>> around([(0, 5), (3, 1)])
    (0, 1, 3, 5)
    """
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def common(one: Rect, other: Rect) -> Rect:
    """Return what two rectangles have in common; turned inside out where that is nothing.

    >>> common((0, 0, 4, 4), (1, -1, 9, 2))
    (1, 0, 4, 2)
    """
    return (
        max(one[0], other[0]),
        max(one[1], other[1]),
        min(one[2], other[2]),
        min(one[3], other[3]),
    )


def _length(holder: Any) -> int:
    """Return the length of the streams of a page or a form in bytes, as they are stored."""
    if not isinstance(holder, pikepdf.Page):
        return int(holder.get("/Length", 0))
    contents = holder.obj.get("/Contents")
    if contents is None:
        return 0
    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    return sum(int(stream.get("/Length", 0)) for stream in streams)
