import os
import signal
import time
from pathlib import Path

import pytest

from pipeline.fixity import file_sha256
from pipeline.inbox.files import (
    CopiedFile,
    find_unsettled,
    list_inbox,
    move_to_refused,
    remove_empty_folders,
    remove_if_copied,
    remove_refusal_reason,
)


def put(path: Path, content: bytes = b"scan") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_scans_in_subfolders_count_and_what_describes_them_does_not(tmp_path: Path) -> None:
    scans = [
        put(tmp_path / name) for name in ("a.pdf", "box 1/b.TIF", "box 1/deep/c.jp2", "d.docx")
    ]
    for name in ("a.yaml", "_defaults.yaml", "index.csv", "a.en.txt", "box 1/notes.md"):
        put(tmp_path / name)
    assert list_inbox(tmp_path).scans == sorted(scans)


@pytest.mark.parametrize(
    "name",
    [".hidden.pdf", "x.pdf.part", "x.TMP", "x.crdownload", "~x.pdf", "Thumbs.db", ".box/x.pdf"],
)
def test_unfinished_files_and_litter_are_not_scans(tmp_path: Path, name: str) -> None:
    put(tmp_path / name)
    assert list_inbox(tmp_path).scans == []


def test_refused_scans_are_not_taken_again(tmp_path: Path) -> None:
    put(tmp_path / "refused" / "x.pdf")
    assert list_inbox(tmp_path).scans == []


def test_a_file_that_has_lain_still_is_settled_without_waiting(tmp_path: Path) -> None:
    scan = put(tmp_path / "a.pdf")
    assert find_unsettled([scan], 0) == set()


def test_a_file_open_for_writing_is_not_settled(tmp_path: Path) -> None:
    scan = put(tmp_path / "a.pdf")
    with scan.open("ab"):
        assert find_unsettled([scan], 0) == {scan}
    assert find_unsettled([scan], 0) == set()


def test_a_file_that_grows_is_not_settled(tmp_path: Path) -> None:
    scan = put(tmp_path / "a.pdf")
    size = scan.stat().st_size
    pid = os.fork()
    if pid == 0:  # another process, as a scanner would be, until it is killed
        while True:
            with scan.open("ab") as file:
                file.write(b"x")
            time.sleep(0.02)
    try:
        while scan.stat().st_size == size:
            time.sleep(0.02)
        assert find_unsettled([scan], 1.0) == {scan}
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_a_refusal_keeps_the_folder_the_sidecar_and_the_reason(tmp_path: Path) -> None:
    scan = put(tmp_path / "box 1" / "a.pdf", b"bad")
    sidecar = put(tmp_path / "box 1" / "a.yaml", b"title: x")
    moved = move_to_refused(scan, [sidecar], tmp_path, "It is empty. Copy it again.")
    assert moved == tmp_path / "refused" / "box 1" / "a.pdf"
    assert moved.read_bytes() == b"bad"
    assert moved.with_suffix(".yaml").read_bytes() == b"title: x"
    assert (moved.parent / "a.reason.txt").read_text("utf-8") == "It is empty. Copy it again.\n"
    assert not scan.exists()
    assert not sidecar.exists()


def test_a_refusal_overwrites_nothing(tmp_path: Path) -> None:
    first = move_to_refused(put(tmp_path / "a.pdf", b"1"), [], tmp_path, "one")
    second = move_to_refused(put(tmp_path / "a.pdf", b"2"), [], tmp_path, "two")
    assert (first.name, second.name) == ("a.pdf", "a-2.pdf")
    assert (first.read_bytes(), second.read_bytes()) == (b"1", b"2")
    assert (first.parent / "a-2.reason.txt").read_text("utf-8") == "two\n"


def test_a_reason_of_a_scan_that_was_put_back_is_replaced(tmp_path: Path) -> None:
    moved = move_to_refused(put(tmp_path / "a.pdf"), [], tmp_path, "one")
    moved.rename(tmp_path / "a.pdf")
    again = move_to_refused(tmp_path / "a.pdf", [], tmp_path, "two")
    assert again == moved
    assert (moved.parent / "a.reason.txt").read_text("utf-8") == "two\n"


def test_a_scan_is_removed_only_if_a_copy_holds_its_bytes(tmp_path: Path) -> None:
    scan, copy = put(tmp_path / "a.pdf"), put(tmp_path / "out" / "a.pdf")
    sha256 = file_sha256(scan)
    copy.write_bytes(b"other")
    assert not remove_if_copied([CopiedFile(scan, sha256, copy)])
    copy.write_bytes(b"scan")
    assert remove_if_copied([CopiedFile(scan, sha256, copy)])
    assert not scan.exists()


def test_a_scan_that_was_exchanged_meanwhile_stays(tmp_path: Path) -> None:
    scan, copy = put(tmp_path / "a.pdf"), put(tmp_path / "out" / "a.pdf")
    sha256 = file_sha256(copy)
    scan.write_bytes(b"another scan")
    assert not remove_if_copied([CopiedFile(scan, sha256, copy)])
    assert scan.read_bytes() == b"another scan"


def test_a_scan_and_its_sidecar_go_together_or_not_at_all(tmp_path: Path) -> None:
    scan, sidecar = put(tmp_path / "a.pdf"), put(tmp_path / "a.yaml", b"title: x")
    copies = put(tmp_path / "out" / "a.pdf"), put(tmp_path / "out" / "a.yaml", b"title: x")
    files = [
        CopiedFile(p, file_sha256(c), c)
        for p, c in zip((sidecar, scan), reversed(copies), strict=True)
    ]
    sidecar.write_bytes(b"title: better")
    assert not remove_if_copied(files)
    assert scan.exists()
    sidecar.write_bytes(b"title: x")
    scan.write_bytes(b"another scan")
    assert not remove_if_copied(files)
    assert sidecar.exists()
    scan.write_bytes(b"scan")
    assert remove_if_copied(files)
    assert not scan.exists() | sidecar.exists()


def test_folders_that_another_run_removed_are_no_error(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    remove_empty_folders(tmp_path / "a" / "b", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_folders_left_empty_go_but_not_the_inbox(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "a" / "b").mkdir(parents=True)
    remove_empty_folders(inbox / "a" / "b", inbox)
    assert list(inbox.iterdir()) == []


def test_a_scan_with_the_longest_name_gets_a_reason_file(tmp_path: Path) -> None:
    scan = put(tmp_path / f"{'д' * 125}.tiff", b"bad")  # 255 bytes
    moved = move_to_refused(scan, [], tmp_path, "It is empty. Copy it again.")
    assert (moved.read_bytes(), moved.suffix) == (b"bad", ".tiff")
    assert moved.with_suffix(".reason.txt").read_text("utf-8").startswith("It is empty")


def test_a_refusal_is_forgotten_when_its_scan_is_published(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "box").mkdir(parents=True)
    scan = inbox / "box" / "a.pdf"
    scan.write_bytes(b"1")
    moved = move_to_refused(scan, (), inbox, "a reason")
    remove_refusal_reason(scan, inbox)
    assert moved.with_name("a.reason.txt").is_file(), "it is still refused"
    moved.replace(scan)
    remove_refusal_reason(scan, inbox)
    assert not (inbox / "refused").exists()
