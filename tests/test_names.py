import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.description.authorities import check_authority_uri
from pipeline.description.editorial import editorial_spans, strip_editorial_spans
from pipeline.description.fields import Description
from pipeline.description.rights import check_rights_uri
from pipeline.description.transliteration import is_russian, transliterate
from pipeline.record.names import names_of, titles_of

CASES = json.loads((Path(__file__).parent / "cases" / "transliteration.json").read_text("utf-8"))
RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"

law = settings(deadline=None)  # a busy machine is not a broken law


def description(**values: Any) -> Description:
    return Description.model_validate(values)


def cyrillic(text: str) -> list[str]:
    return [c for c in text if unicodedata.name(c, "").startswith("CYRILLIC")]


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_russian_has_one_latin_form_in_each_scheme(case: dict[str, str]) -> None:
    assert transliterate(case["text"], "ala-lc") == case["ala-lc"]
    assert transliterate(case["text"], "bgn-pcgn") == case["bgn-pcgn"]


@law
@given(st.text(st.sampled_from(RUSSIAN + " -.,1949éab")))
def test_no_cyrillic_letter_remains(text: str) -> None:
    for typed in (text, unicodedata.normalize("NFD", text)):
        assert not cyrillic(transliterate(typed, "ala-lc"))
        assert not cyrillic(transliterate(typed, "bgn-pcgn"))


@law
@given(st.text(st.characters(max_codepoint=0x24F)))
def test_what_is_not_cyrillic_stays(text: str) -> None:
    assert transliterate(text, "ala-lc") == unicodedata.normalize("NFC", text)


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="Known are: ala-lc, bgn-pcgn"):
        transliterate("а", "gost")  # type: ignore[arg-type]


def test_letters_of_other_languages_are_not_taken_for_russian() -> None:
    assert is_russian("Филиппов [Сталин]")
    assert not is_russian("Київ")
    assert not is_russian("Мао Цзэ-дун")


@law
@given(st.text(st.sampled_from("ab []…1. ")))
def test_editors_words_are_found_in_order_and_the_rest_is_the_authors(text: str) -> None:
    spans = editorial_spans(text)
    ends = [0, *(place for span in spans for place in (span.start, span.end)), len(text)]
    assert ends == sorted(ends)
    for span in spans:
        assert text[span.start : span.end] == f"[{span.text}]"
    assert not editorial_spans(strip_editorial_spans(text)) or "[" in text


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("the Nanjing government, [which is] bearing the blame", ["supplied"]),
        ("Filippov [Stalin]", ["supplied"]),
        ("we […] agree [...]", ["omission", "omission"]),
        ("disagreable [sic]", ["remark"]),
        ("to [нрзб.] send", ["illegible"]),
        ("as said.[12]", ["note"]),
        ("[a [b] c]", ["supplied"]),
        ("open [ only", []),
        ("closed ] only", []),
        ("none", []),
    ],
)
def test_the_kind_of_a_bracket_follows_from_its_content(text: str, kinds: list[str]) -> None:
    assert [span.kind for span in editorial_spans(text)] == kinds


def test_a_name_is_without_editors_words_and_kept_as_given() -> None:
    creator, recipient = names_of(description(creator="Filippov [Stalin]", recipient="Mao Zedong"))
    assert (creator.value, creator.role) == ("Filippov", "creator")
    assert creator.as_given == "Filippov [Stalin]"
    assert [(form.value, form.kind) for form in creator.forms] == [("Stalin", "supplied")]
    assert (recipient.value, recipient.forms) == ("Mao Zedong", ())


def test_two_entries_for_one_person_become_one_name() -> None:
    more = {
        "name": "Филиппов [Сталин]",
        "role": "creator",
        "ids": "https://www.wikidata.org/entity/Q855",
        "forms": [{"value": "Stalin, Joseph", "language": "en"}],
    }
    (name,) = names_of(description(creator="Филиппов [Сталин]", names=[more]))
    assert name.value == "Филиппов"
    assert name.ids == ("https://www.wikidata.org/entity/Q855",)
    assert [(f.value, f.kind, f.scheme) for f in name.forms] == [
        ("Stalin, Joseph", "given", None),
        ("Сталин", "supplied", None),
        ("Filippov", "transliterated", "ala-lc"),
        ("Stalin", "transliterated", "ala-lc"),
    ]


def test_a_letter_expanded_in_brackets_is_no_other_name() -> None:
    (name,) = names_of(description(creator="I[osif] Stalin"))
    assert name.forms == ()
    assert names_of(description(creator="[Stalin]"))[0].value == "Stalin"


def test_a_chinese_name_is_not_transliterated_through_russian() -> None:
    (name,) = names_of(description(recipient="Мао Цзэ-дун", language="ru"))
    assert name.forms == ()


def test_a_russian_title_gets_a_latin_form_beside_it() -> None:
    title = "Телеграмма Филиппова [Сталина]"
    (form,) = titles_of(description(title=title, language="ru"))
    assert form.value == "Telegramma Filippova [Stalina]"
    assert (form.kind, form.scheme, form.language) == ("transliterated", "ala-lc", "ru-Latn")


def test_a_latin_form_that_was_given_is_not_replaced() -> None:
    form = {"value": "Telegramma", "kind": "transliterated", "scheme": "ala-lc"}
    assert [f.value for f in titles_of(description(title="Телеграмма", titles=[form]))] == [
        "Telegramma"
    ]


def test_a_latin_form_with_a_cyrillic_letter_is_refused() -> None:
    mixed = {"value": "Stаlin", "kind": "transliterated", "scheme": "ala-lc"}  # а is Cyrillic
    with pytest.raises(ValueError, match="holds Cyrillic letters"):
        description(titles=[mixed])


@pytest.mark.parametrize("language", ["bg", "uk", "sr"])
def test_a_title_in_another_cyrillic_language_is_left_alone(language: str) -> None:
    assert titles_of(description(title="Телеграма от Москва", language=language)) == ()


@pytest.mark.parametrize(
    "uri",
    [
        "http://rightsstatements.org/vocab/CNE/1.0/",
        "http://rightsstatements.org/vocab/InC-OW-EU/1.0/",
        "http://creativecommons.org/licenses/by-sa/4.0/",
        "http://creativecommons.org/publicdomain/zero/1.0/",
    ],
)
def test_a_known_rights_statement_is_taken(uri: str) -> None:
    assert check_rights_uri(uri) == uri


@pytest.mark.parametrize(
    ("uri", "right"),
    [
        ("https://rightsstatements.org/vocab/CNE/1.0/", "vocab/CNE/1.0/"),
        ("http://rightsstatements.org/page/NoC-US/1.0/?language=en", "vocab/NoC-US/1.0/"),
        ("http://rightsstatements.org/vocab/cne/1.0", "vocab/CNE/1.0/"),
        ("InC", "vocab/InC/1.0/"),
        ("https://creativecommons.org/licenses/by/4.0/deed.en", "http://creativecommons.org/licenses/by/4.0/"),
        ("CC BY-NC 4.0", "http://creativecommons.org/licenses/by-nc/4.0/"),
        ("CC0", "http://creativecommons.org/publicdomain/zero/1.0/"),
        ("open", "a URI such as http://rightsstatements.org/vocab/CNE/1.0/"),
    ],
)  # fmt: skip
def test_another_is_refused_with_the_right_form(uri: str, right: str) -> None:
    with pytest.raises(ValueError, match="is no known rights statement") as caught:
        check_rights_uri(uri)
    assert right in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "right"),
    [
        ("Q855", "https://www.wikidata.org/entity/Q855"),
        ("https://www.wikidata.org/wiki/Q855", "https://www.wikidata.org/entity/Q855"),
        ("viaf:101698170", "https://viaf.org/viaf/101698170"),
        ("https://id.loc.gov/authorities/names/n80126289.html", "http://id.loc.gov/authorities/names/n80126289"),
        ("Stalin", "one such as https://www.wikidata.org/entity/Q855"),
    ],
)  # fmt: skip
def test_an_authority_is_recognized_by_the_form_of_its_uri(uri: str, right: str) -> None:
    with pytest.raises(ValueError, match="is no URI of an authority file") as caught:
        check_authority_uri(uri)
    assert right in str(caught.value)
    if right.startswith("http"):
        assert check_authority_uri(right) == right
