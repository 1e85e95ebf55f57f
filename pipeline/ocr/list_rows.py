"""Keep the rows of a typed list together, which the engine tears into columns.

The engine reads side by side what it takes for columns. Where these are no columns of running text,
that part of the page is read again as one block of lines, and the lines that are rows of a list
replace what stood in their place. What cannot be mended is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from pipeline.layout.lists import TypedList, cells_of, find_lists, usual_letter_width
from pipeline.model import ProcessingStep
from pipeline.ocr.attempt import Attempt
from pipeline.ocr.engine import Engine, PageSegmentation, map_boxes
from pipeline.ocr.evidence import find_line_components, weigh_evidence
from pipeline.ocr.language_codes import is_east_asian
from pipeline.text import Block, Box, Line, PageText
from pipeline.wording import plural

_MIN_TORN = 6  #: lines beside others: three rows of two
_RUNNING_LENGTH, _RUNNING_SHARE = 14, 0.7  #: characters of lines of running text; share of lines
_MIN_TORN_NUMBERS = 4  #: lines that are numbers and stand beside others: surely a list
_HIGH = 2.2  #: usual heights of a line; a higher one holds several
_MARGIN = 6.0  #: letter heights above and below torn lines: rows that are whole, a heading
_SURE_CONFIDENCE = 0.6  #: 0..1; the engine's confidence from which a word is sure
_MIN_KEPT = 0.85  #: 0..1, sure characters of the rows, of those that they replace
_LETTER = (0.6, 1.8)  #: of the usual height: the heights of letters
_MAX_UNREAD = 0.01  #: 0..1, letters of a list outside of all words; specks of dirt are as many


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class KeptRows:
    """A reading with the rows of its lists together, and what could not be mended."""

    first: Attempt  #: the reading as it was
    attempt: Attempt
    fault: str = ""  #: a sentence for a person; empty if there is none
    doubtful_share: float = 0.0  #: 0..1, letters of the page that the fault concerns


def keep_rows(best: Attempt, engine: Engine, folder: Path) -> KeptRows:
    """Return the reading with the rows of lists kept together.

    Raises:
        PageTimeoutError: the engine took longer than its limit.
        PageError: the engine failed.
    """
    options = best.options
    if options.segmentation is PageSegmentation.VERTICAL or any(
        map(is_east_asian, options.languages)
    ):
        return KeptRows(best, best)
    kept, torn = best, find_torn_lines(best.text)
    fault, share = "", 0.0
    if torn and options.segmentation is PageSegmentation.PAGE:
        lines = list(_read_as_block(best, torn, engine, folder).lines())
        lists = [_with_heading(found, lines, torn) for found in find_lists(lines)]
        good = [each for each in lists if _has_all(each, best.text)]
        if good:
            kept = _with_rows(best, good)
        if len(good) < len(lists) or (not lists and _has_number_columns(torn)):
            fault = "the rows of a list could not be kept together"
            share = _letters(torn) / max(_letters(list(best.text.lines())), 1)
    kept = replace(kept, text=set_lists_apart(kept.text))
    unread, unread_share = count_unread_cells(kept)
    if unread:
        cells = f"{plural(unread, 'cell')} of a list could not be read"
        fault, share = "; ".join(filter(None, (fault, cells))), max(share, unread_share)
    return KeptRows(best, kept, fault, min(share, 1.0))


def _read_as_block(best: Attempt, torn: Sequence[Line], engine: Engine, folder: Path) -> PageText:
    """Return the text of the part of the page with torn lines, read as one block of lines."""
    pixels, part = best.image.pixels, Box.around(line.box for line in torn)
    margin = int(_MARGIN * best.image.components.typical_height)
    top, bottom = max(part.y - margin, 0), min(part.bottom + margin, len(pixels))
    path = folder / "rows.pgm"
    cv2.imwrite(str(path), pixels[top:bottom])
    options = replace(best.options, segmentation=PageSegmentation.BLOCK)
    return map_boxes(engine.read(path, options), lambda box: replace(box, y=box.y + top))


def find_torn_lines(text: PageText) -> list[Line]:
    """Return the lines that stand beside others, unless they are columns of running text."""
    lines = list(text.lines())
    usual = median(line.box.height for line in lines) if lines else 0
    torn = [line for line in lines if any(_is_beside(line.box, other.box) for other in lines)]
    if len(torn) < _MIN_TORN and not any(line.box.height > _HIGH * usual for line in torn):
        return []
    running = sum(len(line.text) >= _RUNNING_LENGTH for line in torn)
    return [] if running >= _RUNNING_SHARE * len(torn) else torn


def _is_beside(box: Box, other: Box) -> bool:
    """Return whether two boxes stand at the same height, one to the right of the other."""
    overlap = min(box.bottom, other.bottom) - max(box.y, other.y)
    apart = box.right <= other.x or other.right <= box.x
    return apart and overlap > 0.5 * min(box.height, other.height)


def _has_number_columns(torn: Sequence[Line]) -> bool:
    numbers = [line for line in torn if all(cell.is_number for cell in cells_of(line))]
    return len(numbers) >= _MIN_TORN_NUMBERS


def _with_heading(found: TypedList, lines: Sequence[Line], torn: Sequence[Line]) -> TypedList:
    """Return a list with the lines above it that are torn, too, as a heading over columns is."""
    start = found.start
    while start and sum(_is_inside(line, lines[start - 1].box) for line in torn) > 1:
        start -= 1
    return replace(found, start=start, rows=(*lines[start : found.start], *found.rows))


def _has_all(found: TypedList, text: PageText) -> bool:
    """Return whether the rows of a list have hardly less text than what stands at their height."""
    top, bottom = found.box.y, found.box.bottom
    beside = [line for line in text.lines() if top <= line.box.y + line.box.height / 2 <= bottom]
    return _letters(found.rows) >= _MIN_KEPT * _letters(beside)


def _letters(lines: Sequence[Line]) -> int:
    """Return the number of letters and digits in sure words."""
    words = (word for line in lines for word in line.words if word.confidence >= _SURE_CONFIDENCE)
    return sum(sum(map(str.isalnum, word.text)) for word in words)


def _is_inside(line: Line, box: Box) -> bool:
    """Return whether the middle of a line is inside a box."""
    x, y = line.box.x + line.box.width / 2, line.box.y + line.box.height / 2
    return box.x <= x <= box.right and box.y <= y <= box.bottom


def _with_rows(best: Attempt, lists: Sequence[TypedList]) -> Attempt:
    """Return the reading with the rows of lists in the place of what it has there."""
    text = best.text
    for found in lists:
        text = put_rows_in(text, found)
    settings = {"lists": f"{len(lists)}", "rows": f"{sum(len(found.rows) for found in lists)}"}
    kept = best.with_text(text, ProcessingStep("keep-rows", settings))
    components = find_line_components(kept.image.components, kept.image.pixels.shape)
    return replace(kept, evidence=weigh_evidence(text, components, best.options.languages))


def put_rows_in(text: PageText, found: TypedList) -> PageText:
    """Return a text with the rows of a list where the first line stood that they replace."""
    rows = Block(found.rows)
    blocks: list[Block] = []
    is_placed = False
    for block in text.blocks:
        before: list[Line] = []
        for line in block.lines:
            if not _is_inside(line, found.box):
                before.append(line)
            elif not is_placed:
                blocks += [Block(tuple(before))] if before else []
                blocks.append(rows)
                before, is_placed = [], True
        blocks += [Block(tuple(before))] if before else []
    return PageText(tuple(blocks if is_placed else [*blocks, rows]))


def set_lists_apart(text: PageText) -> PageText:
    """Return the text with each list as a block of its own; words and their order do not change."""
    lines = [(line, number) for number, block in enumerate(text.blocks) for line in block.lines]
    lists = [
        found for found in find_lists([line for line, _ in lines]) if not found.is_numbered_text
    ]
    own = {found.start + row: -1 - found.start for found in lists for row in range(len(found.rows))}
    blocks = groupby(enumerate(lines), lambda pair: own.get(pair[0], pair[1][1]))
    return PageText(tuple(Block(tuple(line for _, (line, _) in group)) for _, group in blocks))


def count_unread_cells(attempt: Attempt) -> tuple[int, float]:
    """Return the cells of lists that no word covers, and their share of the page's letters."""
    lines = list(attempt.text.lines())
    cells, letters = 0, 0
    components = attempt.image.components
    usual = components.typical_height
    is_letter = (components.height > _LETTER[0] * usual) & (components.height < _LETTER[1] * usual)
    for found in find_lists(lines):
        if found.is_numbered_text:
            continue
        unread, inside = _unread_places(found, attempt, is_letter)
        if len(unread) > _MAX_UNREAD * inside:
            width = usual_letter_width([word for row in found.rows for word in row.words])
            cells += _count_groups(unread, 3 * width, usual)
            letters += len(unread)
    return cells, letters / max(int(np.count_nonzero(is_letter)), 1)


def _unread_places(
    found: TypedList, attempt: Attempt, is_letter: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> tuple[list[tuple[float, float]], int]:
    """Return the middles of the letters that no word of a list covers, and the number of all."""
    components, box = attempt.image.components, found.box
    inside = is_letter & (components.x >= box.x) & (components.x <= box.right)
    inside &= (components.y >= box.y) & (components.y <= box.bottom)
    covered = np.zeros(len(inside), dtype=bool)
    for word in (word for row in found.rows for word in row.words):
        if word.box.height <= 2 * _HIGH * components.typical_height:
            across = (components.x >= word.box.x - 2) & (components.x <= word.box.right + 2)
            down = (components.y >= word.box.y - 2) & (components.y <= word.box.bottom + 2)
            covered |= across & down
    unread = inside & ~covered
    places = zip(components.x[unread].tolist(), components.y[unread].tolist(), strict=True)
    return sorted(places, key=lambda place: place[1]), int(np.count_nonzero(inside))


def _count_groups(places: Sequence[tuple[float, float]], width: float, height: float) -> int:
    """Return the number of groups of places; those of one group are near on one row."""
    rows: list[list[tuple[float, float]]] = []
    for place in places:
        if rows and place[1] - rows[-1][-1][1] <= height / 2:
            rows[-1].append(place)
        else:
            rows.append([place])
    gaps = (b[0] - a[0] > width for row in rows for a, b in pairwise(sorted(row)))
    return len(rows) + sum(gaps)
