import json
from pathlib import Path

import pytest

from pipeline.dates.iso import iso_date_range

CASES = json.loads((Path(__file__).parent / "cases" / "export-dates.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["edtf"])
def test_a_date_has_the_ends_that_iso_8601_can_say(case: dict[str, list[str]]) -> None:
    dates = iso_date_range(str(case["edtf"]))
    span = None if dates is None else [dates.first, dates.last, dates.kind.value, dates.qualifier]
    assert span == case["span"]
