"""Text from outside is parsed within a limit: no pattern that never ends, no list without end."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dates.parse import parse_date
from pipeline.description.editorial import strip_editorial_spans
from pipeline.description.field_types import to_leaf_labels
from pipeline.references import find_references, parse_references
from pipeline.references.archives import known_archives

law = settings(deadline=None, max_examples=150)  # CPU time is measured below
_LIMIT = 0.2  #: CPU seconds of one text

capitals = st.text("ABCDEIVXZPRSLNMTKГРАСПИФОДЛ", min_size=1, max_size=25)
archive = st.sampled_from([text for one in known_archives() for text in one.spellings])
MARKS = (
    "f. op. d. l. ll. p. ф. оп. д. л. об. sygn. z. w. t. k. Bd. Bl. Nr. RG Box Lot FO CAB doboz "
    "M1243 reel frame apr. lp. ap. b. dosar sv. a.j. kart. MfS Ф.1-оп.2 93 л. копия "
    "Ibid. (a) 237/V-5 -1/ .-8. XI A/ 0110-0113 12v Files, № (2) _Page_1"
)
mark = st.sampled_from(MARKS.split())
separator = st.sampled_from(["", " ", ", ", ". ", "-", "/", "; ", "_", " и ", "\n"])
pieces = st.tuples(st.one_of(capitals, archive, mark, st.integers(0, 99_999).map(str)), separator)


@st.composite
def hostile_text(draw: st.DrawFn) -> str:
    parts = ["".join(piece) for piece in draw(st.lists(pieces, max_size=30))]
    some, times = draw(st.lists(pieces, max_size=4)), draw(st.sampled_from([1, 25, 500]))
    return "".join(parts) + "".join("".join(piece) for piece in some) * times


def cpu_seconds(read: Callable[[str], object], text: str) -> float:
    """Return the least of up to three tries: the first may load tables, another wait for memory."""
    lasted = float("inf")
    for _ in range(3):
        begun = time.process_time()
        read(text)
        lasted = min(lasted, time.process_time() - begun)
        if lasted < _LIMIT:
            break
    return lasted


@law
@given(hostile_text())
def test_references_in_any_text_are_found_soon(text: str) -> None:
    assert cpu_seconds(find_references.__wrapped__, text) < _LIMIT


@pytest.mark.parametrize(
    "text",
    [
        "AAN, MINISTERSTWO SPRAW ZAGRANICZNYCH",
        "AAN, KOMITET CENTRALNY POLSKIEJ ZJEDNOCZONEJ PARTII ROBOTNICZEJ, sygnatura nieznana",
        f"AAN, sygn. {'A' * 2_000} !",
        f"AAN, sygn. {'A ' * 1_000}!",
        f"MNL OL, R 3{'-1/' * 60}",
        f"MNL OL, R 3{' 1/' * 600}",
        f"BArch, NY 4090/4{' A' * 1_000}.a",
        f"AIPN, {'1-' * 1_000}",
        f"РГАСПИ. Ф. 1. Оп. 2. Д. 3. {'Копия. ' * 500} Х л. 5",
        f"РГАСПИ. Ф. 1. Оп. 2. Д. 3, {'5 л., ' * 600} Х л. 5",
        f"РГАСПИ. Ф. 1. Оп. 2. Д. 3 {'«а» (аа) ' * 400} Х л. 5",
        f"РГАСПИ Ф {'1-оп ' * 800}",
        f"NARA, RG 59, {'893.00 A ' * 400}",
        f"NARA, RG 59, {'POL A-' * 600}",
        f"BStU, MfS, {'HA ' * 1_300}",
        f"AJ, 507, {'I-3-' * 900}",
        f"ANIC, fond {'A dosar ' * 490}",
        f"LVA {'1. f., ' * 550}",
        f"Государственный архив {'Ставропольского ' * 240}",
    ],
)  # fmt: skip
def test_capitals_and_repeated_signs_end_soon(text: str) -> None:
    assert cpu_seconds(find_references.__wrapped__, text) < _LIMIT


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("AAN, KC PZPR, sygn. XI A/100", "AAN, KC PZPR, sygn. XI A/100"),
        ("AAN, Ministerstwo Spraw Zagranicznych, sygn. 237/V-5, k. 12",
         "AAN, Ministerstwo Spraw Zagranicznych, sygn. 237/V-5, k. 12"),
        ("AIPN, BU 1234/56", "IPN, sygn. BU 1234/56"),
        ("MNL OL, R 302-4.-8.-63.", "MNL OL, R 302-4.-8.-63."),
        ("MNL OL, XIX-J-1-j-Szovjetunio 12/b", "MNL OL, XIX-J-1-j-Szovjetunio 12/b"),
        ("SAPMO-BArch, DY 30/IV 2/2/1234, Bl. 5", "SAPMO-BArch, DY 30/IV 2/2/1234, Bl. 5"),
        ("BArch, NY 4090/437 Bl. 8", "BArch, NY 4090/437, Bl. 8"),
    ],
)  # fmt: skip
def test_signatures_read_as_before(text: str, normal: str) -> None:
    assert [one.normal for one in parse_references(text)] == [normal]


def test_a_text_that_is_too_long_is_in_doubt() -> None:
    known = "RGASPI, f. 558, op. 11, d. 330, l. 112"
    assert [one.normal for one in parse_references(known)] == [known]
    found = find_references(f"{known}. {'A word. ' * 600}")
    assert [one.status.value for one in found.references] == ["ok"]
    assert found.certain_references == ()
    assert "4,000 characters" in found.explanation
    cut = find_references(f"{'word ' * 790}RGASPI, f. 558, op. 11, d. 330, ll. 112, 113, 114, 115")
    assert "ok" not in [one.status.value for one in cut.references]


dates = st.sampled_from(
    ["около ", "c. ", "not after ", "не позднее ", "не ранее ", "с ", " по ", "between ", " and ",
     "1949", "14 января ", "1949-01-14", "?", "~", "[", "]", "{", "}", ",", "..", "/", "-", "X",
     "ст. ст.", "Y", "E5"]
)  # fmt: skip


@law
@given(st.lists(dates, max_size=12), st.sampled_from([1, 10, 3_000]))
def test_any_date_is_parsed_soon(parts: list[str], times: int) -> None:
    assert cpu_seconds(parse_date, "".join(parts) * times) < _LIMIT


def test_a_date_that_is_too_long_is_a_problem() -> None:
    assert parse_date("не ранее 14 января 1949 г., не позднее 20 января 1949 г.").problem == ""
    assert "too long for a date" in parse_date("около " * 3_000 + "1949").problem


@pytest.mark.parametrize("leaves", ["1-999999", "1-9000, " * 200 + "5"])
def test_a_list_of_more_leaves_than_a_file_has_is_refused(leaves: str) -> None:
    with pytest.raises(ValueError, match="more than a file has"):
        to_leaf_labels(leaves)
    found = find_references(f"RGASPI, f. 1, op. 2, d. 3, ll. {leaves}").references
    assert [one.status.value for one in found] == ["suspect"]


@pytest.mark.parametrize("sign", ["\n", " ", "\t\n", "[", "[a]", "a "])
def test_long_titles_with_brackets_are_stripped_soon(sign: str) -> None:
    text = f"[Stalin]{sign * 100_000}x"
    assert cpu_seconds(strip_editorial_spans, text) < 10 * _LIMIT
