"""What the codes of an engine's models say: language, script, word list, direction of the lines.

A code is one of Tesseract's, such as ``rus``, ``srp_latn``, ``chi_tra_vert``, or a BCP 47 tag.
"""

from collections.abc import Iterable
from functools import cache

import langcodes
from langcodes.tag_parser import LanguageTagError

from pipeline.ocr.word_lists import list_names

_LETTER_SCRIPTS = frozenset(["Cyrl", "Latn"])  #: told apart by their tall letters
_EAST_ASIAN_SCRIPTS = frozenset(["Hans", "Hant", "Jpan"])  #: written without spaces
_MAIN_LANGUAGES = ("rus", "eng")  #: the first is read where nothing decides
#: Subtags of BCP 47 for the parts after the language; a model with another part is of old print.
_SUBTAGS = {"sim": "Hans", "tra": "Hant", "latn": "Latn", "cyrl": "Cyrl", "vert": ""}
#: Distance of langcodes up to which a list serves: Croatian for Serbian, but not Russian for
#: Belarusian.
_MAX_LIST_DISTANCE = 9


@cache
def language_tag(code: str) -> str:
    """Return the BCP 47 tag of a code; ``und`` if it names no language.

    >>> [language_tag(code) for code in ("srp_latn", "chi_tra_vert", "deu_latf", "script/Latin")]
    ['sr-Latn', 'zh-Hant', 'de', 'und']
    """
    language, *parts = code.split("_")
    tag = "-".join(filter(None, [language, *(_SUBTAGS.get(part, "") for part in parts)]))
    try:
        found = langcodes.get(tag)
    except LanguageTagError:
        return "und"
    return found.to_tag() if found.is_valid() else "und"


@cache
def script_of(code: str) -> str:
    """Return the ISO 15924 code of the script; empty if unknown.

    >>> [script_of(code) for code in ("rus", "deu_latf", "srp", "srp_latn", "chi_sim", "jpn_vert")]
    ['Cyrl', 'Latn', 'Cyrl', 'Latn', 'Hans', 'Jpan']
    """
    tag = language_tag(code)
    return "" if tag == "und" else langcodes.get(tag).maximize().script or ""


@cache
def word_list_of(code: str) -> str | None:
    """Return the name of wordfreq's list of the language, or of one that shares its words, or None.

    >>> [word_list_of(code) for code in ("nor", "srp", "bel", "chi_tra")]
    ['nb', 'sh', None, 'zh']
    """
    lists, tag = list_names(), language_tag(code)
    wanted = tag.partition("-")[0] if is_east_asian(code) else tag  # one list for both scripts
    name, _ = langcodes.closest_match(wanted, lists, max_distance=_MAX_LIST_DISTANCE)
    return None if name == "und" else name


def is_east_asian(code: str) -> bool:
    """Return whether a language is written in Han characters or kana, without spaces."""
    return script_of(code) in _EAST_ASIAN_SCRIPTS


def is_letter_script(code: str) -> bool:
    """Return whether a language is written in Cyrillic or Latin letters."""
    return script_of(code) in _LETTER_SCRIPTS


def is_vertical(code: str) -> bool:
    """Return whether a model reads lines that run down the page."""
    return code.endswith("_vert")


def script_name(code: str) -> str:
    """Return Unicode's English name of the script; empty if unknown.

    >>> [script_name(code) for code in ("rus", "ell", "chi_tra", "jpn")]
    ['Cyrillic', 'Greek', 'Han', 'Japanese']
    """
    script = script_of(code)
    if script in {"Hans", "Hant"}:
        return "Han"
    return langcodes.Language.make(script=script).script_name() if script else ""


def needs_orientation_model(codes: Iterable[str]) -> bool:
    """Return whether one of several languages can only be found by the engine's script model."""
    candidates = tuple(codes)
    return len(candidates) > 1 and not all(map(is_letter_script, candidates))


def detectable_languages(codes: Iterable[str]) -> tuple[str, ...]:
    """Return those of the installed models among which the language of a page can be found.

    Left out are languages without a word list, models of old print, and the second model of a
    language that another reads too. Russian and English come first.

    >>> detectable_languages(["bel", "deu", "deu_latf", "eng", "ita_old", "rus", "ukr"])
    ('rus', 'eng', 'deu', 'ukr')
    """
    kinds: dict[tuple[str | None, str, bool], str] = {}
    for code in sorted(codes, key=lambda code: (code not in _MAIN_LANGUAGES, code != "rus", code)):
        is_common = all(part in _SUBTAGS for part in code.split("_")[1:])
        if is_common and word_list_of(code) is not None:
            kinds.setdefault((word_list_of(code), script_of(code), is_vertical(code)), code)
    return tuple(kinds.values())


def with_vertical(code: str, installed: Iterable[str]) -> tuple[str, ...]:
    """Return a language's code, and its model for lines that run down if that is installed."""
    return tuple(name for name in (code, f"{code}_vert") if name == code or name in set(installed))
