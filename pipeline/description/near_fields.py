"""Advice for a key that is not a field: another field is named only if it means the same.

A key means the same if it is a common word for the field, or the field mistyped by one letter. A
word that merely looks like a field is none: ``sender`` is not ``funder``, nor is ``founder``.
"""

from pydantic import BaseModel
from rapidfuzz.distance import OSA

#: common words for fields, without marks and in small letters
_WORDS_BY_FIELD = {
    "title": "titled heading headline caption заголовок заглавие название titre tytuł název",
    "date": "dates dated date_created created year дата datum",
    "dates": "date dated years даты крайние_даты",
    "extent": "volume size quantity physdesc объём",
    "language": "languages lang язык sprache langue język jazyk",
    "creator": "author authors creators autor sender senders from_person from автор отправитель",
    "recipient": "recipients addressee addressees receiver to адресат получатель empfänger",
    "names": "people persons person имена персоны",
    "document_type": "type genre kind doctype вид тип",
    "references": "shelfmark shelf_mark call_number archival_reference reference_number "
    "reference_code шифр сигнатура",
    "leaves": "leaf folios folio листы лист",
    "contributors": "donor donated_by given_by contributed_by",
    "funder": "sponsor funding funded_by",
    "subjects": "keyword keywords tag tags topic topics тема темы",
    "summary": "abstract description annotation scope_and_content аннотация содержание",
    "rights": "licence license copyright права",
    "translations": "translation перевод",
    "note": "notes history scope comment comments remark remarks примечание примечания",
    "reply_to": "reply answer answers answer_to in_reply_to replies_to response_to ответ_на",
    "enclosure_of": "enclosed_in enclosed_with attachment_to attached_to annex_to приложение_к",
    "translation_of": "translates translated_from перевод_с",
    "copy_of": "copied_from копия_с",
    "part_of": "is_part_of belongs_to часть_от",
    "continues": "continuation_of продолжение",
    "related": "relates relation relations related_to see_also связан_с",
    "replaces": "supersedes replacement_for",
    "translator": "translated_by переводчик",
    "name": "имя",
}
#: words for what the other side of a relation states, by the field that states it
_WORDS_OF_OTHER_SIDE = {
    "reply_to": "replies answered_by reply_by replied_by has_reply",
    "enclosure_of": "enclosures encloses has_enclosure attachments",
    "translation_of": "translated_as has_translation",
    "copy_of": "copied_as has_copy",
    "part_of": "parts has_part has_parts",
    "continues": "continued continued_by continued_in followed_by",
    "replaces": "replaced replaced_by superseded_by",
}


_RARE_WORD = 3.0  #: on the scale of Zipf; misspellings are below 2.6, `founder` is 4.5


def suggest_field(word: str, model: type[BaseModel]) -> str:
    """Return advice for a key that is not a field of a model, as one or two sentences.

    >>> from pipeline.description.nested_fields import GivenName
    >>> suggest_field("nmae", GivenName), suggest_field("game_of", GivenName)
    ('Did you mean `name`?', 'Known are: name, role, kind, family, given, forms, ids.')
    """
    fields = list(model.model_fields)
    key = _plain(word)
    for field, words in _WORDS_OF_OTHER_SIDE.items():
        if field in fields and key in map(_plain, words.split()):
            return f"The other document states it, by `{field}`."
    near = _field_with_word(key, fields) or _mistyped_field(key, fields)
    return f"Did you mean `{near}`?" if near else f"Known are: {', '.join(fields)}."


def _field_with_word(key: str, fields: list[str]) -> str | None:
    words = ((field, _WORDS_BY_FIELD.get(field, "")) for field in fields)
    return next((field for field, text in words if key in map(_plain, text.split())), None)


def _mistyped_field(key: str, fields: list[str]) -> str | None:
    """Return the field that differs by one letter at most, or by two letters exchanged.

    A word that is English by itself is not mistyped.
    """
    near = [field for field in fields if OSA.distance(key, _plain(field), score_cutoff=1) <= 1]
    if not near or len(key) < 3:
        return None
    from wordfreq import zipf_frequency  # noqa: PLC0415  a second, and only for this message

    is_same = key in map(_plain, near)
    return near[0] if is_same or zipf_frequency(key, "en") < _RARE_WORD else None


def _plain(word: str) -> str:
    """Return a word in small letters, without spaces and marks between its parts."""
    return "".join(character for character in word.casefold() if character.isalnum())
