"""Renders the pages on which people compare lines; all values are escaped."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment

from pipeline.doubt.near_words import near_words
from pipeline.model import PageImage
from pipeline.review.page_lines import ReviewLine
from pipeline.site.render import UI_LANGUAGES, template_environment, translate
from pipeline.text import Box

_PACKAGE = "pipeline.review"
STATIC_TYPES = {"desk.css": "text/css", "desk.js": "text/javascript"}
_MARGIN = 0.6  #: around a line, of its height
_MAX_SUGGESTIONS = 9  #: one for each digit


@dataclass(frozen=True, slots=True)
class OfferedText:
    """A suggestion for one word of a line."""

    place: int  #: of the word in its line, from 0
    read: str
    text: str
    line_text: str  #: the line with it


def render_page(template: str, ui: str, **values: Any) -> str:
    """Return a page in a language of the interface."""

    def localized(text: str) -> str:
        return translate(text, ui, _PACKAGE)

    return _environment().get_template(template).render(values | {"ui": ui, "t": localized})


def ui_language(chosen: str, accepted: str) -> str:
    """Return the language of the interface.

    Args:
        chosen: by the person; may be empty.
        accepted: the browser's header ``Accept-Language``.

    >>> ui_language("", "de;q=0.9, ru-RU"), ui_language("en", "ru"), ui_language("x", "")
    ('ru', 'en', 'en')
    """
    wanted = [chosen, *(part.split(";")[0].strip()[:2].lower() for part in accepted.split(","))]
    return next((code for code in wanted if code in UI_LANGUAGES), UI_LANGUAGES[0])


def static_content(name: str) -> bytes:
    """Return the content of a file of ``STATIC_TYPES``."""
    return (files(_PACKAGE) / "static" / name).read_bytes()


def offered_texts(line: ReviewLine, languages: tuple[str, ...]) -> tuple[OfferedText, ...]:
    """Return what may stand for the doubtful words of a line, the most doubtful words first.

    Args:
        line: of a page.
        languages: the engine's codes that the page was read with.
    """
    words = [word.text for word in line.words]
    order = sorted(range(len(words)), key=lambda place: -line.words[place].chance)
    offered = (
        OfferedText(
            place, words[place], text, " ".join([*words[:place], text, *words[place + 1 :]])
        )
        for place in order
        if line.words[place].chance
        for text in line.words[place].suggestions or near_words(words[place], languages)
        if text != words[place]
    )
    return tuple(offered)[:_MAX_SUGGESTIONS]


@dataclass(frozen=True, slots=True)
class PictureView:
    """What an SVG shows of a page image, turned so that its lines run level."""

    box: str  #: its ``viewBox``
    degrees: int  #: by which the image is turned about its origin, clockwise

    @classmethod
    def of(cls, region: Box, quarters: int) -> "PictureView":
        """Return the view of a region of the image, in pixels.

        >>> PictureView.of(Box(10, 20, 5, 30), 1)
        PictureView(box='-50 10 30 5', degrees=90)
        """
        x, y, width, height = region.x, region.y, region.width, region.height
        box = (
            (x, y, width, height),
            (-region.bottom, x, height, width),
            (-region.right, -region.bottom, width, height),
            (y, -region.right, height, width),
        )[quarters]
        return cls(" ".join(map(str, box)), 90 * quarters)


def line_view(box: Box, image: PageImage, quarters: int) -> PictureView:
    """Return what of a page image is shown of a line: its box with a margin."""
    margin = round(_MARGIN * min(box.height, box.width))
    left, top = max(box.x - margin, 0), max(box.y - margin, 0)
    right = min(box.right + margin, image.width)
    bottom = min(box.bottom + margin, image.height)
    return PictureView.of(Box(left, top, right - left, bottom - top), quarters)


@cache
def _environment() -> Environment:
    return template_environment(_PACKAGE)
