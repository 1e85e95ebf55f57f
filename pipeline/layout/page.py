"""Gives every line of a page its role, by what stands on that page alone."""

from collections.abc import Sequence

from pipeline.layout.furniture import furniture
from pipeline.layout.paragraphs import paragraphs
from pipeline.layout.rows import Sheet
from pipeline.text import Box, PageText


def lay_out(
    text: PageText,
    size: tuple[int, int],
    leaf: str | None = None,
    frames: Sequence[Box] = (),
) -> PageText:
    """Return the text with a role on each line; no word is touched.

    Args:
        text: as the engine read it, in pixels of the page image.
        size: of the page image: width and height.
        leaf: the label that the archive gave the page; None where unknown.
        frames: frames of stamps that were found on the image.
    """
    sheet = Sheet.of(text, size)
    found = furniture(sheet, leaf, frames)
    body = [place for place in range(len(sheet.rows)) if place not in found]
    said = paragraphs(sheet, [sheet.rows[place] for place in body])
    found |= dict(zip(body, said, strict=True))
    return text.with_roles(found[place] for place in range(len(sheet.rows)))
