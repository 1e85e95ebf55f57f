"""What a manifest must hold that the IIIF schema does not check."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json

from pipeline.record.model import Record

_CANVAS_REGION = re.compile(r"(?P<canvas>.+)#xywh=([0-9]+),([0-9]+),([0-9]+),([0-9]+)")


def broken_iiif_rules(manifest: bytes, record: Record) -> Iterator[str]:
    """Yield a sentence for each rule that a manifest of a record breaks.

    Ids are unique; there is a canvas for every page, of the size of its image; every annotation has
    a body and a target on a canvas that is there, and inside it; the rights begin with ``http:``.
    """
    try:
        said = from_json(manifest)
        canvases = {canvas["id"]: canvas for canvas in said["items"]}
        yield from _duplicate_ids(said)
        yield from _canvas_mismatches(list(canvases.values()), record)
        for canvas in canvases.values():
            for page in (*canvas["items"], *canvas.get("annotations", ())):
                for annotation in page["items"]:
                    yield from _annotation_errors(annotation, canvases)
        if not str(said["rights"]).startswith(("http://", "https://creativecommons.org/")):
            yield "its rights are no URI of the kind that IIIF wants"
    except (KeyError, TypeError, ValueError) as error:
        yield f"is no manifest: {type(error).__name__} {error}"


def _duplicate_ids(manifest: dict[str, Any]) -> Iterator[str]:
    counts = Counter(_all_ids(manifest))
    for name in sorted(name for name, count in counts.items() if count > 1):
        yield f"two things have the id {name}"


def _all_ids(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if "id" in value:
            yield str(value["id"])
        for inner in value.values():
            yield from _all_ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _all_ids(inner)


def _canvas_mismatches(canvases: list[dict[str, Any]], record: Record) -> Iterator[str]:
    if len(canvases) != len(record.pages):
        yield f"has {len(canvases)} canvases for {len(record.pages)} pages"
        return
    for canvas, page in zip(canvases, record.pages, strict=True):
        size = (canvas["width"], canvas["height"])
        if page.image and size != (page.image.width, page.image.height):
            yield f"the canvas of page {page.number} is not as large as its image"


def _annotation_errors(annotation: dict[str, Any], canvases: dict[str, Any]) -> Iterator[str]:
    if "body" not in annotation or "target" not in annotation:
        yield f"{annotation.get('id')} has no body or no target"
        return
    found = _CANVAS_REGION.fullmatch(annotation["target"])
    canvas = canvases.get(found["canvas"] if found else annotation["target"])
    if canvas is None:
        yield f"{annotation['id']} is on a canvas that is not there"
    elif found:
        x, y, width, height = map(int, found.groups()[1:])
        if not (width and height) or x + width > canvas["width"] or y + height > canvas["height"]:
            yield f"{annotation['id']} lies outside its canvas"
