"""The chain of receipts: no line is changed, cut out, cut off or put in unnoticed."""

import multiprocessing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as law
from hypothesis import strategies as st

from pipeline.repository.bag import Damage
from pipeline.repository.line_chain import (
    check_chain,
    check_lines,
    digest_before_next_line,
)
from pipeline.repository.receipts import Receipt, append_receipt, read_receipts
from pipeline.settings import RECEIPTS_FILE
from tests.factories import MOMENT
from tests.workspace import PATIENCE

OLD_RECEIPTS = next((Path(__file__).parent / "archives").iterdir()) / "output" / RECEIPTS_FILE
OLD_LINES = OLD_RECEIPTS.read_bytes().splitlines(keepends=True)
END = ".opis/receipts-end.json"


def receipt(scan: str, **values: object) -> Receipt:
    base: dict[str, object] = {
        "when": MOMENT, "scan": scan, "size": 1, "sha256": "a" * 64, "fate": "refused",
        "where": f"inbox/refused/{scan}", "reason": f"{scan} is no scan",
    }  # fmt: skip
    return Receipt.model_validate(base | values)


def write_receipts(output: Path, count: int, before: bytes = b"") -> Path:
    """Return the file of some receipts, the first after these bytes of an earlier Opis."""
    if before:
        (output / RECEIPTS_FILE).write_bytes(before)
    for number in range(count):
        append_receipt(receipt(f"{number}.pdf"), output)
    return output / RECEIPTS_FILE


def test_an_unbroken_chain_is_no_finding(tmp_path: Path) -> None:
    file = tmp_path / RECEIPTS_FILE
    assert check_chain(file) == []
    for count in range(1, 4):
        write_receipts(tmp_path, 1)
        assert check_chain(file) == []
        assert len(list(read_receipts(tmp_path))) == count
    (tmp_path / END).unlink()
    assert check_chain(file) == []


@law(max_examples=40)
@given(st.integers(0, 2), st.integers(2, 5), st.data())
def test_any_change_is_found(old: int, count: int, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        file = write_receipts(Path(folder), count, b"".join(OLD_LINES[:old]))
        content, remembered = file.read_bytes(), (Path(folder) / END).read_bytes()
        lines = content.splitlines(keepends=True)
        where = data.draw(st.integers(0, len(content) - 1))
        line = data.draw(st.integers(0, len(lines) - 1))
        other = data.draw(st.integers(0, len(lines) - 1))
        swapped = [*lines]
        swapped[line], swapped[other] = lines[other], lines[line]
        change = data.draw(st.integers(1, 255))
        changed = {
            "byte": content[:where] + bytes([content[where] ^ change]) + content[where + 1 :],
            "cut off": content[:where],
            "cut out": b"".join(lines[:line] + lines[line + 1 :]),
            "doubled": b"".join(lines[: line + 1] + lines[line:]),
            "put in": b"".join([*lines[:line], b"no receipt\n", *lines[line:]]),
            "at the end": content + b"no receipt\n",
            "swapped": b"".join(swapped),
            "emptied": b"",
        }
        for what, bytes_now in changed.items():
            if bytes_now != content:
                file.write_bytes(bytes_now)
                assert check_chain(file), what
                append_receipt(receipt("next.pdf"), Path(folder))
                is_mended = file.read_bytes().startswith(
                    content
                )  # only its last line break was gone
                assert check_chain(file) or is_mended, f"{what}, and went on"
                file.write_bytes(content)
                (Path(folder) / END).write_bytes(remembered)
        assert check_chain(file) == []


def test_a_file_that_is_gone_is_found_even_after_it_was_begun_anew(tmp_path: Path) -> None:
    file = write_receipts(tmp_path, 3)
    file.unlink()
    assert [finding.damage for finding in check_chain(file)] == [Damage.MISSING]
    write_receipts(tmp_path, 2)
    assert [finding.damage for finding in check_chain(file)] == [Damage.CHANGED]


def test_an_older_copy_of_the_file_is_found(tmp_path: Path) -> None:
    older = write_receipts(tmp_path, 3).read_bytes()
    file = write_receipts(tmp_path, 2)
    newer = file.read_bytes()
    file.write_bytes(older)
    (finding,) = check_chain(file)
    assert "its last line was cut off or changed" in finding.detail
    file.write_bytes(newer)
    assert check_chain(file) == []


def test_a_crash_before_the_end_is_remembered_breaks_nothing(tmp_path: Path) -> None:
    file = write_receipts(tmp_path, 2)
    remembered = (tmp_path / END).read_bytes()
    write_receipts(tmp_path, 2)
    (tmp_path / END).write_bytes(remembered)
    assert check_chain(file) == []
    write_receipts(tmp_path, 1)
    assert check_chain(file) == []
    (tmp_path / END).write_bytes(b'{"start": 0, "e')
    write_receipts(tmp_path, 1)
    assert check_chain(file) == []


@law(max_examples=60)
@given(st.lists(st.integers(0, 80), min_size=1, max_size=4), st.sampled_from([b"", OLD_LINES[0]]))
def test_lines_that_a_power_cut_left_unfinished_break_nothing(
    lengths: list[int], before: bytes
) -> None:
    with TemporaryDirectory() as folder:
        file = write_receipts(Path(folder), 1, before)
        for length in lengths:
            with file.open("ab") as stream:
                stream.write(receipt("torn.pdf").model_dump_json().encode()[:length])
            assert check_chain(file) == []
            write_receipts(Path(folder), 1)
            assert check_chain(file) == []
        assert len(list(read_receipts(Path(folder)))) == 1 + bool(before) + len(lengths)


def _append_some(output: Path, name: str) -> None:
    for number in range(8):
        append_receipt(receipt(f"{name}{number}"), output)


@pytest.mark.slow
def test_two_writers_write_one_chain(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_append_some, args=[tmp_path, name]) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(PATIENCE)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert len(list(read_receipts(tmp_path))) == 16
    assert check_chain(tmp_path / RECEIPTS_FILE) == []


@pytest.mark.parametrize("line", range(len(OLD_LINES)))
def test_a_change_of_old_lines_breaks_the_link_of_the_first_linked_line(
    tmp_path: Path, line: int
) -> None:
    file = write_receipts(tmp_path, 0, b"".join(OLD_LINES))
    assert check_chain(file) == []
    write_receipts(tmp_path, 1)
    assert check_chain(file) == []
    content = file.read_bytes()
    for changed in (OLD_LINES[line].replace(b"2025", b"2024", 1), b""):
        file.write_bytes(content.replace(OLD_LINES[line], changed))
        (tmp_path / END).unlink(missing_ok=True)
        (finding,) = check_chain(file)
        assert "does not follow" in finding.detail


def test_an_old_file_may_have_unfinished_lines_and_no_others() -> None:
    assert check_lines(OLD_LINES) == []
    assert check_lines([*OLD_LINES[:2], OLD_LINES[2][:40] + b"\n", *OLD_LINES[3:]]) == []
    for garbage in (b"no receipt\n", b"[1, 2]\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n"):
        (finding,) = check_lines([*OLD_LINES[:2], garbage, *OLD_LINES[2:]])
        assert (finding.damage, "line 3 is no receipt" in finding.detail) == (
            Damage.MALFORMED, True,
        )  # fmt: skip


def test_a_line_that_an_earlier_opis_writes_in_between_is_reported(tmp_path: Path) -> None:
    file = write_receipts(tmp_path, 2)
    with file.open("ab") as stream:
        stream.write(OLD_LINES[0])
    write_receipts(tmp_path, 1)
    (finding,) = check_chain(file)
    assert "line 3 was put in" in finding.detail


def test_accepting_the_file_as_it_is_accepts_no_later_change(tmp_path: Path) -> None:
    file = write_receipts(tmp_path, 4)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([lines[0], *lines[2:]]) + b'{"when": "1949')
    write_receipts(tmp_path, 1)
    assert check_chain(file)
    size, sha256 = digest_before_next_line(file)
    append_receipt(receipt(RECEIPTS_FILE, size=size, sha256=sha256, fate="accepted"), tmp_path)
    assert check_chain(file) == []
    write_receipts(tmp_path, 1)
    assert check_chain(file) == []
    content = file.read_bytes()
    file.write_bytes(content.replace(b"0.pdf", b"9.pdf", 1))
    assert check_chain(file)
