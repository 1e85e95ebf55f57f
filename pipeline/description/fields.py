"""What an archivist may say of a scan: the fields of a sidecar, each optional."""

from difflib import get_close_matches
from typing import Annotated, TypeAlias

import langcodes
from pydantic import BaseModel, BeforeValidator, ConfigDict, field_validator

from pipeline.references.leaves import Leaf, leaf_labels

COPYRIGHT_NOT_EVALUATED = "http://rightsstatements.org/vocab/CNE/1.0/"

_LANGUAGES = {  # to advise who writes a name where a code is needed
    "russian": "ru", "русский": "ru", "english": "en", "английский": "en", "chinese": "zh",
    "french": "fr", "german": "de", "polish": "pl", "ukrainian": "uk", "spanish": "es",
    "italian": "it", "czech": "cs", "danish": "da", "hungarian": "hu", "bulgarian": "bg",
    "korean": "ko", "romanian": "ro", "serbian": "sr", "latvian": "lv", "mongolian": "mn",
}  # fmt: skip


def _one_text(given: object) -> object:
    """Return one text without the space around it."""
    if given is None or isinstance(given, str):
        return (given or "").strip() or None
    msg = "takes one text, not a list or keys of its own"
    raise ValueError(msg)


def _texts(given: object) -> tuple[str, ...]:
    """Return a list of texts; one text is a list of one."""
    items = (given,) if isinstance(given, str) else given
    if not isinstance(items, list | tuple):
        msg = "takes a text or a list of texts"
        raise ValueError(msg)
    texts = [item.strip() for item in items if isinstance(item, str)]
    if len(texts) < len(items):
        msg = "takes texts; an item of its list is empty, or a list itself"
        raise ValueError(msg)
    return tuple(filter(None, texts))


def _labels(given: object) -> tuple[str | None, ...]:
    """Return leaf labels, in our form where they can be read; None where a page is no leaf."""
    if isinstance(given, str):
        return leaf_labels(given) or (given.strip(),)
    if not isinstance(given, list | tuple):
        msg = "takes a list of leaves, one for each page"
        raise ValueError(msg)
    return tuple(_label(item) for item in given)


def _label(given: object) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str):
        msg = "takes a leaf, or null, for each page"
        raise ValueError(msg)
    leaf = Leaf.parse(given)
    return given.strip() or None if leaf is None else leaf.label


Text: TypeAlias = Annotated[str | None, BeforeValidator(_one_text)]
Texts: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Labels: TypeAlias = Annotated[tuple[str | None, ...], BeforeValidator(_labels)]


class Description(BaseModel):
    """All that was said; nothing here is guessed, and what is missing is missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text = None
    date: Text = None  #: as given; see ``Described.edtf``
    language: Text = None  #: of the document, BCP 47
    creator: Text = None
    recipient: Text = None
    document_type: Text = None
    references: Texts = ()  #: as given; the first is where this scan was made
    leaves: Labels = ()  #: one for each page, where the reference alone does not tell
    contributors: Texts = ()
    funder: Text = None
    collection: Text = None
    subjects: Texts = ()
    summary: Text = None
    rights: Text = COPYRIGHT_NOT_EVALUATED
    note: Text = None
    replaces: Text = None  #: id of the record whose next version this is

    @field_validator("language")
    @classmethod
    def _as_bcp_47(cls, given: str | None) -> str | None:
        return None if given is None else language_tag(given)


def language_tag(given: str) -> str:
    """Return a language in its shortest BCP 47 form; ValueError with advice where it is none.

    >>> language_tag("rus")
    'ru'
    """
    if given.isascii() and langcodes.tag_is_valid(given):
        return langcodes.standardize_tag(given)
    near = get_close_matches(given.casefold(), _LANGUAGES, n=1, cutoff=0.7)
    advice = f"Write `{_LANGUAGES[near[0]]}`" if near else "Write a code such as `ru` or `en`"
    msg = f"is no language code: “{given}”. {advice}"
    raise ValueError(msg)


def nearest_field(word: str) -> str:
    """Return advice for a key that is none of the fields."""
    fields = list(Description.model_fields)
    near = get_close_matches(word.lower(), fields, n=1, cutoff=0.5)
    return f"Did you mean `{near[0]}`?" if near else f"Known are: {', '.join(fields)}."
