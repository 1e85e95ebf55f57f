"""Interpret the content stream of a PDF page: its images, where they are, and other painting.

Only the part of ISO 32000-2 (annex A lists the operators) is implemented that separates a page
that is one scanned image from a page that must be drawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pikepdf

from pipeline.imaging.pdf_terms import INVISIBLE_MODE, SHOW_OPERATORS

Rect = tuple[float, float, float, float]  #: left, bottom, right, top in points, y up

_MAX_STREAM_BYTES = 8_000_000  #: bytes of a content stream; a longer one is a drawing, not a scan
_MAX_FORM_DEPTH = 4  #: levels of forms inside forms
_FIRST_CLIP_MODE = 4  #: text render mode from which on text clips
_PAINT_OPERATORS = frozenset(["f", "F", "f*", "B", "B*", "b", "b*", "S", "s"])
_CURVE_OPERATORS = frozenset(["c", "v", "y"])
_CLIP_OPERATORS = frozenset(["W", "W*"])
#: The parser skips all others: half of a text layer is Td and Tf.
_PARSED_OPERATORS = " ".join(
    [
        "q Q cm gs Do Tr BDC sh BI ID EI m l re n",
        *_PAINT_OPERATORS,
        *_CURVE_OPERATORS,
        *_CLIP_OPERATORS,
        *SHOW_OPERATORS,
    ]
)


class UnsupportedContentError(ValueError):
    """The page has content that only drawing shows correctly."""


@dataclass(frozen=True, slots=True)
class ShownImage:
    """An image XObject as the page shows it."""

    stream: Any  #: the pikepdf stream
    matrix: tuple[float, ...]  #: from the unit square to points of the page, y up
    clip: Rect | None  #: the clip rectangle; None if the image is not clipped


@dataclass(frozen=True, slots=True)
class PageContent:
    """The images of a page, and whether anything else is painted."""

    images: tuple[ShownImage, ...]
    painted_before: bool  #: other painting before the first image, which may cover it
    painted_after: bool  #: other painting after the first image


@dataclass(frozen=True, slots=True)
class _GraphicsState:
    """The part of the graphics state that is interpreted."""

    matrix: pikepdf.Matrix
    text_mode: int = 0  #: text render mode
    clip: Rect | None = None
    is_transparent: bool = False  #: soft mask, transparency or a blend mode is on


def parse_page_content(page: pikepdf.Page) -> PageContent:
    """Return the content of a page without annotations; incomplete once the page must be drawn.

    Raises:
        UnsupportedContentError: it has content that only drawing shows correctly.
        PikepdfError, ValueError, TypeError, LookupError: its content cannot be parsed.
    """
    interpreter = _ContentInterpreter()
    interpreter.run(page, page.obj.get("/Resources", pikepdf.Dictionary()), 0)
    images = tuple(interpreter.images)
    return PageContent(images, interpreter.painted_before, interpreter.painted_after)


class _ContentInterpreter:
    """Interprets content streams until the page must be drawn, or to their end."""

    def __init__(self) -> None:
        self.images: list[ShownImage] = []
        self.painted_before = self.painted_after = False
        self._state = _GraphicsState(pikepdf.Matrix())
        self._stack: list[_GraphicsState] = []
        self._path: list[tuple[float, float]] = []
        self._has_curve = self._is_clip_path = False

    def run(self, stream: Any, resources: Any, depth: int) -> None:
        """Interpret one content stream, of a page or a form, at a depth of forms."""
        if exceeds_limits(stream, depth):
            raise UnsupportedContentError
        for instruction in pikepdf.parse_content_stream(stream, _PARSED_OPERATORS):
            operator, operands = str(instruction.operator), list(instruction.operands)
            if operator == "Do":
                self._draw_xobject(resources["/XObject"][str(operands[0])], resources, depth)
            elif operator == "gs":
                self._set_graphics_state(resources["/ExtGState"][str(operands[0])])
            else:
                self._apply_operator(operator, operands)
            if self.painted_after or len(self.images) > 1:
                return  # the page must be drawn

    def _apply_operator(self, operator: str, operands: Sequence[Any]) -> None:
        match operator:
            case "q":
                self._stack.append(self._state)
            case "Q" if self._stack:
                self._state = self._stack.pop()
            case "cm":
                matrix = pikepdf.Matrix(*map(float, operands)) @ self._state.matrix
                self._state = replace(self._state, matrix=matrix)
            case "Tr":
                self._state = replace(self._state, text_mode=int(operands[0]))
            case "BDC" if str(operands[0]) == "/OC":
                raise UnsupportedContentError  # a layer, which may be hidden
            case "sh" | "INLINE IMAGE":
                self._note_painting()
            case _ if operator in SHOW_OPERATORS:
                self._show_text()
            case _:
                self._apply_path_operator(operator, [float(value) for value in operands])

    def _apply_path_operator(self, operator: str, operands: Sequence[float]) -> None:
        """Apply an operator that builds, clips by or paints a path."""
        if operator in {"m", "l"}:
            self._add_points([(operands[0], operands[1])])
        elif operator == "re":
            x, y, width, height = operands
            self._add_points([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
        elif operator in _CURVE_OPERATORS:
            self._has_curve = True
        elif operator in _CLIP_OPERATORS:
            self._is_clip_path = True
        elif operator in _PAINT_OPERATORS or operator == "n":
            if operator != "n":
                self._note_painting()
            if self._is_clip_path:
                self._narrow_clip(self._path_rectangle())
            self._path, self._has_curve, self._is_clip_path = [], False, False

    def _add_points(self, points: Iterable[tuple[float, float]]) -> None:
        self._path += [self._state.matrix.transform(point) for point in points]

    def _path_rectangle(self) -> Rect:
        """Return the path, which must be one upright rectangle: others are unsupported."""
        if self._has_curve or not 4 <= len(self._path) <= 5:
            raise UnsupportedContentError
        rect = bounding_rect(self._path)
        if any(
            min(abs(x - rect[0]), abs(x - rect[2])) > 0.01
            or min(abs(y - rect[1]), abs(y - rect[3])) > 0.01
            for x, y in self._path
        ):
            raise UnsupportedContentError
        return rect

    def _narrow_clip(self, rect: Rect) -> None:
        clip = self._state.clip
        self._state = replace(
            self._state, clip=rect if clip is None else intersect_rects(clip, rect)
        )

    def _note_painting(self) -> None:
        if self.images:
            self.painted_after = True
        else:
            self.painted_before = True

    def _show_text(self) -> None:
        if self._state.text_mode >= _FIRST_CLIP_MODE:
            raise UnsupportedContentError
        if self._state.text_mode != INVISIBLE_MODE:
            self._note_painting()

    def _set_graphics_state(self, parameters: Any) -> None:
        """Apply a graphics state dictionary."""
        is_transparent = self._state.is_transparent
        if "/SMask" in parameters:
            is_transparent = parameters["/SMask"] != pikepdf.Name.None_
        if float(parameters.get("/ca", 1)) < 1 or parameters.get("/BM", "/Normal") not in {
            "/Normal",
            "/Compatible",
        }:
            is_transparent = True
        self._state = replace(self._state, is_transparent=is_transparent)

    def _draw_xobject(self, xobject: Any, resources: Any, depth: int) -> None:
        """Apply an XObject: an image, or a form with its own content stream."""
        if "/OC" in xobject:
            raise UnsupportedContentError
        if xobject.get("/Subtype") == "/Image":
            if self._state.is_transparent:
                raise UnsupportedContentError
            matrix = self._state.matrix.shorthand
            self.images.append(ShownImage(xobject, matrix, self._state.clip))
            return
        state, stack = self._state, list(self._stack)
        form_matrix = pikepdf.Matrix(*map(float, xobject.get("/Matrix", [1, 0, 0, 1, 0, 0])))
        self._state = replace(state, matrix=form_matrix @ state.matrix)
        x0, y0, x1, y1 = (float(value) for value in xobject["/BBox"])
        self._path = []
        self._add_points([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
        self._narrow_clip(self._path_rectangle())
        self._path = []
        self.run(xobject, xobject.get("/Resources", resources), depth + 1)
        self._state, self._stack = state, stack


def bounding_rect(points: Sequence[tuple[float, float]]) -> Rect:
    """Return the smallest upright rectangle around points.

    >>> bounding_rect([(0, 5), (3, 1)])
    (0, 1, 3, 5)
    """
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def intersect_rects(first: Rect, second: Rect) -> Rect:
    """Return the intersection of two rectangles; left > right or bottom > top if it is empty.

    >>> intersect_rects((0, 0, 4, 4), (1, -1, 9, 2))
    (1, 0, 4, 2)
    """
    return (
        max(first[0], second[0]),
        max(first[1], second[1]),
        min(first[2], second[2]),
        min(first[3], second[3]),
    )


def exceeds_limits(holder: Any, depth: int) -> bool:
    """Return whether a page or a form, at a depth of forms, is no scan but a drawing."""
    return depth > _MAX_FORM_DEPTH or _stored_length(holder) > _MAX_STREAM_BYTES


def _stored_length(holder: Any) -> int:
    """Return the stored length of the content streams of a page or a form, in bytes."""
    if not isinstance(holder, pikepdf.Page):
        return int(holder.get("/Length", 0))
    contents = holder.obj.get("/Contents")
    if contents is None:
        return 0
    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    return sum(int(stream.get("/Length", 0)) for stream in streams)
