"""`opis serve` is killed, asked to end, and loses Prefect's database; each time it goes on."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.fixity import file_sha256
from tests.campaigns.opis_serve import (
    OpisServe,
    archive_problems,
    count_readings,
    drop_small,
    long_scan,
    start_then_kill,
)
from tests.workspace import PATIENCE, Workspace, outliving

pytestmark = [pytest.mark.prefect, pytest.mark.tesseract]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[OpisServe]:
    """One that a test may break."""
    yield from start_then_kill(OpisServe(Workspace(tmp_path)))


def test_serve_goes_on_after_kills_a_lost_database_and_a_stop(serve: OpisServe) -> None:
    """One test, because each start of `opis serve` costs seven seconds of CPU."""
    digests = _kill_in_the_midst_of_a_scan(serve)
    digests += drop_small(serve, range(3, 6))  # while it is down
    serve.start()
    _kill_the_server_while_it_starts(serve)
    serve.wait_for_output("run had been stopped; scans are kept.")
    _wait_for_versions(serve, 7)
    (dead,) = serve.started_runs(flow_runs={"state": {"type": {"any_": ["CRASHED"]}}})
    assert "Nothing is lost" in dead["state"]["message"]
    assert archive_problems(serve.workspace, digests) == []
    if "TEST_POSTGRES" not in os.environ:
        digests += _delete_the_database(serve)
    _stop_in_the_midst_of_a_scan(serve)
    if "TEST_POSTGRES" not in os.environ:
        digests += _start_with_a_broken_database(serve)
        assert archive_problems(serve.workspace, digests) == []


def _kill_in_the_midst_of_a_scan(serve: OpisServe) -> Counter[str]:
    digests = drop_small(serve, range(3))
    long_scan(serve.workspace.inbox / "long.tif", 8, lines=4)
    digests[file_sha256(serve.workspace.inbox / "long.tif")] += 1
    while count_readings(serve) < 5:
        time.sleep(0.1)
    family = serve.processes()
    assert serve.run is not None
    serve.run.kill()
    serve.run.wait()
    assert not outliving(family)
    return digests


def _kill_the_server_while_it_starts(serve: OpisServe) -> None:
    while not (processes := serve.processes_of_kind("server")):
        time.sleep(0.02)
    processes[-1].kill()
    serve.wait_for_output("The Prefect server was killed while it started. It is started again.")


def _wait_for_versions(serve: OpisServe, count: int) -> None:
    until = time.monotonic() + PATIENCE
    while len(serve.workspace.versions()) < count:
        assert time.monotonic() < until, serve.output_text()
        time.sleep(0.2)


def _delete_the_database(serve: OpisServe) -> Counter[str]:
    for path in (serve.workspace.folder / "prefect").glob("prefect.db*"):
        path.unlink()
    serve.wait_for_output("server or its database is gone; it is started again.")
    digests = drop_small(serve, range(6, 8))
    for number in (6, 7):  # the count of versions is compared later
        serve.wait_for_output(f"published scan {number}.png")
    return digests


def _stop_in_the_midst_of_a_scan(serve: OpisServe) -> None:
    before, kept = len(serve.workspace.versions()), count_readings(serve)
    scan = serve.workspace.inbox / "longer.tif"
    long_scan(scan, 24)
    serve.wait_for_output("ingest 1 scan, 24 pages")
    while count_readings(serve) < kept + 4:
        time.sleep(0.2)
    serve.stop_and_check()
    assert scan.exists()
    assert len(serve.workspace.versions()) == before
    scan.unlink()


def _start_with_a_broken_database(serve: OpisServe) -> Counter[str]:
    home = serve.workspace.folder / "prefect"
    (home / "prefect.db").write_bytes(b"this is no database" * 400)
    digests = drop_small(serve, range(8, 9))
    serve.start()
    serve.wait_for_output("published scan 8.png")
    assert list(home.glob("prefect.db.broken-*"))
    return digests
