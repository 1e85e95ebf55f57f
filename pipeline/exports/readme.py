"""README.txt of a record, for a reader with nothing but a text editor."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from pipeline.citation.cited import citation_target
from pipeline.citation.pin import pinned_citation
from pipeline.citation.styles import CitationStyle, format_citation
from pipeline.description.rights import format_rights
from pipeline.exports.registry import PUBLISHED_FORMATS
from pipeline.model import Model, Origin
from pipeline.ocr.second_engine import STEP_NAME
from pipeline.record.date_wording import given_date, record_date_in_words
from pipeline.record.level_context import ContextLevel
from pipeline.record.people import names_in_role, names_in_words
from pipeline.record.provenance import Provenance
from pipeline.record.record import Record
from pipeline.record.relation_wording import relation_label
from pipeline.record.review_wording import review_sentence
from pipeline.wording import noun_form

_WIDTH = 96  #: characters in a line
_NAME_WIDTH = 24  #: of the column of file names
_TEXT_MEANING = """\
the reading text: stamps and leaf numbers left out, broken words joined; a form feed \
stands between pages"""
_PDF_MEANING = """\
the scan's own pages with an invisible text layer; made to the rules of PDF/A-2u where the scan \
lets it, but verified by nobody"""
_EXPORTS_MEANING = "the same for other programs: citations ({}), {}".format(
    ", ".join(form.suffix for form in PUBLISHED_FORMATS.values() if form.is_citation),
    ", ".join(form.title for form in PUBLISHED_FORMATS.values() if not form.is_citation),
)
_EXTRACT_MEANING = "the pages of this document, their images as they are stored in its scan"
_RELATIONS_NOTE = """\
What it is related to may be published here by now, or not yet: `opis show` and the reading
room tell."""
_FILE_MEANINGS = {
    "record.json": "everything known of the document, with both texts of every page",
    "text.txt": _TEXT_MEANING,
    "original/": "the scan, bit for bit as it arrived",
    "sidecar/": "the description that came with it",
    "translation/": "translations that came with it, as they came",
    "searchable.pdf": _PDF_MEANING,
    "pages/": "ALTO 4.4: every word of a page with its place, every line with what it is",
    "export/": _EXPORTS_MEANING,
    "changes.json": "what differs from the version before, and why",
    "provenance.json": "how each text came from the scan, as W3C PROV",
    "../manifest-sha256.txt": "the digest of every file (BagIt 1.0, RFC 8493)",
}


def to_readme(record: Record, context: Sequence[ContextLevel] = ()) -> str:
    """Return the text: the document, its original, its processing, its citation and its files.

    Args:
        record: the version.
        context: the levels of the archive above it.
    """
    if record.status == "withdrawn":
        return _withdrawn_readme(record, context)
    parts = [
        f"{record.name}\n{'=' * min(len(record.name), _WIDTH)}",
        _document_section(record),
        _original_section(record, context),
        _processing_section(record),
        _issues_section(record),
        f"HOW TO CITE IT\n\n{pinned_citation(record)}",
        f"With every archive that holds it:\n{_cite(record, CitationStyle.WILSON)}",
        f"THE FILES\n\n{_list_files(record)}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _list_files(record: Record) -> str:
    """Return the files and folders that this version has, with their meanings."""
    has_index_rows = any("index.csv" in origin for origin in record.origins.values())
    is_present = {
        "sidecar/": has_index_rows or record.provenance.sidecar is not None,
        "translation/": any(translation.origin != "sidecar" for translation in record.translations),
        "changes.json": record.version > 1,
    }
    meanings, lines = _FILE_MEANINGS, list[str]()
    if record.extracted_from is not None:
        meanings = meanings | {"original/": _EXTRACT_MEANING}
    for name, meaning in meanings.items():
        if is_present.get(name, True):
            first, *rest = wrap(meaning, _WIDTH - _NAME_WIDTH)
            lines += [f"{name:<{_NAME_WIDTH}}{first}", *(" " * _NAME_WIDTH + line for line in rest)]
    return "\n".join(lines)


def _withdrawn_readme(record: Record, context: Sequence[ContextLevel]) -> str:
    notice = f"This record was withdrawn with version {record.version}: {record.status_reason}"
    location = "Earlier versions lie beside this folder, as they were published."
    head = f"{record.name}\n{'=' * min(len(record.name), _WIDTH)}"
    return (
        "\n\n".join(
            [head, notice, location, _document_section(record), _original_section(record, context)]
        )
        + "\n"
    )


def _cite(record: Record, style: CitationStyle) -> str:
    return format_citation(citation_target(record), style)


def _document_section(record: Record) -> str:
    rows = {
        "Date": record_date_in_words(record, "en"),
        "Date as given": given_date(record),
        "From": names_in_words(names_in_role(record, "creator")),
        "To": names_in_words(names_in_role(record, "recipient")),
        "Kind": record.document_type,
        "Language": record.language,
        "Pages": str(len(record.pages)),
        "Contributed by": ", ".join(record.contributors),
        "Made possible by": record.funder,
        **_relation_rows(record),
        "Rights": format_rights(record.rights),
        "Record": f"{record.id}, version {record.version}",
    }
    table = "\n".join(f"{name + ':':<18}{value}" for name, value in rows.items() if value)
    texts = [text for text in (record.summary, record.note) if text]
    if record.relations:
        texts.append(_RELATIONS_NOTE)
    return "\n\n".join(["WHAT THIS IS", table, *texts])


def _relation_rows(record: Record) -> dict[str, str]:
    """Return the related documents by what the relation is called."""
    rows: dict[str, str] = {}
    for relation in record.relations:
        label = relation_label(relation)
        rows[label] = "; ".join(filter(None, [rows.get(label), relation.as_given]))
    return rows


def _original_section(record: Record, context: Sequence[ContextLevel]) -> str:
    if not record.references:
        return "WHERE THE ORIGINAL LIES\n\nNot known: no archival reference came with the scan."
    lines = [f"This scan was made from: {record.references[0].as_cited}"]
    lines += [f"Also held: {ref.as_cited}" for ref in record.references[1:]]
    lines += [f"There, {level.summary}" for level in context if level.summary]
    standing = record.references[0].standing
    lines.append(f"(So says the {standing}; nobody has checked it against the leaves.)")
    return "WHERE THE ORIGINAL LIES\n\n" + "\n".join(lines)


def _languages_read(record: Record) -> str:
    """Return the languages that its pages were read in, or might have been if none has text."""
    used = dict.fromkeys(code for page in record.pages for code in page.languages)
    return "+".join(used) or record.provenance.plans["read"]["languages"]


def _processing_section(record: Record) -> str:
    log = record.provenance
    engine, opis = log.agents["engine"], log.agents["opis"]
    drawn_count = sum(p.image is not None and p.image.origin is Origin.DRAWN for p in record.pages)
    lines = [
        *_arrival_lines(record),
        f"{engine.name} {engine.version} read it, with {_languages_read(record)}.",
        *_typewriter_models(log),
        *_second_engine_lines(log),
        f"Opis {opis.version} cleaned the text and made this record.",
        review_sentence(record),
    ]
    if drawn_count:
        lines.append(
            f"{drawn_count} {noun_form(drawn_count, 'page')} had to be drawn, because no single "
            "image was the page."
        )
    return "HOW IT WAS MADE\n\n" + "\n".join(lines)


def _arrival_lines(record: Record) -> Iterator[str]:
    """Yield how the scan came: as a file, or out of another that holds several documents."""
    source, whole = record.provenance.source, record.extracted_from
    size, moment = f"({source.size:,} bytes)", f"{source.arrived:%d %B %Y, %H:%M %Z}"
    if whole is None:
        yield f"{source.name} {size} arrived on {moment}."
        yield f"Its SHA-256 is {source.sha256}."
        return
    of_record = "" if whole.record is None else f", which is the record {whole.record}"
    pages = noun_form(1 if whole.pages.isdigit() else 2, "page")
    yield f"{source.name} {size} is {pages} {whole.pages} of {whole.scan}{of_record}."
    yield f"Opis took the pages out on {moment}, as they are stored."
    yield f"The SHA-256 of what it took is {source.sha256}."
    yield f"The SHA-256 of {whole.scan} is {whole.sha256}."


def _typewriter_models(log: Provenance) -> Iterator[str]:
    """Yield a sentence for each typewriter model that read a page."""
    recognitions = [
        step.settings
        for activity in log.activities
        if activity.plan == "read"
        for step in activity.steps
        if step.name == "recognize" and step.settings.get("model") == Model.TYPEWRITER
    ]
    for code in sorted({code for step in recognitions for code in step["languages"].split("+")}):
        digest = log.agents["engine"].details.get(f"model-{code}-{Model.TYPEWRITER}-sha256")
        if digest is not None:
            yield f"Opis's typewriter model for {code} read it; its SHA-256 is {digest}."


def _second_engine_lines(log: Provenance) -> Iterator[str]:
    """Yield a sentence on the second engine, if it read a line of the record."""
    steps = [step for done in log.activities for step in done.steps if step.name == STEP_NAME]
    if steps:
        lines = sum(int(step.settings["lines"].partition(" ")[0]) for step in steps)
        replaced = sum(int(step.settings["replaced"]) for step in steps)
        yield (
            f"{steps[0].settings['model']} read {lines:,} {noun_form(lines, 'doubtful line')} "
            f"again: {replaced:,} {noun_form(replaced, 'word')} as it read "
            f"{noun_form(replaced, 'it', 'them')}."
        )


def _issues_section(record: Record) -> str:
    if not record.issues:
        return ""
    return "WHAT TO LOOK AT\n\n" + "\n".join(f"- {issue.detail}" for issue in record.issues)
