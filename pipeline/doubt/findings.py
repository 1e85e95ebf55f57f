"""What is found out about the words of a record, as it is published."""

from dataclasses import dataclass
from enum import StrEnum

#: 0..1; a word from this chance on is doubtful: one right word in twenty, three wrong ones in five
DOUBTFUL_CHANCE = 0.13


class DoubtReason(StrEnum):
    """What speaks against a word."""

    CONFIDENCE = "confidence"  #: the engine is not sure of it
    UNKNOWN_WORD = "unknown-word"  #: no list of words has it
    MISREAD_LETTER = "misread-letter"  #: with letters that the record misreads it is a known word
    UNUSUAL_FORM = "unusual-form"  #: letters beside digits, a capital or a mark inside


@dataclass(frozen=True, slots=True)
class WordDoubt:
    """What is thought of a word that may be wrong."""

    line: int  #: from 1, of the lines of the raw text that are not empty
    word: int  #: of the line, from 1
    text: str  #: as read
    chance: float  #: 0..1, that it is wrong
    reasons: tuple[DoubtReason, ...]
    suggestions: tuple[str, ...] = ()  #: what may stand there instead, the likeliest first

    @property
    def is_doubtful(self) -> bool:
        """Whether a reader is told."""
        return self.chance >= DOUBTFUL_CHANCE


@dataclass(frozen=True, slots=True)
class LetterExchange:
    """Letters that were read for others in many words of a record."""

    as_read: str  #: what the engine read, in lower case
    right: str  #: what stands on the page, in lower case
    languages: tuple[str, ...]  #: the engine's codes of the pages where it was found
    words: int  #: different unknown words that become known; endings are no evidence
    occurrences: int  #: of these words
    expected_words: float  #: different words that would become known by chance
    times_right: int  #: how often ``right`` stands in known words of these pages
    examples: tuple[tuple[str, str], ...]  #: the most frequent of the words: as read, and right

    @property
    def rate(self) -> float:
        """The share of the places of ``right`` that were misread, 0..1."""
        return self.occurrences / (self.occurrences + self.times_right)

    def __str__(self) -> str:
        return f"{self.as_read} → {self.right} ({self.words})"
