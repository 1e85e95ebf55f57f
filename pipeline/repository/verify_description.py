"""Checks the description in a record: dates, languages, forms of names, translations."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.dates.edtf import is_edtf
from pipeline.description.alignment import split_paragraphs
from pipeline.description.languages import is_language_tag
from pipeline.description.translations import SIDECAR_TEXT, decode_translation
from pipeline.description.transliteration import SCHEMES, has_cyrillic
from pipeline.errors import DescriptionError
from pipeline.record.record import Record
from pipeline.record.version_folder import RECORD_FILE, VersionFolder
from pipeline.repository.bag import Damage, Finding


def check_description(_: VersionFolder, record: Record) -> Iterator[Finding]:
    """6b: the date is EDTF, languages are BCP 47, transliterations have no Cyrillic letter."""
    if record.date is not None and not is_edtf(record.date):
        yield _record_finding(f"the date {record.date!r} is not EDTF")
    forms = [*record.titles, *(form for name in record.names for form in name.forms)]
    tags = [record.language, *(form.language for form in forms)]
    for tag in {*tags, *(translation.language for translation in record.translations)}:
        if tag is not None and not is_language_tag(tag):
            yield _record_finding(f"{tag!r} is no language of BCP 47")
    for form in forms:
        if form.scheme in SCHEMES and has_cyrillic(form.value):
            yield _record_finding(f"{form.value!r} is no transliteration by {form.scheme}")


def check_translations(folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """6a: a translation is the text of its file; its pairs name paragraphs, from 1."""
    paragraphs = len(split_paragraphs(record.reading_text))
    for translation in record.translations:
        file, text = folder.translation(translation.origin), translation.text
        if translation.origin != SIDECAR_TEXT and (problem := _translation_problem(file, text)):
            yield Finding(folder.name_of(file), Damage.CHANGED, problem)
        translated = len(split_paragraphs(text))
        pairs = translation.aligned
        if not all(1 <= a <= paragraphs and 1 <= b <= translated for a, b in pairs):
            detail = f"the translation ({translation.language}) is paired with no paragraph"
            yield _record_finding(detail)


def _translation_problem(file: Path, text: str) -> str:
    """Return the reason if a file does not have the text in the record, otherwise nothing."""
    try:
        is_same = file.is_file() and decode_translation(file.read_bytes(), file.name) == text
    except DescriptionError as error:
        return str(error)
    return "" if is_same else "is not the translation of record.json"


def _record_finding(detail: str) -> Finding:
    return Finding(RECORD_FILE, Damage.CHANGED, detail)
