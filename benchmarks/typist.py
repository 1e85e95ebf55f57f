"""Types pages of made-up diplomatic cables, in the manner of the 1940s, to be drawn and read.

The sentences in ``texts/`` were written for this benchmark; no document has them. A page has them
shuffled, with numbers and dates filled in, so that every page differs and the same seed gives the
same page.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from samples.facsimile import ROWS

TEXTS = Path(__file__).with_name("texts")
WIDTH = 60  #: characters in a line; a few fewer than fit, because typists left a margin
INDENT = " " * 5


@dataclass(frozen=True)
class Manner:
    """The conventions of cables in one language."""

    heads: tuple[tuple[str, ...], ...]  #: above a first page; a leading tab is half a line
    months: tuple[str, ...]
    date: str
    breaks: str  #: regex of the positions where a word may be broken; empty: nowhere


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
    is_first = rng.random() < 0.4
    lines = (
        _page_head(manner, rng)
        if is_first
        else [f"- {rng.randint(2, 12)} -".center(WIDTH).rstrip(), ""]
    )
    for paragraph in _paragraphs(language, rng, 1 if is_first else rng.randint(2, 5)):
        lines += wrapped(paragraph, manner.breaks)
        if len(lines) >= ROWS:
            break
    return "\n".join(lines[: rng.randint(ROWS - 2, ROWS)])


def wrapped(text: str, breaks: str) -> Iterator[str]:
    """Yield an indented paragraph's lines; a word that does not fit is broken if ``breaks`` allows.

    >>> list(wrapped("о" * 50 + " намерение", MANNERS["rus"].breaks))[1]
    'мерение'
    """
    line = INDENT
    for word in text.split():
        prefix = line if line == INDENT or not line else f"{line} "
        if len(prefix) + len(word) <= WIDTH:
            line = prefix + word
            continue
        head = _first_half(word, breaks, WIDTH - len(prefix) - 1)
        yield f"{prefix}{head}-" if head else line
        line = word[len(head) :]
    yield line


def _first_half(word: str, breaks: str, limit: int) -> str:
    """Return the longest beginning of a word that fits before a hyphen, or an empty string."""
    positions = [match.start() for match in re.finditer(breaks, word)] if breaks else []
    return word[: max((position for position in positions if position <= limit), default=0)]


def _page_head(manner: Manner, rng: random.Random) -> list[str]:
    """Return the lines above the text of a first page."""
    head = [line.replace("\t", " " * 36) for line in rng.choice(manner.heads)]
    return [*(_fill_placeholders(line, manner, rng) for line in head), ""]


def _paragraphs(language: str, rng: random.Random, number: int) -> Iterator[str]:
    """Yield paragraphs of two to four sentences, numbered from ``number`` on some pages."""
    sentences = list(_sentences(language))
    rng.shuffle(sentences)
    is_numbered = rng.random() < 0.5
    while sentences:
        size = rng.randint(2, 4)
        group, sentences = sentences[:size], sentences[size:]
        text = _fill_placeholders(" ".join(group), MANNERS[language], rng)
        yield f"{number}. {text}" if is_numbered else text
        number += 1


@cache
def _sentences(language: str) -> tuple[str, ...]:
    return tuple((TEXTS / f"{language}.txt").read_text("utf-8").splitlines())


def _fill_placeholders(text: str, manner: Manner, rng: random.Random) -> str:
    """Replace the placeholders of a text with numbers and dates."""

    def value(match: re.Match[str]) -> str:
        if match[1] == "day":
            return manner.date.format(day=rng.randint(1, 28), month=rng.choice(manner.months))
        # After a number that ends in 5 to 9 every Russian noun has the same form.
        tens = {"m": 0, "n": rng.randint(1, 9), "no": rng.randint(10, 99)}[match[1]]
        return str(10 * tens + rng.randint(5, 9))

    return re.sub(r"{(\w+)}", value, text)
