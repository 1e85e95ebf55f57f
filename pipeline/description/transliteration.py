"""Transliterates Russian, by ALA-LC (2012) or BGN/PCGN (1947, without its optional dots).

The tables are ours because iuliia 0.13 leaves ё and Ё Cyrillic in both schemes. Names that are not
Russian but only written in Russian (Мао Цзэ-дун) have Latin forms of their own; see ``is_russian``.
"""

import re
import unicodedata
from typing import Literal, TypeAlias

TransliterationScheme: TypeAlias = Literal["ala-lc", "bgn-pcgn"]

_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_LATIN: dict[TransliterationScheme, str] = {
    "ala-lc": "a b v g d e ë zh z i ĭ k l m n o p r s t u f kh t͡s ch sh shch ʺ y ʹ ė i͡u i͡a",
    "bgn-pcgn": "a b v g d e ë zh z i y k l m n o p r s t u f kh ts ch sh shch ” y ’ e yu ya",
}
_OLD_LETTERS = {"і": "ī", "ѣ": "i͡e", "ѳ": "ḟ", "ѵ": "ẏ"}  # ALA-LC, of texts before 1918
_TABLES: dict[TransliterationScheme, dict[str, str]] = {
    scheme: dict(zip(_CYRILLIC, letters.split(), strict=True)) for scheme, letters in _LATIN.items()
}
SCHEMES = tuple(_TABLES)
_LETTERS = re.compile(r"[^\W\d_]+")
_Y_AFTER = frozenset("аеёиоуыэюяйъь")  # BGN/PCGN: е is ye after these and where a word begins
_CHINESE_NAME = re.compile(r"\b[А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+-[а-яё]+\b")  # Мао Цзэ-дун, Чжоу Энь-лай


def is_russian(text: str) -> bool:
    """Return whether a text has Cyrillic letters, all of them Russian, and is no Chinese name.

    >>> [is_russian(text) for text in ("Филиппов", "Filippov", "Київ", "Мао Цзэ-дун")]
    [True, False, False, False]
    """
    letters = {c.lower() for c in unicodedata.normalize("NFC", text) if _is_cyrillic(c)}
    return bool(letters) and letters <= set(_CYRILLIC) and not _CHINESE_NAME.fullmatch(text.strip())


def has_cyrillic(text: str) -> bool:
    """Return whether any letter of a text is Cyrillic."""
    return any(map(_is_cyrillic, text))


def transliterate(text: str, scheme: TransliterationScheme) -> str:
    """Return a Russian text in Latin letters; other characters stay as they are.

    Raises:
        ValueError: the scheme is unknown.

    >>> transliterate("Щёлоков, Юрий", "ala-lc"), transliterate("Елена Съездова", "bgn-pcgn")
    ('Shchëlokov, I͡Uriĭ', 'Yelena S”yezdova')
    """
    if scheme not in _TABLES:
        msg = f"{scheme} is no scheme that Opis knows. Known are: {', '.join(_TABLES)}"
        raise ValueError(msg)
    return _LETTERS.sub(
        lambda word: _transliterate_word(word[0], scheme), unicodedata.normalize("NFC", text)
    )


def _transliterate_word(word: str, scheme: TransliterationScheme) -> str:
    table = _TABLES[scheme] | (_OLD_LETTERS if scheme == "ala-lc" else {})
    letters, previous = list[str](), ""
    all_capitals = len(word) > 1 and word.isupper()
    for character in word:
        low = character.lower()
        latin = table.get(low, character)
        if scheme == "bgn-pcgn" and low in "её" and (not previous or previous in _Y_AFTER):
            latin = f"y{latin}"
        is_capital = low != character and low in table
        letters.append(_capitalize_latin(latin, all_capitals) if is_capital else latin)
        previous = low
    return "".join(letters)


def _capitalize_latin(latin: str, all_capitals: bool) -> str:
    """Return the capital of a letter: all of it in СССР and under a tie (T͡S), else the first."""
    return latin.upper() if all_capitals or "͡" in latin else latin[:1].upper() + latin[1:]


def _is_cyrillic(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CYRILLIC")
