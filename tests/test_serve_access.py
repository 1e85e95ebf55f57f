"""`opis serve` lets others in with a password only, and reports failures where it is asked to."""

import base64
import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import psutil
import pytest

from tests.campaigns.served import Served, drop_small, pages_address, started
from tests.workspace import PATIENCE, Workspace, paths_below

pytestmark = [pytest.mark.prefect, pytest.mark.tesseract]
SECRET = "keeper:correct-horse"


def test_it_does_not_listen_beyond_this_machine_without_a_password(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.inbox.mkdir()
    open_door = workspace.opis("serve", OPIS_HOST="0.0.0.0")
    assert open_door.returncode == 2
    assert "set OPIS_AUTH to NAME:PASSWORD" in open_door.stderr


@pytest.fixture(scope="module")
def hears() -> Iterator[HTTPServer]:
    """A server of somebody's that keeps what is posted to it."""
    with HTTPServer(("127.0.0.1", 0), _Hears) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class _Hears(BaseHTTPRequestHandler):
    posted: ClassVar[list[Any]] = []

    def do_POST(self) -> None:
        self.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, hears: HTTPServer) -> Iterator[Served]:
    """One that others reach with a password, and that tells somebody of failures."""
    environ = {
        "OPIS_HOST": "0.0.0.0", "OPIS_AUTH": SECRET,
        "OPIS_NOTIFY_URL": f"http://127.0.0.1:{hears.server_port}/hook",
    }  # fmt: skip
    yield from started(Served(Workspace(tmp_path_factory.mktemp("guarded")), environ))


def test_others_are_let_in_only_with_a_password(guarded: Served) -> None:
    drop_small(guarded, range(1))
    guarded.wait_for_output("[waits 0 · runs nothing · published 1")
    api = f"http://{_outside()}:{guarded.port}/api/flow_runs/count"
    for url, content in ((api, b"{}"), (f"{pages_address(guarded)}/", None)):
        with pytest.raises(urllib.error.HTTPError, match=r"40[13]"):
            _fetch(url, content, "")
        with pytest.raises(urllib.error.HTTPError, match=r"40[13]"):
            _fetch(url, content, "keeper:guess")
    assert b"unidentified" in _fetch(f"{pages_address(guarded)}/", None, SECRET)
    assert "opis:" not in guarded.output_text()


def test_failures_are_told_at_the_address_that_a_setting_names(guarded: Served) -> None:
    (guarded.workspace.inbox / "notes.pdf").write_text('these are "only" words')
    until = time.monotonic() + PATIENCE
    while not _Hears.posted:
        assert time.monotonic() < until, guarded.output_text()
        time.sleep(0.2)
    (told,) = _Hears.posted
    assert set(told) == {"run", "state", "message", "id"}
    assert (told["run"], told["state"]) == ("ingest 1 scan", "Refusals")
    assert "refused: notes.pdf is no scan" in told["message"]


def test_the_password_is_written_nowhere(guarded: Served) -> None:
    paths = [path for path in paths_below(guarded.workspace.folder) if path.is_file()]
    assert guarded.workspace.folder / "prefect" / "opis-server.log" in paths
    told = [path.read_bytes() for path in paths]
    assert not [content for content in told if b"correct-horse" in content]


def _fetch(url: str, content: bytes | None, secret: str) -> bytes:
    given = base64.b64encode(secret.encode()).decode()
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {given}"}
    request = urllib.request.Request(url, content, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bytes(answer.read())


def _outside() -> str:
    """Return an address of this machine that others can reach, or loopback where it has none."""
    found = [
        one.address
        for several in psutil.net_if_addrs().values()
        for one in several
        if one.family is socket.AF_INET and not one.address.startswith("127.")
    ]
    return found[0] if found else "127.0.0.1"
