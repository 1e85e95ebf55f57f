"""File names that spell a reference, as people write them, and the names of a Mac."""

import json
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.description.check_folder import check_folder
from pipeline.description.merge import find_sources, merge_sources
from pipeline.description.scan_name import read_scan_name
from pipeline.description.sources import file_name_source
from pipeline.ingest.selection import is_described
from pipeline.model import IssueType
from tests.test_hostile_text import cpu_seconds, hostile_text

CASES = json.loads((Path(__file__).parent / "cases" / "file-names.json").read_text("utf-8"))
law = settings(deadline=None)  # a busy machine is not a broken law


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_file_name_is_read_or_in_doubt_or_no_reference(case: dict[str, Any]) -> None:
    reading = read_scan_name(case["name"])
    assert (reading.reference and reading.reference.as_stamped) == case["read"]
    assert reading.doubt == case.get("doubt", "")


@pytest.mark.parametrize("case", [case for case in CASES if case["read"]], ids=lambda c: c["name"])
def test_a_decomposed_name_spells_the_same(case: dict[str, Any]) -> None:
    reading = read_scan_name(unicodedata.normalize("NFD", case["name"]))
    assert reading.reference
    assert reading.reference.as_stamped == case["read"]


@pytest.mark.parametrize(
    "name", ["RGASPI_f558_op11_d330_ll0113-0110.pdf", "РГАСПИ Ф.558 Оп.11 Д.330 Лл.113-110.pdf"]
)
def test_backward_leaves_in_a_file_name_are_an_error(name: str) -> None:
    with pytest.raises(ValueError, match=r"leaves run backward: 0?113-0?110"):
        read_scan_name(name)


@law
@given(
    st.sampled_from(["РГАСПИ", "RGASPI", "ГАРФ", "ЦДАГО", "АВП РФ"]),
    st.lists(st.integers(1, 9_999), min_size=4, max_size=4),
    st.sampled_from(["_", " ", "-", ". ", ".", ", ", ", "]),
    st.sampled_from([("f", "op", "d", "l"), ("Ф.", "Оп.", "Д.", "Л."), ("F-", "Op-", "D-", "L-"),
                     ("ф. ", "оп. ", "д. ", "л. "), ("fond ", "opis ", "delo ", "list ")]),
    st.sampled_from(["", "об", " об.", "_об", "verso", "v", "-ob"]),
    st.sampled_from(["", " (2)", "(1)", " - Копия", " - Copy (3)", "_Page_1", "_300dpi", ".tif"]),
)  # fmt: skip
def test_signs_between_the_parts_change_nothing(
    archive: str, numbers: list[int], sign: str, marks: tuple[str, ...], side: str, tail: str
) -> None:
    steps = [f"{mark}{number}" for mark, number in zip(marks, numbers, strict=True)]
    reading = read_scan_name(f"{sign.join([archive, *steps])}{side}{tail}.pdf")
    assert reading.doubt == ""
    assert reading.reference is not None
    assert [value for _, value in reading.reference.path] == [str(n) for n in numbers[:3]]
    assert reading.reference.leaf_labels() == (f"{numbers[3]}{'v' if side else ''}",)


@settings(deadline=None, max_examples=150)
@given(hostile_text())
def test_any_file_name_is_read_soon(text: str) -> None:
    def read(name: str) -> None:
        with suppress(ValueError):  # leaves that run backward
            read_scan_name(name)

    assert cpu_seconds(read, text[:255]) < 0.2


@pytest.mark.parametrize(
    "mark", [" - Копия", " Копия -", "(2)", "_Page_1", "-page", "~1 ", "copy_"]
)
def test_marks_of_copies_and_images_without_end_are_read_soon(mark: str) -> None:
    name = f"RGASPI_f558_op11_d330_l112{mark * 60}"[:254] + "!"
    assert cpu_seconds(read_scan_name, name) < 0.2


def test_a_name_in_doubt_is_an_issue_unless_something_else_gives_the_reference(
    tmp_path: Path,
) -> None:
    scan = tmp_path / "РГАСПИ 558-11-330.pdf"
    scan.write_bytes(b"%PDF")
    described = merge_sources(find_sources(scan, tmp_path))
    assert [issue.concern for issue in described.issues] == [IssueType.UNREAD_REFERENCE]
    assert "looks like a reference that could not be read" in described.issues[0].detail
    assert [fault.code for fault in check_folder(tmp_path)] == ["unread-reference"]
    assert not is_described(scan, tmp_path)

    text = "reference: РГАСПИ. Ф. 558. Оп. 11. Д. 330\n"
    scan.with_suffix(".yaml").write_text(text, encoding="utf-8")
    described = merge_sources(find_sources(scan, tmp_path))
    assert described.held_reference
    assert described.issues == ()
    assert check_folder(tmp_path) == []


def test_an_ordinary_name_is_no_source(tmp_path: Path) -> None:
    assert file_name_source(tmp_path / "danish letter.jpg") is None
    issues = merge_sources(find_sources(tmp_path / "IMG_0001.jpg", tmp_path)).issues
    assert [issue.detail for issue in issues] == ["No archival reference was given."]
