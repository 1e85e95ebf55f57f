"""Tell that a page may be in a language that it was not read in: hardly a word of it is known.

The word lists are of more languages than have a model here, so they can name the language.
"""

from collections.abc import Sequence
from functools import cache

import langcodes

from pipeline.ocr.evidence import Evidence
from pipeline.ocr.language_codes import is_letter_script, language_tag, script_of, word_list_of
from pipeline.ocr.lexicon import language_costs
from pipeline.ocr.word_lists import list_names
from pipeline.text import PageText

_MIN_LETTERS = 40  #: letters; fewer say nothing of a language
#: 0..1, share of letters in known words. Of typed pages in their own language 0.74 to 0.96, in
#: another one 0.08 to 0.45; names and worn type leave pages between.
_FEW_KNOWN, _MANY_KNOWN = 0.5, 0.65
_MIN_GAIN = 20.0  #: nats by which another language must be likelier; typed pages have over 300
_DOUBT = "of its letters stand in words that Opis knows in"  #: after the share
_READ_CONFIDENCE = 0.3  #: 0..1; the engine's confidence from which a word is evidence


def foreign_text_detail(text: PageText, evidence: Evidence, languages: tuple[str, ...]) -> str:
    """Return a sentence if the page may be in another language than it was read in, else "".

    Args:
        text: as it was read.
        evidence: for the reading.
        languages: the codes of the models that read it.
    """
    has_words = any(map(word_list_of, languages)) and evidence.letters >= _MIN_LETTERS
    if not has_words or evidence.known_share >= _MANY_KNOWN:
        return ""
    words = [word.text for word in text.words() if word.confidence >= _READ_CONFIDENCE]
    likelier = likelier_language(words, languages)
    if likelier is None and evidence.known_share >= _FEW_KNOWN:
        return ""
    name = None if likelier is None else langcodes.get(likelier).display_name("en")
    guess = "it may be in another language, which its sidecar can tell"
    if likelier is not None:
        guess = (
            f"it looks like {name}; install Tesseract's model for it, or write"
            f" `language: {likelier}` into its sidecar"
        )
    return f"only {evidence.known_share:.0%} {_DOUBT} {'+'.join(languages)}: {guess}"


def doubts_language(detail: str) -> bool:
    """Return whether the detail of a page doubts the language that it was read in."""
    return _DOUBT in detail


def likelier_language(words: Sequence[str], languages: tuple[str, ...]) -> str | None:
    """Return the tag of a language in which words are much likelier than in some, or None.

    >>> likelier_language("le gouvernement a été informé que la délégation".split() * 3, ("eng",))
    'fr'
    >>> likelier_language("the government was told that the delegation".split() * 3, ("eng",))
    """
    if not all(map(is_letter_script, languages)):
        return None
    costs = language_costs(words, (*languages, *_tags_of_script(script_of(languages[0]))))
    read_in = min(languages, key=lambda code: costs[code])
    best = min(costs, key=lambda code: costs[code])
    known = {word_list_of(code) for code in languages}
    if costs[best] > costs[read_in] - _MIN_GAIN or word_list_of(best) in known:
        return None
    return language_tag(best)


@cache
def _tags_of_script(script: str) -> tuple[str, ...]:
    return tuple(name for name in list_names() if script_of(name) == script)
