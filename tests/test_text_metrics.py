import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from pipeline.model import TextLayerVerdict
from pipeline.text_metrics import (
    cer,
    edits_by_end,
    in_one_style,
    judge_text_layer,
    lenient_line_error,
    line_error,
    normalize,
    wer,
)  # fmt: skip

STYLED = st.text("ab.,-–„‚'\" \n")


@given(st.text(min_size=1))
def test_a_text_has_no_errors_against_itself(text: str) -> None:
    assert cer(text, text) == 0
    assert wer(text, text) == 0
    assert line_error(text, text) == 0


def test_a_letter_composed_of_two_characters_counts_once() -> None:
    assert cer("й", "и\u0306") == 0
    assert cer("ёж", "е\u0308х") == 0.5


def test_runs_of_white_space_count_as_one_space() -> None:
    assert cer("а б", "а \n\t б") == 0


def test_line_error_does_not_punish_reading_a_stamp() -> None:
    page = "СЕКРЕТНО 0110\nТоварищу Мао\nвходящий № 5"
    assert line_error("Товарищу Мао", page) == 0
    assert cer("Товарищу Мао", page) > 1


def test_line_error_counts_edits_in_the_best_stretch() -> None:
    assert line_error("Товарищу Мао", "xx Товаришу Мао yy") == pytest.approx(1 / 12)
    assert line_error("мир", "") == 1


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        ("Товарищу Мао Цзэ-дуну лично срочно", TextLayerVerdict.GOOD),
        ("Товаришч Мао Ц3э-дчич л1чио cpочно", TextLayerVerdict.POOR),
        ("Hanorosas:t AeKnapai ,-++2),2 GLYPH", TextLayerVerdict.LYING),
    ],
)
def test_a_text_layer_is_judged_against_our_reading(
    theirs: str, expected: TextLayerVerdict
) -> None:
    found, score = judge_text_layer("Товарищу Мао Цзэ-дуну лично, срочно", theirs)
    assert (found, score is None) == (expected, False)


def test_a_layer_of_a_few_true_words_is_poor_and_does_not_lie() -> None:
    page = "Go to the second page. " + "Here is the map of the town and of all its suburbs. " * 3
    assert judge_text_layer(page, "Go to the second page")[0] is TextLayerVerdict.POOR
    assert judge_text_layer(page, "Come back to another leaf")[0] is TextLayerVerdict.LYING


def test_a_layer_is_not_judged_by_a_page_of_three_words() -> None:
    assert judge_text_layer("одно два три", "anything") == (TextLayerVerdict.UNJUDGED, None)


@pytest.mark.parametrize(
    ("typed", "read", "strict", "lenient"),
    [
        ("dne 11. března", "dne 11.března", 1, 0),
        ("dne 11.března", "dne 11 . března", 2, 0),
        ("Мао – это „мы“", 'Мао - это "мы"', 3, 0),
        ("Мао — это", "Мао -- это", 2, 0),
        ("„Ja“ ‚so‘", ",,Ja'' 'so'", 5, 0),
        ("die Lage, und", "die Lage. und", 1, 1),
        ("die Lage und", "dieLage und", 1, 1),
        ("von 10-12 Uhr", "von 10 12 Uhr", 1, 1),
    ],
)
def test_lenient_line_error_leaves_out_what_the_transcriber_decides(
    typed: str, read: str, strict: int, lenient: int
) -> None:
    assert line_error(typed, read) == pytest.approx(strict / len(typed))
    assert lenient_line_error(typed, read) == pytest.approx(lenient / len(typed))


@given(STYLED, STYLED)
def test_lenient_line_error_is_never_higher(typed: str, read: str) -> None:
    assert 0 <= lenient_line_error(typed, read) <= line_error(typed, read)


@given(st.text() | STYLED)
def test_a_line_in_one_style_stays_as_it_is(text: str) -> None:
    line = normalize(text)
    styled = in_one_style(line)
    assert in_one_style(styled) == styled
    assert lenient_line_error(line, styled) == 0


@given(st.text("abcd", min_size=1, max_size=8), st.text("abcd", max_size=12), st.booleans())
def test_edits_are_counted_up_to_each_character(line: str, text: str, anchored: bool) -> None:
    starts = [0] if anchored else range(len(text) + 1)
    expected = [
        min(Levenshtein.distance(line, text[start:end]) for start in starts if start <= end)
        for end in range(1, len(text) + 1)
    ]
    assert list(edits_by_end(line, text, anchored=anchored)) == expected
