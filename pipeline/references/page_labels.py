"""The label of a page: the leaf on its image, or the two leaves of a spread: ``12v-13``."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.references.leaves import Leaf, normalize_text

#: Between the two leaves of a spread.
_AND = re.compile(r"\s*(?:[-+&,]|\band\b|\bи\b)\s*", re.IGNORECASE)


def leaves_of_label(label: str) -> tuple[Leaf, ...]:
    """Return the leaf that a label names, or the first and the last; none if it is no such label.

    >>> [leaf.label for leaf in leaves_of_label("12 об. – 13")], leaves_of_label("cover")
    (['12v', '13'], ())
    """
    parts = _AND.split(normalize_text(label))
    leaves = tuple(leaf for part in parts if (leaf := Leaf.parse(part)))
    forward = all(first.sort_key < last.sort_key for first, last in pairwise(leaves))
    return leaves if forward and len(leaves) == len(parts) <= 2 else ()


def normalize_label(label: str) -> str:
    """Return a label as records have it; one that names no leaf is only trimmed.

    >>> normalize_label(" 0012об.–0013 "), normalize_label("cover ")
    ('0012v-0013', 'cover')
    """
    return "-".join(leaf.label for leaf in leaves_of_label(label)) or label.strip()


def leaf_on_page(label: str, wanted: str) -> str | None:
    """Return the label of a wanted leaf if it is on the page of a label, else None.

    >>> leaf_on_page("0012v-0013", "13"), leaf_on_page("12v-13", "12 об.-13")
    ('0013', '12v-13')
    >>> leaf_on_page("12v-13", "12"), leaf_on_page("cover", "cover")
    (None, 'cover')
    """
    leaves, wanted_leaves = leaves_of_label(label), leaves_of_label(wanted)
    if label == wanted.strip() or (leaves and leaves == wanted_leaves):
        return label
    if len(wanted_leaves) > 1:
        return None
    return next((leaf.label for leaf in leaves if leaf in wanted_leaves), None)


def find_leaf(labels: Sequence[str], wanted: str) -> str | None:
    """Return the label of the page of a wanted leaf, else of its other side, else None.

    >>> find_leaf(["12v-13", "13v-14"], "14"), find_leaf(["12", "13"], "13v")
    ('13v-14', '13')
    """
    number = next((leaf.number for leaf in leaves_of_label(wanted)), None)
    for label in labels:
        if leaf_on_page(label, wanted) is not None:
            return label
    numbered = (
        label for label in labels if number in [leaf.number for leaf in leaves_of_label(label)]
    )
    return next(numbered, None) if number is not None else None


def spread_labels(labels: Sequence[str | None], page_count: int) -> tuple[str, ...] | None:
    """Return a label for each page of spreads: the verso of a leaf and the recto of the next.

    Args:
        labels: of the leaves; each side may have its label, or each leaf only that of its recto.
        page_count: of the images.

    Returns:
        None if these leaves do not fill so many spreads from a verso to a recto.

    >>> spread_labels(["12v", "13", "14", "15"], 3)
    ('12v-13', '13v-14', '14v-15')
    >>> spread_labels(["12v", "13", "13v", "14"], 2), spread_labels(["12", "13"], 1)
    (('12v-13', '13v-14'), None)
    """
    leaves = [Leaf.parse(label or "") for label in labels]
    pairs = list(zip(leaves[::2], leaves[1::2], strict=False))
    if len(labels) == page_count + 1 and page_count > 1:
        versos = [leaf and Leaf(leaf.number, leaf.suffix, verso=True) for leaf in leaves[1:-1]]
        pairs = list(zip([leaves[0], *versos], leaves[1:], strict=True))
    elif len(labels) != 2 * page_count:
        return None
    spreads = [_spread_label(verso, recto) for verso, recto in pairs]
    return None if None in spreads else tuple(filter(None, spreads))


def _spread_label(verso: Leaf | None, recto: Leaf | None) -> str | None:
    """Return the label of a spread; None if the second leaf does not follow the first one."""
    if verso is None or recto is None or not verso.verso or recto.verso:
        return None
    follows = recto.number - verso.number == 1 or (
        recto.number == verso.number and recto.suffix > verso.suffix
    )
    return f"{verso.label}-{recto.label}" if follows else None
