"""The reading room by HTTP: the files of the built site, and OAI-PMH for harvesters."""

import os
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from flows.serve.network import is_loopback
from pipeline.settings import Settings
from pipeline.site.build import Site, load_build_state
from pipeline.site.oai import OaiProvider

_MAX_QUERY_BYTES = 8 * 1024  #: bytes of a posted query
_LOOPBACK_ORIGIN = r"https?://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?"


def is_unfinished(path: str) -> bool:
    """Return whether a path has a hidden part, such as an unfinished folder, or leads upwards.

    >>> is_unfinished("./id/a"), is_unfinished("id/.a.partial/x"), is_unfinished("../a")
    (False, True, True)
    """
    return any(part.startswith(".") and part != "." for part in path.split("/"))


class PublishedFiles(StaticFiles):
    """The files of a folder, which need not exist; a name that no file can have is not found."""

    async def check_config(self) -> None:
        """Accept a folder that is missing, where Starlette would answer 500."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Return the file of a path and its status; no status if there is no file."""
        try:
            return super().lookup_path(path)
        except OSError:  # the name is too long, or the path leads through a file
            return "", None


class _SiteFiles(PublishedFiles):
    """The files of the site; unfinished folders are not served."""

    async def get_response(self, path: str, scope: Any) -> Response:
        """Return a file, or a folder's page; 404 for anything else."""
        if is_unfinished(path):
            return PlainTextResponse("Not found", 404)
        response = await super().get_response(path, scope)
        response.headers["X-Content-Type-Options"] = "nosniff"
        # Tells the script of a page that the form for reports is there; a static copy has none.
        response.set_cookie("opis-reports", "form", path="/", samesite="lax")
        return response


def build_site_app(settings: Settings) -> Starlette:
    """Return the application that serves the site, and OAI-PMH at ``/oai``."""
    folder = Site.folder_of(settings)

    @lru_cache(maxsize=1)
    def oai_provider(changed: int) -> OaiProvider:
        del changed  # only the key of the cache: each build has a provider of its own
        state = load_build_state(settings)
        return OaiProvider(folder, state, settings.base_url, settings.organization)

    async def answer_oai(request: Request) -> Response:
        query = request.url.query
        if request.method == "POST":
            body = await request.body()
            if len(body) > _MAX_QUERY_BYTES:
                return PlainTextResponse("too long", 413)
            query = body.decode("utf-8", "replace")
        state_file = Site.state_file(settings)
        changed = state_file.stat().st_mtime_ns if state_file.exists() else 0
        arguments = parse_qsl(query, keep_blank_values=True)
        content = oai_provider(changed).answer(arguments, datetime.now(UTC))
        return Response(content, media_type="text/xml")

    return Starlette(
        routes=[
            Route("/oai", answer_oai, methods=["GET", "POST"]),
            Mount("/", _SiteFiles(directory=folder, html=True, check_dir=False)),
        ],
        middleware=[_cors_middleware(settings.host)],
    )


def _cors_middleware(host: str) -> Middleware:
    """Let IIIF viewers of other origins read the site; on loopback only those of this machine.

    Otherwise any web page that an archivist opens could read a site that only this machine reaches.
    """
    origins = [] if is_loopback(host) else ["*"]
    return Middleware(CORSMiddleware, allow_origins=origins, allow_origin_regex=_LOOPBACK_ORIGIN)
