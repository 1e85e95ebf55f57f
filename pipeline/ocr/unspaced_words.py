"""Chinese and Japanese words are written without spaces: the engine's words are joined again.

The engine divides a line into the words of its dictionary. As words of a page are separated by
spaces, each stretch of a line without a gap becomes one word.
"""

from collections.abc import Sequence

import regex

from pipeline.text import Box, Line, Word

#: Han, kana, and the marks and full-width signs that are set among them.
_SIGN = r"[\p{Han}\p{Hiragana}\p{Katakana}ー\u3000-\u303f\uff00-\uffef…—,.;:!?()'‘’“”]"
_ENDS_IN_SIGN, _BEGINS_WITH_SIGN = regex.compile(_SIGN + r"\Z"), regex.compile(_SIGN)
_HAS_LETTER = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_MAX_GAP = 1.3  #: of the thickness of a line, boxes of signs being short; a wider gap was meant


def join_unspaced_words(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words of a line, those that stand side by side without a space joined.

    Boxes are joined too; the confidence is the mean, weighted by characters.
    """
    if not any(_HAS_LETTER.search(word.text) for word in words):
        return tuple(words)
    line = Box.around(word.box for word in words)
    max_gap = _MAX_GAP * min(line.width, line.height)
    runs: list[list[Word]] = []
    for word in words:
        if runs and _belong_together(runs[-1][-1], word, max_gap):
            runs[-1].append(word)
        else:
            runs.append([word])
    return tuple(_joined(run) if len(run) > 1 else run[0] for run in runs)


def runs_down(line: Line) -> bool:
    """Return whether a line of Han characters or kana runs down the page."""
    signs = sum(len(_HAS_LETTER.findall(word.text)) for word in line.words)
    return signs > 1 and line.box.height > line.box.width


def _belong_together(left: Word, right: Word, max_gap: float) -> bool:
    if not (_ENDS_IN_SIGN.search(left.text) and _BEGINS_WITH_SIGN.match(right.text)):
        return False
    return _gap(left.box, right.box) <= max_gap


def _gap(left: Box, right: Box) -> int:
    """Return the pixels between two boxes, along the line or down it; 0 if they touch."""
    across = max(left.x, right.x) - min(left.right, right.right)
    down = max(left.y, right.y) - min(left.bottom, right.bottom)
    return max(across, down, 0)


def _joined(words: Sequence[Word]) -> Word:
    text = "".join(word.text for word in words)
    confidence = sum(len(word.text) * word.confidence for word in words) / len(text)
    return Word(text, Box.around(word.box for word in words), round(confidence, 4))
