"""The answers of the desk on samples: lines that a person types without seeing the text."""

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flows.serve.desk_access import Person
from pipeline.certification.sample import load_sample, type_line, typed_lines
from pipeline.model import Clock
from pipeline.record.page_turns import turns_of
from pipeline.repository.correction_log import read_corrections
from pipeline.review.desk_pages import line_view
from pipeline.review.line_decisions import ReviewError
from pipeline.review.page_lines import ReviewLine, load_newest
from pipeline.settings import Settings


class SampleViews:
    """Each method answers one kind of request."""

    def __init__(
        self, root: str, settings: Settings, clock: Clock, render: Callable[..., Response]
    ) -> None:
        """Keep what the answers need: the address of the desk, and what renders its pages."""
        self._root, self._settings, self._clock, self._render = root, settings, clock, render

    def show(self, request: Request, person: Person) -> Response:
        """Answer with the picture of the next line that nobody typed; to the queue at the end."""
        sample = load_sample(request.path_params["sample"], self._settings)
        typed = typed_lines(sample, read_corrections(self._settings.output))
        waiting = [place for place in range(len(sample.lines)) if place not in typed]
        if not waiting:
            return RedirectResponse(f"{self._root}?notice=typed", 303)
        drawn = sample.lines[waiting[0]]
        _, record = load_newest(drawn.record, self._settings)
        record = record.model_copy(update={"version": drawn.version})
        page = record.pages[drawn.page - 1]
        assert page.image is not None
        line = ReviewLine(drawn.line, "", "", drawn.box, ())
        return self._render(
            request, person, "sample.html", name=sample.name, place=waiting[0],
            count=len(sample.lines), line=line, record=record, page=page, image=page.image,
            view=line_view(drawn.box, page.image, turns_of(record, drawn.page)),
        )  # fmt: skip

    def type(self, request: Request, person: Person, sent: Mapping[str, str]) -> Response:
        """Keep what a person typed, and show the next line."""
        sample = load_sample(request.path_params["sample"], self._settings)
        text, place = sent.get("text", "").strip(), sent.get("place", "")
        if not text and not sent.get("empty"):
            msg = "Type the line, or say that no text is here."
            raise ReviewError(msg)
        if place not in map(str, range(len(sample.lines))):
            msg = "This form has no line."
            raise ReviewError(msg)
        text = "" if sent.get("empty") else text
        type_line(sample, int(place), text, person.name, self._settings, self._clock)
        return RedirectResponse(str(request.url.path), 303)
