"""What the servers of `opis serve` refuse: other hosts, other origins, malformed paths."""

import asyncio
import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from flows.serve.http import RecordServer
from flows.serve.network import AllowedHosts
from flows.serve.request_guard import OriginGuard, RequestGuard
from pipeline.errors import SetupError
from pipeline.ingest.selection import require_in_inbox
from pipeline.settings import Settings, merge_settings, to_environ
from tests.workspace import free_port


def status_of(guard: ASGIApp, method: str = "GET", path: str = "/", **headers: str) -> int:
    """Return the status of an answer, or 101 where a WebSocket is passed on."""
    scope: dict[str, Any] = {
        "type": "websocket" if method == "WS" else "http",
        "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
        ],
    }  # fmt: skip
    if method != "WS":
        scope["method"] = method
    first = answer(guard, scope)
    if method == "WS":
        return 403 if first["type"] == "websocket.close" else 101
    return int(first["status"])


def answer(guard: ASGIApp, scope: dict[str, Any]) -> Any:
    """Return the first message of the answer to a request."""
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    async def run() -> None:
        await guard(scope, receive, send)

    asyncio.run(run())
    return messages[0]


async def _application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await PlainTextResponse("passed on")(scope, receive, send)


def guard(**values: Any) -> RequestGuard:
    return RequestGuard(_application, AllowedHosts.of(Settings.model_validate(values)))


def origin_guard(**values: Any) -> OriginGuard:
    return OriginGuard(_application, AllowedHosts.of(Settings.model_validate(values)))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:4200", "localhost", "LOCALHOST:80", "localhost.:4201", "[::1]:4200",
     "127.0.1.1"],
)  # fmt: skip
def test_loopback_is_answered_under_each_of_its_names(host: str) -> None:
    assert status_of(guard(), host=host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:4200", "localhost.evil.example", "127.0.0.1.evil.example",
     "10.0.0.7", "[2001:db8::1]", "opis.invalid", "0.0.0.0"],
)  # fmt: skip
def test_another_host_is_refused(host: str) -> None:
    assert status_of(guard(), host=host) == 421
    assert status_of(guard(), "POST", host=host) == 421
    assert status_of(guard(), "WS", host=host) == 403


@pytest.mark.parametrize(
    "host", ["", " ", "evil@127.0.0.1", "a b", "127.0.0.1:80:80", "[::1", "http://localhost"]
)
def test_a_header_that_names_no_host_is_refused(host: str) -> None:
    assert status_of(guard(), host=host) == 400


def test_a_request_without_a_host_or_with_two_is_refused() -> None:
    assert status_of(guard()) == 400
    two = [(b"host", b"localhost"), (b"host", b"evil.example")]
    scope = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "headers": two}
    assert answer(guard(), scope)["status"] == 400


def test_settings_name_further_hosts() -> None:
    app = guard(
        allowed_hosts="opis.lan, Archive.example", pages_url="https://pages.example/opis",
        base_url="https://records.example",
    )  # fmt: skip
    for host in ("opis.lan:4201", "archive.example", "pages.example", "records.example:443"):
        assert status_of(app, host=host) == 200
    assert status_of(app, host="other.example") == 421


def test_beyond_loopback_any_address_is_answered_and_no_other_name() -> None:
    app = guard(host="0.0.0.0")
    for host in ("10.0.0.7:4200", "[2001:db8::1]", "localhost"):
        assert status_of(app, host=host) == 200
    assert status_of(app, host="evil.example") == 421
    assert status_of(guard(host="10.0.0.7"), host="10.0.0.7:4201") == 200


@pytest.mark.parametrize(
    "value", ["https://a.example", "a.example:80", "*.example", "a..b", "*", "a:b"]
)
def test_a_setting_that_is_no_host_name_is_refused(value: str) -> None:
    with pytest.raises(SetupError, match="setting allowed_hosts: "):
        merge_settings({}, {"OPIS_ALLOWED_HOSTS": value}, {})


def test_other_processes_get_the_allowed_hosts() -> None:
    settings = merge_settings({"allowed_hosts": ["a.example", "B.example"]}, {}, {})
    assert settings.allowed_hosts == ("a.example", "b.example")
    assert merge_settings({}, to_environ(settings), {}) == settings


@pytest.mark.parametrize(
    "path", ["/%00", "/a%0ab", "/%7f", "/%ff", "/%ed%a0%80", "/%zz", "/a%2", "*", "", "http://x/"]
)
def test_a_malformed_path_is_refused(path: str) -> None:
    assert status_of(guard(), path=path, host="localhost") == 400


@pytest.mark.parametrize("path", ["/", "/a%20b", "/%D0%91", "/a%25", "/a'b%22", "/x%0", "/%2e%2e/"])
def test_other_paths_are_passed_on(path: str) -> None:
    assert status_of(guard(), path=path, host="localhost") == (400 if path == "/x%0" else 200)


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({}, True),
        ({"origin": "http://localhost:4200"}, True),
        ({"origin": "http://LOCALHOST:4200"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://localhost:4201"}, False),
        ({"origin": "http://localhost"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "http://[::"}, False),
        ({"origin": "https://archive.example"}, True),
        ({"origin": "http://archive.example:4201"}, False),
        ({"origin": "http://127.0.0.1:4201"}, False),
        ({"origin": "http://127.0.0.1"}, False),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
    ],
)
def test_only_its_own_pages_may_start_something(headers: dict[str, str], *, passes: bool) -> None:
    app = origin_guard(allowed_hosts="archive.example", pages_url="http://127.0.0.1:4201")
    for method in ("POST", "PUT", "PATCH", "DELETE", "WS"):
        status = status_of(app, method, host="localhost:4200", **headers)
        assert status == (403 if not passes else 101 if method == "WS" else 200), method
    assert status_of(app, host="localhost:4200", **headers) == 200


@pytest.fixture
def server_port(tmp_path: Path) -> Iterator[int]:
    """The port of a server of records."""
    settings = Settings(
        inbox=tmp_path / "inbox", output=tmp_path / "output", pages_port=free_port()
    )
    settings.records.mkdir(parents=True)
    (settings.records / "a.txt").write_text("the text")
    server = RecordServer(settings, lambda notice: None, lambda records: "published")
    server.start()
    yield settings.pages_port
    server.stop()


def ask(port: int, path: str, host: str = "localhost") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("path", ["/a.txt", "/", "/metrics", "/go/a/v1", "/site/", "/site/oai"])
def test_no_path_of_the_server_of_records_answers_another_host(server_port: int, path: str) -> None:
    assert ask(server_port, path, "evil.example") == 421
    assert ask(server_port, path) != 421


def test_odd_paths_are_no_error_of_the_server(server_port: int) -> None:
    for prefix in ("/", "/site/", "/go/"):
        assert ask(server_port, f"{prefix}%00") == 400
        assert ask(server_port, f"{prefix}%ff") == 400
    assert ask(server_port, f"/{'a' * 5000}") == 404
    assert ask(server_port, f"/site/{'a' * 5000}") == 404
    assert ask(server_port, "/a.txt/b") == 404
    assert ask(server_port, f"/go/{'a' * 5000}/v1") < 500
    assert ask(server_port, "/site/oai?verb=%00&identifier=%ff") < 500


def test_a_run_over_http_takes_only_files_of_the_inbox(tmp_path: Path) -> None:
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    (settings.inbox / "fond").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    (settings.inbox / "elsewhere").symlink_to(tmp_path / "secret")
    (settings.inbox / "loop").symlink_to("loop")
    inside = [settings.inbox / "a.pdf", settings.inbox / "fond" / ".." / "b.pdf"]
    require_in_inbox(inside, settings)
    for path in (
        tmp_path / "secret" / "a.pdf", settings.inbox / ".." / "secret" / "a.pdf",
        settings.inbox / "elsewhere" / "a.pdf", settings.inbox / "..", settings.inbox, Path(),
        settings.inbox / "fond" / "..", settings.inbox / "\0" / "a.pdf", Path("a.pdf"),
        settings.inbox / "loop" / "a.pdf", tmp_path / "inbox2" / "a.pdf",
    ):  # fmt: skip
        with pytest.raises(SetupError, match="is not in the inbox"):
            require_in_inbox([*inside, path], settings)
