"""Lines of text in files that other programs write: PAGE XML and ALTO of any version.

eScriptorium and Transkribus export a page corrected there so. The size that a file gives for its
page scales its places to our page image, so any resolution and any unit of ALTO will do.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from lxml import etree

from pipeline.errors import OpisError
from pipeline.model import PageImage
from pipeline.text import Box

_POINT = re.compile(r"(-?[0-9.]+)\s*,\s*(-?[0-9.]+)")


class CorrectionFileError(OpisError):
    """A file of corrections is of no kind that Opis reads, or what it says cannot be."""


@dataclass(frozen=True, slots=True)
class LayoutLine:
    """A line of another program."""

    text: str  #: words with one space between them
    left: float  #: place, 0..1 of the page's width and height; origin top left
    top: float
    right: float
    bottom: float

    def box_on(self, image: PageImage) -> Box:
        """Return its place on a page image, in pixels."""
        left, top = max(self.left, 0.0) * image.width, max(self.top, 0.0) * image.height
        width = (self.right - max(self.left, 0.0)) * image.width
        height = (self.bottom - max(self.top, 0.0)) * image.height
        return Box(round(left), round(top), max(round(width), 1), max(round(height), 1))


@dataclass(frozen=True, slots=True)
class LayoutFile:
    """A page of another program."""

    image_name: str  #: the file name of its image; may be empty
    lines: tuple[LayoutLine, ...]

    @property
    def page_number(self) -> int | None:
        """The page that the name of its image ends with, from 1; None if it has no number."""
        found = re.findall(r"[0-9]+", PurePath(self.image_name).stem)
        return int(found[-1]) if found else None


def read_layout_file(content: bytes, name: str) -> LayoutFile:
    """Return the lines of a PAGE XML or ALTO file; lines without text are left out.

    Args:
        content: of the file.
        name: of the file, for messages.

    Raises:
        CorrectionFileError: it is neither of the two.
    """
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        root = etree.fromstring(content, parser)
        kind = etree.QName(root).localname.lower()
        if kind == "pcgts":
            return _read_page_xml(root)
        if kind == "alto":
            return _read_alto(root)
    except (etree.XMLSyntaxError, ValueError) as error:
        msg = f"{name} cannot be read: {' '.join(str(error).split())[:200]}."
        raise CorrectionFileError(msg) from error
    msg = f"{name} is neither PAGE XML nor ALTO: its root is <{kind}>."
    raise CorrectionFileError(msg)


def _read_page_xml(root: etree._Element) -> LayoutFile:
    page = root.find("{*}Page")
    if page is None:
        msg = "it has no page"
        raise ValueError(msg)
    size = _size_of(page, "imageWidth", "imageHeight")
    lines = tuple(_page_xml_lines(page, *size))
    return LayoutFile(page.get("imageFilename", ""), lines)


def _page_xml_lines(page: etree._Element, width: float, height: float) -> Iterator[LayoutLine]:
    for line in page.iter("{*}TextLine"):
        text = _unicode_of(line)
        coordinates = line.find("{*}Coords")
        points = "" if coordinates is None else coordinates.get("points", "")
        corners = [(_number(x), _number(y)) for x, y in _POINT.findall(points)]
        if text and corners:
            xs, ys = [x for x, _ in corners], [y for _, y in corners]
            yield LayoutLine(
                text, min(xs) / width, min(ys) / height, max(xs) / width, max(ys) / height
            )


def _unicode_of(line: etree._Element) -> str:
    """Return the text of a line: the first of its own, else that of its words."""
    own = sorted(line.iterfind("{*}TextEquiv"), key=lambda one: int(one.get("index", "0")))
    texts = [one.findtext("{*}Unicode") or "" for one in own]
    words = [word.findtext("{*}TextEquiv/{*}Unicode") or "" for word in line.iterfind("{*}Word")]
    return " ".join((next(filter(None, texts), "") or " ".join(words)).split())


def _read_alto(root: etree._Element) -> LayoutFile:
    page = root.find("{*}Layout/{*}Page")
    if page is None:
        msg = "it has no page"
        raise ValueError(msg)
    name = root.findtext("{*}Description/{*}sourceImageInformation/{*}fileName") or ""
    size = _size_of(page, "WIDTH", "HEIGHT")
    lines = (_alto_line(line, size) for line in page.iter("{*}TextLine"))
    return LayoutFile(name, tuple(line for line in lines if line is not None))


def _size_of(page: etree._Element, width: str, height: str) -> tuple[float, float]:
    """Return the size that a file gives for its page, in any unit; ValueError if it gives none."""
    size = _number(page.get(width, "")), _number(page.get(height, ""))
    if min(size) <= 0:
        msg = "its page has no size"
        raise ValueError(msg)
    return size


def _alto_line(line: etree._Element, size: tuple[float, float]) -> LayoutLine | None:
    words = [string.get("CONTENT", "") for string in line.iterfind("{*}String")]
    text = " ".join(" ".join(words).split())
    sides = [line.get(key) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT")]
    if not text or None in sides:
        return None
    x, y, width, height = (_number(side or "0") for side in sides)
    return LayoutLine(text, x / size[0], y / size[1], (x + width) / size[0], (y + height) / size[1])


def _number(text: str) -> float:
    """Return a finite number; ValueError if a text is none."""
    number = float(text)
    if not math.isfinite(number):
        msg = f"{text[:20]} is no number of a place"
        raise ValueError(msg)
    return number
