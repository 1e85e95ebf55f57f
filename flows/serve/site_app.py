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
from pipeline.site.build import Site, load_build_state
from pipeline.site.oai import OaiProvider

_MAX_QUERY_BYTES = 8 * 1024  #: bytes of a question that is posted
_LOOPBACK_ORIGIN = r"https?://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?"


def is_unfinished(path: str) -> bool:
    """Whether a path leads into what is still being made, or out of its folder.

    >>> is_unfinished("./id/a"), is_unfinished("id/.a.partial/x"), is_unfinished("../a")
    (False, True, True)
    """
    return any(part.startswith(".") and part != "." for part in path.split("/"))


class _SiteFiles(StaticFiles):
    """Files as they are; what is still being made is not there."""

    async def get_response(self, path: str, scope: Any) -> Response:
        """Return a file, or a folder's page; 404 for anything else."""
        if is_unfinished(path):
            return PlainTextResponse("Not found", 404)
        made = await super().get_response(path, scope)
        made.headers["X-Content-Type-Options"] = "nosniff"
        return made


def build_site_app(settings: Settings) -> Starlette:
    """Return the application that hands the site out and answers harvesters at ``/oai``."""
    folder = Site.folder_of(settings)

    @lru_cache(maxsize=1)
    def oai_provider(changed: int) -> OaiProvider:
        del changed  # part of the key: another build is another repository
        kept = load_build_state(settings)
        return OaiProvider(folder, kept, settings.base_url, settings.organization)

    async def answer_oai(request: Request) -> Response:
        given = request.url.query
        if request.method == "POST":
            body = await request.body()
            if len(body) > _MAX_QUERY_BYTES:
                return PlainTextResponse("too long", 413)
            given = body.decode("utf-8", "replace")
        state = Site.state_file(settings)
        changed = state.stat().st_mtime_ns if state.exists() else 0
        asked = parse_qsl(given, keep_blank_values=True)
        content = oai_provider(changed).answer(asked, datetime.now(UTC))
        return Response(content, media_type="text/xml")

    return Starlette(
        routes=[
            Route("/oai", answer_oai, methods=["GET", "POST"]),
            Mount("/", _SiteFiles(directory=folder, html=True, check_dir=False)),
        ],
        middleware=[_cors_middleware(settings.host)],
    )


def _cors_middleware(host: str) -> Middleware:
    """Let IIIF viewers that stand elsewhere read; on loopback only those of this machine.

    Else any page that an archivist looks at could read what is shown to nobody but them.
    """
    everybody = [] if is_loopback(host) else ["*"]
    return Middleware(CORSMiddleware, allow_origins=everybody, allow_origin_regex=_LOOPBACK_ORIGIN)
