"""A record on several pages: nothing twice, nothing lost, none too heavy."""

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from pipeline.site.pagination import RecordPart, paginate_record
from pipeline.site.views import LeafView, Paragraph, TranslationView

LENGTHS = st.integers(1, 30_000)
LEAVES = st.lists(st.lists(LENGTHS, max_size=4), max_size=30)


def leaves_of(lengths: list[list[int]]) -> tuple[LeafView, ...]:
    """Return leaves with paragraphs of so many bytes."""
    leaves, count = list[LeafView](), 0
    for number, leaf in enumerate(lengths, 1):
        own = [Paragraph(count + place, "x" * length) for place, length in enumerate(leaf, 1)]
        count += len(own)
        leaves.append(
            LeafView(number, str(number), str(number), "OK", "", 0, 0, (), tuple(own), ())
        )
    return tuple(leaves)


def translation_of(pairs: dict[int, int], count: int) -> TranslationView:
    """Return a translation in so many paragraphs, some of them paired."""
    mates = {theirs: (f"p-{ours}",) for ours, theirs in pairs.items()}
    texts = [Paragraph(number, "y", mates.get(number, ())) for number in range(1, count + 1)]
    return TranslationView("en", None, tuple(texts))


def where(sheets: list[RecordPart], number: int) -> int:
    """Return on which page a translated paragraph stands."""
    return next(
        place for place, sheet in enumerate(sheets)
        if number in {one.number for one in sheet.translations[0].paragraphs}
    )  # fmt: skip


@given(LEAVES, st.integers(0, 40))
def test_every_leaf_text_and_doubt_is_shown_once(lengths: list[list[int]], count: int) -> None:
    leaves, translation = leaves_of(lengths), translation_of({}, count if lengths else 0)
    doubts = ((None, "?"), *((leaf.number, f"{leaf.label}?") for leaf in leaves), (99, "gone?"))
    sheets = list(paginate_record(leaves, (translation,), doubts))
    assert tuple(chain(*(sheet.leaves for sheet in sheets))) == leaves
    texts = chain(*(sheet.translations[0].paragraphs for sheet in sheets))
    assert tuple(texts) == translation.paragraphs
    issues = list(chain(*(sheet.issues for sheet in sheets)))
    assert sorted(issues) == sorted(text for _, text in doubts)
    assert {"?", "gone?"} <= set(sheets[0].issues)


@given(LEAVES)
def test_no_page_is_heavy_unless_a_leaf_alone_is(lengths: list[list[int]]) -> None:
    for sheet in paginate_record(leaves_of(lengths), (), ()):
        weight = sum(len(one.text) for leaf in sheet.leaves for one in leaf.paragraphs)
        assert weight <= 110_000 or len(sheet.leaves) == 1


def test_a_short_record_is_one_page() -> None:
    (only,) = paginate_record(leaves_of([[10], [20, 30]]), (), ())
    assert (only.link.name, only.link.label, only.link.first_paragraph) == ("index.html", "1–2", 1)
    assert only.next_link is None


def test_pages_are_named_and_lead_on() -> None:
    sheets = list(paginate_record(leaves_of([[60_000], [], [60_000], [60_000]]), (), ()))
    assert [(one.link.name, one.link.label, one.link.first_paragraph) for one in sheets] == [
        ("index.html", "1–2", 1), ("2.html", "3", 2), ("3.html", "4", 3),
    ]  # fmt: skip
    assert [one.next_link and one.next_link.name for one in sheets] == ["2.html", "3.html", None]


def test_a_translation_is_on_the_page_of_the_text_that_it_translates() -> None:
    leaves = leaves_of([[60_000], [60_000], [60_000]])
    paired = list(paginate_record(leaves, (translation_of({2: 1, 3: 2}, 3),), ()))
    assert [where(paired, number) for number in (1, 2, 3)] == [1, 2, 2]
    alone = list(paginate_record(leaves, (translation_of({}, 6),), ()))
    assert [where(alone, number) for number in range(1, 7)] == [0, 0, 1, 1, 2, 2]
