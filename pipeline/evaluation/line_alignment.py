"""Finds where each line of a transcription stands in a reading, as line error compares them.

A line stands in the stretch of the reading that needs the least edits. Of several such stretches
it takes one that no other line has, that begins and ends with a word, and that is nearest to where
the line before it ends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from pipeline.text_metrics import edits_by_end, normalize, transcribed_lines

_TAKEN = "\0"  #: in place of characters that stand for those of another line
_SHORTEST_PART = 8  #: characters; shorter parts of a line fit by chance
_MOST_EDITS_OF_PART = 1 / 3  #: of its characters


@dataclass(frozen=True, slots=True)
class CharacterEdit:
    """One edit that makes the reading's stretch from the line."""

    line_position: (
        int  #: 0-based; of a character that is lost or replaced, or before which one is added
    )
    position: int  #: the same in the whole reading
    typed: str  #: the character of the line; empty if one is added
    read: str  #: the character of the reading; empty if one is lost


@dataclass(frozen=True, slots=True)
class AlignedLine:
    """A line of the transcription and its stretch of the reading."""

    line: str  #: normalized, not empty
    edits: int  #: the least edits between the line and any stretch
    start: int = 0  #: of the stretch, in the normalized reading
    stretch: str = ""  #: empty if the line is lost

    @property
    def is_lost(self) -> bool:
        """Whether more than half of the line is wrong: it was not read, or is not to be found."""
        return is_lost(self.line, self.edits)

    @property
    def end(self) -> int:
        """The first position behind the stretch."""
        return self.start + len(self.stretch)

    def edit_list(self) -> list[CharacterEdit]:
        """Return the edits one by one; none if the line is lost."""
        if self.is_lost:
            return []
        return [
            CharacterEdit(
                op.src_pos,
                self.start + op.dest_pos,
                "" if op.tag == "insert" else self.line[op.src_pos],
                "" if op.tag == "delete" else self.stretch[op.dest_pos],
            )
            for op in Levenshtein.editops(self.line, self.stretch)
        ]

    def matched_characters(self) -> Iterator[tuple[int, int]]:
        """Yield positions in line and reading of characters that stand for each other."""
        if self.is_lost:
            return
        for block in Levenshtein.opcodes(self.line, self.stretch):
            if block.tag in {"equal", "replace"}:
                for offset in range(block.src_end - block.src_start):
                    yield block.src_start + offset, self.start + block.dest_start + offset

    def lost_words(self) -> str:
        """Return the first or last words of which the stretch lacks most, or an empty text.

        Words count by the characters that differ less those that are equal.
        """
        equal = {typed for typed, read in self.matched_characters()
                 if self.line[typed] == self.stretch[read - self.start]}  # fmt: skip
        words, losses, start = self.line.split(" "), list[int](), 0
        for word in words:
            place = range(start, start + len(word))
            losses.append(len(word) - 2 * len(equal.intersection(place)))
            start = place.stop + 1
        heads = [(0, end) for end in range(1, len(words) + 1)]
        tails = [(begin, len(words)) for begin in range(1, len(words))]
        loss, begin, end = max((sum(losses[i:j]), i, j) for i, j in heads + tails)
        return " ".join(words[begin:end]) if loss > 0 else ""


def is_lost(line: str, edits: int) -> bool:
    """Return whether a line with so many edits counts as lost."""
    return 2 * edits > len(line)


def align_transcription(transcription: str, reading: str) -> list[AlignedLine]:
    """Return the lines of a transcription that are not empty, each with its stretch."""
    return align_lines(transcribed_lines(transcription), normalize(reading))


def align_lines(lines: Sequence[str], text: str) -> list[AlignedLine]:
    """Return each line with its stretch of a text; long lines choose first.

    Args:
        lines: normalized, not empty.
        text: the whole reading, normalized.
    """
    found: dict[int, AlignedLine] = {}
    for number in sorted(range(len(lines)), key=lambda number: -len(lines[number])):
        candidates = list(_candidates(lines[number], text))
        nearest = max((other for other in found if other < number), default=None)
        expected = 0 if nearest is None else found[nearest].end
        placed = [aligned for aligned in found.values() if aligned.stretch]
        found[number] = min(
            candidates, key=lambda candidate: _rank_stretch(candidate, text, placed, expected)
        )
    return [found[number] for number in range(len(lines))]


def separate_stretches(lines: Sequence[AlignedLine], text: str) -> list[AlignedLine]:
    """Return lines and parts of lines, each with a stretch that is its own.

    Of lines in the same stretch (one that is typed twice, and once misread) all but the best are
    placed in the rest of the text. So is a lost line; if it fits nowhere, its halves are, and their
    halves: a line that is read in two places, or in part. So are words that its stretch lacks. What
    does not fit is left out.
    """
    placed, rest, remaining = list[AlignedLine](), text, list[str]()
    for line in sorted(lines, key=lambda line: line.edits / len(line.line)):
        if line.is_lost or 2 * rest[line.start : line.end].count(_TAKEN) > len(line.stretch):
            remaining.append(line.line)
        else:
            placed.append(line)
            rest = _without(rest, line)
            lost = line.lost_words() if line.edits else ""
            remaining += [lost] if len(lost) >= _SHORTEST_PART else []
    while remaining:
        part = remaining.pop(0)
        best = min(_candidates(part, rest), key=lambda fit: _rank_stretch(fit, rest, (), 0))
        if best.stretch and best.edits <= _MOST_EDITS_OF_PART * len(part):
            placed.append(best)
            rest = _without(rest, best)
        elif len(part) >= 2 * _SHORTEST_PART and " " in part:
            remaining += _halves(part)
    return placed


def _without(text: str, line: AlignedLine) -> str:
    return text[: line.start] + _TAKEN * len(line.stretch) + text[line.end :]


def _halves(line: str) -> list[str]:
    """Return a line in two, at the space nearest to its middle.

    >>> _halves("vom elften März")
    ['vom elften', 'März']
    """
    spaces = [position for position, character in enumerate(line) if character == " "]
    middle = min(spaces, key=lambda position: abs(2 * position - len(line)))
    return [line[:middle], line[middle + 1 :]]


def _rank_stretch(
    candidate: AlignedLine, text: str, placed: Sequence[AlignedLine], expected: int
) -> tuple[bool, int, int]:
    """Return the rank of a stretch, lower is better."""
    start, end = candidate.start, candidate.end
    is_taken = any(start < other.end and other.start < end for other in placed)
    ragged = (not _begins_word(text, start)) + (not _ends_word(text, end))
    return is_taken, ragged, abs(start - expected)


def _candidates(line: str, text: str) -> Iterator[AlignedLine]:
    """Yield the line with each stretch of least edits; once and without one if it is lost."""
    by_end = list(edits_by_end(line, text))
    edits = min(by_end, default=len(line))
    if is_lost(line, edits):
        yield AlignedLine(line, edits)
        return
    ends = [position + 1 for position, count in enumerate(by_end) if count == edits]
    for end in ends:
        begins_within = end < len(text) and by_end[end] == edits and not _ends_word(text, end)
        if not begins_within:
            start = _best_start(line, text, end, edits)
            yield AlignedLine(line, edits, start, text[start:end])


def _best_start(line: str, text: str, end: int, edits: int) -> int:
    """Return where the stretch begins that ends there: with a word, if the edits allow it."""
    window = text[max(end - len(line) - edits, 0) : end]
    counts = edits_by_end(line[::-1], window[::-1], anchored=True)
    starts = [end - length for length, count in enumerate(counts, start=1) if count == edits]
    return next((start for start in starts if _begins_word(text, start)), starts[0])


def _begins_word(text: str, position: int) -> bool:
    return (position == 0 or text[position - 1] == " ") and text[position : position + 1] != " "


def _ends_word(text: str, position: int) -> bool:
    return (position == len(text) or text[position] == " ") and text[position - 1 : position] != " "
