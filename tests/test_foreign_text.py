"""A page in a language that it was not read in asks for review, in whatever language it is."""

from pathlib import Path

import pytest

from pipeline.model import IssueType, PageReading, PageState
from pipeline.ocr.evidence import Evidence
from pipeline.ocr.foreign_text import foreign_text_detail
from pipeline.ocr.lexicon import count_known_letters
from pipeline.record.assemble import assemble_record
from pipeline.scan import ReadPage
from tests.factories import CLOCK, SIGNATURE, admitted_scan, scan_pdf, source, text

#: As a model of another language reads them: without marks, with slips.
TEXTS = {
    "fr": "Monsieur le Ministre, j'ai Vhonneur de vous informer que la delegation du gouvernement "
    "est arrivee hier soir par le train de Paris et que les negociations commencent demain",
    "da": "Jeg har den aere at meddele Dem, at det danske Gesandtskab ikke har modtaget nogen "
    "efterretninger om de omtalte begivenheder, og at man afventer en naermere redegorelse",
    "de": "Ich beehre mich Ihnen mitzuteilen, dass die deutsche Gesandtschaft noch keine "
    "Nachrichten uber die erwahnten Ereignisse erhalten hat und weitere Berichte abwartet",
    "cs": "Mam cest Vam oznamiti, ze vyslanectvi dosud nedostalo zadnych zprav o techto "
    "udalostech a ze bude nutno vyckati dalsiho vysvetleni od ministerstva zahranici",
    "uk": "Маю честь повідомити Вам, що посольство ще не отримало жодних звісток про ці події "
    "і що треба чекати дальшого пояснення від міністерства закордонних справ",
}
ENGLISH = (
    "I have the honour to inform you that the legation has not yet received any news of the "
    "events which were mentioned and that a further report from the ministry is awaited"
)
CZECH = (
    "Mám čest Vám oznámiti, že vyslanectví dosud nedostalo žádných zpráv o těchto událostech "
    "a že bude nutno vyčkati dalšího vysvětlení od ministerstva zahraničí"
)
RUSSIAN = (
    "Имею честь сообщить Вам, что посольство еще не получило никаких известий об этих событиях "
    "и что надо ждать дальнейших разъяснений от министерства иностранных дел"
)


def detail_of(lines: str, *languages: str, confidence: float = 0.9) -> str:
    read = text(lines, confidence)
    known, letters = count_known_letters((word.text for word in read.words()), languages)
    return foreign_text_detail(read, Evidence(1.0, 1.0, known, letters, 0), languages)


@pytest.mark.parametrize("language", ["fr", "da", "de", "cs"])
def test_a_page_read_in_english_says_what_it_looks_like(language: str) -> None:
    assert f"`language: {language}`" in detail_of(TEXTS[language], "eng")


def test_a_page_read_in_russian_says_what_it_looks_like() -> None:
    assert "it looks like Ukrainian" in detail_of(TEXTS["uk"], "rus")
    assert "it may be in another language" in detail_of(TEXTS["fr"], "rus")


@pytest.mark.parametrize(
    ("lines", "language"),
    [(TEXTS["fr"], "fra"), (TEXTS["da"], "dan"), (TEXTS["de"], "deu"), (CZECH, "ces"),
     (TEXTS["uk"], "ukr"), (ENGLISH, "eng"), (RUSSIAN, "rus"), ("1234 567 / 89 No. 5", "eng"),
     ("Le Havre 12/5", "eng")],
)  # fmt: skip
def test_a_page_in_its_own_language_or_of_few_letters_says_nothing(
    lines: str, language: str
) -> None:
    assert detail_of(lines, language) == ""


def test_words_of_no_language_are_few_known_words() -> None:
    assert "another language" in detail_of("ghrtz wqplk mnbvt xxcvy " * 5, "eng")


def test_a_model_without_a_word_list_says_nothing() -> None:
    assert detail_of(TEXTS["uk"], "bel") == ""


def test_a_page_in_a_foreign_language_needs_review_however_sure_the_engine_is(
    tmp_path: Path,
) -> None:
    place = "RGASPI, f. 558, op. 11, d. 330, l. 110"
    scan = admitted_scan(scan_pdf(tmp_path / "scan.pdf", 1), 1, references=place)
    detail = detail_of(TEXTS["fr"], "eng")

    def review_details(page_detail: str) -> list[str]:
        read = text("Товарищу Мао Цзэ-дуну. Мы получили телеграмму.", 0.99)
        languages = ("rus",)
        reading = PageReading(
            PageState.OK, read, (), page_detail, languages=languages, expected_error=0.0
        )
        record = assemble_record(scan, [ReadPage(1, source(1), reading)], SIGNATURE, CLOCK)
        assert record.needs_review == bool(page_detail)
        return [one.detail for one in record.issues if one.concern is IssueType.LOW_CONFIDENCE]

    assert review_details("") == []
    assert review_details(detail) == [f"page 1: {detail}; compare it with the image"]
