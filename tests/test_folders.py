"""A folder that cannot be listed is one finding; all others are listed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.description.check_folder import check_folder
from pipeline.errors import MachineError
from pipeline.ingest.selection import select_scans
from pipeline.repository.version_folders import version_folders
from pipeline.settings import Settings
from pipeline.system.folders import MAX_DEPTH, list_files
from tests.factories import CLOCK
from tests.workspace import ROOT


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Return an inbox with a scan at the top and one in a folder."""
    inbox = tmp_path / "inbox"
    (inbox / "box").mkdir(parents=True)
    for name in ("a.png", "box/b.png"):
        (inbox / name).write_bytes(b"scan")
    return inbox


def _nest(folder: Path, count: int, name: str = "d") -> None:
    """Create ``count`` folders in each other; the system takes no path as long as all of them."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(count):
            os.mkdir(name)  # noqa: PTH102  relative, for the path is too long
            os.chdir(name)
        Path("deep.png").write_bytes(b"scan")
    finally:
        os.chdir(before)


def _settings(inbox: Path) -> Settings:
    return Settings(inbox=inbox, output=inbox.parent / "output", settle_seconds=0)


def _remove(folder: Path) -> None:
    """Remove a folder that is too deep for `shutil.rmtree`, and for pytest, which uses it."""
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def _link_in_a_circle(folder: Path) -> None:
    (folder / "circle").symlink_to(folder)
    (folder / "itself").symlink_to(folder / "itself")


@pytest.mark.parametrize(
    ("spoil", "problems"),
    [
        (lambda inbox: None, []),
        (lambda inbox: _nest(inbox, MAX_DEPTH), []),
        (lambda inbox: _nest(inbox, MAX_DEPTH + 1), ["lies more than 100 folders deep"]),
        (lambda inbox: _nest(inbox, 1200), ["lies more than 100 folders deep"]),
        (lambda inbox: _nest(inbox, 30, "x" * 250), ["has a path that is too long"]),
        (lambda inbox: _nest(inbox, 30, "ж" * 125), ["has a path that is too long"]),
        (_link_in_a_circle, []),
    ],
)
def test_a_folder_beyond_a_limit_is_one_finding(
    inbox: Path, spoil: Callable[[Path], None], problems: list[str]
) -> None:
    spoil(inbox)
    try:
        listing = list_files(inbox)
        assert {inbox / "a.png", inbox / "box" / "b.png"} <= set(listing.files)
        assert len(listing.problems) == len(problems)
        for problem, words in zip(listing.problems, problems, strict=True):
            assert words in problem.reason
            assert len(problem.reason) < 300
        if problems:
            assert [fault.code for fault in check_folder(inbox)] == ["unreadable"]
        with select_scans([], _settings(inbox), CLOCK) as found:
            claimed, others = found
            assert {path.name for path in claimed} >= {"a.png", "b.png"}
            assert [outcome.status for outcome in others] == ["refused"] * len(problems)
    finally:
        _remove(inbox)


def test_a_folder_that_disappears_meanwhile_is_no_finding(inbox: Path) -> None:
    def remove_box(path: Path) -> bool:
        if path.name == "box":
            shutil.rmtree(path)
        return False

    listing = list_files(inbox, remove_box)
    assert (listing.files, listing.problems) == ([inbox / "a.png"], [])


def test_a_root_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list_files(tmp_path / "nowhere")


ADVICE = "Give this user the right to read and to enter it."
#: Lists an inbox as a user whom the system refuses, which it does not refuse root.
_WITHOUT_RIGHTS = """
import sys
from pathlib import Path
from pipeline.description.check_folder import check_folder
from pipeline.inbox.files import find_unsettled, list_inbox
inbox = Path(sys.argv[1])
listing = list_inbox(inbox)
print(sorted(path.name for path in listing.scans), len(find_unsettled(listing.scans, 0)))
for problem in listing.problems:
    print(problem.reason)
print([fault.file for fault in check_folder(inbox) if fault.code == "unreadable"])
"""


@pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root may read everything"
)
@pytest.mark.parametrize("mode", [0o000, 0o100, 0o200, 0o300, 0o400, 0o600])
def test_a_folder_that_may_not_be_read_or_entered_is_one_finding(inbox: Path, mode: int) -> None:
    locked = inbox / "locked"
    (locked / "below").mkdir(parents=True)
    (locked / "c.png").write_bytes(b"scan")
    locked.chmod(mode)
    rights = "-dac_override,-dac_read_search"
    drop = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"]
    words = [*(drop if os.geteuid() == 0 else []), sys.executable, "-c", _WITHOUT_RIGHTS]
    try:
        result = subprocess.run(
            [*words, str(inbox)], cwd=ROOT, capture_output=True, text=True, check=False
        )
    finally:
        locked.chmod(0o700)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        "['a.png', 'b.png'] 0",
        f"The folder locked cannot be read (Permission denied). {ADVICE}",
        "['locked']",
    ]


def test_records_in_too_many_folders_are_a_finding_and_no_catalogue(tmp_path: Path) -> None:
    record = tmp_path / "records" / "unidentified" / "scan-1"
    (record / "v1" / "data").mkdir(parents=True)
    _nest(tmp_path / "records", 1200)
    problems: list[str] = []
    try:
        found = version_folders(tmp_path / "records", lambda problem: problems.append(problem.name))
        assert [folder.path for folder in found] == [record / "v1"]
        assert problems == ["/".join("d" * (MAX_DEPTH + 1))[:40] + "…" + ("/d" * 20)]
        with pytest.raises(MachineError, match="more than 100 folders deep"):
            list(version_folders(tmp_path / "records"))
    finally:
        _remove(tmp_path / "records")
