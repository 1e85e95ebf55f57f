"""The server of records, without Prefect's: what it lists, and what needs the password."""

import base64
import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from flows.serve.http import RecordServer
from pipeline.settings import Settings
from tests.workspace import free_port

AUTH = "keeper:correct-höрse"
STRANGE = "a'b\"<i>&? Берия.txt"


class _TestServer:
    """A server of records with one folder, and the notices that it received."""

    def __init__(self, folder: Path, auth: str | None) -> None:
        settings = Settings(
            inbox=folder / "inbox", output=folder / "output", pages_port=free_port(),
            auth=None if auth is None else SecretStr(auth),
        )  # fmt: skip
        (settings.records / "r-1").mkdir(parents=True)
        (settings.records / "r-1" / STRANGE).write_text("the text")
        (settings.records / ".hidden").write_text("unfinished")
        self.notices: list[dict[str, Any]] = []
        self.port = settings.pages_port
        self.record_server = RecordServer(settings, self.notices.append, lambda _: "published")

    def ask(self, path: str, auth: str = "", body: bytes | None = None) -> tuple[int, str]:
        """Ask for a path as it is written: no ``..`` is resolved here."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        credentials = base64.b64encode(auth.encode()).decode()
        headers = {"Authorization": f"Basic {credentials}"} if auth else {}
        connection.request("GET" if body is None else "POST", path, body, headers)
        response = connection.getresponse()
        content = response.read().decode()
        if response.status == 401:
            assert response.headers["WWW-Authenticate"] == "Basic"
        connection.close()
        return response.status, content


def _run(server: _TestServer) -> Iterator[_TestServer]:
    server.record_server.start()
    yield server
    server.record_server.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[_TestServer]:
    yield from _run(_TestServer(tmp_path, None))


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[_TestServer]:
    yield from _run(_TestServer(tmp_path, AUTH))


def head(title: str) -> str:
    return f"<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1>"


def test_a_folder_is_listed_with_links_that_lead_to_its_files(server: _TestServer) -> None:
    status, page = server.ask("/")
    assert (status, page) == (200, f'{head("records")}<ul><li><a href="/r-1/">r-1/</a></li></ul>')
    status, page = server.ask("/r-1/")
    assert page.startswith(head("r-1"))
    link = "/r-1/a%27b%22%3Ci%3E%26%3F%20%D0%91%D0%B5%D1%80%D0%B8%D1%8F.txt"
    assert (status, page.count("<li>")) == (200, 1)
    assert f'<a href="{link}">a&#39;b&#34;&lt;i&gt;&amp;? Берия.txt</a>' in page
    assert server.ask(link) == (200, "the text")
    assert server.ask("/.hidden")[0] == 404


@pytest.mark.parametrize(
    "path",
    ["/", "/r-1/", "/metrics", "/go/r-1/v1", "/site/oai", "/none", "/notices/guess",
     "/notices/../r-1/", "/notices/%2e%2e/r-1/", "/notices/..%2fr-1/"],
)  # fmt: skip
def test_everything_but_the_address_of_notices_asks_for_the_password(
    guarded: _TestServer, path: str
) -> None:
    for auth in ("", "keeper:guess", "keeper:", AUTH + " ", AUTH.upper()):
        assert guarded.ask(path, auth) == (401, "name and password, please")
    assert guarded.ask(path, AUTH)[0] != 401


def test_a_notice_needs_no_password_for_its_address_is_secret(guarded: _TestServer) -> None:
    path = "/notices/" + guarded.record_server.notices_url.rpartition("/")[2]
    assert guarded.ask(path, body=b'{"run": "ingest 1 scan"}')[0] == 200
    assert guarded.notices == [{"run": "ingest 1 scan"}]
    assert guarded.ask(path, body=b"words")[0] == 400
    assert guarded.ask(path, body=b"0" * (64 * 1024 + 1))[0] == 413
    assert guarded.ask(f"{path}/..", body=b"{}")[0] == 401
    assert len(guarded.notices) == 1
