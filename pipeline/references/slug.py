"""Names of folders from names of things, whatever their letters."""

import re
from hashlib import sha256

_ASCII = str.maketrans(
    "абвгдезийклмнопрстуфыэёіїєґ", "abvgdeziiklmnoprstufyeeiieg"
) | str.maketrans(
    {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia"}
)


def to_ascii_slug(text: str) -> str:
    """Return small ASCII letters, digits and single hyphens; loses information.

    >>> to_ascii_slug("Мао Цзэдун (1949)")
    'mao-tszedun-1949'
    """
    return re.sub("[^a-z0-9]+", "-", text.lower().translate(_ASCII)).strip("-")


def to_folder_name(text: str) -> str:
    """Return what may name a folder; a digest makes up for what is cut or is not ASCII."""
    plain_text = to_ascii_slug(text)
    if text.isascii() and len(plain_text) <= 120 and plain_text:
        return plain_text
    return f"{plain_text[:112].rstrip('-')}-{sha256(text.encode()).hexdigest()[:6]}".lstrip("-")
