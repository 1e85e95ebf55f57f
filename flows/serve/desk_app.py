"""The desk by HTTP: pages on which people compare lines with page images and correct them."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from flows.serve.desk_access import DeskAccess, Person
from flows.serve.desk_views import ROOT, UI_COOKIE, DeskViews, Publisher
from flows.serve.sample_views import SampleViews
from pipeline.errors import CatalogError, OpisError
from pipeline.model import Clock
from pipeline.review.desk_pages import STATIC_TYPES, static_content
from pipeline.review.page_pictures import PagePictures
from pipeline.settings import Settings

_MAX_FORM_BYTES = 32 * 1024
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LINE = "/{record}/{page:int}/{line:int}"
_YEAR = 365 * 24 * 3600  #: seconds


def build_desk_app(
    settings: Settings, pictures: PagePictures, clock: Clock, publish: Publisher
) -> Starlette:
    """Return the application, to be mounted at ``/desk``.

    Args:
        settings: where the records are, and who may what.
        pictures: draws the page images.
        clock: dates corrections.
        publish: publishes the corrections of records.
    """
    access = DeskAccess(settings)
    views = DeskViews(settings, pictures, clock, access, publish)
    samples, gate = SampleViews(ROOT, settings, clock, views.render), _Gate(access, views)
    return Starlette(
        routes=[
            Route("/", gate.page(views.show_queue)),
            Route("/static/{name}", _show_static),
            Route("/language", _choose_language, methods=["POST"]),
            Route(f"/next{_LINE}", gate.page(views.go_on)),
            Route("/undo", gate.form(views.undo), methods=["POST"]),
            Route("/publish", gate.form(views.publish), methods=["POST"]),
            Route("/image/{record}/{version:int}/{page:int}.jpg", gate.page(views.show_picture)),
            Route(f"/report{_LINE}", gate.page(views.show_report), methods=["GET"]),
            Route(f"/report{_LINE}", gate.form(views.report, readers=True), methods=["POST"]),
            Route("/sample/{sample}/", gate.page(samples.show), methods=["GET"]),
            Route("/sample/{sample}/", gate.form(samples.type), methods=["POST"]),
            Route("/{record}/{page:int}/", gate.page(views.show_page)),
            Route(_LINE, gate.page(views.show_line), methods=["GET"]),
            Route(_LINE, gate.form(views.decide), methods=["POST"]),
        ]
    )


class _Gate:
    """Lets through what somebody may ask for; an error is a page that says why."""

    def __init__(self, access: DeskAccess, views: DeskViews) -> None:
        self._access, self._views = access, views

    def page(
        self, answer: Callable[[Request, Person], Response]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint that shows something."""

        async def endpoint(request: Request) -> Response:
            person = self._access.person_of(request)
            return await run_in_threadpool(self._answer, answer, request, person)

        return endpoint

    def form(
        self,
        answer: Callable[[Request, Person, dict[str, str]], Response],
        *,
        readers: bool = False,
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint for a form that this person was shown; readers may send some."""

        async def endpoint(request: Request) -> Response:
            person, body = self._access.person_of(request), bytearray()
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MAX_FORM_BYTES:
                    return self._refuse(request, person, 413, "The form is too long.")
            sent = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
            if not self._access.is_token(sent.get("token", ""), person):
                why = "This form does not come from a page of yours. Open the page again."
                return self._refuse(request, person, 403, why)
            if not (person.may_correct or readers):
                return self._refuse(request, person, 403, "You may not correct anything here.")
            if not self._access.may_send(request, person):
                return self._refuse(request, person, 429, "Too many at once. Wait a minute.")
            return await run_in_threadpool(self._answer, answer, request, person, sent)

        return endpoint

    def _answer(
        self, answer: Callable[..., Response], request: Request, person: Person, *sent: Any
    ) -> Response:
        try:
            response = answer(request, person, *sent)
        except CatalogError as error:
            return self._refuse(request, person, 404, str(error))
        except OpisError as error:
            return self._refuse(request, person, 409, str(error))
        except OSError as error:
            why = f"The archive cannot be used now: {error}. Go back, and send it again later."
            return self._refuse(request, person, 500, why)
        for name, value in _HEADERS.items():
            response.headers[name] = value
        return response

    def _refuse(self, request: Request, person: Person, status: int, why: str) -> Response:
        response = self._views.render(request, person, "message.html", status, message=why)
        response.headers.update(_HEADERS)
        return response


async def _show_static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC_TYPES:
        return Response("Not found", 404)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=300"}
    return Response(static_content(name), media_type=STATIC_TYPES[name], headers=headers)


async def _choose_language(request: Request) -> Response:
    """Keep the language of the interface in a cookie, and show the same page again."""
    body = (await request.body())[:_MAX_FORM_BYTES].decode("utf-8", "replace")
    sent = dict(parse_qsl(body))
    back = sent.get("back", "")
    response = RedirectResponse(back if back.startswith(ROOT) else ROOT, 303)
    response.set_cookie(
        UI_COOKIE, sent.get("ui", "")[:2], max_age=_YEAR, path=ROOT, samesite="lax", httponly=True
    )
    return response
