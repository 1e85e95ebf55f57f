"""The words of all pages by their stems: a query finds a word in each of its forms.

Stems are those of Snowball (https://snowballstem.org): Russian for words in Cyrillic, English for
others. The site indexes Russian words by the same stems, and Pagefind stems its English words.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from functools import cache

from Stemmer import Stemmer

_WORD = re.compile(r"[^\W\d_]{2,40}")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_MAX_FORMS = 100  #: forms of one word that are sought
_MAX_ENTERED = 500_000  #: words that a transaction remembers, some 50 MB


def fold_word(text: str) -> str:
    """Return a text in NFC and small letters, with е for ё; й stays.

    >>> fold_word("Ещё Мой")
    'еще мой'
    """
    return unicodedata.normalize("NFC", text).lower().replace("ё", "е")


def stem_of(word: str) -> str:
    """Return the stem of a folded word.

    >>> stem_of("телеграммой"), stem_of("война"), stem_of("letters")
    ('телеграмм', 'войн', 'letter')
    """
    return str(_stemmer("russian" if _CYRILLIC.search(word) else "english").stemWord(word))


def enter_words(db: sqlite3.Connection, texts: Iterable[str], entered: set[str]) -> None:
    """Enter the words of texts, and add them to those that this transaction has entered.

    Args:
        db: an open catalogue; the caller commits.
        texts: of pages.
        entered: words that need not be entered again.
    """
    words = {word for text in texts for word in _WORD.findall(fold_word(text))} - entered
    if len(entered) > _MAX_ENTERED:
        entered.clear()
    entered |= words
    db.executemany(
        "INSERT OR IGNORE INTO word_form (stem, word) VALUES (?, ?)",
        ((stem_of(word), word) for word in sorted(words)),
    )


def forms_of(db: sqlite3.Connection, word: str) -> tuple[str, ...]:
    """Return a folded word and its other forms on the pages; if there are none, near words.

    Near is a word whose stem begins with that of the word, or is up to two letters shorter:
    Snowball stems "гоминьдан" to "гоминьда", but "гоминьдану" to "гоминьдан".
    """
    stem = stem_of(word)
    query = "SELECT word FROM word_form WHERE stem {} ORDER BY word LIMIT ?"
    rows = db.execute(query.format("= ?"), [stem, _MAX_FORMS]).fetchall()
    if not rows:
        shorter = [stem[:-cut] for cut in (1, 2) if len(stem) - cut > 3]
        rows = db.execute(
            query.format(f">= ? AND stem < ? OR stem IN ({', '.join('?' * len(shorter))})"),
            [stem, f"{stem}\U0010ffff", *shorter, _MAX_FORMS],
        ).fetchall()
    return tuple(dict.fromkeys([word, *(row["word"] for row in rows)]))


@cache
def _stemmer(language: str) -> Stemmer:
    return Stemmer(language)
