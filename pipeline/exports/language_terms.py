"""The language of a document in the codes of archives: ISO 639-2/B, ISO 15924, and its name."""

import langcodes


def bibliographic_code(tag: str) -> str:
    """Return the ISO 639-2/B code of a BCP 47 tag; empty if it has none that is certain.

    >>> [bibliographic_code(tag) for tag in ("ru", "de", "zh-Hant", "kpv", "aii", "und")]
    ['rus', 'ger', 'chi', 'kom', '', '']
    """
    language = langcodes.get(langcodes.standardize_tag(tag, macro=True)).language or ""
    if len(language) != 2:  # only these are all in ISO 639-2
        return ""
    return langcodes.get(language).to_alpha3(variant="B")


def language_subtag(tag: str) -> str:
    """Return the language of a tag without script and region.

    >>> language_subtag("sr-Latn-RS")
    'sr'
    """
    return langcodes.get(tag).language or ""


def certain_script(tag: str) -> str:
    """Return the ISO 15924 code of the script that a tag names or leaves no doubt about.

    >>> [certain_script(tag) for tag in ("ru", "sr-Latn", "zh")]
    ['Cyrl', 'Latn', '']
    """
    return langcodes.get(tag).assume_script().script or ""


def language_name(tag: str) -> str:
    """Return the English name of a language.

    >>> language_name("zh-Hant")
    'Chinese (Traditional)'
    """
    return langcodes.get(tag).display_name("en")
