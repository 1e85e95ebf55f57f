"""Lines that are no text are set aside; faint text, stamps and page numbers stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ocr.scraps import set_scraps_aside
from pipeline.text import Block, Box, Line, PageText, Word

SHAPE = 1400, 1000  #: height and width
BODY = "the keeper of the bridge writes down what they carry"


def line(words: str, x: int, y: int, confidence: float, height: int = 20) -> Line:
    placed, left = [], x
    for word in words.split():
        placed.append(Word(word, Box(left, y, 11 * len(word), height), confidence))
        left += 11 * (len(word) + 1)
    return Line(tuple(placed))


def page(*extra: Line) -> PageText:
    body = [line(BODY, 120, 200 + 40 * row, 0.92) for row in range(12)]
    return PageText((Block(tuple(body)), *(Block((one,)) for one in extra)))


SCRAPS = {
    "grain at the left edge": line("ii ~ Ee", 2, 700, 0.2),
    "a tall stain": line("| J", 400, 900, 0.3, height=190),
    "short words made of the edge": line("tee ten teen", 985, 300, 0.1, height=300),
    "long words made of the edge": line("the committee", 950, 300, 0.1, height=700),
    "specks below": line("- . =", 500, 1385, 0.3, height=6),
    "the shadow of the right edge": line("|i|", 960, 400, 0.1),
}
TEXT = {
    "a faint line in the midst": line("thc kccpcr wrtcs", 120, 720, 0.3),
    "a page number": line("- 2 -", 480, 12, 0.88),
    "a known word at the edge": line("Secret", 2, 30, 0.3),
    "a sure word at the edge": line("XVII Gjrk", 2, 30, 0.8),
    "a faint date at the right": line("14.1.49", 780, 100, 0.4),
    "unknown words that reach the edge": line("mongholjan proverbq", 780, 90, 0.43),
    "a stamp askew": line("[SECRETARY", 700, 30, 0.0, height=80),
    "a stamp's scrap away from the edges": line("Bx. Ns", 700, 60, 0.3),
}


@pytest.mark.parametrize("extra", SCRAPS.values(), ids=SCRAPS)
def test_a_scrap_is_set_aside_with_its_box(extra: Line) -> None:
    text, scraps = set_scraps_aside(page(extra), SHAPE, ("eng",))
    assert text == page()
    assert [(scrap.text, scrap.box) for scrap in scraps] == [(extra.text, extra.box)]
    assert scraps[0].confidence == extra.words[0].confidence


@pytest.mark.parametrize("extra", TEXT.values(), ids=TEXT)
def test_text_stays(extra: Line) -> None:
    assert set_scraps_aside(page(extra), SHAPE, ("eng",)) == (page(extra), ())


STAMP = [
    line(words, 600, 30 + 26 * row, 0.3) for row, words in enumerate(["Ca ane ae", "S?", "Lo ="])
]


def test_several_lines_of_a_stamp_are_set_aside_amid_the_page() -> None:
    text, scraps = set_scraps_aside(page(*STAMP), SHAPE, ("eng",))
    assert text == page()
    assert [scrap.text for scrap in scraps] == [one.text for one in STAMP]
    fewer = page(*STAMP[:2])
    assert set_scraps_aside(fewer, SHAPE, ("eng",)) == (fewer, ())


def test_a_faint_page_keeps_its_lines() -> None:
    faint = PageText((Block(tuple(line(BODY, 120, 200 + 40 * n, 0.6) for n in range(12))),))
    whole = PageText((*faint.blocks, *page(*STAMP).blocks[1:]))
    assert set_scraps_aside(whole, SHAPE, ("eng",)) == (whole, ())


ENDS = {  # text, confidence, distance from the line, height; whether it is a scrap
    "a stroke beside the line": ("|", 0.3, 40, 20, True),
    "a stain that touches the line": ("ae", 0.3, 8, 60, True),
    "writing in the margin": ("Le.", 0.4, 60, 25, True),
    "a short word of the line": ("zk", 0.3, 11, 20, False),
    "a known word in the margin": ("secret", 0.3, 60, 20, False),
    "a sure mark in the margin": ("V", 0.8, 60, 20, False),
    "a number in a column": ("145.30", 0.3, 80, 20, False),
    "a digit in a column": ("7", 0.2, 80, 20, False),
    "a ditto mark in a column": ('"', 0.3, 80, 8, False),
    "a long unknown word": ("Kashpirovsky", 0.2, 60, 20, False),
}


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_word_at_the_end_of_a_line_is_set_aside(
    end: tuple[str, float, int, int, bool], side: str
) -> None:
    words, confidence, distance, height, is_scrap = end
    inner = line(BODY, 320, 700, 0.92)
    left = 320 - distance - 11 * len(words)
    x = inner.box.right + distance if side == "right" else left
    (word,) = line(words, x, 700, confidence, height).words
    parts = (*inner.words, word) if side == "right" else (word, *inner.words)
    text, scraps = set_scraps_aside(page(Line(parts)), SHAPE, ("eng",))
    assert text == (page(inner) if is_scrap else page(Line(parts)))
    assert [(scrap.text, scrap.box) for scrap in scraps] == [(words, word.box)] * is_scrap


def test_a_page_of_nothing_but_scraps_is_left_to_the_state_of_the_page() -> None:
    alone = PageText((Block((SCRAPS["grain at the left edge"],)),))
    assert set_scraps_aside(alone, SHAPE, ("eng",)) == (alone, ())


LINES = st.builds(
    line,
    st.sampled_from(["ii ~", "the bridge", "|", "q.7 zz", "14"]),
    st.integers(0, 900),
    st.integers(0, 1370),
    st.sampled_from([0.0, 0.1, 0.4, 0.6, 0.9]),
    st.integers(4, 300),
)


@given(st.lists(LINES, max_size=8))
def test_no_word_is_lost_or_invented(lines: list[Line]) -> None:
    whole = page(*lines)
    text, scraps = set_scraps_aside(whole, SHAPE, ("eng",))
    kept = [word.text for word in text.words()]
    aside = [word for scrap in scraps for word in scrap.text.split()]
    assert sorted(kept + aside) == sorted(word.text for word in whole.words())
    assert set_scraps_aside(text, SHAPE, ("eng",))[0] == text
