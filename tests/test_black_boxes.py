"""Paper takes the place of black boxes over words; nothing else that is black is touched."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from pipeline.imaging.pixels import Grey
from pipeline.ocr.preprocess import prepare_image
from tests.test_sheet import FULL_PAGES, typed

BOX = (slice(110, 260), slice(300, 560))  #: rows and columns, over several lines


def page_with_black_boxes(*boxes: tuple[slice, slice]) -> Grey:
    page = typed()
    for box in boxes:
        page[box] = 4
    return page


def tilted() -> Grey:
    turn = cv2.getRotationMatrix2D((450, 600), 1.0, 1.0)
    page = cv2.warpAffine(
        page_with_black_boxes(BOX), turn, (900, 1270), borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(page, dtype=np.uint8)


def boxes_in(page: Grey) -> str | None:
    steps = {step.name: step.settings for step in prepare_image(page).steps}
    return steps["blank-boxes"]["boxes"] if "blank-boxes" in steps else None


REDACTED: dict[str, tuple[Callable[[], Grey], str]] = {
    "over several lines": (lambda: page_with_black_boxes(BOX), "1"),
    "over one word": (lambda: page_with_black_boxes((slice(128, 150), slice(300, 380))), "1"),
    "two": (lambda: page_with_black_boxes(BOX, (slice(500, 560), slice(80, 700))), "2"),
    "tilted": (tilted, "1"),
    "black and white": (
        lambda: np.where(page_with_black_boxes(BOX) < 130, 0, 255).astype(np.uint8),
        "1",
    ),
    "at twice the size": (
        lambda: np.kron(page_with_black_boxes(BOX), np.ones((2, 2), np.uint8)),
        "1",
    ),
}


@pytest.mark.parametrize(("page", "boxes"), REDACTED.values(), ids=REDACTED)
def test_a_black_box_becomes_paper(page: Callable[[], Grey], boxes: str) -> None:
    assert boxes_in(page()) == boxes


def marks(page: Grey, *, inside: bool) -> int:
    """Count the components in the box, or so far outside of it that it cuts none of them."""
    prepared = prepare_image(page)
    back, components = prepared.transform.inverse(), prepared.components
    places = [back.map_point(x, y) for x, y in zip(components.x, components.y, strict=True)]
    rows, columns = BOX
    reach = 0 if inside else 20
    count = sum(
        rows.start - reach < y < rows.stop + reach
        and columns.start - reach < x < columns.stop + reach
        for x, y in places
    )
    return count if inside else len(places) - count


def test_nothing_is_read_in_a_box_and_what_is_around_it_stays() -> None:
    assert marks(page_with_black_boxes(BOX), inside=True) == 0
    assert marks(page_with_black_boxes(BOX), inside=False) == pytest.approx(
        marks(typed(), inside=False), rel=0.05
    )


OTHERS: dict[str, Callable[[], Grey]] = {
    **{name: page for name, page in FULL_PAGES.items() if name != "one pixel"},
    "a black border": lambda: page_with_black_boxes((slice(0, 1270), slice(0, 60))),
    "a heavy rule": lambda: page_with_black_boxes((slice(300, 306), slice(60, 840))),
    "a high and narrow box": lambda: page_with_black_boxes((slice(100, 500), slice(400, 480))),
    "a ring": lambda: np.asarray(cv2.circle(typed(), (450, 900), 120, 4, 30), dtype=np.uint8),
    "a disc": lambda: np.asarray(cv2.circle(typed(), (450, 900), 80, 4, -1), dtype=np.uint8),
}


@pytest.mark.parametrize("page", OTHERS.values(), ids=OTHERS)
def test_what_is_no_box_stays(page: Callable[[], Grey]) -> None:
    assert boxes_in(page()) is None
