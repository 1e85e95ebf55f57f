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
from flows.serve.site_app import is_unfinished, room
from pipeline.errors import SetupError
from pipeline.settings import Settings
from pipeline.site.build import Site

_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
_MOST = 64 * 1024  #: bytes of a notice


class _Records(StaticFiles):
    """Files as they are; a folder as a list of what is in it."""

    async def get_response(self, path: str, scope: Any) -> Response:
        """Return a file or a list; 404 for anything outside."""
        if is_unfinished(path):
            return PlainTextResponse("Not found", 404)
        found, status = self.lookup_path(path)
        if status is not None and Path(found).is_dir():
            made: Response = HTMLResponse(_listed(Path(found), path.strip("./")))
        else:
            made = await super().get_response(path, scope)
        made.headers.update(_HEADERS)
        return made


class Pages:
    """Serves in a thread of this process, until it is told to stop."""

    def __init__(self, settings: Settings, hear: Callable[[dict[str, Any]], None]) -> None:
        """Take the place; ``hear`` is told of the notices that Prefect sends here."""
        self._word = secrets.token_urlsafe(16)
        self._settings, self._hear = settings, hear
        self._metrics = Metrics(settings.output)
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread()

    @property
    def notices(self) -> str:
        """Where Prefect's automation sends what it noticed; nobody else knows the address."""
        return f"http://127.0.0.1:{self._settings.pages_port}/notices/{self._word}"

    def start(self) -> None:
        """Begin to serve, anew if it had ended.

        Raises:
            SetupError: the port is taken.
        """
        config = uvicorn.Config(
            self._app(), host=self._settings.host, port=self._settings.pages_port,
            log_level="critical", access_log=False, lifespan="off",
        )  # fmt: skip
        server = self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=_run, args=[server], daemon=True)
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
    def runs(self) -> bool:
        """Whether it serves."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=3)

    def _app(self) -> Any:
        app = Starlette(
            routes=[
                Route(f"/notices/{self._word}", self._notice, methods=["POST"]),
                Route("/metrics", self._scraped),
                Route("/go/{inside:path}", self._led),
                Mount("/site", room(self._settings)),
                Mount("/", _Records(directory=self._settings.records, check_dir=False)),
            ]
        )
        return app if self._settings.auth is None else _Guarded(app, self._settings)

    def _led(self, request: Request) -> Response:
        """Lead to a version's page in the reading room; to its folder until that is built."""
        inside = request.path_params["inside"].strip("/")
        where = "/".join(inside.split("/")[-2:])
        page = Site.folder_of(self._settings) / "id" / where / "index.html"
        known = not is_unfinished(where) and page.is_file()
        address = f"/site/id/{quote(where)}/" if known else f"/{quote(inside)}/data/"
        return RedirectResponse(address, 302)

    def _scraped(self, request: Request) -> Response:
        del request
        return Response(self._metrics.text(), media_type=CONTENT_TYPE_LATEST)

    async def _notice(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > _MOST:
            return PlainTextResponse("too long", 413)
        try:
            self._hear(await request.json())
        except ValueError:
            return PlainTextResponse("no JSON", 400)
        return PlainTextResponse("heard")


class _Guarded:
    """Asks for name and password, notices aside: their address is a secret of its own."""

    def __init__(self, app: Any, settings: Settings) -> None:
        secret = settings.auth.get_secret_value() if settings.auth else ""
        self._wanted = b"Basic " + base64.b64encode(secret.encode())
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        given = dict(scope.get("headers", [])).get(b"authorization", b"")
        open_door = scope.get("path", "").startswith("/notices/")
        if open_door or secrets.compare_digest(given, self._wanted):
            await self._app(scope, receive, send)
            return
        answer = PlainTextResponse("name and password, please", 401, {"WWW-Authenticate": "Basic"})
        await answer(scope, receive, send)


def _run(server: uvicorn.Server) -> None:
    with suppress(SystemExit):  # uvicorn's way to say that the port is taken
        server.run()


def _listed(folder: Path, path: str) -> str:
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
