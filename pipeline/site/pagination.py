"""A record on as many pages as it needs, so that a long one is not one heavy page."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from pipeline.site.views import LeafView, Paragraph, TranslationView

_ROOM = 110_000  #: bytes of leaves and texts on a page; with all else it is below 200 kB
_LEAF, _PARAGRAPH = 800, 170  #: bytes of markup around each


@dataclass(frozen=True, slots=True)
class Span:
    """Where a part of what is long is shown."""

    name: str  #: of the file, beside the others
    label: str  #: the leaves, or its number
    first: int | None = None  #: paragraph, if there is any


@dataclass(frozen=True, slots=True)
class Sheet:
    """One of the pages: some leaves, their texts, and what is doubtful about them."""

    span: Span
    spans: tuple[Span, ...]  #: all there are
    leaves: tuple[LeafView, ...]
    translations: tuple[TranslationView, ...]  #: what of them belongs here
    doubts: tuple[str, ...]

    @property
    def after(self) -> Span | None:
        """The next one."""
        following = self.spans[self.spans.index(self.span) + 1 :]
        return following[0] if following else None


def sheets(
    leaves: tuple[LeafView, ...],
    translations: tuple[TranslationView, ...],
    doubts: tuple[tuple[int | None, str], ...],
) -> Iterator[Sheet]:
    """Yield the pages of a record in their order: ``index.html``, then ``2.html`` and so on.

    What is doubtful about no leaf in particular stands on the first.
    """
    beside = [_by_leaf(one, leaves) for one in translations]
    weights = [
        _LEAF + _weight(leaf.paragraphs) + sum(_weight(texts[place]) for texts in beside)
        for place, leaf in enumerate(leaves)
    ]
    parts = _parts(weights)
    spans = tuple(_span(number, leaves[part]) for number, part in enumerate(parts, 1))
    at = {leaf.number: number for number, part in enumerate(parts) for leaf in leaves[part]}
    for number, part in enumerate(parts):
        rendered = zip(translations, beside, strict=True)
        yield Sheet(
            spans[number],
            spans,
            leaves[part],
            tuple(_of(one, texts[part]) for one, texts in rendered),
            tuple(said for page, said in doubts if at.get(page or 0, 0) == number),
        )


def _by_leaf(
    translation: TranslationView, leaves: tuple[LeafView, ...]
) -> list[tuple[Paragraph, ...]]:
    """Return the translated paragraphs that stand by each leaf.

    What is paired with no paragraph follows what stands before it; where nothing is paired, each
    stands where its share of the text does.
    """
    ends = list(accumulate(len(leaf.paragraphs) for leaf in leaves))
    paired = any(one.mates for one in translation.paragraphs)
    found: list[list[Paragraph]] = [[] for _ in leaves]
    number = 1
    for place, one in enumerate(translation.paragraphs):
        if one.mates:
            number = int(one.mates[0].removeprefix("p-"))
        elif not paired:
            number = 1 + place * ends[-1] // len(translation.paragraphs)
        found[min(bisect_right(ends, number - 1), len(leaves) - 1)].append(one)
    return [tuple(ones) for ones in found]


def _weight(texts: Iterable[Paragraph]) -> int:
    return sum(_PARAGRAPH + len(one.text.encode()) for one in texts)


def _parts(weights: list[int]) -> list[slice]:
    """Return which leaves stand together; one part at least."""
    starts, heavy = [0], 0
    for place, weight in enumerate(weights):
        if heavy and heavy + weight > _ROOM:
            starts.append(place)
            heavy = 0
        heavy += weight
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], len(weights)], strict=True)]


def name_of(number: int) -> str:
    """Return the file of a page, counted from 1, of what is shown on several.

    >>> name_of(1), name_of(2)
    ('index.html', '2.html')
    """
    return "index.html" if number == 1 else f"{number}.html"


def _span(number: int, leaves: tuple[LeafView, ...]) -> Span:
    labels = dict.fromkeys(leaf.label for leaf in (*leaves[:1], *leaves[-1:]))
    first = next((one.number for leaf in leaves for one in leaf.paragraphs), None)
    return Span(name_of(number), "–".join(labels), first)


def _of(translation: TranslationView, texts: Iterable[tuple[Paragraph, ...]]) -> TranslationView:
    return replace(translation, paragraphs=tuple(one for some in texts for one in some))
