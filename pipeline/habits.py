r"""Habits of typists and of engines, each put right by a step that hands back edits.

A typewriter without a 1 types l, one without a 0 types O; a word is stressed by letting its
letters stand apart; an underlined word is read with strokes. Each step acts where the letters
around leave no doubt, and nowhere else.
"""

import re
from collections.abc import Callable, Iterator

import regex

from pipeline.edits import Edit, apply
from pipeline.scripts import is_cyrillic, is_latin, is_roman, to_cyrillic

#: Latin abbreviations and words made of letters that all have a Cyrillic double.
_TRULY_LATIN = frozenset(
    ["ABC", "AEC", "BBC", "CAT", "CBC", "CMEA", "ECE", "EEC", "OPEC", "PACE", "PEACE", "THE", "TOP"]
)
#: Words of one letter; a short row of nothing else is no stressed word.
_ONE_LETTER_WORDS = frozenset("аиоусквяabikosuvzyà")
_DIGIT_OF = dict(zip("lIІOОoоЗзб", "1110000336", strict=True))

_APART = regex.compile(r"(?<![\p{L}\p{N}.'’-])\p{L}(?: \p{L}(?![\p{L}\p{N}'’-])){3,}+")
_LINE = re.compile(r"[^\n]+")
_MARKS = r"[_|¦~\\—-]*[_|¦~\\][_|¦~\\—-]*"
_STROKES = re.compile(rf"(?P<left> ?)(?<!\S)(?P<strokes>{_MARKS})(?!\S)(?P<right> ?)")
_STROKE_LINE = rf"(?:{_MARKS} )*{_MARKS}"
_STROKE_LINES = re.compile(
    rf"^(?:{_STROKE_LINE}\n+)+|(?:\n+{_STROKE_LINE})+\Z|\A{_STROKE_LINE}\Z", re.MULTILINE
)
_NUMBER = re.compile(r"(?<![^\W_])(?=[^\W_]*\d)[\dlIІOОoоЗзб]+(?![^\W_])")
_POINT = re.compile(r"^(?P<name>[^\W_]{1,2})\) ", re.MULTILINE)
_WORD = re.compile(r"[^\W_]+")


def mended(text: str, step: Callable[[str], Iterator[Edit]]) -> str:
    """Return a text after one step."""
    return apply(text, step(text))


def drop_strokes(text: str) -> Iterator[Edit]:
    r"""Drop lines of nothing but strokes: underlining, borders. A dash is no stroke.

    >>> mended("Мао\n| ___ |\n—\n\n_ _", drop_strokes)
    'Мао\n—'
    """
    for found in _STROKE_LINES.finditer(text):
        yield Edit(found.start(), found.group(), "")


def drop_marks(text: str) -> Iterator[Edit]:
    r"""Drop strokes that stand alone among words.

    Beside Latin letters a lone ``|`` may be the word I, and more than one ``_`` is a blank to be
    filled in: both stay.

    >>> mended("_ Мао ~ дал | ответ — да |\nI think | know ___", drop_marks)
    'Мао дал ответ — да\nI think | know ___'
    """
    for line in _LINE.finditer(text):
        latin = any(map(is_latin, line.group()))
        if not any(map(str.isalnum, line.group())):
            continue
        for found in _STROKES.finditer(line.group()):
            strokes, start = found["strokes"], line.start() + found.start()
            if not (latin and "|" in strokes) and "__" not in strokes:
                spare = " " if found["left"] and found["right"] else ""
                yield Edit(start, found.group().removesuffix(spare), "")


def close_up_letters(text: str) -> Iterator[Edit]:
    """Join the letters of a word that was stressed by setting them apart.

    A capital after a small letter begins the next word; rows of the alphabet stay.

    >>> mended("р а з р я д к а, K a r l M a r x, а б в г", close_up_letters)
    'разрядка, Karl Marx, а б в г'
    """
    for found in _APART.finditer(text):
        letters = found.group().split(" ")
        first = found.start()
        if letters[0] in "аи" and text[:first].rstrip()[-1:] == ",":  # ", а в о й н а"
            letters, first = letters[1:], first + 2
        if len(letters) < 4 or _is_row(letters):
            continue
        for place in range(1, len(letters)):
            if not (letters[place].isupper() and letters[place - 1].islower()):
                yield Edit(first + 2 * place - 1, " ", "")


def _is_row(letters: list[str]) -> bool:
    """Whether letters that stand apart name points or columns, or are words of one letter."""
    small = [letter.casefold() for letter in letters]
    steps = [ord(then) - ord(one) for one, then in zip(small, small[1:], strict=False)]
    words = set(small) <= _ONE_LETTER_WORDS and len(small) < 7
    return words or all(0 <= step <= 2 for step in steps)


def type_in_cyrillic(text: str) -> Iterator[Edit]:
    """Give a word of capitals that was typed in Latin look-alikes its Cyrillic letters.

    Only among Cyrillic words; Roman numerals stay.

    >>> mended("в CCCP на XXX съезде; BBC", type_in_cyrillic)
    'в СССР на XXX съезде; BBC'
    """
    for line in _LINE.finditer(text):
        words = list(_WORD.finditer(line.group()))
        for place, found in enumerate(words):
            word = found.group()
            changed = to_cyrillic(word)
            if changed is None or len(word) < 3 or not word.isupper():
                continue
            near = [other.group() for other in words[max(place - 2, 0) : place + 3]]
            if word not in _TRULY_LATIN and not is_roman(word) and _among_cyrillic(near):
                yield Edit(line.start() + found.start(), word, changed)


def _among_cyrillic(words: list[str]) -> bool:
    """Whether the words whose script shows are Cyrillic, and there is one."""
    telling = [w for w in words if w.isalpha() and to_cyrillic(w) is None and not is_roman(w)]
    return bool(telling) and all(all(map(is_cyrillic, word)) for word in telling)


def mend_numbers(text: str) -> Iterator[Edit]:
    """Give a number the digits that were typed, or read, as letters.

    Between two digits every look-alike; else l before two digits, O after one, and I, the 1 of
    Russian typewriters, before two on a line in Cyrillic.

    >>> mended("год 19З9, l949, 2O и I949; 3б, 2l, 5о", mend_numbers)
    'год 1939, 1949, 20 и 1949; 3б, 2l, 5о'
    """
    for line in _LINE.finditer(text):
        russian = any(map(is_cyrillic, line.group()))
        for found in _NUMBER.finditer(line.group()):
            token = found.group()
            for place, mark in enumerate(token):
                if mark in _DIGIT_OF and _is_digit(token, place, russian=russian):
                    yield Edit(line.start() + found.start() + place, mark, _DIGIT_OF[mark])


def _is_digit(token: str, place: int, *, russian: bool) -> bool:
    """Whether a letter inside a token of digits and look-alikes stands for a digit."""
    before, mark, after = token[:place], token[place], token[place + 1 :]
    digits = sum(map(str.isdecimal, token))
    if digits * 2 < len(token):
        return False
    if before and after:
        return any(map(str.isdecimal, before)) and any(map(str.isdecimal, after))
    if after:
        return digits >= 2 and (mark == "l" or (russian and mark in "IІ"))
    return mark in "OО"


def name_points(text: str) -> Iterator[Edit]:
    r"""Give the point that follows ``а)`` the letter б where it was read as 6.

    >>> mended("а) мир;\n6) война;\nв) все", name_points)
    'а) мир;\nб) война;\nв) все'
    """
    points = list(_POINT.finditer(text))
    names = [point["name"] for point in points]
    if sum(map(str.isdecimal, names)) == 1 and "6" in names:  # else points are numbered too
        place = names.index("6")
        if names[place - 1 : place] == ["а"] and names[place + 1 : place + 2] in ([], ["в"]):
            yield Edit(points[place].start(), "6", "б")
