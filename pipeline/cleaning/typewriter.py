r"""Steps that correct habits of typists and engines.

A typewriter without a 1 types l, one without a 0 types O; a word is emphasized by spacing its
letters; an underlined word is read with strokes. Each step acts only where the letters around
leave no doubt.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

import regex

from pipeline.cleaning.edits import Edit, apply_step  # noqa: F401  the examples use it
from pipeline.cleaning.scripts import is_cyrillic, is_latin

#: Words of one letter; a short row of them alone is not an emphasized word.
_ONE_LETTER_WORDS = frozenset("аиоусквяabikosuvzyà")
_LOOKALIKE_DIGITS = dict(zip("lIІOОoоЗзб", "1110000336", strict=True))

_SPACED_LETTERS = regex.compile(r"(?<![\p{L}\p{N}.'’-])\p{L}(?: \p{L}(?![\p{L}\p{N}'’-])){3,}+")
_WORD_START = regex.compile(r"(?<=\p{Ll}) (?=\p{Lu})")  #: boundary between two words
_LINE = re.compile(r"[^\n]+")
_STROKES = re.compile(r"(?P<left> ?)(?<!\S)(?P<strokes>[_|¦~\\]+)(?!\S)(?P<right> ?)")
_NUMBER = re.compile(r"(?<![^\W_])(?=[^\W_]*\d)[\dlIІOОoоЗзб]+(?![^\W_])")
_LEAF_NUMBER = re.compile(r"ll?0\d\d")
_LETTERED_POINT = re.compile(r"^(?P<name>[^\W_]{1,2})\) ", re.MULTILINE)


def drop_marks(text: str) -> Iterator[Edit]:
    r"""Drop strokes that stand alone among words.

    Possible text stays: a bar beside Latin letters (the word I), between numbers (a table) or at
    the end of capitals (an exclamation mark), ``~`` before a number (approximately), and more than
    one ``_`` (a blank to be filled in).

    >>> apply_step("_ Мао ~ дал | ответ — да |\nI think | know ___\nУРА |", drop_marks)
    'Мао дал ответ — да\nI think | know ___\nУРА |'
    """
    for line in _LINE.finditer(text):
        if not any(map(str.isalnum, line.group())):
            continue
        for match in _STROKES.finditer(line.group()):
            if not _may_be_text(match):
                space = " " if match["left"] and match["right"] else ""
                start = line.start() + match.start()
                yield Edit(start, match.group().removesuffix(space), "")


def _may_be_text(match: re.Match[str]) -> bool:
    """Return whether strokes that stand alone among words may be text."""
    strokes, line = match["strokes"], match.string
    before, after = line[: match.start()][-1:], line[match.end() :][:1]
    if "|" in strokes:
        in_table = before.isdecimal() and after.isdecimal()
        exclaims = not after and line.isupper()
        return in_table or exclaims or any(map(is_latin, line))
    return "__" in strokes or ("~" in strokes and after.isdecimal())


def close_up_letters(text: str) -> Iterator[Edit]:
    """Join the letters of a word that was emphasized by spacing them.

    A capital after a small letter begins the next word; rows of the alphabet stay.

    >>> apply_step("р а з р я д к а, K a r l M a r x, а б в г", close_up_letters)
    'разрядка, Karl Marx, а б в г'
    """
    for match in _SPACED_LETTERS.finditer(text):
        letters, first = match.group().split(" "), match.start()
        if letters[0] in "аи" and text[:first].rstrip()[-1:] == ",":  # ", а в о й н а"
            letters, first = letters[1:], first + 2
        words = _WORD_START.split(" ".join(letters))
        if len(letters) < 4 or _is_alphabet_row(letters) or any(len(word) < 5 for word in words):
            continue
        for word in words:
            yield from (Edit(first + index, " ", "") for index in range(1, len(word), 2))
            first += len(word) + 1


def _is_alphabet_row(letters: list[str]) -> bool:
    """Return whether spaced letters are a row of the alphabet, or words of one letter."""
    small = [letter.casefold() for letter in letters]
    steps = [ord(second) - ord(first) for first, second in pairwise(small)]
    are_words = set(small) <= _ONE_LETTER_WORDS and len(small) < 7
    return are_words or all(0 <= step <= 2 for step in steps)


def mend_numbers(text: str) -> Iterator[Edit]:
    """Replace letters in numbers by the digits that they look like.

    Between two digits every look-alike; else O after a digit, l before two digits, and on a line
    in Cyrillic l and I (the 1 of Russian typewriters) before one. A leaf (l0110) stays.

    >>> apply_step("год 19З9, l949, 2O и I949; l2 мая; 3б, 2l, 5о, l0110", mend_numbers)
    'год 1939, 1949, 20 и 1949; 12 мая; 3б, 2l, 5о, l0110'
    """
    for line in _LINE.finditer(text):
        russian = any(map(is_cyrillic, line.group()))
        for match in _NUMBER.finditer(line.group()):
            token = match.group()
            if _LEAF_NUMBER.match(token):
                continue
            for index, mark in enumerate(token):
                if mark in _LOOKALIKE_DIGITS and _is_digit(token, index, russian=russian):
                    yield Edit(line.start() + match.start() + index, mark, _LOOKALIKE_DIGITS[mark])


def _is_digit(token: str, index: int, *, russian: bool) -> bool:
    """Return whether a letter in a token of digits and look-alikes stands for a digit."""
    before, mark, after = token[:index], token[index], token[index + 1 :]
    digits = sum(map(str.isdecimal, token))
    if digits * 2 < len(token):
        return False
    if before and after:
        return any(map(str.isdecimal, before)) and any(map(str.isdecimal, after))
    if after:
        return (mark == "l" and digits > 1) or (russian and mark in "lIІ")
    return mark in "OО"


def name_points(text: str) -> Iterator[Edit]:
    r"""Rename the point after ``а)`` from 6 to б if the other points have letters.

    >>> apply_step("а) мир;\n6) война;\nв) все", name_points)
    'а) мир;\nб) война;\nв) все'
    """
    points = list(_LETTERED_POINT.finditer(text))
    names = [point["name"] for point in points]
    if sum(map(str.isdecimal, names)) == 1 and "6" in names:  # otherwise points are also numbered
        index = names.index("6")
        if names[index - 1 : index] == ["а"] and names[index + 1 : index + 2] in ([], ["в"]):
            yield Edit(points[index].start(), "6", "б")
