"""Refuses requests for other hosts, from pages of other origins, and for malformed paths.

ASGI middleware around the whole of an application, so that no route of it is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from flows.serve.network import AllowedHosts, host_of_header

_READING_METHODS = {"GET", "HEAD", "OPTIONS"}
_POLICY_VIOLATION = 1008  #: closes a WebSocket; before it is open uvicorn answers 403
_MALFORMED_PATH = re.compile(rb"%(?![0-9a-fA-F]{2})|[^\x21-\x7e]|^[^/]|^$")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: int  #: of HTTP
    reason: str  #: a sentence


class RequestGuard:
    """Passes on requests with a proper path, for hosts that are allowed."""

    def __init__(self, app: ASGIApp, hosts: AllowedHosts) -> None:
        """Guard an application."""
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        refusal = None if scope["type"] == "lifespan" else self._refusal_of(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await PlainTextResponse(refusal.reason, refusal.status)(scope, receive, send)

    def _refusal_of(self, scope: Scope) -> _Refusal | None:
        if not is_proper_path(scope.get("raw_path") or scope["path"].encode()):
            return _Refusal(400, "This path is malformed.")
        values = list(_headers(scope, b"host"))
        host = host_of_header(values[0]) if len(values) == 1 else None
        if host is None:
            return _Refusal(400, "The request names no host.")
        if host not in self._hosts:
            return _Refusal(
                421,
                f"Opis does not answer for the host {host}. If it should, set OPIS_ALLOWED_HOSTS.",
            )
        return None


class OriginGuard(RequestGuard):
    """Passes on what `RequestGuard` does, but of other origins only requests that change nothing.

    Browsers say from which page a request comes; programs say nothing, and are passed on.
    """

    def _refusal_of(self, scope: Scope) -> _Refusal | None:
        """Return why a request is refused, or None."""
        refusal = super()._refusal_of(scope)
        if refusal is not None or scope.get("method") in _READING_METHODS:
            return refusal
        if self._is_of_own_page(scope):
            return None
        return _Refusal(403, "Opis takes such a request only from its own pages.")

    def _is_of_own_page(self, scope: Scope) -> bool:
        origins = list(_headers(scope, b"origin"))
        if not origins:
            return set(_headers(scope, b"sec-fetch-site")) <= {"same-origin", "none"}
        (host,) = _headers(scope, b"host")
        return all(self._is_own_origin(origin, host) for origin in origins)

    def _is_own_origin(self, origin: str, host: str) -> bool:
        """Return whether an origin is that of the request, or of a proxy that the settings name."""
        try:
            parts = urlsplit(origin.strip().lower())
            is_proxy = parts.port is None and parts.hostname in self._hosts.public
            return parts.netloc == host.strip().lower() or is_proxy
        except ValueError:
            return False


def is_proper_path(path: bytes) -> bool:
    """Return whether a path, percent-encoded, is UTF-8 without control characters.

    >>> [is_proper_path(path) for path in (b"/a%20b", b"/%D0%B0", b"/%00", b"/%ff", b"/%2", b"*")]
    [True, True, False, False, False, False]
    """
    if _MALFORMED_PATH.search(path):
        return False
    try:
        return not _CONTROL_CHARACTER.search(unquote_to_bytes(path).decode())
    except UnicodeDecodeError:
        return False


def _headers(scope: Scope, name: bytes) -> Iterator[str]:
    return (value.decode("latin-1") for key, value in scope["headers"] if key == name)
