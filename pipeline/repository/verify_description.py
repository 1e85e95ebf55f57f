"""Checks of what people said of a document: languages, dates, forms of names, translations."""

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
    """Dates are EDTF, languages BCP 47; Latin forms hold no Cyrillic."""
    if record.date is not None and not is_edtf(record.date):
        yield _record_finding(f"the date {record.date!r} is not EDTF")
    forms = [*record.titles, *(form for name in record.names for form in name.forms)]
    told = [record.language, *(form.language for form in forms)]
    for tag in {*told, *(one.language for one in record.translations)}:
        if tag is not None and not is_language_tag(tag):
            yield _record_finding(f"{tag!r} is no language of BCP 47")
    for form in forms:
        if form.scheme in SCHEMES and has_cyrillic(form.value):
            yield _record_finding(f"{form.value!r} is no transliteration by {form.scheme}")


def check_translations(folder: VersionFolder, record: Record) -> Iterator[Finding]:
    """A translation is the text of the file that came with it; its pairs name paragraphs."""
    ours = len(split_paragraphs(record.reading_text))
    for one in record.translations:
        file = folder.translation(one.origin)
        if one.origin != SIDECAR_TEXT and (problem := _translation_problem(file, one.text)):
            yield Finding(folder.name_of(file), Damage.CHANGED, problem)
        theirs = len(split_paragraphs(one.text))
        if not all(1 <= a <= ours and 1 <= b <= theirs for a, b in one.aligned):
            yield _record_finding(f"the translation ({one.language}) is paired with no paragraph")


def _translation_problem(file: Path, text: str) -> str:
    """Return why a file is not the text in the record; empty where it is."""
    try:
        same = file.is_file() and decode_translation(file.read_bytes(), file.name) == text
    except DescriptionError as error:
        return str(error)
    return "" if same else "is not the translation of record.json"


def _record_finding(detail: str) -> Finding:
    return Finding(RECORD_FILE, Damage.CHANGED, detail)
