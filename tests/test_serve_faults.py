"""`opis serve` is killed, asked to end, and loses Prefect's database; each time it goes on."""

import os
import time
from collections import Counter
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


def test_serve_goes_on_after_kills_a_lost_database_and_a_stop(served: Served) -> None:
    """One test, because each start of `opis serve` costs seven seconds of CPU."""
    dropped = _kill_in_the_midst_of_a_scan(served)
    dropped += drop_small(served, range(3, 6))  # while it is down
    served.start()
    _kill_the_server_while_it_starts(served)
    served.wait_for_output("run had been stopped; scans are kept.")
    _wait_for_versions(served, 7)
    (dead,) = served.query("flow_runs/filter", flow_runs={"state": {"type": {"any_": ["CRASHED"]}}})
    assert "Nothing is lost" in dead["state"]["message"]
    assert archive_problems(served.workspace, dropped) == []
    if "TEST_POSTGRES" not in os.environ:
        dropped += _delete_the_database(served)
    _stop_in_the_midst_of_a_scan(served)
    if "TEST_POSTGRES" not in os.environ:
        dropped += _start_with_a_broken_database(served)
        assert archive_problems(served.workspace, dropped) == []


def _kill_in_the_midst_of_a_scan(served: Served) -> Counter[str]:
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
    return dropped


def _kill_the_server_while_it_starts(served: Served) -> None:
    while not (found := served.processes_of_kind("server")):
        time.sleep(0.02)
    found[-1].kill()
    served.wait_for_output("The Prefect server was killed while it started. It is started again.")


def _wait_for_versions(served: Served, count: int) -> None:
    until = time.monotonic() + PATIENCE
    while len(served.workspace.versions()) < count:
        assert time.monotonic() < until, served.output_text()
        time.sleep(0.2)


def _delete_the_database(served: Served) -> Counter[str]:
    for path in (served.workspace.folder / "prefect").glob("prefect.db*"):
        path.unlink()
    dropped = drop_small(served, range(6, 8))
    served.wait_for_output("published scan 7.png")
    return dropped


def _stop_in_the_midst_of_a_scan(served: Served) -> None:
    before, kept = len(served.workspace.versions()), count_readings(served)
    scan = served.workspace.inbox / "longer.tif"
    long_scan(scan, 24)
    served.wait_for_output("ingest 1 scan, 24 pages")
    while count_readings(served) < kept + 4:
        time.sleep(0.2)
    served.stop_and_check()
    assert scan.exists()
    assert len(served.workspace.versions()) == before
    scan.unlink()


def _start_with_a_broken_database(served: Served) -> Counter[str]:
    home = served.workspace.folder / "prefect"
    (home / "prefect.db").write_bytes(b"this is no database" * 400)
    dropped = drop_small(served, range(8, 9))
    served.start()
    served.wait_for_output("published scan 8.png")
    assert list(home.glob("prefect.db.broken-*"))
    return dropped
