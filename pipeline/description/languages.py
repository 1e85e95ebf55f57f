"""Languages in BCP 47 (RFC 5646), each in its shortest form."""

from difflib import get_close_matches

import langcodes

_TAGS_BY_NAME = {  # for advice on a name given instead of a code
    "russian": "ru", "русский": "ru", "english": "en", "английский": "en", "chinese": "zh",
    "french": "fr", "german": "de", "polish": "pl", "ukrainian": "uk", "spanish": "es",
    "italian": "it", "czech": "cs", "danish": "da", "hungarian": "hu", "bulgarian": "bg",
    "korean": "ko", "romanian": "ro", "serbian": "sr", "latvian": "lv", "mongolian": "mn",
}  # fmt: skip


def is_language_tag(given: str) -> bool:
    """Return whether a text is a valid BCP 47 tag."""
    return given.isascii() and langcodes.tag_is_valid(given)


def normalize_language_tag(given: str) -> str:
    """Return a language tag in its shortest BCP 47 form.

    Raises:
        ValueError: it is not a tag; the message suggests one.

    >>> normalize_language_tag("rus")
    'ru'
    """
    if is_language_tag(given):
        return langcodes.standardize_tag(given)
    meant = suggest_language_tag(given)
    advice = f"Write `{meant}`" if meant else "Write a code such as `ru` or `en`"
    msg = f"is no language code: “{given}”. {advice}"
    raise ValueError(msg)


def suggest_language_tag(given: str) -> str | None:
    """Return the tag of a language given by its name or nearly so; None for other words.

    >>> suggest_language_tag("Englisch"), suggest_language_tag("notes")
    ('en', None)
    """
    near = get_close_matches(given.casefold(), _TAGS_BY_NAME, n=1, cutoff=0.7)
    return _TAGS_BY_NAME[near[0]] if near else None
