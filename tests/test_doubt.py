"""Letters that a record misreads, and its doubtful words: found, published, searched and shown."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.doubt.chance import WordFeatures, chance_wrong
from pipeline.doubt.findings import DoubtReason, WordDoubt
from pipeline.doubt.outer_marks import without_marks
from pipeline.doubt.record_doubts import PageDoubts, PageWords, RecordDoubts, doubts_of_pages
from pipeline.doubt.suggested_text import (
    doubts_fit,
    suggested_words,
    with_suggestions,
)
from pipeline.doubt.vocabulary import vocabulary_of
from pipeline.doubt.word_forms import forms_of_page, lines_of
from pipeline.record.assemble import assemble_record
from pipeline.record.record import Record, dump_record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.repository.full_text import SuggestedHit
from pipeline.repository.verify_version import check_version
from pipeline.site.record_views import line_views
from pipeline.site.search import search_documents
from tests.factories import CLOCK, SIGNATURE, admitted_scan, pages, publish_sample, scan_pdf
from tests.workspace import Workspace

CASES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "cases" / "misread-letters.json").read_text("utf-8")
)
LETTER = CASES["misread"][0]
RECORD = "rgaspi-f558-op11-d330-l0110-0111"
NO_DOUBTS = ((), ())


def judge(text: str, language: str, confidence: float = 0.97) -> RecordDoubts:
    """Return the doubts of a record of one page."""
    return doubts_of_pages([PageWords(text, [confidence] * len(text.split()), (language,))])


@pytest.mark.parametrize("case", CASES["right"], ids=[case["label"] for case in CASES["right"]])
def test_in_right_text_nothing_is_found(case: dict[str, Any]) -> None:
    doubts = judge(case["text"], case["language"])
    assert (doubts.misread_letters, doubts.pages[0].words) == NO_DOUBTS


@pytest.mark.parametrize("case", CASES["misread"], ids=[c["label"] for c in CASES["misread"]])
def test_misread_letters_are_found_and_put_right(case: dict[str, Any]) -> None:
    doubts = judge(case["text"], case["language"])
    assert [[one.as_read, one.right] for one in doubts.misread_letters] == case["exchanges"]
    exchange = doubts.misread_letters[0]
    assert exchange.words > 10 * exchange.expected_words
    assert exchange.occurrences >= exchange.words >= 4
    assert 0.1 < exchange.rate < 0.9
    suggested = [doubt for doubt in doubts.pages[0].words if doubt.suggestions]
    assert {doubt.text: doubt.suggestions[0] for doubt in suggested} == case["suggestions"]
    assert all(DoubtReason.MISREAD_LETTER in doubt.reasons for doubt in suggested)


def test_a_letter_that_never_stands_right_is_no_finding() -> None:
    """A typewriter lacks it, or the spelling of the time."""
    text = "\n".join(case["text"] for case in CASES["right"] if case["language"] == "deu")
    assert judge(text.replace("m", "rn"), "deu").misread_letters == ()


def test_letters_are_learnt_from_all_pages_of_one_language() -> None:
    """Each half has too few words; with an English page between them they are still enough."""
    english = next(case["text"] for case in CASES["right"] if case["language"] == "eng")
    lines = LETTER["text"].split("\n")
    halves = ["\n".join(lines[::2]), "\n".join(lines[1::2])]
    read = [(halves[0], "rus"), (english, "eng"), (halves[1], "rus")]
    words = [PageWords(text, [0.97] * len(text.split()), (code,)) for text, code in read]
    doubts = doubts_of_pages(words)
    assert [(one.as_read, one.right) for one in doubts.misread_letters] == [("л", "д")]
    assert doubts.misread_letters == doubts_of_pages(words[::-1]).misread_letters
    assert [bool(page.words) for page in doubts.pages] == [True, False, True]


def test_a_page_without_words_or_of_a_language_without_a_list_has_no_findings() -> None:
    assert doubts_of_pages([PageWords("", (), ())]).pages == (PageDoubts((), 0.0),)
    for text, language in (("ⲁⲩⲱ ⲁϥⲉⲓ", "cop"), ("政府工作報告", "chi_tra"), ("日本語の文", "jpn")):
        assert judge(text, language).pages[0].words == ()
    doubt = judge("ⲁⲩⲱ", "cop", 0.3).pages[0].words[0]
    assert doubt.reasons == (DoubtReason.CONFIDENCE,)


def test_an_unknown_word_is_doubtful_where_the_engine_is_not_quite_sure() -> None:
    text = "мы подучидк ваш ответ"
    assert judge(text, "rus").pages[0].words == ()
    (doubt,) = judge(text, "rus", 0.9).pages[0].words
    assert (doubt.line, doubt.word, doubt.text) == (1, 2, "подучидк")
    assert doubt.reasons == (DoubtReason.UNKNOWN_WORD,)


SHARES = st.floats(0, 1)


@given(st.text("аяAz19-/ ", min_size=1), SHARES, SHARES, SHARES, st.none() | SHARES, SHARES)
def test_evidence_against_a_word_never_lowers_its_chance_of_being_wrong(
    text: str,
    confidence: float,
    line: float,
    page: float,
    frequency: float | None,
    probability: float,
) -> None:
    features = WordFeatures(text, confidence, line, page, frequency, False, probability)
    chance = chance_wrong(features)
    assert probability - 1e-4 <= chance <= 1
    assert chance_wrong(replace(features, confidence=0.0)) >= chance
    assert chance_wrong(replace(features, line_confidence=0.0)) >= chance
    assert chance_wrong(replace(features, page_confidence=0.0)) >= chance
    assert chance_wrong(replace(features, is_unknown=True)) >= chance
    if frequency is not None:
        assert chance_wrong(replace(features, frequency=0.0)) >= chance


RIGHT_LINES = st.sampled_from(CASES["right"]).flatmap(
    lambda case: st.tuples(
        st.just(case["language"]), st.lists(st.sampled_from(case["text"].split("\n")), max_size=40)
    )
)


@given(RIGHT_LINES)
def test_no_choice_of_right_lines_has_a_finding(language_and_lines: tuple[str, list[str]]) -> None:
    language, lines = language_and_lines
    assert judge("\n".join(lines), language).misread_letters == ()


HOSTILE = st.one_of(
    st.text(st.sampled_from("лдЛДаёЁйßİﬁo-\u00ad\n\n \t'’1.ⲁ")),
    st.lists(st.sampled_from([*LETTER["text"].split(), "-\n", "\n\n", "ЛЕЛО", "(лля", "l949"])).map(
        " ".join
    ),
)


@pytest.mark.slow
@given(HOSTILE)
def test_doubts_are_about_words_that_are_there_and_change_none(extra: str) -> None:
    text = f"{LETTER['text']}\n{extra}"
    doubts = judge(text, "rus").pages[0].words
    assert doubts_fit(text, doubts)
    places = [(doubt.line, doubt.word) for doubt in doubts]
    assert places == sorted(set(places))
    suggested = with_suggestions(text, suggested_words(text, doubts))
    assert len(suggested.split()) == len(text.split())
    assert [line.count(" ") for line in suggested.split("\n")] == [
        line.count(" ") for line in text.split("\n")
    ]


@given(HOSTILE)
def test_a_form_that_is_spelled_as_itself_is_as_read(text: str) -> None:
    for form in forms_of_page(lines_of(text), vocabulary_of(("rus",))):
        assert "".join(form.spell(form.folded)) == form.as_read
        for part in form.parts:
            word = lines_of(text)[part.line][part.word]
            assert word[part.start : part.start + len(part.letters)] == part.letters


@pytest.fixture
def folder(tmp_path: Path) -> VersionFolder:
    """A published record of two pages that read л for д."""
    publish_sample(tmp_path, (LETTER["text"], "Филиппов"))
    return VersionFolder(next((tmp_path / "output" / "records").rglob("v1")))


def test_a_record_keeps_its_text_and_lists_its_doubts(folder: VersionFolder) -> None:
    record = folder.load_record()
    assert [(one.as_read, one.right) for one in record.misread_letters] == [("л", "д")]
    page = record.pages[0]
    assert page.raw_text == LETTER["text"]
    assert "Олессу" in page.reading_text
    assert "Одессу" not in page.reading_text
    assert page.doubts is not None
    suggested = {one.text: one.suggestions[0] for one in page.doubts if one.suggestions}
    assert suggested == LETTER["suggestions"]
    assert page.expected_wrong_words is not None
    assert page.expected_wrong_words >= len(suggested) / 2
    assert list(check_version(folder)) == []


def test_a_doubt_about_another_word_is_found_by_verify(folder: VersionFolder) -> None:
    record = folder.load_record()
    page = record.pages[0]
    assert page.doubts
    moved = replace(page.doubts[0], word=page.doubts[0].word + 1)
    wrong = page.model_copy(update={"doubts": (moved, *page.doubts[1:])})
    folder.record_file.chmod(0o644)
    folder.record_file.write_bytes(
        dump_record(record.model_copy(update={"pages": (wrong, *record.pages[1:])}))
    )
    details = [finding.detail for finding in check_version(folder)]
    assert "page 1: a doubt is about a word that its text does not have" in details


@pytest.mark.parametrize(
    ("query", "suggestions"),
    [
        ("Одессу", [("Олессу", "Одессу")]),
        ("одесс*", [("Олессу", "Одессу")]),
        ('"и в Одессу"', [("Олессу", "Одессу")]),
        ("следует", [("слелует", "следует")]),
        ("Олессу", []),
        ("Одессу солдат", [("Олессу", "Одессу"), ("соллат", "солдат")]),
        ("Владивосток Одессу", [("Олессу", "Одессу")]),
    ],
)
def test_a_word_is_found_by_its_suggestion_and_the_hit_says_so(
    folder: VersionFolder, tmp_path: Path, query: str, suggestions: list[tuple[str, str]]
) -> None:
    with Catalog(tmp_path / "output/catalog.sqlite", tmp_path / "output/records") as catalog:
        (hit,) = catalog.search(query)
        assert catalog.count_hits(query) == 1
        assert catalog.index_is_consistent()
        assert catalog.search("Лондон") == []
    assert hit.suggestions == tuple(SuggestedHit(*pair) for pair in suggestions)
    assert all(read in hit.around for read, _ in suggestions[:1])
    assert "Одессу" not in hit.around


def test_the_command_says_that_a_hit_is_a_suggestion(folder: VersionFolder, tmp_path: Path) -> None:
    output = Workspace(tmp_path).opis("search", "Одессу").stdout
    assert "в Олессу." in output
    assert "    perhaps Одессу; the text has Олессу\n" in output
    assert "misread     л → д (11)\n" in Workspace(tmp_path).opis("show", RECORD).stdout
    as_json = json.loads(Workspace(tmp_path).opis("search", "Одессу", "--json").stdout)
    assert as_json[0]["suggestions"] == [{"text": "Олессу", "suggestion": "Одессу"}]


def test_the_site_marks_doubts_and_finds_suggestions(folder: VersionFolder) -> None:
    record = folder.load_record()
    words = [word for line in line_views(folder, record.pages[0]) for word in line.words]
    assert all(word.doubtful for word in words if word.suggestion)
    marked = {word.text: word.suggestion for word in words if word.suggestion}
    assert marked == {text: without_marks(one) for text, one in LETTER["suggestions"].items()}
    document = list(search_documents(record))[1]
    read = document.text.split(" ")
    suggested = {read[place]: word for place, word in document.suggested}
    assert suggested["Олессу."] == "Одессу"
    assert suggested["слелует"] == "следует"


def test_in_a_record_without_doubts_the_site_goes_by_confidence(folder: VersionFolder) -> None:
    page = folder.load_record().pages[0].model_copy(update={"doubts": None})
    words = [word for line in line_views(folder, page) for word in line.words]
    assert not any(word.doubtful or word.suggestion for word in words)


def test_a_record_from_before_doubts_is_read(folder: VersionFolder) -> None:
    document = json.loads(folder.record_file.read_bytes())
    del document["misread_letters"]
    for page in document["pages"]:
        del page["doubts"]
    record = Record.model_validate(document)
    assert (record.misread_letters, record.pages[0].doubts) == ((), None)


def test_the_issue_of_a_poor_page_counts_its_doubts(tmp_path: Path) -> None:
    scan = admitted_scan(scan_pdf(tmp_path / "s.pdf", 1), 1, references="RGASPI, f. 1, op. 1, d. 1")
    record = assemble_record(scan, pages(["раз два"], confidence=0.3), SIGNATURE, CLOCK)
    assert "of its 2 words may be wrong, 2 are doubtful" in record.issues[-1].detail


def test_a_doubt_fits_the_word_at_its_place() -> None:
    doubt = WordDoubt(1, 2, "лля", 0.9, (DoubtReason.MISREAD_LETTER,), ("для",))
    assert doubts_fit("мы лля", [doubt])
    assert not doubts_fit("мы для", [doubt])
    assert not doubts_fit("", [doubt])
