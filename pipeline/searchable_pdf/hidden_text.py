"""Takes the invisible text of an older OCR out of a page; visible text is never touched.

Invisible means shown in text rendering mode 3 (ISO 32000-2, table 104). Streams without such
text stay byte for byte as they are. What cannot be parsed stays, too.
"""

import re
import zlib
from collections.abc import Iterator, Sequence

from pikepdf import (
    Array,
    ContentStreamInlineImage,
    ContentStreamInstruction,
    Dictionary,
    Name,
    Object,
    Operator,
    Page,
    Pdf,
    PdfError,
    Stream,
    parse_content_stream,
    unparse_content_stream,
)

from pipeline.imaging.pdf_terms import INVISIBLE_MODE, SHOW_OPERATORS

Instruction = ContentStreamInstruction | ContentStreamInlineImage

_SET_INVISIBLE = re.compile(rb"(?<![\d.])%d(?:\.0*)?[\s\0]+Tr\b" % INVISIBLE_MODE)
_MOVE_OPERATORS = frozenset({"BT", "ET", "Td", "TD", "Tm", "T*", "'", '"'})
_IDLE_OPERATORS = frozenset({"Td", "Tm", "T*"})  # of no effect where nothing is shown before ET
_STATE_OPERATORS = frozenset(
    {"Tf", "Tz", "Tc", "Tw", "Ts", "TL", "Tr"}
)  # the last one of each holds


def remove_hidden_text(pdf: Pdf, page: Page, done_forms: set[tuple[int, int]]) -> None:
    """Remove invisible text from a page and from the form XObjects it draws.

    Args:
        pdf: the document, which gets the new content stream.
        page: the page to change.
        done_forms: object numbers of forms already done in this document; added to.
    """
    streams = page_streams(page)
    if (left := _visible_content(page.obj, streams)) is not None:
        page.obj.Contents = Stream(pdf, zlib.compress(left), Filter=Name.FlateDecode)
    for form in _form_xobjects(page.obj, done_forms):
        if (left := _visible_content(form, [form])) is not None:
            form.write(zlib.compress(left), filter=Name.FlateDecode)


def page_streams(page: Page) -> list[Object]:
    """Return the content streams of a page in order; what is no stream is left out."""
    contents = page.obj.get(Name.Contents)
    parts = list(contents) if isinstance(contents, Array) else [contents]
    return [part for part in parts if isinstance(part, Stream)]


def _visible_content(owner: Object, streams: list[Object]) -> bytes | None:
    """Return the content without invisible text, or None where there is nothing to remove."""
    try:
        content = b"\n".join(stream.read_bytes() for stream in streams)
        if _SET_INVISIBLE.search(content) is None:
            return None
        left = without_hidden_text(parse_content_stream(owner))
        return None if left is None else unparse_content_stream(drop_idle_operators(left))
    except (
        PdfError,
        TypeError,
        ValueError,
    ):  # damaged: a viewer may still show something, so hands off
        return None


def _form_xobjects(owner: Object, done_forms: set[tuple[int, int]]) -> Iterator[Object]:
    """Yield the form XObjects under ``owner``'s resources, each once, forms in forms too."""
    waiting = [owner]
    while waiting:
        resources = waiting.pop().get(Name.Resources)
        drawn = resources.get(Name.XObject) if isinstance(resources, Dictionary) else None
        for thing in drawn.values() if isinstance(drawn, Dictionary) else ():
            form = isinstance(thing, Stream) and thing.get(Name.Subtype) == Name.Form
            if form and thing.objgen not in done_forms:
                done_forms.add(thing.objgen)
                waiting.append(thing)
                yield thing


def without_hidden_text(instructions: Sequence[Instruction]) -> list[Instruction] | None:
    """Return the instructions without those that show invisible text, None where there are none.

    A line of text that starts invisible and goes on visible, with nothing in between that says
    where, is kept: without its beginning the rest would move.
    """
    kept: list[Instruction | None] = []
    removed: dict[int, Instruction] = {}  # place in ``kept``; since the last move
    mode, modes = 0, list[int]()
    for instruction in instructions:
        operator = str(instruction.operator)
        mode = _mode_after(instruction, operator, mode, modes)
        if operator in _MOVE_OPERATORS:
            removed.clear()
        if operator in SHOW_OPERATORS and mode == INVISIBLE_MODE:
            kept += _side_effects(instruction, operator)
            removed[len(kept)] = instruction
            kept.append(None)
            continue
        if operator in SHOW_OPERATORS:
            _restore_removed(kept, removed)
        kept.append(instruction)
    left = [instruction for instruction in kept if instruction is not None]
    return left if len(left) < len(kept) else None


def _mode_after(instruction: Instruction, operator: str, mode: int, modes: list[int]) -> int:
    """Return the text rendering mode after an instruction; ``modes`` is the stack of q and Q."""
    if operator == "q":
        modes.append(mode)
    elif operator == "Q" and modes:
        return modes.pop()
    elif operator == "Tr" and instruction.operands:
        return int(instruction.operands[0])
    return mode


def _side_effects(instruction: Instruction, operator: str) -> list[Instruction]:
    """Return what ``'`` and ``"`` do besides showing: spacing, and a new line."""
    line = ContentStreamInstruction([], Operator("T*"))
    if operator == "'":
        return [line]
    if operator == '"' and len(instruction.operands) == 3:
        words, letters, _ = instruction.operands
        return [
            ContentStreamInstruction([words], Operator("Tw")),
            ContentStreamInstruction([letters], Operator("Tc")),
            line,
        ]
    return []


def _restore_removed(kept: list[Instruction | None], removed: dict[int, Instruction]) -> None:
    for place, instruction in removed.items():
        kept[place] = instruction
    removed.clear()


def drop_idle_operators(instructions: Sequence[Instruction]) -> list[Instruction]:
    """Drop what text objects that show nothing any more would do to no effect."""
    out: list[Instruction] = []
    inside: list[Instruction] | None = None
    for instruction in instructions:
        operator = str(instruction.operator)
        if operator == "BT":
            out += inside or []
            inside = [instruction]
        elif inside is None:
            out.append(instruction)
        else:
            inside.append(instruction)
            if operator == "ET":
                out += _tidy_text_object(inside)
                inside = None
    return out + (inside or [])


def _tidy_text_object(instructions: list[Instruction]) -> list[Instruction]:
    operators = [str(instruction.operator) for instruction in instructions]
    if SHOW_OPERATORS & set(operators):
        return instructions
    last = {operator: place for place, operator in enumerate(operators)}
    left = [
        instruction
        for place, (operator, instruction) in enumerate(zip(operators, instructions, strict=True))
        if operator not in _IDLE_OPERATORS
        and (operator not in _STATE_OPERATORS or last[operator] == place)
    ]
    return left if len(left) > 2 else []  # only BT and ET
