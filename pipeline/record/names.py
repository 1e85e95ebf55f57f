"""Names, titles and translations as the record holds them, from the description as given.

What was given is never replaced. Added are forms that follow from it: the person that editors
name in brackets, and Russian in Latin letters (ALA-LC).
"""

from collections.abc import Iterable, Iterator

import langcodes

from pipeline.description.alignment import aligned
from pipeline.description.editorial import editorial, without_editors
from pipeline.description.fields import Description
from pipeline.description.nested_fields import GivenForm, GivenName
from pipeline.description.translations import FoundTranslation
from pipeline.description.transliteration import Scheme, is_russian, transliterated
from pipeline.record.model import Form, Name, Translation

_SCHEME: Scheme = "ala-lc"


def names_of(said: Description) -> tuple[Name, ...]:
    """Return everybody named; creator and recipient first, unless ``names`` says more of them."""
    known = {(one.name, one.role) for one in said.names}
    ends = [
        GivenName(name=name, role=role)
        for name, role in ((said.creator, "creator"), (said.recipient, "recipient"))
        if name is not None and (name, role) not in known
    ]
    return tuple(_name(one, said) for one in (*ends, *said.names))


def titles_of(said: Description) -> tuple[Form, ...]:
    """Return the other forms of the title: as given, then in Latin letters where it is Russian."""
    given = tuple(map(_form, said.titles))
    base = [] if said.title is None else [Form(value=said.title, kind="given")]
    return (*given, *_in_latin((*base, *given), said))


def translations_of(
    found: Iterable[FoundTranslation], reading_text: str
) -> tuple[Translation, ...]:
    """Return the translations, their paragraphs paired with those of the reading text."""
    return tuple(
        Translation(
            language=one.language,
            translator=one.translator,
            text=one.text,
            origin=one.origin,
            aligned=aligned(reading_text, one.text),
        )
        for one in found
    )


def realigned(translation: Translation, reading_text: str) -> Translation:
    """Return a translation whose paragraphs are paired with those of another reading text."""
    pairs = aligned(reading_text, translation.text)
    return translation.model_copy(update={"aligned": pairs})


def _name(given: GivenName, said: Description) -> Name:
    bare = without_editors(given.name)
    spans = editorial(given.name)
    value = bare or " ".join(span.words for span in spans)
    forms = tuple(map(_form, given.forms))
    there = {form.value for form in forms} | {value}
    supplied = tuple(
        Form(value=span.words.strip(), kind="supplied")
        for span in spans
        if bare and span.kind == "supplied" and _stands_alone(given.name, span.start, span.end)
        if span.words[:1].isupper() and span.words.strip() not in there
    )
    base = Form(value=value, kind="given")
    forms = (*forms, *supplied)
    latin = tuple(_in_latin((base, *forms), said))
    return Name(
        value=value, role=given.role, as_given=given.name, forms=(*forms, *latin), ids=given.ids
    )


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether brackets hold words, and not the rest of one: ``I[osif]``."""
    return not (text[:start][-1:].isalnum() or text[end:][:1].isalnum())


def _form(given: GivenForm) -> Form:
    return Form(**given.model_dump())


def _in_latin(forms: tuple[Form, ...], said: Description) -> Iterator[Form]:
    """Yield the ALA-LC form of each Russian one, unless somebody gave one by this scheme."""
    if any(form.scheme == _SCHEME for form in forms):
        return
    done = {form.value for form in forms}
    for form in forms:
        latin = transliterated(form.value, _SCHEME) if _russian(form, said) else form.value
        if latin not in done:
            done.add(latin)
            yield Form(value=latin, language="ru-Latn", kind="transliterated", scheme=_SCHEME)


def _russian(form: Form, said: Description) -> bool:
    """Return whether a form is Russian: by its letters, and nothing says another language."""
    told = langcodes.Language.get(form.language or said.language or "ru")
    other = told.language != "ru" and (
        form.language is not None or told.maximize().script == "Cyrl"
    )
    return form.kind != "transliterated" and not other and is_russian(form.value)
