"""Divides a long record into several pages, so that none is heavy."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, chain

from pipeline.site.views import LeafView, Paragraph, TranslationView

_MAX_PAGE_BYTES = 110_000  #: of leaves and texts; with all else a page is below 200 kB
_LEAF_BYTES, _PARAGRAPH_BYTES = 800, 170  #: of markup around each


@dataclass(frozen=True, slots=True)
class PartLink:
    """A link to one page of a long record or list."""

    name: str  #: file name
    label: str  #: the first and last leaf, or the number of the page
    first_paragraph: int | None = None  #: number of the first paragraph on it, from 1


@dataclass(frozen=True, slots=True)
class RecordPart:
    """One page of a record: some leaves, their texts and issues."""

    link: PartLink
    links: tuple[PartLink, ...]  #: of all pages
    leaves: tuple[LeafView, ...]
    translations: tuple[TranslationView, ...]  #: with the paragraphs of these leaves only
    issues: tuple[str, ...]

    @property
    def next_link(self) -> PartLink | None:
        """The link to the next page, or None."""
        following = self.links[self.links.index(self.link) + 1 :]
        return following[0] if following else None


def paginate_record(
    leaves: tuple[LeafView, ...],
    translations: tuple[TranslationView, ...],
    issues: tuple[tuple[int | None, str], ...],
) -> Iterator[RecordPart]:
    """Yield the pages of a record in order: ``index.html``, ``2.html`` and so on.

    Issues of the whole record are on the first page.
    """
    translated = [_paragraphs_by_leaf(translation, leaves) for translation in translations]
    sizes = [
        _LEAF_BYTES
        + _html_size(leaf.paragraphs)
        + sum(_html_size(by_leaf[index]) for by_leaf in translated)
        for index, leaf in enumerate(leaves)
    ]
    parts = _split_by_size(sizes)
    links = tuple(_part_link(number, leaves[part]) for number, part in enumerate(parts, 1))
    part_of = {leaf.number: index for index, part in enumerate(parts) for leaf in leaves[part]}
    for index, part in enumerate(parts):
        pairs = zip(translations, translated, strict=True)
        yield RecordPart(
            link=links[index],
            links=links,
            leaves=leaves[part],
            translations=tuple(_translation_part(view, by_leaf[part]) for view, by_leaf in pairs),
            issues=tuple(text for page, text in issues if part_of.get(page or 0, 0) == index),
        )


def _paragraphs_by_leaf(
    translation: TranslationView, leaves: tuple[LeafView, ...]
) -> list[tuple[Paragraph, ...]]:
    """Return the translated paragraphs of each leaf.

    A paragraph that is aligned with none follows the one before it; if none is aligned, they are
    spread over the leaves in proportion.
    """
    ends = list(accumulate(len(leaf.paragraphs) for leaf in leaves))
    is_aligned = any(paragraph.aligned_with for paragraph in translation.paragraphs)
    by_leaf: list[list[Paragraph]] = [[] for _ in leaves]
    number = 1
    for index, paragraph in enumerate(translation.paragraphs):
        if paragraph.aligned_with:
            number = int(paragraph.aligned_with[0].removeprefix("p-"))
        elif not is_aligned:
            number = 1 + index * ends[-1] // len(translation.paragraphs)
        by_leaf[min(bisect_right(ends, number - 1), len(leaves) - 1)].append(paragraph)
    return [tuple(paragraphs) for paragraphs in by_leaf]


def _html_size(paragraphs: Iterable[Paragraph]) -> int:
    return sum(_PARAGRAPH_BYTES + len(paragraph.text.encode()) for paragraph in paragraphs)


def _split_by_size(sizes: list[int]) -> list[slice]:
    """Return the leaves of each page, given the size of each leaf in bytes; one page at least."""
    starts, total = [0], 0
    for index, size in enumerate(sizes):
        if total and total + size > _MAX_PAGE_BYTES:
            starts.append(index)
            total = 0
        total += size
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], len(sizes)], strict=True)]


def page_file_name(number: int) -> str:
    """Return the file name of a page of a long record or list, counted from 1.

    >>> page_file_name(1), page_file_name(2)
    ('index.html', '2.html')
    """
    return "index.html" if number == 1 else f"{number}.html"


def _part_link(number: int, leaves: tuple[LeafView, ...]) -> PartLink:
    labels = dict.fromkeys(leaf.label for leaf in (*leaves[:1], *leaves[-1:]))
    first = next((paragraph.number for leaf in leaves for paragraph in leaf.paragraphs), None)
    return PartLink(page_file_name(number), "–".join(labels), first)


def _translation_part(
    translation: TranslationView, paragraphs_by_leaf: Iterable[tuple[Paragraph, ...]]
) -> TranslationView:
    return replace(translation, paragraphs=tuple(chain.from_iterable(paragraphs_by_leaf)))
