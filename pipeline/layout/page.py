"""Gives every line of a page its role, by what stands on that page alone."""

from pipeline.layout.furniture import find_furniture
from pipeline.layout.paragraphs import paragraph_roles
from pipeline.layout.rows import PageLines
from pipeline.text import PageText

LAYOUT_VERSION = "roles/1"  #: in provenance; change it when the rules give other roles


def assign_roles(text: PageText, size: tuple[int, int], leaf: str | None = None) -> PageText:
    """Return the text with a role on each line; no word is touched.

    Args:
        text: as the engine read it, in pixels of the page image.
        size: of the page image: width and height.
        leaf: the label that the archive gave the page; None where unknown.
    """
    sheet = PageLines.from_text(text, size)
    found = find_furniture(sheet, leaf)
    body = [place for place in range(len(sheet.rows)) if place not in found]
    said = paragraph_roles(sheet, [sheet.rows[place] for place in body])
    found |= dict(zip(body, said, strict=True))
    return text.with_roles(found[place] for place in range(len(sheet.rows)))
