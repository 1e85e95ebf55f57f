"""Read a page in two languages of one script line by line, each line in its own.

The lines in another language are found in a whole reading: its words are likelier in that language,
over several lines. The page is read in it too, and these lines are taken from that reading where
they are better there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.model import ProcessingStep
from pipeline.ocr.attempt import Attempt, PreparedView, attempt_reading
from pipeline.ocr.engine import Engine
from pipeline.ocr.evidence import weigh_evidence
from pipeline.ocr.language_codes import is_letter_script, script_of
from pipeline.ocr.lexicon import count_known_letters, language_costs
from pipeline.text import Box, Line, PageText

_READ_CONFIDENCE = 0.3  #: 0..1; the engine's confidence from which a word is evidence
#: Nats that a change of the language between two lines must gain: some three frequent words.
_CHANGE_COST = 15.0
_MIN_GAIN = 25.0  #: nats that all lines in the other language must gain beyond their changes
_MIN_OVERLAP = 0.5  #: of the area of two boxes together, for the same line in two readings
_MAX_CONFIDENCE_LOSS = 0.05  #: 0..1; a line that loses more is not in the other language


@dataclass(frozen=True, slots=True)
class OtherLines:
    """The lines of a page that are in another language than the page."""

    language: str
    lines: frozenset[int]  #: from 0, in reading order
    gain: float  #: nats


def find_other_lines(text: PageText, read_in: str, languages: tuple[str, ...]) -> OtherLines | None:
    """Return the lines that are likelier in another language of the script; None if there are none.

    Args:
        text: a whole page.
        read_in: the language that it was read in.
        languages: that it may hold.
    """
    others = [
        code for code in languages if code != read_in and script_of(code) == script_of(read_in)
    ]
    if not others or not is_letter_script(read_in):
        return None
    gains: dict[str, list[float]] = {code: [] for code in others}
    for line in text.lines():
        words = [word.text for word in line.words if word.confidence >= _READ_CONFIDENCE]
        costs = language_costs(words, (read_in, *others))
        for code in others:
            gains[code].append(costs[read_in] - costs[code])
    found = [_likeliest_lines(code, gains[code]) for code in others]
    best = max(found, key=lambda lines: lines.gain)
    return best if best.gain >= _MIN_GAIN else None


def _likeliest_lines(language: str, gains: Sequence[float]) -> OtherLines:
    """Return the runs of lines that gain most, each less the cost of two changes of language."""
    inside, outside = OtherLines(language, frozenset(), -_CHANGE_COST), _no_lines(language)
    for number, gain in enumerate(gains):
        entered = max(inside, _after_change(outside), key=lambda lines: lines.gain)
        outside = max(outside, _after_change(inside), key=lambda lines: lines.gain)
        inside = replace(entered, lines=entered.lines | {number}, gain=entered.gain + gain)
    return max(outside, inside, key=lambda lines: lines.gain)


def _no_lines(language: str) -> OtherLines:
    return OtherLines(language, frozenset(), 0.0)


def _after_change(lines: OtherLines) -> OtherLines:
    return replace(lines, gain=lines.gain - _CHANGE_COST)


def attempt_by_line(
    first: Attempt, earlier: Attempt, view: PreparedView, engine: Engine, folder: Path
) -> Attempt | None:
    """Return a reading of each line in its own language; None if the page is in one language.

    Args:
        first: in the language of most lines.
        earlier: perhaps in the other language already, perhaps ``first`` itself.
        view: the page.
        engine: its languages are the candidates.
        folder: for the image of the page.

    Raises:
        PageTimeoutError: the engine took longer than its limit.
        PageError: the engine failed.
    """
    (language, *more) = first.options.languages
    other = None if more else find_other_lines(first.text, language, engine.languages)
    if other is None:
        return None
    options = replace(first.options, languages=(other.language,))
    second = earlier
    if earlier.options != options:
        second = attempt_reading(view, options, engine, folder)
    text, count = choose_lines(first.text, second.text, language, other)
    if not count:
        return None
    options = replace(first.options, languages=(language, other.language))
    step = ProcessingStep("choose-lines", {"language": other.language, "lines": str(count)})
    evidence = weigh_evidence(text, view.line_components, options.languages)
    return replace(first.with_text(text, step), options=options, evidence=evidence)


def choose_lines(
    first: PageText, second: PageText, language: str, other: OtherLines
) -> tuple[PageText, int]:
    """Return the first text with lines of the second where these are better, and their number."""
    candidates, chosen = list(second.lines()), list[Line]()
    for number, line in enumerate(first.lines()):
        match = _same_line(line, candidates) if number in other.lines else None
        is_better = match is not None and _is_better(match, other.language, line, language)
        chosen.append(match if match is not None and is_better else line)
    count = sum(new is not old for new, old in zip(chosen, first.lines(), strict=True))
    return first.with_lines(chosen), count


def _same_line(line: Line, candidates: Sequence[Line]) -> Line | None:
    best = max(candidates, key=lambda other: _overlap(line.box, other.box), default=None)
    return best if best is not None and _overlap(line.box, best.box) >= _MIN_OVERLAP else None


def _overlap(one: Box, other: Box) -> float:
    """Return the share of the area of two boxes that both cover, 0..1."""
    width = min(one.right, other.right) - max(one.x, other.x)
    height = min(one.bottom, other.bottom) - max(one.y, other.y)
    both = max(width, 0) * max(height, 0)
    return both / (one.width * one.height + other.width * other.height - both)


def _is_better(new: Line, new_language: str, old: Line, old_language: str) -> bool:
    """Return whether a line has more known letters in its language, and is read about as surely."""
    if new.confidence < old.confidence - _MAX_CONFIDENCE_LOSS:
        return False
    known_new, _ = count_known_letters((word.text for word in new.words), (new_language,))
    known_old, _ = count_known_letters((word.text for word in old.words), (old_language,))
    return known_new > known_old
