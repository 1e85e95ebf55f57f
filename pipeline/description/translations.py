"""Translations supplied with a scan: ``NAME.en.txt`` beside ``NAME.pdf``, or in its sidecar."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.description.languages import is_language_tag, normalize_language_tag
from pipeline.description.nested_fields import GivenTranslation
from pipeline.description.text_file import CONTROL_CHARACTER, decode_utf8, read_bounded
from pipeline.errors import DescriptionError
from pipeline.inbox.name_forms import files_of_stem, name_key, rest_of_name, same_names

SIDECAR_TEXT = "sidecar"  #: origin of a text in a sidecar
_MAX_BYTES = 16 * 1024 * 1024
_SAVE_ADVICE = "Save the translation as plain text in UTF-8."
NOT_LANGUAGES = ("gt", "reason", "txt")  #: ``NAME.gt.txt`` is a transcription


@dataclass(frozen=True, slots=True)
class SuppliedTranslation:
    """A translation and its origin."""

    language: str  #: BCP 47
    translator: str | None
    text: str
    origin: str  #: ``sidecar``, or the name of the file
    path: Path | None = None  #: None for a text in the sidecar
    sha256: str = ""  #: of the file; empty for a text in the sidecar


def translation_files(scan: Path) -> dict[str, Path]:
    """Return the files ``NAME.LANGUAGE.txt`` beside a scan, by language, in order.

    Only codes of two letters count as languages; files of others are named in the sidecar.
    """
    paths: dict[str, Path] = {}
    for name in files_of_stem(scan.parent, scan.stem):  # of thousands few; only they are checked
        tag = language_part(name, scan.stem)
        if tag is not None and is_two_letter_code(tag) and scan.with_name(name).is_file():
            paths.setdefault(normalize_language_tag(tag), scan.with_name(name))
    return paths


def is_two_letter_code(tag: str) -> bool:
    """Return whether a tag has a code of two letters: ``old`` and ``new`` are valid with three.

    >>> [is_two_letter_code(tag) for tag in ("en", "eng", "zh-Hant", "old", "notes")]
    [True, True, True, False, False]
    """
    return is_language_tag(tag) and len(normalize_language_tag(tag).partition("-")[0]) == 2


def language_part(name: str, stem: str) -> str | None:
    """Return the language part of a translation's file name; None for other file names.

    >>> language_part("letter.en.txt", "letter"), language_part("letter.gt.txt", "letter")
    ('en', None)
    """
    rest = rest_of_name(name, stem)
    part = rest[1:-4]
    fits = rest != name_key(name) and rest[:1] == "." and rest.lower().endswith(".txt") and part
    return part if fits and "." not in part and part.lower() not in NOT_LANGUAGES else None


def find_translations(
    scan: Path, given: Sequence[GivenTranslation]
) -> tuple[SuppliedTranslation, ...]:
    """Return the translations beside a scan and in its description, sorted by language.

    Raises:
        DescriptionError: one is missing, is there twice, or is not plain text in UTF-8.
    """
    beside = translation_files(scan)
    supplied = list[SuppliedTranslation]()
    for item in given:
        language, translator = item.language, item.translator
        if item.text is not None:
            translation = SuppliedTranslation(language, translator, item.text, SIDECAR_TEXT)
        elif item.file is not None:
            file = next(same_names(scan.parent, item.file), scan.with_name(item.file))
            translation = read_translation(file, language, translator)
        elif language in beside:
            translation = read_translation(beside.pop(language), language, translator)
        else:
            msg = (
                f"The description of {scan.name} names a translation ({language}) without its"
                f" text. Put it into {scan.stem}.{language}.txt beside the scan."
            )
            raise DescriptionError(msg, file=scan.name, code="lost-translation")
        supplied.append(translation)
    named = {translation.path for translation in supplied}
    rest = [(tag, path) for tag, path in beside.items() if path not in named]
    supplied.extend(read_translation(path, tag, None) for tag, path in rest)
    _refuse_duplicates(supplied, scan)
    return tuple(sorted(supplied, key=lambda translation: translation.language))


def read_translation(path: Path, language: str, translator: str | None) -> SuppliedTranslation:
    """Read a translation from its file.

    Raises:
        DescriptionError: it is not plain text in UTF-8, is empty or larger than 16 MiB.
        UnreadableError: the operating system does not let us read it.
    """
    content = read_bounded(path, _MAX_BYTES, f"The translation {path.name}")
    text = decode_translation(content, path.name)
    sha256 = hashlib.sha256(content).hexdigest()
    return SuppliedTranslation(language, translator, text, path.name, path, sha256)


def decode_translation(content: bytes, name: str) -> str:
    """Return the bytes of a translation as stripped text whose lines end in a newline.

    A form feed between pages becomes an empty line.

    Raises:
        DescriptionError: it is not plain text in UTF-8, is empty or larger than 16 MiB.
    """
    text = decode_utf8(content, name, _SAVE_ADVICE).replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\f", "\n\n").strip()
    match = CONTROL_CHARACTER.search(text)
    if match or not text or len(content) > _MAX_BYTES:
        line = text.count("\n", 0, match.start()) + 1 if match else 1
        size = "is too large" if text else "is empty"
        problem = "holds a control character" if match else size
        msg = f"{name}, line {line} {problem}. {_SAVE_ADVICE}"
        raise DescriptionError(msg, file=name, line=line, code="bad-translation")
    return text


def _refuse_duplicates(translations: Sequence[SuppliedTranslation], scan: Path) -> None:
    languages = [translation.language for translation in translations]
    duplicates = sorted({tag for tag in languages if languages.count(tag) > 1})
    if duplicates:
        msg = f"{scan.name} has two translations in {duplicates[0]}. Keep one of the two."
        raise DescriptionError(msg, file=scan.name, code="translation-twice")
