"""Assign a role to every line of a page, from that page alone."""

from pipeline.layout.furniture import find_furniture
from pipeline.layout.lists import find_lists
from pipeline.layout.paragraphs import paragraph_roles
from pipeline.layout.rows import PageLines
from pipeline.text import PageText, Role

LAYOUT_VERSION = "roles/2"  #: in provenance; change it when the rules give other roles


def assign_roles(text: PageText, size: tuple[int, int], leaf: str | None = None) -> PageText:
    """Return the text with a role on each line; words do not change.

    Args:
        text: as the engine read it; boxes in pixels of the page image, origin top left.
        size: width and height of the page image in pixels.
        leaf: the leaf's label in the archive; None if unknown.
    """
    page = PageLines.from_text(text, size)
    roles = find_furniture(page, leaf)
    body = [index for index in range(len(page.rows)) if index not in roles]
    for found in find_lists([page.rows[index].line for index in body]):
        if not found.is_numbered_text:
            rows = body[found.start : found.start + len(found.rows)]
            roles |= dict.fromkeys(rows, Role.TABLE_ROW)
    body = [index for index in body if index not in roles]
    body_roles = paragraph_roles(page, [page.rows[index] for index in body])
    roles |= dict(zip(body, body_roles, strict=True))
    return text.with_roles(roles[index] for index in range(len(page.rows)))
