"""`opis serve` is killed, asked to end, and loses Prefect's database; each time it goes on."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.fixity import file_sha256
from tests.campaigns.served import (
    Served,
    archive_problems,
    count_readings,
    drop_small,
    long_scan,
    started,
)
from tests.workspace import PATIENCE, Workspace, outliving

pytestmark = [pytest.mark.prefect, pytest.mark.tesseract]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """One that a test may break."""
    yield from started(Served(Workspace(tmp_path)))


def test_a_kill_leaves_nothing_behind_and_the_next_start_goes_on_until_sigterm(
    served: Served,
) -> None:
    dropped = drop_small(served, range(3))
    long_scan(served.workspace.inbox / "long.tif", 8, lines=4)
    dropped[file_sha256(served.workspace.inbox / "long.tif")] += 1
    while count_readings(served) < 5:
        time.sleep(0.1)
    family = served.processes()
    assert served.run is not None
    served.run.kill()
    served.run.wait()
    assert not outliving(family)
    dropped += drop_small(served, range(3, 6))  # while it is down
    served.start()
    _kill_the_server_while_it_starts(served)
    served.wait_for_output("run had been stopped; scans are kept.")
    until = time.monotonic() + PATIENCE
    while len(served.workspace.versions()) < 7:  # one may have been published as serve was killed
        assert time.monotonic() < until, served.output_text()
        time.sleep(0.2)
    (dead,) = served.query("flow_runs/filter", flow_runs={"state": {"type": {"any_": ["CRASHED"]}}})
    assert "Nothing is lost" in dead["state"]["message"]
    assert archive_problems(served.workspace, dropped) == []
    _sigterm_in_the_midst_of_a_long_scan(served)


def _kill_the_server_while_it_starts(served: Served) -> None:
    while not (found := served.processes_of_kind("server")):
        time.sleep(0.02)
    found[-1].kill()
    served.wait_for_output("The Prefect server was killed while it started. It is started again.")


def _sigterm_in_the_midst_of_a_long_scan(served: Served) -> None:
    before, kept = len(served.workspace.versions()), count_readings(served)
    scan = served.workspace.inbox / "longer.tif"
    long_scan(scan, 24)
    served.wait_for_output("ingest 1 scan, 24 pages")
    while count_readings(served) < kept + 4:
        time.sleep(0.2)
    served.stop_and_check()
    assert scan.exists()
    assert len(served.workspace.versions()) == before


@pytest.mark.skipif("TEST_POSTGRES" in os.environ, reason="its database is no file")
def test_prefects_database_may_go_at_any_time(served: Served) -> None:
    dropped = drop_small(served, range(1))
    served.wait_for_output("published scan 0.png")
    for path in (served.workspace.folder / "prefect").glob("prefect.db*"):
        path.unlink()
    dropped += drop_small(served, range(1, 3))
    served.wait_for_output("published scan 2.png")
    served.stop_and_check()
    (served.workspace.folder / "prefect" / "prefect.db").write_bytes(b"this is no database" * 400)
    dropped += drop_small(served, range(3, 4))
    served.start()
    served.wait_for_output("published scan 3.png")
    assert list((served.workspace.folder / "prefect").glob("prefect.db.broken-*"))
    assert archive_problems(served.workspace, dropped) == []
