"""The text of a page with the corrections of people."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from pipeline.cleaning.edits import Edit
from pipeline.cleaning.word_edits import edits_between
from pipeline.corrections.correction import (
    Correction,
    CorrectionAction,
    LineCorrection,
    settled_lines,
)
from pipeline.corrections.fit import FittedPage, fit_corrections
from pipeline.text import Alternative, Box, Line, PageText, Word, WordSource


@dataclass(frozen=True, slots=True)
class CorrectedPage:
    """A page as people corrected it."""

    text: PageText  #: with the lines of the reading, and the words of people in some of them
    lines: tuple[LineCorrection, ...]  #: by line; of one line the oldest first
    unfit: tuple[Correction, ...] = ()  #: their place holds something else by now
    is_sampled: bool = False  #: lines of it were drawn, and typed without seeing the text

    @property
    def settled(self) -> frozenset[int]:
        """The numbers, from 1, of the lines at which nobody needs to look again."""
        return settled_lines(self.lines)


def correct_page(
    text: PageText, image_sha256: str, corrections: Iterable[Correction]
) -> CorrectedPage | None:
    """Return a page with the corrections that fit; None if there are no corrections of it.

    Args:
        text: the page as read.
        image_sha256: of the page image.
        corrections: those of the page that count, the oldest first.
    """
    given = tuple(corrections)
    return apply_fitted(text, fit_corrections(text, image_sha256, given)) if given else None


def apply_fitted(text: PageText, fitted: FittedPage) -> CorrectedPage:
    """Return a page with corrections whose lines were found."""
    lines, published = list(text.lines()), list[LineCorrection]()
    read = [line.text for line in lines]
    for placed in fitted.placed:
        one, number = placed.correction, placed.line
        if one.action.changes_text:
            lines[number - 1] = _correct_line(lines[number - 1], one.action, placed.text)
        if one.action.settles_line:
            published.append(
                LineCorrection(
                    id=one.id, line=number, action=one.action, by=one.by, when=one.when,
                    read=read[number - 1], text=placed.text, whole=placed.is_whole,
                )
            )  # fmt: skip
    published.sort(key=lambda one: one.line)  # of one line they stay in the order of the log
    actions = {placed.correction.action for placed in fitted.placed}
    is_sampled = CorrectionAction.TRANSCRIBED in actions
    return CorrectedPage(text.with_lines(lines), tuple(published), fitted.unfit, is_sampled)


def correcting_edits(read: PageText, corrected: PageText) -> tuple[Edit, ...]:
    """Return the edits of whole words that turn the raw text of a page into the corrected one.

    Args:
        read: the page as read.
        corrected: the same lines with corrected words.
    """
    edits, start = list[Edit](), 0
    for block, other in zip(read.blocks, corrected.blocks, strict=True):
        for line, corrected_line in zip(block.lines, other.lines, strict=True):
            edits += [
                replace(edit, start=start + edit.start)
                for edit in edits_between(line.text, corrected_line.text)
            ]
            start += len(line.text) + 1
        start += 1  # the empty line between blocks
    return tuple(edits)


def _correct_line(line: Line, action: CorrectionAction, text: str) -> Line:
    """Return a line with the words of a text, each in a box of its own."""
    is_typed = action is CorrectionAction.TYPED
    source = WordSource.PERSON if is_typed else WordSource.SUGGESTION
    old, new = line.words, text.split()
    words = list[Word]()
    for step in Levenshtein.opcodes([word.text for word in old], new):
        replaced, typed = old[step.src_start : step.src_end], new[step.dest_start : step.dest_end]
        if step.tag == "equal":
            words += replaced
        elif len(replaced) == len(typed):
            pairs = zip(replaced, typed, strict=True)
            words += [_person_word(text, word.box, (word,), source) for word, text in pairs]
        elif typed:
            box = _gap_box(old, step.src_start) if not replaced else _box_of(replaced)
            boxes = _divide_box(box, [len(text) for text in typed])
            others = [replaced, *[()] * (len(typed) - 1)]
            trio = zip(typed, boxes, others, strict=True)
            words += [_person_word(text, part, other, source) for text, part, other in trio]
    return Line(tuple(words), line.role)


def _person_word(text: str, box: Box, replaced: Sequence[Word], source: WordSource) -> Word:
    """Return a word of a person, with what the machine read there as its alternative."""
    as_read = " ".join(_as_read(word) for word in replaced)
    alternatives = (Alternative(as_read, WordSource.ENGINE),) if as_read else ()
    return Word(text, box, 1.0, alternatives, source)


def _as_read(word: Word) -> str:
    """Return a word as the machine read it, before people corrected it."""
    if word.source not in {WordSource.PERSON, WordSource.SUGGESTION}:
        return word.text
    return next((one.text for one in word.alternatives), "")


def _box_of(words: Iterable[Word]) -> Box:
    return Box.around(word.box for word in words)


def _gap_box(words: Sequence[Word], place: int) -> Box:
    """Return a box between two words of a line, of at least one pixel, inside the line."""
    line = _box_of(words)
    left = words[place - 1].box.right if place else line.x
    right = words[place].box.x if place < len(words) else line.right
    left = min(left, line.right - 1)
    return Box(left, line.y, max(right - left, 1), line.height)


def _divide_box(box: Box, lengths: Sequence[int]) -> Iterator[Box]:
    """Yield boxes side by side, as wide as their words have letters; each at least one pixel."""
    total, done = sum(lengths), 0
    for length in lengths:
        left = box.x + min(box.width * done // total, box.width - 1)
        done += length
        right = max(box.x + box.width * done // total, left + 1)
        yield Box(left, box.y, right - left, box.height)
