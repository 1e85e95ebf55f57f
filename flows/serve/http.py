"""Serves published records, the reading room and metrics by HTTP; the Prefect UI links to them.

Records are at ``/``, the reading room at ``/site``, the pages for review at ``/desk``. Browsers are
told to run no script of a record's files.
"""

import base64
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import uvicorn
from jinja2 import Environment
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.authentication import (
    AuthCredentials,
    AuthenticationBackend,
    AuthenticationError,
    SimpleUser,
)
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from flows import runtime
from flows.serve.desk_app import build_desk_app
from flows.serve.desk_views import Publisher
from flows.serve.metrics import Metrics
from flows.serve.network import AllowedHosts
from flows.serve.request_guard import RequestGuard
from flows.serve.site_app import PublishedFiles, build_site_app, is_unfinished
from pipeline.errors import SetupError
from pipeline.review.page_pictures import PagePictures
from pipeline.settings import Settings
from pipeline.site.build import Site

_SECURITY_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
_MAX_NOTICE_BYTES = 64 * 1024  #: bytes of a notice
_FOLDER_PAGE = Environment(autoescape=True).from_string(
    "<!doctype html><meta charset=utf-8><title>{{ title }}</title><h1>{{ title }}</h1><ul>"
    '{% for name in names %}<li><a href="{{ (base + name)|urlencode }}">{{ name }}</a></li>'
    "{% endfor %}</ul>"
)


class _RecordFiles(PublishedFiles):
    """The files of published records; a folder is a page that lists it."""

    async def get_response(self, path: str, scope: Any) -> Response:
        """Return a file or a folder's listing; 404 for anything outside or unfinished."""
        if is_unfinished(path):
            return PlainTextResponse("Not found", 404)
        file, status = self.lookup_path(path)
        if status is not None and Path(file).is_dir():
            response: Response = HTMLResponse(_folder_listing(Path(file), path.strip("./")))
        else:
            response = await super().get_response(path, scope)
        response.headers.update(_SECURITY_HEADERS)
        return response


class RecordServer:
    """An HTTP server in a thread of this process; it also receives notices from Prefect."""

    def __init__(
        self, settings: Settings, on_notice: Callable[[dict[str, Any]], None], publish: Publisher
    ) -> None:
        """Keep the settings.

        Args:
            settings: where the records are, and where to listen.
            on_notice: called with each notice that Prefect posts.
            publish: publishes the corrections of records.
        """
        self._publish = publish
        self._secret = secrets.token_urlsafe(16)
        self._settings, self._on_notice = settings, on_notice
        self._metrics = Metrics(settings.output)
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread()

    @property
    def notices_url(self) -> str:
        """The address to which Prefect's automation posts; its last part is a secret."""
        return f"http://127.0.0.1:{self._settings.pages_port}/notices/{self._secret}"

    def start(self) -> None:
        """Start the server; may be called again after it has ended.

        Raises:
            SetupError: the port is taken.
        """
        config = uvicorn.Config(
            RequestGuard(self._build_app(), AllowedHosts.of(self._settings)),
            host=self._settings.host,
            port=self._settings.pages_port,
            log_level="critical",
            access_log=False,
            lifespan="off",
        )
        server = self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=_run_server, args=[server], daemon=True)
        self._thread.start()
        while not server.started:
            if not self._thread.is_alive():
                msg = (
                    f"Port {self._settings.pages_port}, for the server of records, is taken: "
                    "choose another with OPIS_PAGES_PORT."
                )
                raise SetupError(msg)
            time.sleep(0.05)

    @property
    def is_running(self) -> bool:
        """Whether the server runs."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End the server; wait at most three seconds for it."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=3)

    def _build_app(self) -> Starlette:
        """Return the application; with ``auth`` all but the secret notices' address needs it."""
        routes = [
            Route("/metrics", self._serve_metrics),
            Route("/go/{inside:path}", self._redirect_to_record),
            Mount("/desk", self._build_desk()),
            Mount("/site", build_site_app(self._settings)),
            Mount("/", _RecordFiles(directory=self._settings.records, check_dir=False)),
        ]
        auth = self._settings.auth
        return Starlette(
            routes=[
                Route(f"/notices/{self._secret}", self._receive_notice, methods=["POST"]),
                Mount("/", routes=routes, middleware=[] if auth is None else [_basic_auth(auth)]),
            ]
        )

    def _build_desk(self) -> Starlette:
        settings = self._settings
        pictures = PagePictures(lambda: runtime.worker_pool(settings), settings)
        return build_desk_app(settings, pictures, runtime.get_clock(), self._publish)

    def _redirect_to_record(self, request: Request) -> Response:
        """Redirect to a version's page in the reading room; to its folder until that is built."""
        inside = request.path_params["inside"].strip("/")
        version = "/".join(inside.split("/")[-2:])
        page = Site.folder_of(self._settings) / "id" / version / "index.html"
        is_built = not is_unfinished(version) and _is_file(page)
        address = f"/site/id/{quote(version)}/" if is_built else f"/{quote(inside)}/data/"
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
            return PlainTextResponse("not JSON", 400)
        return PlainTextResponse("received")


class _BasicAuth(AuthenticationBackend):
    """Compares the credentials of a request with one ``NAME:PASSWORD`` (RFC 7617)."""

    def __init__(self, auth: SecretStr) -> None:
        self._name, _, _ = auth.get_secret_value().partition(":")
        self._expected = b"Basic " + base64.b64encode(auth.get_secret_value().encode())

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, SimpleUser]:
        """Return the user.

        Raises:
            AuthenticationError: name or password are missing or wrong.
        """
        authorization = conn.headers.get("authorization", "").encode("latin-1")
        if not secrets.compare_digest(authorization, self._expected):
            msg = "name and password, please"
            raise AuthenticationError(msg)
        return AuthCredentials(["authenticated"]), SimpleUser(self._name)


def _basic_auth(auth: SecretStr) -> Middleware:
    return Middleware(
        AuthenticationMiddleware, backend=_BasicAuth(auth), on_error=_ask_for_credentials
    )


def _ask_for_credentials(request: HTTPConnection, error: AuthenticationError) -> Response:
    del request
    return PlainTextResponse(str(error), 401, {"WWW-Authenticate": "Basic"})


def _is_file(path: Path) -> bool:
    """Return whether a path is a file; a name that is too long for one is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _run_server(server: uvicorn.Server) -> None:
    with suppress(SystemExit):  # uvicorn raises it if the port is taken
        server.run()


def _folder_listing(folder: Path, path: str) -> str:
    """Return a page that lists a folder; ``path`` is the folder's path in the URL."""
    names = sorted(
        f"{file.name}/" if file.is_dir() else file.name
        for file in folder.iterdir()
        if not file.name.startswith(".")
    )
    base = f"/{path}/" if path else "/"
    return _FOLDER_PAGE.render(title=path or "records", base=base, names=names)
