"""`opis serve` asks other machines for a password, and reports failures to a set address."""

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

from tests.campaigns.opis_serve import OpisServe, drop_small, pages_address, start_then_kill
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
def webhook() -> Iterator[HTTPServer]:
    """A server that keeps the notices that are posted to it."""
    with HTTPServer(("127.0.0.1", 0), _Webhook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class _Webhook(BaseHTTPRequestHandler):
    notices: ClassVar[list[Any]] = []

    def do_POST(self) -> None:
        self.notices.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory, webhook: HTTPServer) -> Iterator[OpisServe]:
    """One that other machines reach with a password, and that reports failures to the webhook."""
    environ = {
        "OPIS_HOST": "0.0.0.0", "OPIS_AUTH": SECRET,
        "OPIS_NOTIFY_URL": f"http://127.0.0.1:{webhook.server_port}/hook",
    }  # fmt: skip
    yield from start_then_kill(OpisServe(Workspace(tmp_path_factory.mktemp("guarded")), environ))


def test_other_machines_need_a_password(serve: OpisServe) -> None:
    drop_small(serve, range(1))
    serve.wait_for_output("[waits 0 · runs nothing · published 1")
    api = f"http://{_outside()}:{serve.port}/api/flow_runs/count"
    for url, content in ((api, b"{}"), (f"{pages_address(serve)}/", None)):
        with pytest.raises(urllib.error.HTTPError, match=r"40[13]"):
            _fetch(url, content, "")
        with pytest.raises(urllib.error.HTTPError, match=r"40[13]"):
            _fetch(url, content, "keeper:guess")
    assert b"unidentified" in _fetch(f"{pages_address(serve)}/", None, SECRET)
    assert "opis:" not in serve.output_text()


def test_failures_are_posted_to_the_address_in_the_settings(serve: OpisServe) -> None:
    (serve.workspace.inbox / "notes.pdf").write_text('these are "only" words')
    until = time.monotonic() + PATIENCE
    while not _Webhook.notices:
        assert time.monotonic() < until, serve.output_text()
        time.sleep(0.2)
    (notice,) = _Webhook.notices
    assert set(notice) == {"run", "state", "message", "id"}
    assert (notice["run"], notice["state"]) == ("ingest 1 scan", "Refusals")
    assert "refused: notes.pdf is no scan" in notice["message"]


def test_the_password_is_written_nowhere(serve: OpisServe) -> None:
    paths = [path for path in paths_below(serve.workspace.folder) if path.is_file()]
    assert serve.workspace.folder / "prefect" / "opis-server.log" in paths
    contents = [path.read_bytes() for path in paths]
    assert not [content for content in contents if b"correct-horse" in content]


def _fetch(url: str, content: bytes | None, secret: str) -> bytes:
    credentials = base64.b64encode(secret.encode()).decode()
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {credentials}"}
    request = urllib.request.Request(url, content, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bytes(answer.read())


def _outside() -> str:
    """Return an address of this machine that others can reach, or loopback where it has none."""
    addresses = [
        one.address
        for several in psutil.net_if_addrs().values()
        for one in several
        if one.family is socket.AF_INET and not one.address.startswith("127.")
    ]
    return addresses[0] if addresses else "127.0.0.1"
