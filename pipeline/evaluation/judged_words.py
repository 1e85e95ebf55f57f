"""Tells for each word of a reading whether it is right, by the line that it stands in.

A word is right if it equals the word of the transcription that it stands for. A word that differs
only in the style of a dash or quote, or by a space beside a mark, is judged apart: who wrote the
transcription decides such things, not the typist. So is a word that stands in no transcribed line:
stamps, letterheads and margins are mostly left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.doubt.record_doubts import PageWords, weigh_page
from pipeline.evaluation.line_alignment import AlignedLine, separate_stretches
from pipeline.text import PageText
from pipeline.text_metrics import in_one_style, normalize


class Verdict(StrEnum):
    """Whether a word was read as it is typed."""

    RIGHT = "right"
    STYLE = "style"  #: right but for the style of a dash or quote, or a space beside a mark
    WRONG = "wrong"
    UNTRANSCRIBED = "untranscribed"  #: in no line of the transcription


@dataclass(frozen=True, slots=True)
class JudgedWord:
    """A word of a reading, what it should be, and what was estimated of it."""

    line: int  #: 1-based, of the lines of the raw text that are not empty
    word: int  #: 1-based, in its line
    text: str
    truth: str  #: words of the transcription that it stands for; empty if it stands for none
    verdict: Verdict
    confidence: float  #: 0..1, the engine's
    chance: float  #: 0..1, estimate that it is wrong
    is_flagged: bool

    @property
    def is_judged(self) -> bool:
        """Whether the transcription says anything about it."""
        return self.verdict is not Verdict.UNTRANSCRIBED

    @property
    def is_wrong(self) -> bool:
        """Whether it was misread."""
        return self.verdict is Verdict.WRONG


@dataclass(frozen=True, slots=True)
class _PlacedWord:
    """A word of a reading, and the words of a transcribed line that it stands for."""

    text: str
    line: AlignedLine
    start: int  #: of the words, in the line
    end: int  #: the first position behind them

    @property
    def truth(self) -> str:
        """The words that it stands for."""
        return self.line.line[self.start : self.end]

    def shares_words_with(self, other: "_PlacedWord") -> bool:
        """Whether both stand for parts of one word."""
        return self.line is other.line and self.start < other.end and other.start < self.end


def judge_words(
    lines: Sequence[AlignedLine], text: PageText, languages: tuple[str, ...] = ()
) -> list[JudgedWord]:
    """Return all words of a reading, judged, in reading order.

    Args:
        lines: of the transcription, aligned with the raw text of this reading.
        text: the reading.
        languages: the engine's codes that it was read with; without any, only confidence tells
            whether a word is doubtful.
    """
    texts = [normalize(word.text) for word in text.words()]
    separate = separate_stretches(lines, " ".join(texts))
    verdicts = _judge_placed_words(list(_place_words(texts, separate)))
    doubts = weigh_page(PageWords.of(text, languages))
    return [
        JudgedWord(
            doubt.line, doubt.word, word.text, *verdict, word.confidence, doubt.chance,
            doubt.is_doubtful,
        )
        for word, verdict, doubt in zip(text.words(), verdicts, doubts, strict=True)
    ]  # fmt: skip


def _place_words(
    texts: Sequence[str], lines: Sequence[AlignedLine]
) -> Iterator[_PlacedWord | None]:
    """Yield each word with the line that has most of its characters.

    A word that is added inside a line stands for no words of it. None: in no line at all.
    """
    by_quality = sorted(lines, key=lambda line: line.edits / len(line.line))
    matches = [
        (line, {read: typed for typed, read in line.matched_characters()}) for line in by_quality
    ]
    start = 0
    for text in texts:
        end = start + len(text)
        counts = [sum(place in typed for place in range(start, end)) for _, typed in matches]
        most = max(counts, default=0)
        if most:
            line, typed = matches[counts.index(most)]
            places = [typed[place] for place in range(start, end) if place in typed]
            yield _PlacedWord(text, line, *_whole_words(line.line, places[0], places[-1]))
        else:
            around = (line for line in by_quality if line.start < start and end < line.end)
            yield next((_PlacedWord(text, line, 0, 0) for line in around), None)
        start = end + 1


def _whole_words(line: str, first: int, last: int) -> tuple[int, int]:
    """Return where the words that hold these positions of a line start and end.

    >>> _whole_words("vom 11. März", 5, 9)
    (4, 12)
    """
    while line[first] == " " and first < last:
        first += 1
    start = line.rfind(" ", 0, first + 1) + 1
    behind = line.find(" ", last)
    return start, len(line) if behind < 0 else behind


def _judge_placed_words(words: Sequence[_PlacedWord | None]) -> list[tuple[str, Verdict]]:
    """Return truth and verdict of each word.

    Words that share words of the transcription, such as the parts of a torn one, are right but
    for style together or not at all.
    """
    judged = list[tuple[str, Verdict]]()
    for group in _groups(words):
        if group[0] is None:
            judged.append(("", Verdict.UNTRANSCRIBED))
            continue
        placed = [word for word in group if word is not None]
        read = " ".join(word.text for word in placed)
        truth = placed[0].line.line[placed[0].start : max(word.end for word in placed)]
        is_style = in_one_style(read) == in_one_style(truth)
        rest = Verdict.STYLE if is_style else Verdict.WRONG
        judged += [
            (word.truth, Verdict.RIGHT if word.text == word.truth else rest) for word in placed
        ]
    return judged


def _groups(words: Sequence[_PlacedWord | None]) -> Iterator[list[_PlacedWord | None]]:
    """Yield words that stand beside each other and share words of the transcription together."""
    group = list[_PlacedWord | None]()
    for word in words:
        last = group[-1] if group else None
        if group and not (last and word and word.shares_words_with(last)):
            yield group
            group = []
        group.append(word)
    if group:
        yield group
