"""Texts for synthetic lines: real sentences, and words with capitals, figures and marks."""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from numpy.random import Generator
from wordfreq import top_n_list

from training.charset import Charset
from training.lines import normalize_text

_WORDS = 30_000
_SENTENCE_PROBABILITY = 0.5
_SHORTEST, _LONGEST = 14, 62  #: characters of a line
_TAGS = re.compile(r"<(script|style|pre)\b.*?</\1>|<[^>]+>", re.DOTALL)
_MIN_SENTENCE = 30
_FOREIGN_SHARE = 0.15  #: letters of another script; more and the sentence is of program names


@dataclass(frozen=True)
class TextSource:
    """Sentences and words of one language."""

    sentences: Sequence[str]
    words: Sequence[str]  #: the most frequent first

    @classmethod
    def load(cls, tag: str, folder: Path, charset: Charset) -> Self:
        """Return the frequent words of a language and the sentences of HTML files.

        Args:
            tag: the language as BCP 47.
            folder: HTML files in that language; may be absent.
            charset: texts with other characters are left out.
        """
        sentences = dict.fromkeys(
            text
            for path in sorted(folder.glob("*.html"))
            for sentence in _sentences(path.read_text("utf-8", errors="ignore"))
            if (text := normalize_text(sentence, charset)) and _is_of_script(text, tag)
        )
        words = [word for word in top_n_list(tag, _WORDS) if word in charset]
        return cls(tuple(sentences), tuple(words))

    def compose(self, random: Generator) -> str:
        """Return the text of one line."""
        length = int(random.integers(_SHORTEST, _LONGEST))
        if self.sentences and random.random() < _SENTENCE_PROBABILITY:
            text = self._piece_of_sentence(length, random)
        else:
            text = self._row_of_words(length, random)
        return f"{text}-" if random.random() < 0.12 and text[-1:].isalpha() else text

    def _piece_of_sentence(self, length: int, random: Generator) -> str:
        sentence = self.sentences[int(random.integers(len(self.sentences)))]
        words = sentence.split(" ")
        start = int(random.integers(max(len(words) - 4, 1)))
        text = " ".join(words[start:])
        return text if len(text) <= length else text[:length].rpartition(" ")[0] or text[:length]

    def _row_of_words(self, length: int, random: Generator) -> str:
        parts = list[str]()
        while sum(map(len, parts)) + len(parts) < length:
            rank = int(len(self.words) * random.random() ** 2)  # frequent words more often
            parts.append(_decorate(self.words[rank], random))
        return " ".join(parts)


def _decorate(word: str, random: Generator) -> str:
    """Return the word as it may stand in a typescript: capitalized, quoted, beside a figure."""
    chance = random.random()
    if chance < 0.15:
        word = word.capitalize()
    elif chance < 0.21:
        word = word.upper()
    chance = random.random()
    if chance < 0.16:
        return word + str(random.choice(list(",.,.;:!?-,.")))
    if chance < 0.20:
        return f'"{word}"'
    if chance < 0.26:
        return str(random.integers(1, 2000)) + str(random.choice(["", ".", ",", "-", ""]))
    if chance < 0.28:
        return f"({word})"
    return f"{word} -" if chance < 0.30 else word


def _sentences(page: str) -> list[str]:
    text = re.sub(r"\s+", " ", html.unescape(_TAGS.sub(" ", page)))
    return [part for part in re.split(r"(?<=[.!?]) ", text) if len(part) >= _MIN_SENTENCE]


def _is_of_script(text: str, tag: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    script = "CYRILLIC" if tag in {"ru", "uk", "bg", "sr"} else "LATIN"
    foreign = sum(not unicodedata.name(letter, "").startswith(script) for letter in letters)
    return foreign <= _FOREIGN_SHARE * len(letters)
