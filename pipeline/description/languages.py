"""Languages in BCP 47 (RFC 5646), each in its shortest form."""

from difflib import get_close_matches

import langcodes

_LANGUAGES = {  # to advise who writes a name where a code is needed
    "russian": "ru", "русский": "ru", "english": "en", "английский": "en", "chinese": "zh",
    "french": "fr", "german": "de", "polish": "pl", "ukrainian": "uk", "spanish": "es",
    "italian": "it", "czech": "cs", "danish": "da", "hungarian": "hu", "bulgarian": "bg",
    "korean": "ko", "romanian": "ro", "serbian": "sr", "latvian": "lv", "mongolian": "mn",
}  # fmt: skip


def is_language(given: str) -> bool:
    """Return whether a text is a code of BCP 47."""
    return given.isascii() and langcodes.tag_is_valid(given)


def language_tag(given: str) -> str:
    """Return a language in its shortest BCP 47 form; ValueError with advice where it is none.

    >>> language_tag("rus")
    'ru'
    """
    if is_language(given):
        return langcodes.standardize_tag(given)
    meant = language_meant(given)
    advice = f"Write `{meant}`" if meant else "Write a code such as `ru` or `en`"
    msg = f"is no language code: “{given}”. {advice}"
    raise ValueError(msg)


def language_meant(given: str) -> str | None:
    """Return the code of a language that is called by its name, or nearly so; None for others.

    >>> language_meant("Englisch"), language_meant("notes")
    ('en', None)
    """
    near = get_close_matches(given.casefold(), _LANGUAGES, n=1, cutoff=0.7)
    return _LANGUAGES[near[0]] if near else None
