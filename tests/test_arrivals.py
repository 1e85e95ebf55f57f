"""Receipts of scans, claims on scans, and files that come late."""

import errno
import json
import multiprocessing
import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as law
from hypothesis import strategies as st

from flows.serve.status_line import StatusLine
from flows.serve.watch import InboxWatch
from pipeline.errors import AwayError, LinkError
from pipeline.inbox.claims import claim
from pipeline.inbox.mounts import guard_mounts, with_mounts
from pipeline.ingest.arrivals import refuse_links, write_receipt
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.selection import select_scans
from pipeline.ingest.unpublished import record_failure
from pipeline.repository.receipts import (
    Receipt,
    append_receipt,
    read_receipts,
    read_receipts_since,
)
from pipeline.settings import RECEIPTS_FILE, Settings, merge_settings, to_environ
from tests.factories import CLOCK, MOMENT, scan_pdf
from tests.workspace import PATIENCE, Workspace


def receipt(scan: str, **values: object) -> Receipt:
    base: dict[str, object] = {
        "when": MOMENT, "scan": scan, "size": 1, "sha256": "a" * 64, "fate": "refused",
        "where": "inbox/refused", "reason": f"{scan} is no scan",
    }  # fmt: skip
    return Receipt.model_validate(base | values)


def test_receipts_are_read_in_the_order_in_which_they_were_written(tmp_path: Path) -> None:
    receipts = [
        receipt("a.pdf"),
        receipt("b/ё\n.pdf", sha256=None, size=None),
        receipt("c", record="r"),
    ]
    for one in receipts:
        append_receipt(one, tmp_path)
    stored_receipts = [one.model_copy(update={"previous": ""}) for one in read_receipts(tmp_path)]
    assert stored_receipts == receipts
    assert len((tmp_path / RECEIPTS_FILE).read_bytes().splitlines()) == 3


def test_a_line_that_a_power_cut_tore_damages_no_other_line(tmp_path: Path) -> None:
    append_receipt(receipt("a"), tmp_path)
    with (tmp_path / RECEIPTS_FILE).open("ab") as file:
        file.write(b'{"when": "1949-01-14T')
    append_receipt(receipt("b"), tmp_path)
    assert [one.scan for one in read_receipts(tmp_path)] == ["a", "b"]


@law(deadline=None, max_examples=30)
@given(st.lists(st.text(min_size=1, max_size=8), max_size=6), st.integers(0, 6))
def test_reading_on_finds_what_reading_all_finds(names: list[str], cut: int) -> None:
    folder = Path("/tmp") / f"opis-law-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    found, place = [], 0
    for number, name in enumerate(names):
        append_receipt(receipt(name.encode("utf-8", "replace").decode()), folder)
        if number == cut:
            some, place = read_receipts_since(folder, place)
            found += some
    some, _ = read_receipts_since(folder, place)
    assert [*found, *some] == list(read_receipts(folder))
    shutil.rmtree(folder)


def test_the_status_counts_from_where_it_began(tmp_path: Path) -> None:
    append_receipt(receipt("before"), tmp_path)
    status = StatusLine(tmp_path)
    append_receipt(receipt("a"), tmp_path)
    append_receipt(receipt("b", fate="published", record="rec", version=1, reason=""), tmp_path)
    assert status.new_lines(run_name="ingest 2 scans", waiting=1) == [
        "refused: a is no scan", "published b: rec v1",
        "[waits 1 · runs ingest 2 scans · published 1 · refused 1]",
    ]  # fmt: skip
    assert [one.scan for one in status.receipts] == ["a", "b"]
    assert status.changed_line(waiting=1, run_name="ingest 2 scans") == []
    assert status.changed_line(waiting=0) == ["[waits 0 · runs nothing · published 1 · refused 1]"]


def _settings(folder: Path, **values: object) -> Settings:
    settings = Settings.model_validate(
        {"inbox": folder / "inbox", "output": folder / "output", "settle_seconds": 3} | values
    )
    settings.inbox.mkdir(exist_ok=True)
    return settings


def _hold(settings: Settings, names: list[str], ours: object, go: object) -> None:
    with claim([settings.inbox / name for name in names], settings) as (free, _):
        ours.put([path.name for path in free])  # type: ignore[attr-defined]
        go.wait(PATIENCE)  # type: ignore[attr-defined]


def test_a_scan_that_another_process_has_is_left_to_it_until_it_dies(tmp_path: Path) -> None:
    settings, context = _settings(tmp_path), multiprocessing.get_context("spawn")
    ours, go = context.Queue(), context.Event()
    other = context.Process(target=_hold, args=[settings, ["a", "b"], ours, go])
    other.start()
    assert ours.get(timeout=PATIENCE) == ["a", "b"]
    wanted = [settings.inbox / name for name in ("b", "c")]
    with claim(wanted, settings) as (free, taken):
        assert (free, taken) == (wanted[1:], wanted[:1])
    os.kill(other.pid or 0, signal.SIGKILL)
    other.join()
    with claim(wanted, settings) as (free, taken):
        assert (free, taken) == (wanted, [])
    assert list((settings.work_folder / "claims").glob("*.txt")) == []


@pytest.mark.parametrize("linked", ["scan.pdf", "scan.yaml", "scan.en.txt"])
def test_a_link_is_refused_whatever_it_describes(tmp_path: Path, linked: str) -> None:
    settings = _settings(tmp_path)
    scan = scan_pdf(settings.inbox / "scan.pdf", 1)
    refuse_links(scan, settings)
    (settings.inbox / linked).unlink(missing_ok=True)
    (settings.inbox / linked).symlink_to("/etc/hostname")
    with pytest.raises(LinkError, match=f"{linked} is a link"):
        refuse_links(scan, settings)


def test_every_outcome_has_a_receipt_but_that_of_a_scan_that_is_gone(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    scan = scan_pdf(settings.inbox / "scan.pdf", 1)
    folder = str(settings.output / "records" / "r" / "v1")
    outcomes = {
        "published": Outcome("scan.pdf", record="r", version=1, folder=folder),
        "published before": Outcome("scan.pdf", record="r", folder=folder, already_published=True),
        "refused": Outcome("scan.pdf", refusal_reason="It is none."),
        "waits": Outcome("scan.pdf", waiting_reason="It is cut off."),
        "failed": Outcome("scan.pdf", failure_reason="The engine is broken."),
        "gone": Outcome("scan.pdf", missing_reason="Another run took it."),
    }
    assert [outcome.status for outcome in outcomes.values()] == list(outcomes)
    for outcome in outcomes.values():
        write_receipt(scan, outcome, settings, CLOCK)
    assert [one.fate for one in read_receipts(settings.output)] == list(outcomes)[:-1]


def test_an_outcome_names_its_scan_once() -> None:
    assert Outcome("a.pdf", refusal_reason="a.pdf is no scan.").reason == "a.pdf is no scan."
    assert (
        Outcome("a.pdf", refusal_reason="The file name is odd.").reason
        == "a.pdf: The file name is odd."
    )
    assert Outcome("a.pdf", failure_reason="The disk is full.").reason.startswith(
        "a.pdf: The disk is full."
    )


class TestWatch:
    """The watch gets the time from the test, so no test waits."""

    def test_what_lies_still_is_ready_and_what_grows_is_not(self, tmp_path: Path) -> None:
        settings = _settings(tmp_path, sidecar_seconds=0)
        watch, scan = InboxWatch(settings), settings.inbox / "a.pdf"
        scan.write_bytes(b"one")
        assert watch.ready_scans(0) == []
        assert watch.ready_scans(2.9) == []
        scan.write_bytes(b"more")
        assert watch.ready_scans(3.5) == []
        assert watch.ready_scans(6.4) == []
        assert watch.ready_scans(6.5) == [scan]

    def test_a_date_in_the_future_or_the_past_says_nothing(self, tmp_path: Path) -> None:
        settings = _settings(tmp_path, sidecar_seconds=0)
        scans = [settings.inbox / "future.pdf", settings.inbox / "past.pdf"]
        for scan, date in zip(scans, (4_000_000_000, 1), strict=True):
            scan.write_bytes(b"scan")
            os.utime(scan, (date, date))
        watch = InboxWatch(settings)
        assert watch.ready_scans(0) == []
        assert watch.ready_scans(3) == scans

    def test_a_scan_that_nothing_describes_waits_for_its_sidecar(self, tmp_path: Path) -> None:
        settings = _settings(tmp_path, sidecar_seconds=10)
        watch, bare = InboxWatch(settings), settings.inbox / "bare.pdf"
        named = settings.inbox / "RGASPI_f558_op11_d330_ll0110-0113.pdf"
        for scan in (bare, named):
            scan.write_bytes(b"scan")
        assert watch.ready_scans(0) == []
        assert watch.ready_scans(3) == [named]
        bare.with_suffix(".yaml").write_text("title: One", encoding="utf-8")
        assert watch.ready_scans(9) == [named]
        assert watch.ready_scans(12) == [named, bare]

    def test_a_scan_that_stays_in_the_inbox_is_ready_again_when_it_changes_or_its_wait_is_over(
        self, tmp_path: Path
    ) -> None:
        settings = _settings(tmp_path, sidecar_seconds=0, incomplete_seconds=60, retry_seconds=600)
        watch = InboxWatch(settings)
        scans = {name: settings.inbox / f"{name}.pdf" for name in ("cut", "failed", "kept")}
        for scan in scans.values():
            scan.write_bytes(b"scan")
        watch.ready_scans(0)
        assert len(watch.ready_scans(3)) == 3
        statuses = {"cut": "waits", "failed": "failed", "kept": "published"}
        watch.back_off(
            [receipt(f"{name}.pdf", fate=status) for name, status in statuses.items()], 10
        )
        assert watch.ready_scans(69) == []
        assert watch.ready_scans(70) == [scans["cut"]]
        assert watch.ready_scans(610) == [scans["cut"], scans["failed"]]
        assert watch.ready_scans(1e9) == [scans["cut"], scans["failed"]]
        scans["kept"].with_suffix(".yaml").write_text("title: One", encoding="utf-8")
        watch.ready_scans(1e9 + 1)
        assert scans["kept"] in watch.ready_scans(1e9 + 5)

    @pytest.mark.parametrize(("run_ends", "due"), [(10, 600), (370, 600), (590, 650), (970, 1030)])
    def test_an_incomplete_scan_waits_no_longer_because_a_run_was_long(
        self, tmp_path: Path, run_ends: float, due: float
    ) -> None:
        settings = _settings(tmp_path, sidecar_seconds=0, incomplete_seconds=600)
        watch, scan = InboxWatch(settings), settings.inbox / "cut.pdf"
        scan.write_bytes(b"scan")
        watch.ready_scans(0)
        watch.back_off([receipt("cut.pdf", fate="waits")], run_ends)
        assert watch.ready_scans(due - 1) == []
        assert watch.ready_scans(due) == [scan]

    def test_a_folder_is_reported_each_time_it_becomes_impossible_to_list(
        self, tmp_path: Path
    ) -> None:
        settings = _settings(tmp_path)
        watch, folder = InboxWatch(settings), settings.inbox / "/".join("d" * 101)
        problem_counts = []
        for is_there in (False, True, True, False, True):
            if is_there:
                folder.mkdir(parents=True, exist_ok=True)
            elif folder.exists():
                folder.rmdir()
            watch.ready_scans(0)
            problem_counts.append(len(watch.new_problems()))
        assert problem_counts == [0, 1, 0, 0, 1]

    def test_a_sidecar_without_its_scan_is_reported_once(self, tmp_path: Path) -> None:
        settings = _settings(tmp_path)
        for name in ("_defaults.yaml", "a.yaml", "b.en.txt", "b.gt.txt", "notes.txt", "c.json"):
            (settings.inbox / name).write_text("title: One", encoding="utf-8")
        (settings.inbox / "c.pdf").write_bytes(b"scan")
        watch = InboxWatch(settings)
        orphans = []
        for now in (0, 30, 60, 90):
            watch.ready_scans(now)
            orphans.append([path.name for path in watch.late_orphans(now)])
        assert orphans == [[], [], ["a.yaml", "b.en.txt"], []]

    def test_what_a_run_has_taken_does_not_wait(self, tmp_path: Path) -> None:
        settings = _settings(tmp_path)
        watch, scan = InboxWatch(settings), settings.inbox / "a.pdf"
        scan.write_bytes(b"scan")
        assert watch.waiting_count() == 1
        watch.mark_taken([scan])
        assert watch.waiting_count() == 0


@pytest.mark.tesseract
def test_the_same_bytes_under_another_name_are_a_finding(workspace: Workspace) -> None:
    scan_pdf(workspace.inbox / "first.pdf", 1)
    assert workspace.opis("ingest", "--direct").returncode == 0
    scan_pdf(workspace.inbox / "second.pdf", 1)
    (workspace.inbox / "third.pdf").write_bytes(b"")
    result = workspace.opis("ingest", "--direct")
    assert "second.pdf holds the same bytes as first.pdf" in result.stdout
    receipts = json.loads(workspace.opis("receipts", "--json").stdout)
    receipts.sort(key=lambda one: one["scan"])  # they were looked at side by side
    assert [(one["scan"], one["fate"]) for one in receipts] == [
        ("first.pdf", "published"), ("second.pdf", "published before"), ("third.pdf", "refused"),
    ]  # fmt: skip
    assert receipts[1]["finding"].startswith("second.pdf holds the same bytes as first.pdf")
    assert receipts[2]["where"] == "inbox/refused/third.pdf"
    assert receipts[0]["sha256"] == receipts[1]["sha256"]
    output = workspace.opis("receipts", receipts[0]["sha256"][:12], "--last").stdout
    assert "2 receipts" in output
    assert not list(workspace.inbox.glob("*.pdf"))


@pytest.mark.tesseract
def test_a_sidecar_that_comes_while_the_scan_is_read_is_not_left_behind(
    workspace: Workspace,
) -> None:
    scan = scan_pdf(workspace.inbox / "late.pdf", 1)
    hook = (
        "import flows.direct as d, pathlib\n"
        "publish = d.publish_scan\n"
        "def late(*args):\n"
        f"    pathlib.Path({str(scan.with_suffix('.yaml'))!r}).write_text('title: Late')\n"
        "    return publish(*args)\n"
        "d.publish_scan = late\n"
        "from flows.cli.app import app\napp(['ingest', '--direct'])\n"
    )
    first = workspace.python(hook)
    assert first.returncode == 0, first.stdout + first.stderr
    assert scan.exists()
    assert workspace.opis("ingest", "--direct").returncode == 0
    (entry,) = json.loads(workspace.opis("list", "--json").stdout)
    assert (entry["title"], entry["version"]) == ("Late", 2)
    assert not list(workspace.inbox.iterdir())
    assert workspace.opis("verify").returncode == 0


def test_a_folder_whose_disk_is_away_is_no_empty_folder(tmp_path: Path) -> None:
    scan = scan_pdf(_settings(tmp_path).inbox / "scan.pdf", 1)
    settings = _settings(tmp_path, mounts=(Path("/proc"),))
    with guard_mounts(settings):
        pass
    with pytest.raises(AwayError, match="cannot be read"), guard_mounts(settings):
        list((settings.inbox / "none").iterdir())
    with pytest.raises(AwayError, match="does not answer"), guard_mounts(settings):
        raise OSError(errno.ENOTCONN, "Transport endpoint is not connected", "inbox")
    away = _settings(tmp_path, mounts=(Path("/proc"), tmp_path))
    with pytest.raises(AwayError, match=f"{tmp_path} is not mounted"), guard_mounts(away):
        pytest.fail("the block must not run")
    outcome = record_failure(scan, OSError(errno.EIO, "Input/output error"), away, CLOCK)
    assert "is not mounted" in outcome.failure_reason
    assert not away.output.exists(), "a receipt would lie on another disk"


def test_mount_points_of_inbox_and_output_are_found_and_passed_to_other_processes(
    tmp_path: Path,
) -> None:
    settings = Settings(inbox=Path("/proc/self"), output=tmp_path)
    settings_with_mounts = with_mounts(settings)
    assert Path("/proc") in settings_with_mounts.mounts
    assert Path("/") not in settings_with_mounts.mounts
    other_process = merge_settings({}, to_environ(settings_with_mounts), {})
    assert other_process.mounts == settings_with_mounts.mounts
    settings_with_own_mounts = settings.model_copy(update={"mounts": (tmp_path,)})
    assert with_mounts(settings_with_own_mounts) == settings_with_own_mounts


def test_a_sidecar_without_its_scan_has_the_outcome_waits(tmp_path: Path) -> None:
    settings = _settings(tmp_path, settle_seconds=0)
    (settings.inbox / "late.yaml").write_text("title: Late", encoding="utf-8")
    with select_scans([], settings, CLOCK) as (ours, others):
        assert ours == []
        (outcome,) = others
        assert outcome.status == "waits"
        assert outcome.reason.startswith("late.yaml describes no scan that lies here.")
