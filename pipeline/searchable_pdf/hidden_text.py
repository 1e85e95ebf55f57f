"""Removes the invisible text of an older OCR from a page; visible text stays.

Invisible text is shown in text rendering mode 3 (ISO 32000-2, table 104). Streams without such
text, and streams that cannot be parsed, stay byte for byte as they are.
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
_IDLE_OPERATORS = frozenset({"Td", "Tm", "T*"})  # without effect if no text is shown before ET
#: of each, the last one takes effect
_STATE_OPERATORS = frozenset({"Tf", "Tz", "Tc", "Tw", "Ts", "TL", "Tr"})


def remove_hidden_text(pdf: Pdf, page: Page, done_forms: set[tuple[int, int]]) -> None:
    """Remove invisible text from a page and from the form XObjects it draws.

    Args:
        pdf: the document of the page.
        page: the page to change.
        done_forms: object numbers of the forms processed in this document; updated.
    """
    streams = page_streams(page)
    if (content := _visible_content(page.obj, streams)) is not None:
        page.obj.Contents = Stream(pdf, zlib.compress(content), Filter=Name.FlateDecode)
    for form in _form_xobjects(page.obj, done_forms):
        if (content := _visible_content(form, [form])) is not None:
            form.write(zlib.compress(content), filter=Name.FlateDecode)


def page_streams(page: Page) -> list[Object]:
    """Return the content streams of a page in order, without entries that are no streams."""
    contents = page.obj.get(Name.Contents)
    parts = list(contents) if isinstance(contents, Array) else [contents]
    return [part for part in parts if isinstance(part, Stream)]


def _visible_content(owner: Object, streams: list[Object]) -> bytes | None:
    """Return the content without invisible text, or None if there is nothing to remove."""
    try:
        content = b"\n".join(stream.read_bytes() for stream in streams)
        if _SET_INVISIBLE.search(content) is None:
            return None
        visible = without_hidden_text(parse_content_stream(owner))
        return None if visible is None else unparse_content_stream(drop_idle_operators(visible))
    except (PdfError, TypeError, ValueError):  # damaged, but a viewer may still show some of it
        return None


def _form_xobjects(owner: Object, done_forms: set[tuple[int, int]]) -> Iterator[Object]:
    """Yield each form XObject in ``owner``'s resources once, nested forms included."""
    stack = [owner]
    while stack:
        resources = stack.pop().get(Name.Resources)
        xobjects = resources.get(Name.XObject) if isinstance(resources, Dictionary) else None
        for xobject in xobjects.values() if isinstance(xobjects, Dictionary) else ():
            is_form = isinstance(xobject, Stream) and xobject.get(Name.Subtype) == Name.Form
            if is_form and xobject.objgen not in done_forms:
                done_forms.add(xobject.objgen)
                stack.append(xobject)
                yield xobject


def without_hidden_text(instructions: Sequence[Instruction]) -> list[Instruction] | None:
    """Return the instructions without those that show invisible text; None if there are none.

    A line of text that starts invisible and continues visible, without a positioning operator in
    between, stays whole: without its beginning the rest would move.
    """
    result: list[Instruction | None] = []  # None in place of a removed instruction
    removed: dict[int, Instruction] = {}  # since the last move, by index in ``result``
    mode, modes = 0, list[int]()
    for instruction in instructions:
        operator = str(instruction.operator)
        mode = _mode_after(instruction, operator, mode, modes)
        if operator in _MOVE_OPERATORS:
            removed.clear()
        if operator in SHOW_OPERATORS and mode == INVISIBLE_MODE:
            result += _side_effects(instruction, operator)
            removed[len(result)] = instruction
            result.append(None)
            continue
        if operator in SHOW_OPERATORS:
            _restore_removed(result, removed)
        result.append(instruction)
    visible = [instruction for instruction in result if instruction is not None]
    return visible if len(visible) < len(result) else None


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
    """Return the effects of ``'`` and ``"`` besides showing text: spacing and a new line."""
    new_line = ContentStreamInstruction([], Operator("T*"))
    if operator == "'":
        return [new_line]
    if operator == '"' and len(instruction.operands) == 3:
        words, letters, _ = instruction.operands
        return [
            ContentStreamInstruction([words], Operator("Tw")),
            ContentStreamInstruction([letters], Operator("Tc")),
            new_line,
        ]
    return []


def _restore_removed(result: list[Instruction | None], removed: dict[int, Instruction]) -> None:
    for index, instruction in removed.items():
        result[index] = instruction
    removed.clear()


def drop_idle_operators(instructions: Sequence[Instruction]) -> list[Instruction]:
    """Return the instructions without those that have no effect in text objects without text."""
    result: list[Instruction] = []
    text_object: list[Instruction] | None = None
    for instruction in instructions:
        operator = str(instruction.operator)
        if operator == "BT":
            result += text_object or []
            text_object = [instruction]
        elif text_object is None:
            result.append(instruction)
        else:
            text_object.append(instruction)
            if operator == "ET":
                result += _tidy_text_object(text_object)
                text_object = None
    return result + (text_object or [])


def _tidy_text_object(instructions: list[Instruction]) -> list[Instruction]:
    operators = [str(instruction.operator) for instruction in instructions]
    if SHOW_OPERATORS & set(operators):
        return instructions
    last = {operator: index for index, operator in enumerate(operators)}
    effective = [
        instruction
        for index, (operator, instruction) in enumerate(zip(operators, instructions, strict=True))
        if operator not in _IDLE_OPERATORS
        and (operator not in _STATE_OPERATORS or last[operator] == index)
    ]
    return effective if len(effective) > 2 else []  # only BT and ET
