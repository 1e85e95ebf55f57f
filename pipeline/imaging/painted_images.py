"""Find the images that a PDF page paints: XObjects, also inside forms, inline images, masks."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pikepdf

from pipeline.imaging.page_content import exceeds_limits
from pipeline.imaging.pdf_terms import PDF_ERRORS
from pipeline.imaging.stored_image import StoredImage


def painted_images(page: pikepdf.Page) -> Iterator[StoredImage]:
    """Yield the images that a page paints, each once, and their masks.

    What cannot be parsed is left out.
    """
    yield from _images(page, page.obj.get("/Resources", pikepdf.Dictionary()), set(), 0)


def _images(
    holder: Any, resources: Any, done: set[tuple[int, int]], depth: int
) -> Iterator[StoredImage]:
    """Yield the images of a content stream, of a page or a form."""
    try:
        if exceeds_limits(holder, depth):
            return
        instructions = pikepdf.parse_content_stream(holder, "Do BI ID EI")
    except PDF_ERRORS:
        return
    for instruction in instructions:
        if isinstance(instruction, pikepdf.ContentStreamInlineImage):
            with suppress(*PDF_ERRORS):
                yield StoredImage.of_inline_image(instruction.iimage)
            continue
        with suppress(*PDF_ERRORS):
            xobject = resources["/XObject"][str(instruction.operands[0])]
            if xobject.objgen in done:
                continue
            done.add(xobject.objgen)
            if xobject.get("/Subtype") == "/Image":
                yield from images_of_stream(xobject)
            else:
                yield from _images(xobject, xobject.get("/Resources", resources), done, depth + 1)


def images_of_stream(image: Any) -> Iterator[StoredImage]:
    """Yield an image XObject, and its masks that are images."""
    masks = [image.get(key) for key in ("/SMask", "/Mask")]
    for stream in (image, *(mask for mask in masks if isinstance(mask, pikepdf.Stream))):
        with suppress(*PDF_ERRORS):
            yield StoredImage.of_stream(stream)
