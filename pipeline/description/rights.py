"""Rights statements: URIs of rightsstatements.org and of Creative Commons.

They are names, not addresses: with ``http``, as IIIF and Europeana compare them.
"""

import re

COPYRIGHT_NOT_EVALUATED = "http://rightsstatements.org/vocab/CNE/1.0/"

_STATEMENTS = {  # by code of rightsstatements.org
    "InC": "In Copyright",
    "InC-OW-EU": "In Copyright, EU Orphan Work",
    "InC-EDU": "In Copyright, Educational Use Permitted",
    "InC-NC": "In Copyright, Non-Commercial Use Permitted",
    "InC-RUU": "In Copyright, Rights-holder(s) Unlocatable or Unidentifiable",
    "NoC-CR": "No Copyright, Contractual Restrictions",
    "NoC-NC": "No Copyright, Non-Commercial Use Only",
    "NoC-OKLR": "No Copyright, Other Known Legal Restrictions",
    "NoC-US": "No Copyright, United States",
    "CNE": "Copyright Not Evaluated",
    "UND": "Copyright Undetermined",
    "NKC": "No Known Copyright",
}
_CODES_BY_LETTERS = {re.sub(r"\W", "", code).lower(): code for code in _STATEMENTS}
_LICENCES = ("by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd")
_LICENCE = rf"licenses/(?:{'|'.join(_LICENCES)})/(?:1\.0|2\.0|2\.5|3\.0|4\.0)"
_KNOWN_URI = re.compile(
    rf"http://rightsstatements\.org/vocab/(?:{'|'.join(_STATEMENTS)})/1\.0/"
    rf"|http://creativecommons\.org/(?:{_LICENCE}|publicdomain/(?:zero|mark)/1\.0)/"
)
_CC = re.compile(r"(?:cc[ -]?)?(by(?:-(?:nc|nd|sa))*)(?:[ -/](\d\.\d))?", re.IGNORECASE)


def check_rights_uri(given: str) -> str:
    """Return a known URI unchanged.

    Raises:
        ValueError: it is unknown; the message gives the right URI or an example.

    >>> check_rights_uri("https://rightsstatements.org/page/InC/1.0/?language=en")
    Traceback (most recent call last):
    ValueError: is no known rights statement. Write http://rightsstatements.org/vocab/InC/1.0/
    """
    if _KNOWN_URI.fullmatch(given):
        return given
    meant = _suggest_uri(given)
    example = f"a URI such as {COPYRIGHT_NOT_EVALUATED} (copyright not evaluated)"
    msg = f"is no known rights statement. Write {meant or example}"
    raise ValueError(msg)


def format_rights(uri: str) -> str:
    """Return a rights statement in words with its URI; the URI alone for other URIs.

    >>> format_rights(COPYRIGHT_NOT_EVALUATED)
    'Copyright Not Evaluated (http://rightsstatements.org/vocab/CNE/1.0/)'
    """
    match = re.fullmatch(r"http://rightsstatements\.org/vocab/([\w-]+)/1\.0/", uri)
    words = _STATEMENTS.get(match[1]) if match else None
    return f"{words} ({uri})" if words else uri


def _suggest_uri(given: str) -> str | None:
    """Return the known URI that a text most likely means, or None."""
    low = given.strip().lower()
    statement = re.search(r"rightsstatements\.org/\w+/([\w-]+)", low)
    code = _CODES_BY_LETTERS.get(re.sub(r"[\W_]", "", statement[1] if statement else low))
    if code:
        return f"http://rightsstatements.org/vocab/{code}/1.0/"
    path = re.search(r"creativecommons\.org/(licenses/[\w-]+/\d\.\d|publicdomain/\w+/\d\.\d)", low)
    if path is None and low in {"cc0", "cc-0", "cc 0"}:
        return "http://creativecommons.org/publicdomain/zero/1.0/"
    short = _CC.fullmatch(low)
    guess = path[1] if path else f"licenses/{short[1]}/{short[2] or '4.0'}" if short else ""
    uri = f"http://creativecommons.org/{guess}/"
    return uri if _KNOWN_URI.fullmatch(uri) else None
