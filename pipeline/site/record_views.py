"""Builds the views of a record from the files of a published version."""

import json
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from pipeline.citation.cited import citation_target
from pipeline.citation.data import page_metadata
from pipeline.citation.styles import CitationStyle, format_citation
from pipeline.description.alignment import split_paragraphs
from pipeline.description.level_descriptions import LevelDescription
from pipeline.doubt.findings import WordDoubt
from pipeline.doubt.outer_marks import without_marks
from pipeline.exports.alto import read_page_text
from pipeline.exports.registry import PUBLISHED_FORMATS
from pipeline.exports.source import page_label
from pipeline.model import PageImage
from pipeline.record.date_wording import given_date
from pipeline.record.people import names_in_role, names_in_words
from pipeline.record.record import Record, RecordPage, Translation
from pipeline.record.relation_wording import relation_label
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.related_records import RelationLink
from pipeline.site.listing import Listing, ladder_of, leaf_folder
from pipeline.site.views import (
    FileView,
    LeafView,
    LineView,
    Paragraph,
    RecordView,
    TranslationView,
    WordView,
)
from pipeline.text import Box, Word
from pipeline.text_metrics import DOUBTFUL_CONFIDENCE

#: Widths in pixels of the smaller images of a page; one more image has the full width.
IMAGE_WIDTHS = (400, 800, 1600)
_CITATION_STYLES = {
    "Chicago": CitationStyle.CHICAGO, "Chicago, bibliography": CitationStyle.BIBLIOGRAPHY,
    "Wilson Center": CitationStyle.WILSON, "ГОСТ": CitationStyle.GOST,
}  # fmt: skip
_LINKED_DATA = "application/ld+json"  #: linked from the head of a page
_FILE_LABELS = (
    ("PDF with searchable text", "searchable.pdf"),
    ("Reading text as a file", "text.txt"),
    ("The record as JSON", "record.json"),
    *(
        (each.site_label, f"export/{name}")
        for name, each in PUBLISHED_FORMATS.items()
        if each.site_label
    ),
    ("How each text was made (W3C PROV)", "provenance.json"),
)


def record_view(
    folder: VersionFolder, record: Record, listing: Listing, versions: tuple[int, ...],
    relations: tuple[RelationLink, ...], levels: Mapping[str, LevelDescription],
) -> RecordView:  # fmt: skip
    """Return the view of a published version; a withdrawn one has no leaves and no files."""
    is_withdrawn = record.status == "withdrawn"
    exports = [
        (name, each) for name, each in PUBLISHED_FORMATS.items() if folder.export(name).is_file()
    ]
    schema_org = folder.export("schema-org.json")
    has_schema_org = schema_org.exists() and not is_withdrawn
    return RecordView(
        record=record,
        listing=listing,
        leaves=() if is_withdrawn else tuple(_leaf_views(record)),
        translations=() if is_withdrawn else tuple(_translation_views(record)),
        facts=tuple(_fact_rows(record)),
        relations=relations,
        ladder=ladder_of(listing.levels, listing.level_references, levels),
        citations=_format_citations(record),
        issues=tuple((issue.page, issue.detail) for issue in record.issues),
        files=() if is_withdrawn else tuple(_file_views(folder, record)),
        versions=versions,
        schema_org=_script_safe_json(schema_org.read_bytes()) if has_schema_org else "",
        metadata=page_metadata(record),
        citation_files=tuple((each.title, name) for name, each in exports if each.is_citation),
        alternate_files=tuple(
            (each.media_type, name) for name, each in exports if _LINKED_DATA in each.media_type
        ),
    )


def stated_relations(record: Record) -> tuple[RelationLink, ...]:
    """Return the relations that an older version states, without what is published of them."""
    return tuple(
        RelationLink(relation_label(one), one.as_given, url=one.url or "", is_read=False)
        for one in record.relations
    )


def _fact_rows(record: Record) -> Iterator[tuple[str, str, str]]:
    rows = [
        ("Date as given", given_date(record), ""),
        ("From", names_in_words(names_in_role(record, "creator")), ""),
        ("To", names_in_words(names_in_role(record, "recipient")), ""),
        *(("Named", name.as_given, "") for name in record.names if _is_mentioned(name.role)),
        ("Type", record.document_type, ""),
        ("Language", record.language, ""),
        ("Collection", record.collection, "collections"),
        ("Contributed by", ", ".join(record.contributors), ""),
        ("Made possible by", record.funder, ""),
        ("Rights", record.rights, ""),
        ("Note", record.note, ""),
        ("Misread letters (words)", ", ".join(map(str, record.misread_letters)), ""),
    ]
    yield from ((label, value, leads) for label, value, leads in rows if value)
    for reference in record.references:
        label = "Scanned in" if reference.relation == "held" else "Also held in"
        yield label, reference.normal or reference.as_cited, ""


def _is_mentioned(role: str) -> bool:
    return role not in {"creator", "recipient"}


def _format_citations(record: Record, leaf: str = "") -> tuple[tuple[str, str], ...]:
    target = citation_target(record, leaf)
    return tuple((name, format_citation(target, style)) for name, style in _CITATION_STYLES.items())


def _file_views(folder: VersionFolder, record: Record) -> Iterator[FileView]:
    original = ("The scan, as it arrived", f"original/{record.provenance.source.name}")
    for label, path in (original, *_FILE_LABELS):
        file = folder.data / path
        if file.is_file():
            yield FileView(label, quote(path), _format_size(file.stat().st_size))


def _format_size(number: float) -> str:
    """Return a size in bytes with its decimal unit.

    >>> _format_size(512), _format_size(1_376_900)
    ('512 B', '1.4 MB')
    """
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" or number >= 10 else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


def _script_safe_json(content: bytes) -> str:
    """Return JSON without characters that could end a script element."""
    plain = json.dumps(json.loads(content), ensure_ascii=False)
    return plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _aligned_anchors(record: Record) -> dict[int, tuple[str, ...]]:
    """Return the anchors of the translated paragraphs, by number of the aligned paragraph."""
    anchors: dict[int, tuple[str, ...]] = {}
    for translation in record.translations:
        for number, translated_number in translation.aligned:
            anchor = f"{translation.language}-{translated_number}"
            anchors[number] = (*anchors.get(number, ()), anchor)
    return anchors


def _translation_views(record: Record) -> Iterator[TranslationView]:
    for translation in record.translations:
        paragraphs = tuple(_translated_paragraphs(translation))
        yield TranslationView(translation.language, translation.translator, paragraphs)


def _translated_paragraphs(translation: Translation) -> Iterator[Paragraph]:
    originals = {translated: number for number, translated in translation.aligned}
    for number, text in enumerate(split_paragraphs(translation.text), 1):
        yield Paragraph(number, text, (f"p-{originals[number]}",) if number in originals else ())


def _leaf_views(record: Record) -> Iterator[LeafView]:
    """Yield the views of all leaves; paragraphs are numbered through the record."""
    anchors, number = _aligned_anchors(record), 1
    for page in record.pages:
        texts = enumerate(split_paragraphs(page.reading_text), number)
        paragraphs = tuple(Paragraph(at, text, anchors.get(at, ())) for at, text in texts)
        number += len(paragraphs)
        yield _leaf_view(record, page, paragraphs)


def _leaf_view(record: Record, page: RecordPage, paragraphs: tuple[Paragraph, ...]) -> LeafView:
    image = page.image
    return LeafView(
        number=page.number,
        label=page_label(page),
        name=leaf_folder(page),
        state=page.state.value,
        detail=page.detail,
        width=image.width if image else 0,
        height=image.height if image else 0,
        images=tuple(page_image_files(page)),
        paragraphs=paragraphs,
        citations=_format_citations(record, page.leaf or ""),
    )


def page_image_files(page: RecordPage) -> Iterator[tuple[int, str]]:
    """Yield the images of a page: width in pixels, and path below the version's folder."""
    if page.image is None:
        return
    for width in IMAGE_WIDTHS:
        if width < page.image.width:
            yield width, f"pages/{page.number:04d}-{width}.jpg"
    yield page.image.width, f"pages/{page.number:04d}.jpg"


def line_views(folder: VersionFolder, page: RecordPage) -> Iterator[LineView]:
    """Yield the lines of a page from the ALTO of a published version, if there is one."""
    alto = folder.alto(page.number)
    if page.image is None or not alto.exists():
        return
    doubts = {(doubt.line, doubt.word): doubt for doubt in page.doubts or ()}
    judged = page.doubts is not None
    for number, line in enumerate(read_page_text(alto.read_bytes()).lines(), 1):
        words = tuple(
            _word_view(word, doubts.get((number, place)), judged=judged, image=page.image)
            for place, word in enumerate(line.words, 1)
        )
        yield LineView(number, words, _box_in_percent(line.box, page.image))


def _word_view(word: Word, doubt: WordDoubt | None, *, judged: bool, image: PageImage) -> WordView:
    """Return the view of a word; where a record has no doubts, its confidence decides."""
    is_doubtful = doubt is not None or (not judged and word.confidence < DOUBTFUL_CONFIDENCE)
    suggestion = without_marks(doubt.suggestions[0]) if doubt and doubt.suggestions else ""
    return WordView(word.text, is_doubtful, suggestion, _box_in_percent(word.box, image))


def _box_in_percent(box: Box, image: PageImage) -> str:
    """Return left, top, width and height of a box, in per cent of the page image."""
    width, height = image.width, image.height
    shares = (box.x / width, box.y / height, box.width / width, box.height / height)
    return " ".join(f"{100 * share:.2f}" for share in shares)
