"""Types of field values: one text, a language, a list of texts, leaf labels."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator

from pipeline.description.languages import normalize_language_tag
from pipeline.references.leaves import parse_leaf_labels
from pipeline.references.page_labels import normalize_label


def to_text(given: object) -> object:
    """Return one text without the space around it; None if it is empty, ValueError for no text."""
    if given is None or isinstance(given, str):
        return (given or "").strip() or None
    msg = "takes one text, not a list or keys of its own"
    raise ValueError(msg)


def to_text_list(given: object) -> tuple[str, ...]:
    """Return a list of texts; one text becomes a list of one. ValueError for other values."""
    items = (given,) if isinstance(given, str) else given
    if not isinstance(items, list | tuple):
        msg = "takes a text or a list of texts"
        raise ValueError(msg)
    texts = [item.strip() for item in items if isinstance(item, str)]
    if len(texts) < len(items):
        msg = "takes texts; an item of its list is empty, or a list itself"
        raise ValueError(msg)
    return tuple(filter(None, texts))


def to_leaf_labels(given: object) -> tuple[str | None, ...]:
    """Return leaf labels, normalized where they can be parsed; None for a page that is no leaf."""
    if isinstance(given, str):
        return parse_leaf_labels(given) or (given.strip(),)
    if not isinstance(given, list | tuple):
        msg = "takes a list of leaves, one for each page"
        raise ValueError(msg)
    return tuple(_to_leaf_label(item) for item in given)


def _to_leaf_label(given: object) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str):
        msg = "takes a leaf, or null, for each page"
        raise ValueError(msg)
    return normalize_label(given) or None


def to_decided_value(given: object) -> tuple[str | None, ...]:
    """Return the items of a decided value as they were written; none if nothing was given."""
    items = [] if given is None else given if isinstance(given, list | tuple) else [given]
    if not all(item is None or isinstance(item, str) for item in items):
        msg = "takes a text or a list of texts"
        raise ValueError(msg)
    return tuple(items)


def _normalize_if_given(language: str | None) -> str | None:
    return None if language is None else normalize_language_tag(language)


OptionalText: TypeAlias = Annotated[
    str | None, BeforeValidator(to_text, json_schema_input_type=str | None)
]
Language: TypeAlias = Annotated[str, AfterValidator(normalize_language_tag)]
OptionalLanguage: TypeAlias = Annotated[OptionalText, AfterValidator(_normalize_if_given)]
TextList: TypeAlias = Annotated[
    tuple[str, ...], BeforeValidator(to_text_list, json_schema_input_type=str | list[str] | None)
]
DecidedValue: TypeAlias = Annotated[
    tuple[str | None, ...],
    BeforeValidator(to_decided_value, json_schema_input_type=str | list[str | None] | None),
]
LeafLabels: TypeAlias = Annotated[
    tuple[str | None, ...],
    BeforeValidator(to_leaf_labels, json_schema_input_type=str | list[str | None] | None),
]
