"""Words that a language is known to have: evidence that a page was read right, and in what.

The lists are those of the library wordfreq (the most frequent words of a language, 30,000 to
60,000 forms); nothing is ever put into a text because a list has it.
"""

from collections.abc import Iterable
from functools import cache

import langcodes
import regex
from wordfreq import available_languages, get_frequency_dict

_LETTERS = regex.compile(r"\p{L}{2,}")
_NONE: dict[str, float] = {}


def known_letters(words: Iterable[str], languages: tuple[str, ...]) -> tuple[int, int]:
    """Return the letters of the words that one of the languages has, and all letters.

    Words of one letter count for nothing; ё counts as е.

    >>> known_letters(["Товарищ,", "ъхцж"], ("rus",))
    (7, 11)
    """
    lists = [_words(code) for code in languages]
    known = letters = 0
    for word in words:
        for part in _LETTERS.findall(word.casefold().replace("ё", "е")):
            letters += len(part)
            known += len(part) if any(part in words for words in lists) else 0
    return known, letters


def script(language: str) -> str:
    """Return the script that an engine's language is written in, as ISO 15924 has it.

    >>> script("rus"), script("deu"), script("deu_latf")
    ('Cyrl', 'Latn', 'Latn')
    """
    return langcodes.get(_tag(language)).maximize().script or ""


@cache
def _words(language: str) -> dict[str, float]:
    tag = langcodes.get(_tag(language)).language or ""
    return get_frequency_dict(tag, "small") if tag in available_languages("small") else _NONE


def _tag(language: str) -> str:
    """Return the BCP 47 tag of an engine's code: what follows the first _ is the model's kind."""
    return language.partition("_")[0]
