"""ASCII slugs and folder names from texts in any alphabet."""

import re
from hashlib import sha256

_ASCII = str.maketrans(
    "абвгдезийклмнопрстуфыэёіїєґ", "abvgdeziiklmnoprstufyeeiieg"
) | str.maketrans(
    {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia"}
)

#: Letters that ids have never had; to change ``_ASCII`` would change ids.
_ROMANIZED = _ASCII | str.maketrans({"ё": "e", "ў": "u", "ъ": "", "ь": ""})


def to_ascii_slug(text: str) -> str:
    """Return the text in small ASCII letters, digits and single hyphens; loses information.

    >>> to_ascii_slug("Мао Цзэдун (1949)")
    'mao-tszedun-1949'
    """
    return re.sub("[^a-z0-9]+", "-", text.lower().translate(_ASCII)).strip("-")


def romanize(text: str) -> str:
    """Return a text with its Cyrillic letters in Latin ones, without diacritics; the case is kept.

    >>> romanize("ГАХК"), romanize("Ставропольского края")
    ('GAKhK', 'Stavropolskogo kraia')
    """
    return "".join(
        letter.lower().translate(_ROMANIZED).capitalize()
        if letter.isupper()
        else letter.translate(_ROMANIZED)
        for letter in text
    )


def to_folder_name(text: str) -> str:
    """Return a folder name of up to 120 characters; long and non-ASCII texts get a digest."""
    plain_text = to_ascii_slug(text)
    if text.isascii() and len(plain_text) <= 120 and plain_text:
        return plain_text
    return f"{plain_text[:112].rstrip('-')}-{sha256(text.encode()).hexdigest()[:6]}".lstrip("-")
