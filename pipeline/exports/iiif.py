"""IIIF Presentation 3 manifest (https://iiif.io/api/presentation/3.0/), an annotation per line.

A canvas has the size of its page image in pixels, so that a word's box is its place on the canvas.
Words are in ALTO, to which every canvas points. The server of a record draws the page images from
``searchable.pdf``: a record holds the scan and no copies of its pages.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from html import escape
from typing import Any

from pydantic_core import from_json

from pipeline.citation.cited import citation_target
from pipeline.citation.styles import CitationStyle, format_citation
from pipeline.corrections.correction import CorrectionAction
from pipeline.dates.words import WORD_LANGUAGES
from pipeline.exports.source import ExportSource, PlacedLine, page_label
from pipeline.record.correction_events import UNNAMED_CORRECTOR
from pipeline.record.date_wording import given_date, record_date_in_words
from pipeline.record.people import names_in_role, names_in_words
from pipeline.record.record import Record, RecordPage, dump_json_with_list
from pipeline.record.relation_wording import relation_label
from pipeline.record.version_folder import alto_file_name
from pipeline.wording import plural

_CONTEXT = "http://iiif.io/api/presentation/3/context.json"
_DEFAULT_CANVAS_SIZE = (1000, 1400)  #: width and height for a page without an image
_CANVAS_REGION = re.compile(r"(?P<canvas>.+)#xywh=([0-9]+),([0-9]+),([0-9]+),([0-9]+)")


def to_iiif(source: ExportSource) -> bytes:
    """Return the manifest in JSON."""
    record, scan = source.record, source.record.provenance.source
    manifest: dict[str, Any] = {
        "@context": _CONTEXT,
        "id": f"{source.url}/export/iiif-manifest.json",
        "type": "Manifest",
        "label": {"none": [record.name]},
        "metadata": [*_metadata_entries(record), *_relation_entries(source)],
        "rights": record.rights,
        "requiredStatement": {
            "label": {"en": ["Cite as"]},
            "value": {"en": [format_citation(citation_target(record), CitationStyle.CHICAGO)]},
        },
        "rendering": [
            _file_resource(source, "searchable.pdf", "Text", "application/pdf", "Searchable PDF"),
            _file_resource(
                source, f"original/{scan.name}", "Dataset", scan.media_type, "As it arrived"
            ),
        ],
        "seeAlso": [
            _file_resource(source, "export/tei.xml", "Dataset", "application/tei+xml", "TEI"),
            _file_resource(source, "record.json", "Dataset", "application/json", "Record"),
        ],
    }
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", record.date or ""):
        manifest["navDate"] = f"{record.date}T00:00:00Z"
    if above := list(_levels_above(source)):
        manifest["partOf"] = above
    if record.summary:
        manifest["summary"] = {"none": [record.summary]}
    pages = zip(record.pages, source.lines, strict=True)
    return dump_json_with_list(
        manifest, "items", (_build_canvas(source, page, lines) for page, lines in pages)
    )


def _metadata_entries(record: Record) -> list[dict[str, Any]]:
    rows = {
        "Date as given": given_date(record),
        "From": names_in_words(names_in_role(record, "creator")),
        "To": names_in_words(names_in_role(record, "recipient")),
        "Archive": "; ".join(ref.normal or ref.as_cited for ref in record.references),
        "Contributed by": ", ".join(record.contributors),
        "Record": f"{record.id}, version {record.version}",
    }
    date = {language: [record_date_in_words(record, language)] for language in WORD_LANGUAGES}
    dated = [{"label": {"en": ["Date"]}, "value": date}] if all(date["en"]) else []
    return dated + [
        {"label": {"en": [label]}, "value": {"none": [value]}}
        for label, value in rows.items()
        if value
    ]


def _levels_above(source: ExportSource) -> Iterator[dict[str, Any]]:
    """Yield the levels that have a title, each at the address of its page in the reading room."""
    for level in source.context:
        title = level.description.title_in("")
        labels = {"none": [f"{level.name}: {title}"]}
        for form in level.description.titles:
            if form.language:
                labels[form.language] = [f"{level.name}: {form.value}"]
        if title:
            address = f"{source.base_url}/archives/{level.place.folder}/"
            yield {"id": address, "type": "Collection", "label": labels}


def _relation_entries(source: ExportSource) -> Iterator[dict[str, Any]]:
    """Yield a row of metadata for each kind of relation; a value with an address is a link."""
    rows = defaultdict[str, list[str]](list)
    for relation in source.record.relations:
        url, text = source.url_of_relation(relation), relation.as_given
        link = f'<a href="{escape(url)}">{escape(text)}</a>' if url else text
        rows[relation_label(relation)].append(link)
    for label, values in rows.items():
        yield {"label": {"en": [label]}, "value": {"none": values}}


def _file_resource(
    source: ExportSource, path: str, kind: str, media_type: str, label: str
) -> dict[str, Any]:
    return {
        "id": source.url_of(path),
        "type": kind,
        "format": media_type,
        "label": {"none": [label]},
    }


def _build_canvas(
    source: ExportSource, page: RecordPage, lines: tuple[PlacedLine, ...]
) -> dict[str, Any]:
    url = f"{source.url}/canvas/{page.number}"
    width, height = (page.image.width, page.image.height) if page.image else _DEFAULT_CANVAS_SIZE
    image = {
        "id": f"{source.url}/pages/{page.number:04d}.jpg",
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
    alto = alto_file_name(page.number)
    canvas: dict[str, Any] = {
        "id": url,
        "type": "Canvas",
        "label": {"none": [page_label(page)]},
        "width": width,
        "height": height,
        "items": [{"id": f"{url}/page", "type": "AnnotationPage", "items": [painting]}],
        "seeAlso": [_file_resource(source, alto, "Dataset", "application/xml", "ALTO 4.4")],
    }
    if lines:
        items = [
            _line_annotation(source, url, number, line) for number, line in enumerate(lines, 1)
        ]
        page_url = f"{url}/lines"
        canvas["annotations"] = [{"id": page_url, "type": "AnnotationPage", "items": items}]
    return canvas


def _line_annotation(
    source: ExportSource, canvas_url: str, number: int, line: PlacedLine
) -> dict[str, Any]:
    box = line.box
    body = {"type": "TextualBody", "value": line.text, "format": "text/plain"}
    if source.record.language:
        body["language"] = source.record.language
    return {
        "id": f"{canvas_url}/line/{number}",
        "type": "Annotation",
        "motivation": "supplementing",
        **_maker(source.record, line),
        "body": body,
        "target": f"{canvas_url}#xywh={box.x},{box.y},{box.width},{box.height}",
    }


def _maker(record: Record, line: PlacedLine) -> dict[str, Any]:
    """Return who made the text of a line, as Web Annotation has it: a program, or a person, too."""
    engine = record.provenance.agents["engine"]
    program = {"type": "Software", "name": f"{engine.name} {engine.version}"}
    one = line.correction
    if one is None:
        return {"generator": program}
    person = {"type": "Person", "name": one.by or UNNAMED_CORRECTOR}
    made = {"creator": person, "created": one.when.isoformat()}
    return made if one.action is CorrectionAction.TYPED else {**made, "generator": program}


def broken_iiif_rules(manifest: bytes, record: Record) -> Iterator[str]:
    """Yield a sentence for each broken rule.

    Ids are unique; every page has a canvas of the size of its image; every annotation has a body,
    and a target inside a canvas of the manifest; the rights are a URI that IIIF allows.
    """
    try:
        document = from_json(manifest)
        canvases = {canvas["id"]: canvas for canvas in document["items"]}
        yield from _duplicate_ids(document)
        yield from _canvas_mismatches(list(canvases.values()), record)
        for canvas in canvases.values():
            for page in (*canvas["items"], *canvas.get("annotations", ())):
                for annotation in page["items"]:
                    yield from _annotation_errors(annotation, canvases)
        if not str(document["rights"]).startswith(("http://", "https://creativecommons.org/")):
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
        shown = plural(len(canvases), "canvas", "canvases")
        yield f"has {shown} for {plural(len(record.pages), 'page')}"
        return
    for canvas, page in zip(canvases, record.pages, strict=True):
        size = (canvas["width"], canvas["height"])
        if page.image and size != (page.image.width, page.image.height):
            yield f"the canvas of page {page.number} is not as large as its image"


def _annotation_errors(annotation: dict[str, Any], canvases: dict[str, Any]) -> Iterator[str]:
    if "body" not in annotation or "target" not in annotation:
        yield f"{annotation.get('id')} has no body or no target"
        return
    match = _CANVAS_REGION.fullmatch(annotation["target"])
    canvas = canvases.get(match["canvas"] if match else annotation["target"])
    if canvas is None:
        yield f"{annotation['id']} is on a canvas that is not there"
    elif match:
        x, y, width, height = map(int, match.groups()[1:])
        if not (width and height) or x + width > canvas["width"] or y + height > canvas["height"]:
            yield f"{annotation['id']} lies outside its canvas"
