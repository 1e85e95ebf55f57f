"""Set aside what is no text: what the engine read in texture, edges, stains, stamps and writing.

Faint text must stay, so no single sign is enough. Hardly a letter of such a line was read with
confidence, and it stands at the edge of the image, or has not the height of the page's lines, or
the page, well read otherwise, has several such lines: stamps and writing are read as many. A known
word makes a line text; but where nothing was read with confidence only a long one does, for the
engine makes short ones of noise. A word at the end of a line is a scrap of what stands beside it
if it is unknown, was read with little confidence, and has a gap before it or another height.

On 54 open pages 60 lines among others and 68 words at their ends are set aside; no right word is
among them.
"""

from collections.abc import Iterable, Sequence
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
_LITTLE_CONFIDENCE = 0.5  #: 0..1; words of stamps and writing have less
_STAMP_SURE_CONFIDENCE, _STAMP_LETTERS = 0.7, 3  #: a word so sure, of so many letters, is text
_KNOWN_STAMP_LETTERS, _KNOWN_STAMP_SHARE = 4, 0.4  #: letters of a known word; share of the line's
_SEVERAL = 3  #: lines; fewer may be faint text
_WELL_READ = 0.7  #: 0..1, mean confidence of the other lines; a page with less is faint itself
_GAP = 1.2  #: of the usual height of lines; words of a line stand closer
_WORD_LOW, _WORD_HIGH = 0.4, 1.7  #: of the usual height of lines; words of a line are between
_LONGEST_END = 5  #: letters; a longer word at the end of a line is read well enough to be found
_DITTO_MARKS = frozenset("/\"“”„»«'‚‘’-–—.,:;")  #: alone they are what a typist writes in columns


def set_scraps_aside(
    text: PageText, shape: tuple[int, ...], languages: tuple[str, ...]
) -> tuple[PageText, tuple[Scrap, ...]]:
    """Return the text without what is none, and what that is.

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
    text = _without(text, scraps)
    crowd = _stamp_lines(text, languages)
    text, ends = _without_ends(_without(text, crowd), usual, languages)
    return text, (*(_to_scrap(line.words) for line in (*scraps, *crowd)), *ends)


def _stamp_lines(text: PageText, languages: tuple[str, ...]) -> list[Line]:
    """Return the lines that the engine made of stamps and writing; none on a faint page."""
    found = [line for line in text.lines() if _is_little_sure(line, languages)]
    ids = set(map(id, found))
    others = [word for line in text.lines() if id(line) not in ids for word in line.words]
    is_well_read = bool(others) and _mean_confidence(others) >= _WELL_READ
    return found if len(found) >= _SEVERAL and is_well_read else []


def _is_little_sure(line: Line, languages: tuple[str, ...]) -> bool:
    """Return whether a line has little confidence, no sure word, and few letters in known words."""
    if _mean_confidence(line.words) >= _LITTLE_CONFIDENCE:
        return False
    if any(
        word.confidence >= _STAMP_SURE_CONFIDENCE and _letters(word) >= _STAMP_LETTERS
        for word in line.words
    ):
        return False
    long_words = (word.text for word in line.words if _letters(word) >= _KNOWN_STAMP_LETTERS)
    known, _ = count_known_letters(long_words, languages)
    return known < _KNOWN_STAMP_SHARE * max(sum(map(_letters, line.words)), 1)


def _without_ends(
    text: PageText, usual: float, languages: tuple[str, ...]
) -> tuple[PageText, list[Scrap]]:
    """Return the text without scraps at the ends of its lines, and these scraps."""
    lines, scraps = list[Line](), list[Scrap]()
    for line in text.lines():
        words = line.words
        first, last = 0, len(words) - 1
        while last > 0 and _is_end_scrap(words[last], words[last - 1], usual, languages):
            last -= 1
        while first < last and _is_end_scrap(words[first], words[first + 1], usual, languages):
            first += 1
        scraps += [_to_scrap(end) for end in (words[:first], words[last + 1 :]) if end]
        lines.append(line if len(words) == last + 1 - first else Line(words[first : last + 1]))
    return text.with_lines(lines), scraps


def _is_end_scrap(word: Word, inner: Word, usual: float, languages: tuple[str, ...]) -> bool:
    """Return whether a word at the end of a line, ``inner`` beside it, is a scrap."""
    letters = _letters(word)
    if word.confidence >= _LITTLE_CONFIDENCE or letters > _LONGEST_END:
        return False
    if _may_stand_in_column(word.text) and word.box.height <= _WORD_HIGH * usual:
        return False
    if letters >= _KNOWN_LETTERS and count_known_letters([word.text], languages)[0]:
        return False
    gap = max(inner.box.x - word.box.right, word.box.x - inner.box.right)
    return gap > _GAP * usual or not (_WORD_LOW * usual <= word.box.height <= _WORD_HIGH * usual)


def _may_stand_in_column(text: str) -> bool:
    """Return whether a word is a number or a ditto mark, as they stand apart in lists."""
    has_digits, has_letters = any(map(str.isdigit, text)), any(map(str.isalpha, text))
    return _DITTO_MARKS.issuperset(text) or (has_digits and not has_letters)


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


def _to_scrap(words: Sequence[Word]) -> Scrap:
    text = " ".join(word.text for word in words)
    box = Box.around(word.box for word in words)
    return Scrap(text, box, round(_mean_confidence(words), 4))


def _mean_confidence(words: Iterable[Word]) -> float:
    """Return the mean confidence of the words, each by its number of characters."""
    weighed = [(word.confidence, len(word.text)) for word in words]
    return sum(c * n for c, n in weighed) / sum(n for _, n in weighed)


def _letters(word: Word) -> int:
    return sum(map(str.isalnum, word.text))
