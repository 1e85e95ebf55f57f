"""Names, titles and translations as the record holds them, from the description as given.

The given values are never replaced. Forms that follow from them are added: the person that editors
name in brackets, and Russian in Latin letters (ALA-LC).
"""

from collections.abc import Iterable, Iterator

import langcodes

from pipeline.description.alignment import align_paragraphs
from pipeline.description.editorial import editorial_spans, strip_editorial_spans
from pipeline.description.fields import Description
from pipeline.description.nested_fields import GivenForm, GivenName
from pipeline.description.translations import SuppliedTranslation
from pipeline.description.transliteration import TransliterationScheme, is_russian, transliterate
from pipeline.record.record import Name, NameForm, Translation

_SCHEME: TransliterationScheme = "ala-lc"


def names_of(description: Description) -> tuple[Name, ...]:
    """Return all names; creator and recipient first, unless ``names`` contains them."""
    known = {(given.name, given.role) for given in description.names}
    people = [
        GivenName(name=name, role=role)
        for names, role in ((description.creator, "creator"), (description.recipient, "recipient"))
        for name in names
        if (name, role) not in known
    ]
    return tuple(_build_name(given, description) for given in (*people, *description.names))


def titles_of(description: Description) -> tuple[NameForm, ...]:
    """Return the other forms of the title: as given, then in Latin letters if it is Russian."""
    given = tuple(map(_name_form, description.titles))
    base = [] if description.title is None else [NameForm(value=description.title, kind="given")]
    return (*given, *_latin_forms((*base, *given), description))


def translations_of(
    supplied: Iterable[SuppliedTranslation], reading_text: str
) -> tuple[Translation, ...]:
    """Return the translations, their paragraphs paired with those of the reading text."""
    return tuple(
        Translation(
            language=translation.language,
            translator=translation.translator,
            text=translation.text,
            origin=translation.origin,
            aligned=align_paragraphs(reading_text, translation.text),
        )
        for translation in supplied
    )


def realign_translation(translation: Translation, reading_text: str) -> Translation:
    """Return a translation with its paragraphs paired with those of a new reading text."""
    pairs = align_paragraphs(reading_text, translation.text)
    return translation.model_copy(update={"aligned": pairs})


def _build_name(given: GivenName, description: Description) -> Name:
    bare = strip_editorial_spans(given.name)
    spans = editorial_spans(given.name)
    value = bare or " ".join(span.text for span in spans)
    forms = tuple(map(_name_form, given.forms))
    values = {form.value for form in forms} | {value}
    supplied = tuple(
        NameForm(value=span.text.strip(), kind="supplied")
        for span in spans
        if bare and span.kind == "supplied" and _is_whole_word(given.name, span.start, span.end)
        if span.text[:1].isupper() and span.text.strip() not in values
    )
    base = NameForm(value=value, kind="given")
    forms = (*forms, *supplied)
    latin = tuple(_latin_forms((base, *forms), description))
    return Name(
        value=value, role=given.role, as_given=given.name, forms=(*forms, *latin), ids=given.ids,
        kind=given.kind, family=given.family, given=given.given,
    )  # fmt: skip


def _is_whole_word(text: str, start: int, end: int) -> bool:
    """Return whether brackets contain whole words, not a part of one as in ``I[osif]``."""
    return not (text[:start][-1:].isalnum() or text[end:][:1].isalnum())


def _name_form(given: GivenForm) -> NameForm:
    return NameForm(**given.model_dump())


def _latin_forms(forms: tuple[NameForm, ...], description: Description) -> Iterator[NameForm]:
    """Yield the ALA-LC form of each Russian form, unless one by this scheme is given."""
    if any(form.scheme == _SCHEME for form in forms):
        return
    values = {form.value for form in forms}
    for form in forms:
        latin = (
            transliterate(form.value, _SCHEME)
            if _is_russian_form(form, description)
            else form.value
        )
        if latin not in values:
            values.add(latin)
            yield NameForm(value=latin, language="ru-Latn", kind="transliterated", scheme=_SCHEME)


def _is_russian_form(form: NameForm, description: Description) -> bool:
    """Return whether a form is Russian by its letters, and no other language is stated."""
    language = langcodes.Language.get(form.language or description.language or "ru")
    is_other = language.language != "ru" and (
        form.language is not None or language.maximize().script == "Cyrl"
    )
    return form.kind != "transliterated" and not is_other and is_russian(form.value)
