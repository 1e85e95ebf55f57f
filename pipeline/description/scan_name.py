"""What a scan's file name spells, without its suffix and the marks of copies and images."""

import re
import unicodedata

from pipeline.cleaning.scripts import to_one_script
from pipeline.references import FileNameReading, read_file_name

_SUFFIXES = re.compile(
    r"(?:\.(?:pdf|tiff?|jpe?g|jpe|jfif|png|jp2|j2k|jpf|jpx|jpm|webp|bmp|gif|hei[cf]|djvu?))+\Z",
    re.IGNORECASE,
)
_COPY = r"(?:копия|копія|копие|copy|kopie|kopia|kopi|copie|copia|kopio|másolat)"
_COPY_BEFORE = re.compile(
    rf"{_COPY}(?: ?\([0-9]{{1,2}}\))?(?: (?:of|von|de|di|av|af))?[ _-]+", re.IGNORECASE
)
_COPIES_AFTER = re.compile(
    rf"(?:[ _.-]*+(?:[(\[] ?(?:{_COPY}[ _]?)?[0-9]{{0,2}} ?[)\]]"
    rf"|(?<![^\W\d_]){_COPY}[ _.-]?+[0-9]{{0,2}}+|~[0-9]))++\Z",
    re.IGNORECASE,
)
_IMAGE_WORD = r"(?:page|pg|image|img|scan|part|кадр|скан|изображение|страница|часть|seite|strana)"
_IMAGE_AFTER = re.compile(
    rf"(?:[ _.,-]++(?:{_IMAGE_WORD}[ _.-]?[^\W_]{{1,8}}|[0-9]{{2,4}} ?dpi))++\Z",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_IMAGE_OF_FILE = "It counts the images of a file, but names no leaf."


def read_scan_name(name: str) -> FileNameReading:
    """Return the reference that the file name of a scan spells, or why it is in doubt.

    Raises:
        ValueError: the reference cannot be right, such as one with leaves that run backward.

    >>> read_scan_name("RGASPI_f558_op11_d337_l112 - Копия (2).pdf").reference.normal
    'RGASPI, f. 558, op. 11, d. 337, l. 112'
    """
    composed = unicodedata.normalize("NFC", name)
    words = _SUFFIXES.sub("", _WORD.sub(lambda match: to_one_script(match[0]), composed))
    document = _IMAGE_AFTER.sub("", _COPIES_AFTER.sub("", words))
    if document != _COPIES_AFTER.sub("", words):
        reading = _read_without_copies(document)
        if reading.reference is None or reading.reference.leaves:
            return reading
        return FileNameReading(doubt=_IMAGE_OF_FILE)
    return _read_without_copies(words)


def _read_without_copies(name: str) -> FileNameReading:
    """Return what a name spells; a number in brackets may also be part of a signature."""
    reading = read_file_name(name)
    if reading.reference is not None:
        return reading
    plain = _COPY_BEFORE.sub("", _COPIES_AFTER.sub("", name), count=1)
    return reading if plain == name else read_file_name(plain)
