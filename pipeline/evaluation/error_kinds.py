"""Counts the edits of line error by kind: letters, marks, spaces, layout.

A mark is what is neither letter, digit nor space. An exchange of two characters belongs to the one
that is typed. Digits count as letters where they are lost or added. The edits of a line of which
more than half is wrong are all of one kind: it was lost, or something else was read.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from pipeline.evaluation.line_alignment import AlignedLine, CharacterEdit
from pipeline.text_metrics import in_one_style


class ErrorKind(StrEnum):
    """The kind of an edit; the part before the hyphen is what it concerns."""

    LETTER_REPLACED = "letter-replaced"
    LETTER_LOST = "letter-lost"
    LETTER_ADDED = "letter-added"
    DIACRITIC = "letter-diacritic"  #: lost, added or another
    DIGIT = "letter-digit"  #: a digit for a letter, a letter for a digit, or another digit
    CASE = "letter-case"
    MARK_REPLACED = "mark-replaced"
    MARK_LOST = "mark-lost"
    MARK_LOST_AT_END = "mark-lost-at-line-end"
    MARK_ADDED = "mark-added"
    MARK_STYLE = "mark-style"  #: a dash for a dash, a quote for a quote
    SPACE_LOST = "space-lost"
    SPACE_LOST_BESIDE_MARK = "space-lost-beside-mark"
    SPACE_ADDED = "space-added"
    SPACE_ADDED_BESIDE_MARK = "space-added-beside-mark"
    LINE_LOST = "layout-line-lost"  #: or more than half wrong


def count_error_kinds(lines: Iterable[AlignedLine]) -> dict[ErrorKind, int]:
    """Return the number of edits of each kind, 0 included; their sum is that of line error."""
    counts = Counter(dict.fromkeys(ErrorKind, 0))
    for line in lines:
        if line.is_lost:
            counts[ErrorKind.LINE_LOST] += line.edits
        counts.update(_kind_of(edit, line) for edit in line.edit_list())
    return dict(counts)


def _kind_of(edit: CharacterEdit, line: AlignedLine) -> ErrorKind:
    if not edit.typed:
        return _kind_of_added(edit, line)
    if edit.typed == " ":
        is_beside = _is_beside_mark(line.line, edit.line_position)
        return ErrorKind.SPACE_LOST_BESIDE_MARK if is_beside else ErrorKind.SPACE_LOST
    if _is_mark(edit.typed):
        return _kind_of_mark(edit, line.line)
    if edit.read in {"", " "}:
        is_diacritic = unicodedata.combining(edit.typed)
        return ErrorKind.DIACRITIC if is_diacritic else ErrorKind.LETTER_LOST
    return _kind_of_letter(edit.typed, edit.read)


def _kind_of_added(edit: CharacterEdit, line: AlignedLine) -> ErrorKind:
    if edit.read == " ":
        is_beside = _is_beside_mark(line.stretch, edit.position - line.start)
        return ErrorKind.SPACE_ADDED_BESIDE_MARK if is_beside else ErrorKind.SPACE_ADDED
    if unicodedata.combining(edit.read):
        return ErrorKind.DIACRITIC
    return ErrorKind.MARK_ADDED if _is_mark(edit.read) else ErrorKind.LETTER_ADDED


def _kind_of_mark(edit: CharacterEdit, line: str) -> ErrorKind:
    if edit.read not in {"", " "}:
        is_style = in_one_style(edit.typed) == in_one_style(edit.read)
        return ErrorKind.MARK_STYLE if is_style else ErrorKind.MARK_REPLACED
    rest = line[edit.line_position :]
    is_at_end = all(character == " " or _is_mark(character) for character in rest)
    return ErrorKind.MARK_LOST_AT_END if is_at_end else ErrorKind.MARK_LOST


def _kind_of_letter(typed: str, read: str) -> ErrorKind:
    if read.isalnum() and (typed.isnumeric() or read.isnumeric()):
        return ErrorKind.DIGIT
    if typed.casefold() == read.casefold():
        return ErrorKind.CASE
    if _base_letter(typed) == _base_letter(read):
        return ErrorKind.DIACRITIC
    return ErrorKind.LETTER_REPLACED


def _base_letter(letter: str) -> str:
    """Return the name of a letter without its diacritics.

    >>> _base_letter("É") == _base_letter("e"), _base_letter("ø") == _base_letter("o")
    (True, True)
    >>> _base_letter("й") == _base_letter("и"), _base_letter("c") == _base_letter("с")
    (True, False)
    """
    base = unicodedata.normalize("NFD", letter.casefold())[0]
    return unicodedata.name(base, base).partition(" WITH ")[0]


def _is_mark(character: str) -> bool:
    return not (character.isalnum() or character.isspace() or unicodedata.combining(character))


def _is_beside_mark(text: str, position: int) -> bool:
    neighbours = text[max(position - 1, 0) : position] + text[position + 1 : position + 2]
    return any(map(_is_mark, neighbours))
