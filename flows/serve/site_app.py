"""The reading room by HTTP: the built site as it lies there, and OAI-PMH for harvesters."""

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
from pipeline.site.build import Site, kept_of
from pipeline.site.oai import Repository

_MOST = 8 * 1024  #: bytes of a question that is posted
_FROM_HERE = r"https?://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?"


def is_unfinished(path: str) -> bool:
    """Whether a path leads into what is still being made, or out of its folder.

    >>> is_unfinished("./id/a"), is_unfinished("id/.a.partial/x"), is_unfinished("../a")
    (False, True, True)
    """
    return any(part.startswith(".") and part != "." for part in path.split("/"))


class _Built(StaticFiles):
    """Files as they are; what is still being made is not there."""

    async def get_response(self, path: str, scope: Any) -> Response:
        """Return a file, or a folder's page; 404 for anything else."""
        if is_unfinished(path):
            return PlainTextResponse("Not found", 404)
        made = await super().get_response(path, scope)
        made.headers["X-Content-Type-Options"] = "nosniff"
        return made


def room(settings: Settings) -> Starlette:
    """Return the application that hands the site out and answers harvesters at ``/oai``."""
    folder = Site.folder_of(settings)

    @lru_cache(maxsize=1)
    def repository(changed: int) -> Repository:
        del changed  # part of the key: another build is another repository
        kept = kept_of(settings)
        return Repository(folder, kept, settings.base_url, settings.organization)

    async def oai(request: Request) -> Response:
        given = request.url.query
        if request.method == "POST":
            body = await request.body()
            if len(body) > _MOST:
                return PlainTextResponse("too long", 413)
            given = body.decode("utf-8", "replace")
        state = Site.state_of(settings)
        changed = state.stat().st_mtime_ns if state.exists() else 0
        asked = parse_qsl(given, keep_blank_values=True)
        content = repository(changed).answer(asked, datetime.now(UTC))
        return Response(content, media_type="text/xml")

    return Starlette(
        routes=[
            Route("/oai", oai, methods=["GET", "POST"]),
            Mount("/", _Built(directory=folder, html=True, check_dir=False)),
        ],
        middleware=[_for_viewers(settings.host)],
    )


def _for_viewers(host: str) -> Middleware:
    """Let IIIF viewers that stand elsewhere read; on loopback only those of this machine.

    Else any page that an archivist looks at could read what is shown to nobody but them.
    """
    everybody = [] if is_loopback(host) else ["*"]
    return Middleware(CORSMiddleware, allow_origins=everybody, allow_origin_regex=_FROM_HERE)
