"""A worker that a file has taken over finds no secrets, no network and nothing to write to."""

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import psutil
import pytest

from flows.machine_checks import check_confinement
from pipeline.errors import PageError
from pipeline.model import Limits
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import InspectScan
from pipeline.workers.worker_folders import (
    WorkerFolders,
    clear_results,
    request_folder,
    take_file,
)
from tests.factories import scan_pdf
from tests.workspace import PATIENCE, ROOT

#: Tries what a worker must not do, and what it must; prints an error's number, or 0.
_PROBE = """
import json, os, socket, subprocess, sys
from pathlib import Path
own, other = map(Path, sys.argv[1:])
def number_of(attempt):
    try:
        attempt()
    except OSError as error:
        return error.errno
    return 0
def connect():
    return subprocess.run([sys.executable, "-c", "import socket; socket.socket()"], check=True,
                          stderr=subprocess.DEVNULL)
def is_child_refused():
    try:
        connect()
    except subprocess.CalledProcessError:
        raise PermissionError(1, "")
print(json.dumps({
    "write own": number_of(lambda: (own / "a" / "b").mkdir(parents=True)),
    "rename own": number_of(lambda: (own / "a" / "b").rename(own / "c")),
    "run a program": number_of(lambda: subprocess.run(["true"], stdin=subprocess.DEVNULL)),
    "read": number_of(lambda: (other / "scan").read_bytes()),
    "create": number_of(lambda: (other / "new").write_bytes(b"")),
    "change": number_of(lambda: (other / "scan").open("r+b")),
    "truncate": number_of(lambda: os.truncate(other / "scan", 0)),
    "remove": number_of(lambda: (other / "scan").unlink()),
    "move in": number_of(lambda: (own / "c").rename(other / "c")),
    "link": number_of(lambda: (other / "link").symlink_to("scan")),
    "tcp": number_of(socket.socket),
    "udp": number_of(lambda: socket.socket(type=socket.SOCK_DGRAM)),
    "unix": number_of(lambda: socket.socket(socket.AF_UNIX)),
    "tcp of a child": number_of(is_child_refused),
    "parent's environment": number_of(lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes()),
    "parent's memory": number_of(lambda: Path(f"/proc/{os.getppid()}/mem").open("rb")),
}))
"""
_ALLOWED = ("write own", "rename own", "run a program", "read")


def _restrictions() -> dict[str, str]:
    """Return why each restriction does not hold on this machine; empty if it does."""
    words = [sys.executable, "-m", "pipeline.workers.confined", "--"]
    result = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    return {row["name"]: row["error"] for row in json.loads(result.stdout)}


def _run_confined(tmp_path: Path, before: str = "") -> dict[str, int]:
    """Run the probe, confined, and return its numbers by attempt."""
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    other.mkdir()
    (other / "scan").write_bytes(b"scan")
    (tmp_path / "probe.py").write_text(_PROBE)
    code = f"{dedent(before)}\nfrom pipeline.workers.confined import main\nmain()"
    result = subprocess.run(
        [sys.executable, "-c", code, str(own), "--", "probe", str(own), str(other)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    numbers: dict[str, int] = json.loads(result.stdout)
    return numbers


def test_a_confined_process_reads_and_writes_only_to_its_own_folder(tmp_path: Path) -> None:
    if missing := {name: error for name, error in _restrictions().items() if error}:
        pytest.skip(f"this kernel does not restrict: {missing}")
    numbers = _run_confined(tmp_path)
    assert {name: number for name, number in numbers.items() if name in _ALLOWED} == dict.fromkeys(
        _ALLOWED, 0
    )
    assert [name for name, number in numbers.items() if not number] == list(_ALLOWED)
    assert (tmp_path / "other" / "scan").read_bytes() == b"scan"


@pytest.mark.parametrize("module", ["kernel", "landlock", "seccomp"])
def test_where_the_kernel_lacks_a_restriction_the_process_works_all_the_same(
    tmp_path: Path, module: str
) -> None:
    before = f"""
        import errno
        import pipeline.system.{module} as system
        def refuse(*_):
            raise OSError(errno.ENOSYS, "Function not implemented")
        system.system_call = system._checked = refuse
    """
    numbers = _run_confined(tmp_path, before)
    assert [numbers[name] for name in _ALLOWED] == [0] * len(_ALLOWED)


def test_doctor_names_what_does_not_hold() -> None:
    check = check_confinement()
    assert check.ok
    for name, error in _restrictions().items():
        assert name in check.detail
        assert error in check.detail


def test_a_worker_gets_no_password_and_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = ("OPIS_AUTH", "PREFECT_API_AUTH_STRING", "AWS_SECRET_ACCESS_KEY", "MY_TOKEN")
    for name in secrets:
        monkeypatch.setenv(name, "hush")
    others = set(psutil.Process().children())  # of tests that ran before
    readers = WorkerPool(1)
    try:
        facts = readers.ask(
            InspectScan(scan_pdf(tmp_path / "scan.pdf", 1), Limits()), PATIENCE
        ).facts
        assert facts is not None
        (worker,) = [
            child
            for child in set(psutil.Process().children()) - others
            if "pipeline.workers.worker" in child.cmdline()
        ]
        environ = worker.environ()
        assert not environ.keys() & set(secrets)
        assert "hush" not in environ.values()
        scratch = Path(environ["TMPDIR"])
        assert scratch.is_dir()
    finally:
        readers.close()
    assert not scratch.exists()


def test_what_a_killed_process_left_among_the_results_is_removed(tmp_path: Path) -> None:
    root = tmp_path / "results"
    clear_results(root)
    stale = root / "0123456789ab"
    stale.mkdir()
    (stale / "searchable.pdf").touch()
    stale.with_suffix(".txt").touch()
    with request_folder(root) as folder:
        (folder / "page.jpg").touch()
        clear_results(root)
        assert (folder / "page.jpg").exists()
        assert not stale.exists()
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("there", [False, True])
def test_results_lie_in_the_archive_if_there_is_one(tmp_path: Path, there: bool) -> None:
    results = tmp_path / "results"
    if there:
        results.mkdir()
    folders = WorkerFolders.create(results)
    assert folders.results == (results if there else folders.scratch)
    assert results.exists() == there
    folders.remove()
    assert not folders.scratch.exists()


def test_a_file_of_a_worker_is_moved_and_a_link_is_not(tmp_path: Path) -> None:
    written, target = tmp_path / "a.pdf", tmp_path / "there" / "b.pdf"
    written.write_bytes(b"pdf")
    take_file(written, target)
    assert (target.read_bytes(), written.exists()) == (b"pdf", False)
    secret, link, twin = tmp_path / "secret", tmp_path / "link", tmp_path / "twin"
    secret.write_bytes(b"secret")
    link.symlink_to(secret)
    twin.hardlink_to(secret)
    for file in (link, twin, tmp_path / "there", tmp_path / "missing"):
        with pytest.raises(PageError, match=f"left no {file.name}"):
            take_file(file, target)
    assert target.read_bytes() == b"pdf"
