"""URIs of authority files: their form is checked, nothing is looked up."""

import re

_URI_PATTERNS = (
    r"https?://www\.wikidata\.org/entity/Q[1-9][0-9]*",
    r"https?://viaf\.org/viaf/[1-9][0-9]*",
    r"http://id\.loc\.gov/authorities/(?:names|subjects)/(?:n|nb|nr|no|ns|sh|sj)[0-9]+",
    r"https://d-nb\.info/gnd/[0-9X-]+",
    r"https://isni\.org/isni/[0-9]{15}[0-9X]",
    r"https://orcid\.org/(?:[0-9]{4}-){3}[0-9]{3}[0-9X]",
)
_KNOWN_URI = re.compile("|".join(_URI_PATTERNS))
_WIKIDATA = re.compile(r"(?:.*wikidata\.org/wiki/|wikidata:|)(Q[1-9][0-9]*)", re.IGNORECASE)
_VIAF = re.compile(r"(?:.*viaf\.org/(?:en/)?viaf/|viaf:)([1-9][0-9]*)/?", re.IGNORECASE)
_LOC = re.compile(
    r".*id\.loc\.gov/authorities/(names|subjects)/([a-z]+[0-9]+)(?:\.html)?", re.IGNORECASE
)


def check_authority_uri(given: str) -> str:
    """Return a URI of a known form unchanged.

    Raises:
        ValueError: the form is unknown; the message gives the right URI or an example.

    >>> check_authority_uri("Q855")
    Traceback (most recent call last):
    ValueError: is no URI of an authority file. Write https://www.wikidata.org/entity/Q855
    """
    if _KNOWN_URI.fullmatch(given):
        return given
    example = "one such as https://www.wikidata.org/entity/Q855 or https://viaf.org/viaf/101698170"
    msg = f"is no URI of an authority file. Write {_suggest_uri(given) or example}"
    raise ValueError(msg)


def _suggest_uri(given: str) -> str | None:
    if match := _WIKIDATA.fullmatch(given):
        return f"https://www.wikidata.org/entity/{match[1].upper()}"
    if match := _VIAF.fullmatch(given):
        return f"https://viaf.org/viaf/{match[1]}"
    if match := _LOC.fullmatch(given):
        return f"http://id.loc.gov/authorities/{match[1].lower()}/{match[2].lower()}"
    return None
