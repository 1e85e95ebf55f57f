"""The lists of words of the library wordfreq, with their frequencies.

wordfreq takes a tenth of a second to import, so only a function that needs a list imports it: most
commands read no page.
"""

from functools import cache


@cache
def list_names() -> tuple[str, ...]:
    """Return the names of all languages' lists, as ``ru``, sorted."""
    from wordfreq import available_languages  # noqa: PLC0415  see above

    return tuple(sorted(available_languages("small")))


def frequent_forms(name: str) -> dict[str, float]:
    """Return the 30,000 to 60,000 frequent forms of a list, with their frequencies, 0..1."""
    from wordfreq import get_frequency_dict  # noqa: PLC0415

    return get_frequency_dict(name, "small")


def forms_by_frequency(name: str, size: str) -> list[list[str]]:
    """Return lists of forms; those of list N have the frequency 10 ** (-N / 100).

    Args:
        name: of the language's lists.
        size: ``small``, or ``best`` for the largest that there is.
    """
    from wordfreq import available_languages, read_cBpack  # noqa: PLC0415

    return read_cBpack(available_languages(size)[name])


def transliterate_serbian(text: str) -> str:
    """Return a text in Latin letters, as the Serbian list has it."""
    from wordfreq.transliterate import SR_LATN_TABLE  # noqa: PLC0415

    return text.translate(SR_LATN_TABLE)
