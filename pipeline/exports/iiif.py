"""A IIIF Presentation 3 manifest (https://iiif.io/api/presentation/3.0/), a line an annotation.

A canvas has the pixels of its page image, so that a word's box is its place on the canvas. Words
lie in ALTO, to which every canvas points. Page images are drawn by who serves the record, from
``searchable.pdf``: a record holds the scan itself and no copies of its pages.
"""

import re
from typing import Any

from pipeline.citation.cited import cited
from pipeline.citation.styles import Manner, in_words
from pipeline.exports.source import LineAt, Material, label_of
from pipeline.record.model import Record, RecordPage, dump_long

_CONTEXT = "http://iiif.io/api/presentation/3/context.json"
_UNKNOWN = (1000, 1400)  #: of a canvas whose page has no image


def to_iiif(made: Material) -> bytes:
    """Return the manifest in JSON."""
    record, source = made.record, made.record.provenance.source
    manifest: dict[str, Any] = {
        "@context": _CONTEXT,
        "id": f"{made.url}/export/iiif-manifest.json",
        "type": "Manifest",
        "label": {"none": [record.name]},
        "metadata": _metadata(record),
        "rights": record.rights,
        "requiredStatement": {
            "label": {"en": ["Cite as"]},
            "value": {"en": [in_words(cited(record), Manner.CHICAGO)]},
        },
        "rendering": [
            _file(made, "searchable.pdf", "Text", "application/pdf", "Searchable PDF"),
            _file(made, f"original/{source.name}", "Dataset", source.media_type, "As it arrived"),
        ],
        "seeAlso": [
            _file(made, "export/tei.xml", "Dataset", "application/tei+xml", "TEI"),
            _file(made, "record.json", "Dataset", "application/json", "Record"),
        ],
    }
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", record.date or ""):
        manifest["navDate"] = f"{record.date}T00:00:00Z"
    if record.summary:
        manifest["summary"] = {"none": [record.summary]}
    pages = zip(record.pages, made.lines, strict=True)
    return dump_long(manifest, "items", (_canvas(made, page, lines) for page, lines in pages))


def _metadata(record: Record) -> list[dict[str, Any]]:
    rows = {
        "Date": record.date_as_given or record.date,
        "From": record.creator,
        "To": record.recipient,
        "Archive": "; ".join(one.normal or one.as_cited for one in record.references),
        "Contributed by": ", ".join(record.contributors),
        "Record": f"{record.id}, version {record.version}",
    }
    return [
        {"label": {"en": [label]}, "value": {"none": [value]}}
        for label, value in rows.items()
        if value
    ]


def _file(made: Material, path: str, kind: str, media_type: str, label: str) -> dict[str, Any]:
    return {"id": made.url_of(path), "type": kind, "format": media_type, "label": {"none": [label]}}


def _canvas(made: Material, page: RecordPage, lines: tuple[LineAt, ...]) -> dict[str, Any]:
    url = f"{made.url}/canvas/{page.number}"
    width, height = (page.image.width, page.image.height) if page.image else _UNKNOWN
    image = {
        "id": f"{made.url}/pages/{page.number:04d}.jpg",
        "type": "Image",
        "format": "image/jpeg",
        "width": width,
        "height": height,
    }
    painting = {
        "id": f"{url}/image",
        "type": "Annotation",
        "motivation": "painting",
        "body": image,
        "target": url,
    }
    alto = f"pages/{page.number:04d}.alto.xml"
    canvas: dict[str, Any] = {
        "id": url,
        "type": "Canvas",
        "label": {"none": [label_of(page)]},
        "width": width,
        "height": height,
        "items": [{"id": f"{url}/page", "type": "AnnotationPage", "items": [painting]}],
        "seeAlso": [_file(made, alto, "Dataset", "application/xml", "ALTO 4.4")],
    }
    if lines:
        items = [_line(made, url, number, line) for number, line in enumerate(lines, 1)]
        page_url = f"{url}/lines"
        canvas["annotations"] = [{"id": page_url, "type": "AnnotationPage", "items": items}]
    return canvas


def _line(made: Material, canvas: str, number: int, line: LineAt) -> dict[str, Any]:
    box = line.box
    body = {"type": "TextualBody", "value": line.text, "format": "text/plain"}
    if made.record.language:
        body["language"] = made.record.language
    return {
        "id": f"{canvas}/line/{number}",
        "type": "Annotation",
        "motivation": "supplementing",
        "body": body,
        "target": f"{canvas}#xywh={box.x},{box.y},{box.width},{box.height}",
    }
