"""Translations that came with a scan: ``NAME.en.txt`` beside ``NAME.pdf``, or in its sidecar."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.description.languages import is_language_tag, normalize_language_tag
from pipeline.description.nested_fields import GivenTranslation
from pipeline.description.text_file import CONTROL_CHARACTER, decode_utf8, read_bounded
from pipeline.errors import DescriptionError

SIDECAR_TEXT = "sidecar"  #: origin of a text that stands in a sidecar
_MAX_BYTES = 16 * 1024 * 1024
_SAVE_ADVICE = "Save the translation as plain text in UTF-8."
NOT_LANGUAGES = ("gt", "reason", "txt")  #: ``NAME.gt.txt`` is a transcription


@dataclass(frozen=True, slots=True)
class SuppliedTranslation:
    """A translation and where it lies."""

    language: str  #: BCP 47
    translator: str | None
    text: str
    origin: str  #: ``sidecar``, or the name of the file
    path: Path | None = None  #: None where it stands in the sidecar
    sha256: str = ""  #: of the file as it was read


def translation_files(scan: Path) -> dict[str, Path]:
    """Return the files ``NAME.LANGUAGE.txt`` beside a scan, by language, in order.

    Taken for a language is what has a code of two letters; others are named in the sidecar.
    """
    found: dict[str, Path] = {}
    try:
        with os.scandir(scan.parent) as there:  # thousands lie there: few are looked at twice
            stem = scan.stem
            names = sorted(entry.name for entry in there if entry.name.startswith(stem))
    except OSError:
        return found
    for name in names:
        tag = language_part(name, scan.stem)
        if tag is not None and is_two_letter_code(tag) and scan.with_name(name).is_file():
            found.setdefault(normalize_language_tag(tag), scan.with_name(name))
    return found


def is_two_letter_code(tag: str) -> bool:
    """Return whether a part of a name is a language: ``old`` and ``new`` are codes of three.

    >>> [is_two_letter_code(tag) for tag in ("en", "eng", "zh-Hant", "old", "notes")]
    [True, True, True, False, False]
    """
    return is_language_tag(tag) and len(normalize_language_tag(tag).partition("-")[0]) == 2


def language_part(name: str, stem: str) -> str | None:
    """Return what stands where a translation names its language; None where it is no such name.

    >>> language_part("letter.en.txt", "letter"), language_part("letter.gt.txt", "letter")
    ('en', None)
    """
    part = name[len(stem) + 1 : -4]
    fits = name.startswith(f"{stem}.") and name.lower().endswith(".txt") and part
    return part if fits and "." not in part and part.lower() not in NOT_LANGUAGES else None


def find_translations(
    scan: Path, given: Sequence[GivenTranslation]
) -> tuple[SuppliedTranslation, ...]:
    """Return what lies beside a scan and what its description gives, by language.

    Raises:
        DescriptionError: one is missing, twice there, or no text in UTF-8.
    """
    beside = translation_files(scan)
    found = list[SuppliedTranslation]()
    for one in given:
        if one.text is not None:
            told = SuppliedTranslation(one.language, one.translator, one.text, SIDECAR_TEXT)
        elif one.file is not None:
            told = read_translation(scan.with_name(one.file), one.language, one.translator)
        elif one.language in beside:
            told = read_translation(beside.pop(one.language), one.language, one.translator)
        else:
            msg = (
                f"The description of {scan.name} names a translation ({one.language}) without its"
                f" text. Put it into {scan.stem}.{one.language}.txt beside the scan."
            )
            raise DescriptionError(msg, file=scan.name, code="lost-translation")
        found.append(told)
    named = {one.path for one in found}
    rest = [(tag, path) for tag, path in beside.items() if path not in named]
    found.extend(read_translation(path, tag, None) for tag, path in rest)
    _refuse_duplicates(found, scan)
    return tuple(sorted(found, key=lambda one: one.language))


def read_translation(path: Path, language: str, translator: str | None) -> SuppliedTranslation:
    """Read a translation from its file.

    Raises:
        DescriptionError: it is no plain text, or empty.
        UnreadableError: the operating system does not let us read it.
    """
    content = read_bounded(path, _MAX_BYTES, f"The translation {path.name}")
    text = decode_translation(content, path.name)
    sha256 = hashlib.sha256(content).hexdigest()
    return SuppliedTranslation(language, translator, text, path.name, path, sha256)


def decode_translation(content: bytes, name: str) -> str:
    """Return the bytes of a translation as text: lines end in a newline, nothing stands around.

    A form feed between pages becomes an empty line.

    Raises:
        DescriptionError: it is no plain text in UTF-8, or empty.
    """
    text = decode_utf8(content, name, _SAVE_ADVICE).replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\f", "\n\n").strip()
    odd = CONTROL_CHARACTER.search(text)
    if odd or not text or len(content) > _MAX_BYTES:
        line = text.count("\n", 0, odd.start()) + 1 if odd else 1
        problem = "holds a control character" if odd else "is empty" if not text else "is too large"
        msg = f"{name}, line {line} {problem}. {_SAVE_ADVICE}"
        raise DescriptionError(msg, file=name, line=line, code="bad-translation")
    return text


def _refuse_duplicates(found: Sequence[SuppliedTranslation], scan: Path) -> None:
    languages = [one.language for one in found]
    twice = sorted({tag for tag in languages if languages.count(tag) > 1})
    if twice:
        msg = f"{scan.name} has two translations in {twice[0]}. Keep one of the two."
        raise DescriptionError(msg, file=scan.name, code="translation-twice")
