"""Hands out published records on loopback, so that links in the Prefect UI lead somewhere.

``output/records`` is handed out, and only to look at: a file is never run, whatever it is. The
reading room stands beside it under ``/site``.
"""

import base64
import html
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from flows.serve.metrics import Metrics
from flows.serve.site_app import build_site_app, is_unfinished
from pipeline.errors import SetupError
from pipeline.settings import Settings
from pipeline.site.build import Site

_SECURITY_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
_MAX_NOTICE_BYTES = 64 * 1024  #: bytes of a notice


class _RecordFiles(StaticFiles):
    """Files as they are; a folder as a list of what is in it."""

    async def get_response(self, path: str, scope: Any) -> Response:
        """Return a file or a list; 404 for anything outside."""
        if is_unfinished(path):
            return PlainTextResponse("Not found", 404)
        found, status = self.lookup_path(path)
        if status is not None and Path(found).is_dir():
            made: Response = HTMLResponse(_folder_listing(Path(found), path.strip("./")))
        else:
            made = await super().get_response(path, scope)
        made.headers.update(_SECURITY_HEADERS)
        return made


class RecordServer:
    """Serves in a thread of this process, until it is told to stop."""

    def __init__(self, settings: Settings, on_notice: Callable[[dict[str, Any]], None]) -> None:
        """Take the place; ``on_notice`` is told of the notices that Prefect sends here."""
        self._secret = secrets.token_urlsafe(16)
        self._settings, self._on_notice = settings, on_notice
        self._metrics = Metrics(settings.output)
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread()

    @property
    def notices_url(self) -> str:
        """Where Prefect's automation sends what it noticed; nobody else knows the address."""
        return f"http://127.0.0.1:{self._settings.pages_port}/notices/{self._secret}"

    def start(self) -> None:
        """Begin to serve, anew if it had ended.

        Raises:
            SetupError: the port is taken.
        """
        config = uvicorn.Config(
            self._build_app(), host=self._settings.host, port=self._settings.pages_port,
            log_level="critical", access_log=False, lifespan="off",
        )  # fmt: skip
        server = self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=_run_server, args=[server], daemon=True)
        self._thread.start()
        while not server.started:
            if not self._thread.is_alive():
                msg = (
                    f"Port {self._settings.pages_port}, where records are handed out, is taken: "
                    "choose another with OPIS_PAGES_PORT."
                )
                raise SetupError(msg)
            time.sleep(0.05)

    @property
    def is_running(self) -> bool:
        """Whether it serves."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=3)

    def _build_app(self) -> Any:
        app = Starlette(
            routes=[
                Route(f"/notices/{self._secret}", self._receive_notice, methods=["POST"]),
                Route("/metrics", self._serve_metrics),
                Route("/go/{inside:path}", self._redirect_to_record),
                Mount("/site", build_site_app(self._settings)),
                Mount("/", _RecordFiles(directory=self._settings.records, check_dir=False)),
            ]
        )
        return app if self._settings.auth is None else _BasicAuth(app, self._settings)

    def _redirect_to_record(self, request: Request) -> Response:
        """Lead to a version's page in the reading room; to its folder until that is built."""
        inside = request.path_params["inside"].strip("/")
        where = "/".join(inside.split("/")[-2:])
        page = Site.folder_of(self._settings) / "id" / where / "index.html"
        known = not is_unfinished(where) and page.is_file()
        address = f"/site/id/{quote(where)}/" if known else f"/{quote(inside)}/data/"
        return RedirectResponse(address, 302)

    def _serve_metrics(self, request: Request) -> Response:
        del request
        return Response(self._metrics.to_text(), media_type=CONTENT_TYPE_LATEST)

    async def _receive_notice(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > _MAX_NOTICE_BYTES:
            return PlainTextResponse("too long", 413)
        try:
            self._on_notice(await request.json())
        except ValueError:
            return PlainTextResponse("no JSON", 400)
        return PlainTextResponse("heard")


class _BasicAuth:
    """Asks for name and password, notices aside: their address is a secret of its own."""

    def __init__(self, app: Any, settings: Settings) -> None:
        secret = settings.auth.get_secret_value() if settings.auth else ""
        self._expected = b"Basic " + base64.b64encode(secret.encode())
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        given = dict(scope.get("headers", [])).get(b"authorization", b"")
        open_door = scope.get("path", "").startswith("/notices/")
        if open_door or secrets.compare_digest(given, self._expected):
            await self._app(scope, receive, send)
            return
        answer = PlainTextResponse("name and password, please", 401, {"WWW-Authenticate": "Basic"})
        await answer(scope, receive, send)


def _run_server(server: uvicorn.Server) -> None:
    with suppress(SystemExit):  # uvicorn's way to say that the port is taken
        server.run()


def _folder_listing(folder: Path, path: str) -> str:
    """Return a page that lists a folder; ``path`` is where it is got from."""
    names = sorted(
        f"{inside.name}/" if inside.is_dir() else inside.name
        for inside in folder.iterdir()
        if not inside.name.startswith(".")
    )
    base = f"/{path}/" if path else "/"
    rows = "".join(
        f'<li><a href="{html.escape(quote(base + name), quote=True)}">{html.escape(name)}</a></li>'
        for name in names
    )
    title = html.escape(path or "records")
    head = f"<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1>"
    return f"{head}<ul>{rows}</ul>"
