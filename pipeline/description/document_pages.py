"""The pages of a document in its scan, as pages or by the leaves that are on them."""

import re
from collections.abc import Container, Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias

from pipeline.description.index_csv import PAGES_KEY
from pipeline.description.sources import DescriptionSource
from pipeline.errors import DescriptionError
from pipeline.references import Leaf, LeafRange
from pipeline.references.leaves import join_leaves, normalize_text, parse_leaves
from pipeline.references.page_labels import leaves_of_label
from pipeline.wording import plural

LeafKey: TypeAlias = tuple[int, str, bool]  #: number, suffix, whether it is the verso

_PAGES = re.compile(r"([0-9]{1,6})(?: ?- ?([0-9]{1,6}))?")


def pages_of(
    source: DescriptionSource, labels: Sequence[str | None], starts: Container[LeafKey]
) -> tuple[int, ...]:
    """Return the pages that a document names, or those on which its leaves are."""
    if source.values.get(PAGES_KEY):
        return _parse_pages(source, len(labels))
    leaves = leaves_of(source)
    if not leaves:
        raise _error(source, "names neither `pages` nor `leaves` of its scan. Add one of them")
    if not any(labels):
        problem = (
            "names leaves, but which leaf is on which page of the scan is not known. Name "
            "`pages`, or give the scan its `leaves`"
        )
        raise _error(source, problem)
    pages = tuple(
        page
        for page, label in enumerate(labels, 1)
        if any(
            _covers(part, leaf, starts) for leaf in leaves_of_label(label or "") for part in leaves
        )
    )
    if not pages:
        shown = join_leaves(part.as_stamped for part in leaves)
        raise _error(source, f"names leaves {shown}, which are on no page of the scan")
    return pages


def _covers(part: LeafRange, leaf: Leaf, starts: Container[LeafKey]) -> bool:
    """Return whether a leaf is of a range; its last verso is not, if a document begins there."""
    number, suffix, _ = part.last.sort_key
    back = number, suffix, True
    last = part.last.sort_key if back in starts and part.first.sort_key != back else back
    return part.first.sort_key <= leaf.sort_key <= last


def _parse_pages(source: DescriptionSource, page_count: int) -> tuple[int, ...]:
    """Return the pages of ``3-5, 8``, ascending."""
    given, pages = source.values[PAGES_KEY], set[int]()
    for item in given if isinstance(given, list) else [given]:
        for text in re.split("[,;|]", item if isinstance(item, str) else ""):
            match = _PAGES.fullmatch(normalize_text(text))
            first, last = (0, 0) if match is None else (int(match[1]), int(match[2] or match[1]))
            if not 0 < first <= last:
                problem = f"has the pages “{text.strip()}”. Write them as 3-5, or as 3-5, 8"
                raise _error(source, problem)
            if last > page_count:
                count = plural(page_count, "page")
                raise _error(source, f"names page {last}, but the scan has {count}")
            pages.update(range(first, last + 1))
    return tuple(sorted(pages))


def leaves_of(source: DescriptionSource) -> tuple[LeafRange, ...]:
    """Return the leaves that a document names; none if it names none that can be read."""
    given = source.values.get("leaves")
    texts = [item for item in (given if isinstance(given, list) else [given]) if item]
    text = normalize_text(", ".join(text for text in texts if isinstance(text, str)))
    try:
        return parse_leaves(text, "l")
    except ValueError:
        return ()


def leaf_ranges(pages: Sequence[int], labels: Sequence[str | None]) -> list[LeafRange]:
    """Return the leaves on some pages, a range for each run of pages."""
    ranges = []
    for run in runs_of(pages):
        leaves = [leaf for page in run for leaf in leaves_of_label(labels[page - 1] or "")]
        if leaves:
            key = attrgetter("sort_key")
            ranges.append(LeafRange(min(leaves, key=key), max(leaves, key=key)))
    return ranges


def format_pages(pages: Iterable[int]) -> str:
    """Return pages in ranges.

    >>> format_pages([3, 4, 5, 8])
    '3-5, 8'
    """
    return ", ".join(
        f"{run[0]}" if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs_of(pages)
    )


def runs_of(pages: Iterable[int]) -> list[list[int]]:
    """Return pages in runs without gaps."""
    numbered = enumerate(pages)
    return [
        [page for _, page in run] for _, run in groupby(numbered, lambda pair: pair[1] - pair[0])
    ]


def document_note(source: DescriptionSource, detail: str, code: str) -> DescriptionError:
    """Return what is to be said about a document, with file and line."""
    label, line = source.file_label, source.lines.get(PAGES_KEY, source.first_line)
    msg = f"{label}, line {line}: {detail}."
    return DescriptionError(msg, file=label, line=line, code=code)


def _error(source: DescriptionSource, problem: str) -> DescriptionError:
    return document_note(source, f"the document {problem}", "bad-pages")
