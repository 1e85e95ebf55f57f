"""Family and given names, and bodies, as far as the form of a name tells; nothing is guessed.

*Stalin, Joseph* and names with initials (*Сталин И. В.*, *V. M. Molotov*) have parts. *Mao Zedong*
and *Sergey Radchenko* have none that can be told: which of both is the family name depends on the
language.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.dates.phrases import fold

_INITIAL = r"[^\W\d_a-zа-яё][^\W\d_]{0,2}\.(?:\s?-\s?[^\W\d_]\.)?"
_INITIALS = rf"{_INITIAL}(?:\s?{_INITIAL}){{0,3}}"
_PARTICLES = (
    "von|van|der|den|de|du|la|le|del|della|di|da|do|dos|zu|zur|vom|ter|ten|af|al|el|bin|ibn|ben|y"
    "|фон|ван|де|дер|ди|да|аль|эль"
)
_PARTICLE = rf"(?:(?:{_PARTICLES})\s+|d['’]|al-)*"
#: A word of a name begins with a capital, or is of a script without; brackets may be in it.
_WORD = r"(?![\w]*\d)[\[]?[^\W\d_a-zа-яё][\w'’ʼ\[\]-]*[\]]?"
_WORDS = rf"{_PARTICLE}{_WORD}(?:\s+{_WORD}){{0,3}}"
_GIVEN = (
    rf"(?:{_WORD}|{_INITIAL})(?:[\s-]?(?:{_INITIAL}|\s{_WORD})){{0,3}}"
    rf"(?:\s+(?:{_PARTICLES})){{0,2}}"
)
_FAMILY_COMMA_GIVEN = re.compile(rf"(?P<family>{_WORDS}),\s*(?P<given>{_GIVEN})")
_FAMILY_INITIALS = re.compile(rf"(?P<family>{_PARTICLE}{_WORD}),?\s+(?P<given>{_INITIALS})")
_INITIALS_FAMILY = re.compile(rf"(?P<given>{_INITIALS})\s?(?P<family>{_PARTICLE}{_WORD})")


@dataclass(frozen=True, slots=True)
class NameParts:
    """The parts of a person's name."""

    family: str
    given: str


def split_name(name: str, forms: Iterable[str] = ()) -> NameParts | None:
    """Return the parts of a name; None if its form does not tell them.

    Args:
        name: as given; editors' brackets stay in the parts.
        forms: other forms of it; one that has the same words in another order tells the parts.

    >>> split_name("Stalin, Joseph"), split_name("И. В. Сталин")
    (NameParts(family='Stalin', given='Joseph'), NameParts(family='Сталин', given='И. В.'))
    >>> split_name("Sergey Radchenko"), split_name("Sergey Radchenko", ["Radchenko, Sergey"])
    (None, NameParts(family='Radchenko', given='Sergey'))
    """
    if is_body(name):
        return None
    parts = _parts_of_form(name)
    if parts is not None:
        return parts
    for form in forms:
        parts = _parts_of_form(form)
        if parts and sorted(_words(name)) == sorted(_words(f"{parts.family} {parts.given}")):
            return parts
    return None


def is_body(name: str) -> bool:
    """Return whether the words of a name say that it is a body's, not a person's.

    >>> is_body("Central Committee of the CPSU"), is_body("МИД СССР"), is_body("Stalin, Joseph")
    (True, True, False)
    >>> is_body("Head of the Department Ivanov"), is_body("Советов И. И.")
    (False, False)
    """
    plain = fold(name)
    if _parts_of_form(name) is not None or _pattern("holders").search(plain):
        return False
    return _names_body(name)


def _parts_of_form(form: str) -> NameParts | None:
    for pattern in (_FAMILY_COMMA_GIVEN, _FAMILY_INITIALS, _INITIALS_FAMILY):
        match = pattern.fullmatch(form.strip())
        if match is None or _names_body(match["family"]) or _names_body(match["given"]):
            continue
        is_balanced = match["given"].count("[") == match["given"].count("]")
        is_office = _pattern("holders").search(fold(match["given"]))  # Mao Zedong, Chairman
        if is_balanced and not is_office:
            return NameParts(match["family"], match["given"])
    return None


def _names_body(words: str) -> bool:
    plain = fold(words)
    return any(_pattern(kind).search(plain) for kind in ("beginnings", "words"))


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", fold(name))


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """Return a pattern of words or their beginnings; they are compiled when a name needs them."""
    text = files("pipeline.description").joinpath("bodies.toml").read_text(encoding="utf-8")
    entries = {fold(entry) for entry in tomllib.loads(text)[kind]}
    alternatives = "|".join(sorted(map(re.escape, entries), key=len, reverse=True))
    end = "" if kind == "beginnings" else r"(?!\w)"
    return re.compile(rf"(?<![\w']){'(?:'}{alternatives}){end}")
