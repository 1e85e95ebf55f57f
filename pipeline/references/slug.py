"""Names of folders from names of things, whatever their letters."""

import re

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
