"""Word lists of languages: evidence that a page was read correctly, and in which language.

The lists are those of the library wordfreq (the most frequent words of a language, 30,000 to
60,000 forms); they never change a text.
"""

from collections.abc import Iterable
from functools import cache

import langcodes
import regex
from wordfreq import available_languages, get_frequency_dict

_LETTER_RUN = regex.compile(r"\p{L}{2,}")
_NO_WORDS: dict[str, float] = {}


def count_known_letters(words: Iterable[str], languages: tuple[str, ...]) -> tuple[int, int]:
    """Return the number of letters in known words of the languages, and in all words.

    Words of one letter are not counted; ё equals е.

    >>> count_known_letters(["Товарищ,", "ъхцж"], ("rus",))
    (7, 11)
    """
    lists = [_frequent_words(code) for code in languages]
    known = letters = 0
    for word in words:
        for part in _LETTER_RUN.findall(word.casefold().replace("ё", "е")):
            letters += len(part)
            known += len(part) if any(part in words for words in lists) else 0
    return known, letters


def script_of(language: str) -> str:
    """Return the ISO 15924 code of the script of an engine's language; empty if unknown.

    >>> script_of("rus"), script_of("deu"), script_of("deu_latf")
    ('Cyrl', 'Latn', 'Latn')
    """
    return langcodes.get(_language_tag(language)).maximize().script or ""


@cache
def _frequent_words(language: str) -> dict[str, float]:
    tag = langcodes.get(_language_tag(language)).language or ""
    return get_frequency_dict(tag, "small") if tag in available_languages("small") else _NO_WORDS


def _language_tag(language: str) -> str:
    """Return the BCP 47 tag of an engine's code: the part before the first ``_``."""
    return language.partition("_")[0]
