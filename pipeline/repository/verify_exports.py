"""Checks the exports, ALTO and provenance of a version, by rules without schemas or network."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.exports.alto import NAMESPACE as ALTO
from pipeline.exports.alto import broken_alto_rules, page_size, page_text_of
from pipeline.exports.registry import ORIGINAL_EXPORTS, PUBLISHED_FORMATS
from pipeline.exports.xml_rules import parse_root
from pipeline.record.provenance import broken_prov_rules
from pipeline.record.record import Record, RecordPage
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.bag import Damage, Finding
from pipeline.text import PageText


def check_exports(folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """7: every export of the version is about this record, and the original formats are there.

    The exports are those in the version's folder, not those of the present Opis: an older Opis had
    fewer formats, and the manifest was compared with the folder already. An unknown format has no
    rules.
    """
    for name in sorted(ORIGINAL_EXPORTS | folder.export_names()):
        file = folder.export(name)
        content = file.read_bytes()
        if name in PUBLISHED_FORMATS:
            for detail in PUBLISHED_FORMATS[name].broken_rules(content, record):
                yield Finding(folder.name_of(file), Damage.MALFORMED, detail)


def check_alto(folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """4, 5 and 7: the ALTO files of a page are about it and have its text and line roles.

    A page with corrected words has two: one as people corrected it, one as it was read.
    """
    for page in record.pages:
        try:
            text = page.corrected_text
        except ValueError:  # the check of the pages tells
            continue
        if page.has_corrected_words:
            yield from _check_alto_file(
                folder, folder.alto_as_read(page.number), page, page.raw_text
            )
        yield from _check_alto_file(folder, folder.alto(page.number), page, text)


def _check_alto_file(
    folder: VersionFolder, file: Path, page: RecordPage, expected: str
) -> Iterator[Finding]:
    """Check one ALTO file of a page, which has the ``expected`` text."""
    try:
        root = parse_root(file.read_bytes(), f"{{{ALTO}}}alto")
        text = page_text_of(root)
        malformed = [*broken_alto_rules(root, page), *_words_outside_page(text, page)]
        changed = list(_alto_differences(text, expected, page_size(root), page))
    except ValueError as error:
        malformed, changed = [str(error)], []
    name = folder.name_of(file)
    yield from (Finding(name, Damage.MALFORMED, detail) for detail in malformed)
    yield from (Finding(name, Damage.CHANGED, detail) for detail in changed)


def _words_outside_page(text: PageText, page: RecordPage) -> Iterator[str]:
    """Yield a sentence for each word outside the page image."""
    width, height = (page.image.width, page.image.height) if page.image else (0, 0)
    for word in text.words():
        if word.box.right > width or word.box.bottom > height:
            yield f"{word.text!r} lies outside the page of {width}x{height}"


def _alto_differences(
    text: PageText, expected: str, size: tuple[int, int], page: RecordPage
) -> Iterator[str]:
    """Yield the differences of an ALTO file, its page ``size`` in pixels, from record.json."""
    if text.raw_text != expected:
        yield "its words are not those of record.json"
    if tuple(line.role for line in text.lines()) != page.line_roles:
        yield "its roles are not those of record.json"
    if page.image is not None and size != (page.image.width, page.image.height):
        width, height = page.image.width, page.image.height
        yield f"is of a page of {size[0]}x{size[1]} pixels, the image has {width}x{height}"


def check_provenance(folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """7: ``provenance.json`` agrees with the record."""
    file = folder.provenance_file
    for detail in broken_prov_rules(file.read_bytes(), record.provenance):
        yield Finding(folder.name_of(file), Damage.MALFORMED, detail)
