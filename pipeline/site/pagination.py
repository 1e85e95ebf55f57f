"""A record on as many pages as it needs, so that a long one is not one heavy page."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from pipeline.site.views import LeafView, Paragraph, TranslationView

_MAX_PAGE_BYTES = 110_000  #: bytes of leaves and texts on a page; with all else it is below 200 kB
_LEAF_BYTES, _PARAGRAPH_BYTES = 800, 170  #: bytes of markup around each


@dataclass(frozen=True, slots=True)
class PartLink:
    """Where a part of what is long is shown."""

    name: str  #: of the file, beside the others
    label: str  #: the leaves, or its number
    first_paragraph: int | None = None  #: paragraph, if there is any


@dataclass(frozen=True, slots=True)
class RecordPart:
    """One of the pages: some leaves, their texts, and what is doubtful about them."""

    link: PartLink
    links: tuple[PartLink, ...]  #: all there are
    leaves: tuple[LeafView, ...]
    translations: tuple[TranslationView, ...]  #: what of them belongs here
    issues: tuple[str, ...]

    @property
    def next_link(self) -> PartLink | None:
        """The next one."""
        following = self.links[self.links.index(self.link) + 1 :]
        return following[0] if following else None


def paginate_record(
    leaves: tuple[LeafView, ...],
    translations: tuple[TranslationView, ...],
    issues: tuple[tuple[int | None, str], ...],
) -> Iterator[RecordPart]:
    """Yield the pages of a record in their order: ``index.html``, then ``2.html`` and so on.

    What is doubtful about no leaf in particular stands on the first.
    """
    beside = [_paragraphs_by_leaf(one, leaves) for one in translations]
    weights = [
        _LEAF_BYTES
        + _html_size(leaf.paragraphs)
        + sum(_html_size(texts[place]) for texts in beside)
        for place, leaf in enumerate(leaves)
    ]
    parts = _split_by_size(weights)
    spans = tuple(_part_link(number, leaves[part]) for number, part in enumerate(parts, 1))
    at = {leaf.number: number for number, part in enumerate(parts) for leaf in leaves[part]}
    for number, part in enumerate(parts):
        rendered = zip(translations, beside, strict=True)
        yield RecordPart(
            spans[number],
            spans,
            leaves[part],
            tuple(_translation_part(one, texts[part]) for one, texts in rendered),
            tuple(said for page, said in issues if at.get(page or 0, 0) == number),
        )


def _paragraphs_by_leaf(
    translation: TranslationView, leaves: tuple[LeafView, ...]
) -> list[tuple[Paragraph, ...]]:
    """Return the translated paragraphs that stand by each leaf.

    What is paired with no paragraph follows what stands before it; where nothing is paired, each
    stands where its share of the text does.
    """
    ends = list(accumulate(len(leaf.paragraphs) for leaf in leaves))
    paired = any(one.aligned_with for one in translation.paragraphs)
    found: list[list[Paragraph]] = [[] for _ in leaves]
    number = 1
    for place, one in enumerate(translation.paragraphs):
        if one.aligned_with:
            number = int(one.aligned_with[0].removeprefix("p-"))
        elif not paired:
            number = 1 + place * ends[-1] // len(translation.paragraphs)
        found[min(bisect_right(ends, number - 1), len(leaves) - 1)].append(one)
    return [tuple(ones) for ones in found]


def _html_size(texts: Iterable[Paragraph]) -> int:
    return sum(_PARAGRAPH_BYTES + len(one.text.encode()) for one in texts)


def _split_by_size(sizes: list[int]) -> list[slice]:
    """Return which leaves stand together; one part at least."""
    starts, heavy = [0], 0
    for place, weight in enumerate(sizes):
        if heavy and heavy + weight > _MAX_PAGE_BYTES:
            starts.append(place)
            heavy = 0
        heavy += weight
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], len(sizes)], strict=True)]


def page_file_name(number: int) -> str:
    """Return the file of a page, counted from 1, of what is shown on several.

    >>> page_file_name(1), page_file_name(2)
    ('index.html', '2.html')
    """
    return "index.html" if number == 1 else f"{number}.html"


def _part_link(number: int, leaves: tuple[LeafView, ...]) -> PartLink:
    labels = dict.fromkeys(leaf.label for leaf in (*leaves[:1], *leaves[-1:]))
    first = next((one.number for leaf in leaves for one in leaf.paragraphs), None)
    return PartLink(page_file_name(number), "–".join(labels), first)


def _translation_part(
    translation: TranslationView, texts: Iterable[tuple[Paragraph, ...]]
) -> TranslationView:
    return replace(translation, paragraphs=tuple(one for some in texts for one in some))
