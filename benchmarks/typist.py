"""Types pages of made-up diplomatic cables, in the manner of the 1940s, to be drawn and read.

The sentences in ``texts/`` were written for this benchmark; no document holds them. A page is a
shuffle of them with numbers and dates filled in, so that every page is another text and the same
seed gives the same one.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from samples.facsimile import ROWS

TEXTS = Path(__file__).with_name("texts")
WIDTH = 60  #: characters in a line; the sheet has room for a few more, typists left a margin
INDENT = " " * 5


@dataclass(frozen=True)
class Manner:
    """How cables were typed in one language."""

    heads: tuple[tuple[str, ...], ...]  #: above a first page; a leading tab is the right half
    months: tuple[str, ...]
    date: str
    breaks: str  #: where a word may be broken at a line's end; empty: nowhere


MANNERS = {
    "rus": Manner(
        heads=(
            ("\tСтрого секретно.", "\tЭкз. № {m}", "", f"{INDENT}ПОСЛУ В НАНКИНЕ."),
            ("\tСекретно.", "", "ШИФРТЕЛЕГРАММА № {no}", "Из ХАРБИНА, {day} 194{m} года"),
            ("\tВне очереди.", f"{INDENT}Начальнику управления, копия послу.", ""),
        ),
        months=(
            "января", "февраля", "марта", "апреля", "мая", "июня",
            "июля", "августа", "сентября", "октября", "ноября", "декабря",
        ),
        date="{day} {month}",
        # Between an open syllable and the next one: a rule that never breaks a word wrongly.
        breaks="(?<=[а-я][аеиоуыэюя])(?=[бвгджзклмнпрстфхцчшщ][аеиоуыэюя][а-я])",
    ),
    "eng": Manner(
        heads=(
            ("SECRET", "\tNo. {no}, {day}", "", "To the Secretary of State, WASHINGTON"),
            ("\tPARAPHRASE OF TELEGRAM", "\tDated {day}, 194{m}", "", "From: Nanking"),
            ("CONFIDENTIAL", "", f"{INDENT}For the Ambassador only."),
        ),
        months=(
            "January", "February", "March", "April", "May", "June",
            "July", "August", "September", "October", "November", "December",
        ),
        date="{month} {day}",
        breaks="",
    ),
}  # fmt: skip


def type_page(language: str, seed: int) -> str:
    """Return one full sheet, line for line, without a newline at the end."""
    manner = MANNERS[language]
    rng = random.Random(f"{language} {seed}")
    first = rng.random() < 0.4
    lines = (
        _head(manner, rng) if first else [f"- {rng.randint(2, 12)} -".center(WIDTH).rstrip(), ""]
    )
    for paragraph in _paragraphs(language, rng, 1 if first else rng.randint(2, 5)):
        lines += wrapped(paragraph, manner.breaks)
        if len(lines) >= ROWS:
            break
    return "\n".join(lines[: rng.randint(ROWS - 2, ROWS)])


def wrapped(text: str, breaks: str) -> Iterator[str]:
    """Yield an indented paragraph's lines; a word is broken where it may be and does not fit.

    >>> list(wrapped("о" * 50 + " намерение", MANNERS["rus"].breaks))[1]
    'мерение'
    """
    line = INDENT
    for word in text.split():
        begun = line if line == INDENT or not line else f"{line} "
        if len(begun) + len(word) <= WIDTH:
            line = begun + word
            continue
        head = _first_half(word, breaks, WIDTH - len(begun) - 1)
        yield f"{begun}{head}-" if head else line
        line = word[len(head) :]
    yield line


def _first_half(word: str, breaks: str, room: int) -> str:
    """Return as much of a word as fits before its hyphen, or nothing."""
    places = [found.start() for found in re.finditer(breaks, word)] if breaks else []
    return word[: max((place for place in places if place <= room), default=0)]


def _head(manner: Manner, rng: random.Random) -> list[str]:
    """Return what stands above a first page."""
    head = [line.replace("\t", " " * 36) for line in rng.choice(manner.heads)]
    return [*(_filled(line, manner, rng) for line in head), ""]


def _paragraphs(language: str, rng: random.Random, number: int) -> Iterator[str]:
    """Yield paragraphs of two to four sentences, numbered from ``number`` on some pages."""
    sentences = list(_sentences(language))
    rng.shuffle(sentences)
    numbered = rng.random() < 0.5
    while sentences:
        size = rng.randint(2, 4)
        taken, sentences = sentences[:size], sentences[size:]
        text = _filled(" ".join(taken), MANNERS[language], rng)
        yield f"{number}. {text}" if numbered else text
        number += 1


@cache
def _sentences(language: str) -> tuple[str, ...]:
    return tuple((TEXTS / f"{language}.txt").read_text("utf-8").splitlines())


def _filled(text: str, manner: Manner, rng: random.Random) -> str:
    """Put numbers and dates where the sentence leaves room for them."""

    def value(found: re.Match[str]) -> str:
        if found[1] == "day":
            return manner.date.format(day=rng.randint(1, 28), month=rng.choice(manner.months))
        # After a number that ends in 5 to 9 every Russian noun has the same form.
        tens = {"m": 0, "n": rng.randint(1, 9), "no": rng.randint(10, 99)}[found[1]]
        return str(10 * tens + rng.randint(5, 9))

    return re.sub(r"{(\w+)}", value, text)
