"""Words that a language is known to have: evidence that a page was read right, and in what.

The lists are those of the library wordfreq (the most frequent words of a language, 30,000 to
60,000 forms); nothing is ever put into a text because a list has it.
"""

from collections.abc import Iterable
from functools import cache

import langcodes
import regex
from wordfreq import available_languages, get_frequency_dict

_LETTER_RUN = regex.compile(r"\p{L}{2,}")
_NO_WORDS: dict[str, float] = {}


def count_known_letters(words: Iterable[str], languages: tuple[str, ...]) -> tuple[int, int]:
    """Return the letters of the words that one of the languages has, and all letters.

    Words of one letter count for nothing; ё counts as е.

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
    """Return the script that an engine's language is written in, as ISO 15924 has it.

    >>> script_of("rus"), script_of("deu"), script_of("deu_latf")
    ('Cyrl', 'Latn', 'Latn')
    """
    return langcodes.get(_language_tag(language)).maximize().script or ""


@cache
def _frequent_words(language: str) -> dict[str, float]:
    tag = langcodes.get(_language_tag(language)).language or ""
    return get_frequency_dict(tag, "small") if tag in available_languages("small") else _NO_WORDS


def _language_tag(language: str) -> str:
    """Return the BCP 47 tag of an engine's code: what follows the first _ is the model's kind."""
    return language.partition("_")[0]
