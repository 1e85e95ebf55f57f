"""Set lines aside that are no text: what the engine read in texture, edges and stains.

Faint text must stay, so no single sign is enough: hardly a letter of such a line was read with
confidence, and it stands at the edge of the image, or has not the height of the page's lines. A
known word makes it text; but where nothing was read with confidence only a long one does, for the
engine makes short ones of noise.
"""

from collections.abc import Iterable
from statistics import median

from pipeline.ocr.lexicon import count_known_letters
from pipeline.text import Block, Box, Line, PageText, Scrap, Word

_SURE_CONFIDENCE = 0.75  #: 0..1; a word of two letters and more that is surer is no chance
_CHANCE_CONFIDENCE = 0.35  #: 0..1; with less on average, a line without known words may be chance
_NO_CONFIDENCE = 0.25  #: 0..1; with less on average, even words of some letters are chance
_KNOWN_LETTERS, _SURELY_KNOWN_LETTERS = 3, 6  #: letters; shorter words become known by chance
_EDGE = 1.0  #: usual line heights from the edge of the image; text keeps more
_LOW, _HIGH = 0.4, 2.6  #: of the usual height of lines; lines of text are between
_NEVER = 6.0  #: of the usual height of lines; no line is so high, whatever words are made of it


def set_scraps_aside(
    text: PageText, shape: tuple[int, ...], languages: tuple[str, ...]
) -> tuple[PageText, tuple[Scrap, ...]]:
    """Return the text without the lines that are none, and these lines.

    Args:
        text: as the engine read it.
        shape: height and width of the image of its boxes, pixels.
        languages: the engine's codes in which it was read.
    """
    heights = [line.box.height for line in text.lines() if not _is_chance(line, languages)]
    if not heights:
        return text, ()
    usual = median(heights)
    scraps = [line for line in text.lines() if _is_scrap(line, usual, shape, languages)]
    return _without(text, scraps), tuple(map(_to_scrap, scraps))


def _is_scrap(line: Line, usual: float, shape: tuple[int, ...], languages: tuple[str, ...]) -> bool:
    if line.box.height > _NEVER * usual and _mean_confidence(line.words) < _NO_CONFIDENCE:
        return True
    return _is_chance(line, languages) and _is_odd(line.box, usual, shape)


def _is_chance(line: Line, languages: tuple[str, ...]) -> bool:
    """Return whether hardly a letter of a line was read with confidence, and no word is known."""
    if any(word.confidence >= _SURE_CONFIDENCE and _letters(word) > 1 for word in line.words):
        return False
    confidence = _mean_confidence(line.words)
    enough = _KNOWN_LETTERS if confidence >= _NO_CONFIDENCE else _SURELY_KNOWN_LETTERS
    long_words = (word.text for word in line.words if _letters(word) >= enough)
    return confidence < _CHANCE_CONFIDENCE and not count_known_letters(long_words, languages)[0]


def _is_odd(box: Box, usual: float, shape: tuple[int, ...]) -> bool:
    """Return whether a box stands at the edge of the image or has not the height of a line."""
    height, width = shape
    margin = min(box.x, box.y, width - box.right, height - box.bottom)
    return margin < _EDGE * usual or not _LOW * usual <= box.height <= _HIGH * usual


def _without(text: PageText, scraps: list[Line]) -> PageText:
    gone = set(map(id, scraps))
    blocks = (tuple(line for line in block.lines if id(line) not in gone) for block in text.blocks)
    return PageText(tuple(Block(lines) for lines in blocks if lines))


def _to_scrap(line: Line) -> Scrap:
    return Scrap(line.text, line.box, round(_mean_confidence(line.words), 4))


def _mean_confidence(words: Iterable[Word]) -> float:
    """Return the mean confidence of the words, each by its number of characters."""
    weighed = [(word.confidence, len(word.text)) for word in words]
    return sum(c * n for c, n in weighed) / sum(n for _, n in weighed)


def _letters(word: Word) -> int:
    return sum(map(str.isalnum, word.text))
