"""The answers of the desk: the queue, one line, one page, a reader's report, a picture."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from flows.serve.desk_access import DeskAccess, Person
from pipeline.corrections.correction import Correction, CorrectionAction
from pipeline.exports.source import page_label
from pipeline.model import Clock
from pipeline.repository.correction_log import read_corrections, select_corrected
from pipeline.repository.record_selection import RecordSelection
from pipeline.review.desk_pages import (
    PictureView,
    line_view,
    offered_texts,
    render_page,
    ui_language,
)
from pipeline.review.line_decisions import (
    LineDecision,
    LinePlace,
    OvertakenError,
    ReviewError,
    decide_line,
    last_entry_id,
    undo_correction,
)
from pipeline.review.page_lines import ReviewPage, load_newest, load_review_page
from pipeline.review.page_pictures import PagePictures
from pipeline.review.queue import QueuedLine, QueueFilter, build_queue, next_in_page
from pipeline.settings import Settings
from pipeline.text import Box

ROOT = "/desk/"  #: the address
UI_COOKIE = "opis-desk-ui"
_SHOWN_LINES = 50  #: of the queue
_DECISIONS: dict[str, CorrectionAction] = {
    action.value: action for action in CorrectionAction
    if action.settles_line and action is not CorrectionAction.SUGGESTED
}  # fmt: skip

_NOTICES = {
    "done": "Every line of this choice was looked at.",
    "published": "Published.",
    "typed": "Every line of this sample was typed.",
    "begun": "Publishing has begun; the run is in the Prefect UI.",
    "failed": "Not everything could be published; the log says why. Nothing is lost.",
}
#: Publishes the corrections of records, or begins to; returns a key of ``_NOTICES``.
Publisher = Callable[[list[str]], str]


@dataclass(frozen=True, slots=True)
class LineChoice:
    """What somebody works through, as it stands in addresses."""

    place: str = ""
    record: str = ""
    language: str = ""
    order: str = ""  #: ``page``: line by line; else the lines with the greatest gain first

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "LineChoice":
        """Return the choice that an address names."""
        return cls(**{name: query.get(name, "")[:500] for name in cls.__slots__})

    def query(self, **more: str) -> str:
        """Return the choice as the query of an address, with more values."""
        given = {name: value for name, value in (asdict(self) | more).items() if value}
        return f"?{urlencode(given)}" if given else ""

    def filter(self, person: Person, settings: Settings) -> QueueFilter:
        """Return which lines are meant."""
        records = (self.record,) if self.record else ()
        selection = RecordSelection(records=records, place=self.place)
        return QueueFilter(selection, self.language, settings.second_check, person.name)


class DeskViews:
    """Each method answers one kind of request."""

    def __init__(
        self,
        settings: Settings,
        pictures: PagePictures,
        clock: Clock,
        access: DeskAccess,
        publish: Publisher,
    ) -> None:
        """Keep what the answers need."""
        self._settings, self._pictures, self._clock = settings, pictures, clock
        self._access, self._publish = access, publish

    def show_queue(self, request: Request, person: Person) -> Response:
        """Answer with the lines to look at first."""
        choice = LineChoice.of(request.query_params)
        lines = self._queue(choice, person)
        return self.render(
            request, person, "queue.html",
            lines=lines[:_SHOWN_LINES], total=len(lines), filters=choice, query=choice.query(),
            corrected=select_corrected(RecordSelection(), self._settings),
            notice=_NOTICES.get(request.query_params.get("notice", ""), ""),
        )  # fmt: skip

    def show_page(self, request: Request, person: Person) -> Response:
        """Answer with a whole page: its picture, and its lines."""
        page = self._load(request, read_corrections(self._settings.output))
        whole = Box(0, 0, page.image.width, page.image.height)
        view = PictureView.of(whole, page.quarters)
        values = {"lines": page.lines, "view": view, **_page_values(page)}
        return self.render(request, person, "page.html", **values)

    def show_line(self, request: Request, person: Person) -> Response:
        """Answer with one line: its picture, its text and what may be done."""
        return self._line(request, person)

    def decide(self, request: Request, person: Person, sent: Mapping[str, str]) -> Response:
        """Keep what a person decided about a line, and go on to the next one."""
        decision = _sent_decision(request, person, sent)
        try:
            made = decide_line(decision, self._settings, self._clock)
        except OvertakenError as error:
            values = {"typed": error.mine, "theirs": error.theirs.text, "problem": str(error)}
            return self._line(request, person, status=409, **values)
        except ReviewError as error:
            return self._line(request, person, status=422, problem=str(error))
        choice = LineChoice.of(request.query_params)
        place = decision.place
        return self._to_next(choice, person, (place.record, place.page, place.line), made.id)

    def go_on(self, request: Request, person: Person) -> Response:
        """Go on to the line after one that a person skips."""
        skipped = request.path_params
        here = (skipped["record"], skipped["page"], skipped["line"])
        return self._to_next(LineChoice.of(request.query_params), person, here)

    def undo(self, request: Request, person: Person, sent: Mapping[str, str]) -> Response:
        """Take a correction back, and show its line again."""
        del request
        undo_correction(sent.get("id", ""), person.name, self._settings, self._clock)
        return RedirectResponse(ROOT + quote(sent.get("line", "")), 303)

    def publish(self, request: Request, person: Person, sent: Mapping[str, str]) -> Response:
        """Publish all corrections."""
        del request, sent
        if not person.may_publish:
            msg = "You may not publish."
            raise ReviewError(msg)
        records = select_corrected(RecordSelection(), self._settings)
        return RedirectResponse(f"{ROOT}?notice={self._publish(records)}", 303)

    def show_report(self, request: Request, person: Person) -> Response:
        """Answer with the form by which a reader reports an error."""
        return self._line(request, person, "report.html", thanks=False)

    def report(self, request: Request, person: Person, sent: Mapping[str, str]) -> Response:
        """Keep what a reader reports about a line."""
        log = read_corrections(self._settings.output)
        page = self._load(request, log)
        line = page.line(request.path_params["line"])
        seen = last_entry_id(log, page.record.id, line.box)
        place = LinePlace(page.record.id, page.page.number, line.number, line.text, seen)
        decision = LineDecision(
            place, CorrectionAction.REPORTED, person.name if person.may_correct else "",
            sent.get("text", ""), "report", " ".join(sent.get("note", "").split()),
        )  # fmt: skip
        decide_line(decision, self._settings, self._clock)
        return self._line(request, person, "report.html", thanks=True)

    def show_picture(self, request: Request, person: Person) -> Response:
        """Answer with the picture of a page."""
        del person
        folder, record = load_newest(request.path_params["record"], self._settings)
        number, version = request.path_params["page"], request.path_params["version"]
        file = self._pictures.file(folder.other_version(version), record, number)
        return FileResponse(file, media_type="image/jpeg")

    def render(
        self, request: Request, person: Person, template: str, status: int = 200, **values: Any
    ) -> Response:
        """Answer with a page."""
        common = {
            "root": ROOT, "person": person, "token": self._access.token_for(person),
            "organization": self._settings.organization, "here": request.url.path,
        }  # fmt: skip
        content = render_page(template, self.ui_of(request), **common, **values)
        return HTMLResponse(content, status)

    @staticmethod
    def ui_of(request: Request) -> str:
        """Return the language of the interface."""
        accepted = request.headers.get("accept-language", "")
        return ui_language(request.cookies.get(UI_COOKIE, ""), accepted)

    def _queue(self, choice: LineChoice, person: Person) -> list[QueuedLine]:
        log = read_corrections(self._settings.output)
        return build_queue(choice.filter(person, self._settings), log, self._settings)

    def _load(self, request: Request, log: Sequence[Correction]) -> ReviewPage:
        where = request.path_params
        return load_review_page(where["record"], where["page"], log, self._settings)

    def _line(
        self, request: Request, person: Person, template: str = "line.html", status: int = 200,
        **values: Any,
    ) -> Response:  # fmt: skip
        log = read_corrections(self._settings.output)
        page = self._load(request, log)
        line = page.line(request.path_params["line"])
        saved = next((one for one in log if one.id == request.query_params.get("saved")), None)
        shown = {
            "line": line, "count": len(page.lines),
            "view": line_view(line.box, page.image, page.quarters),
            "suggestions": offered_texts(line, page.page.languages), "saved": saved,
            "saved_line": request.query_params.get("saved_line", ""),
            "seen": last_entry_id(log, page.record.id, line.box),
            "choice": LineChoice.of(request.query_params).query(),
            "problem": "", "typed": "", "theirs": "",
        }  # fmt: skip
        return self.render(
            request, person, template, status, **_page_values(page), **shown | values
        )

    def _to_next(
        self, choice: LineChoice, person: Person, here: tuple[str, int, int], saved: str = ""
    ) -> Response:
        """Redirect to the next line of a choice; to the queue if there is none."""
        more = {"saved": saved, "saved_line": "/".join(map(str, here)) if saved else ""}
        found = self._after(choice, person, here)
        if found is None:
            return RedirectResponse(f"{ROOT}{choice.query(notice='done')}", 303)
        address = "/".join(quote(str(part)) for part in found)
        return RedirectResponse(f"{ROOT}{address}{choice.query(**more)}", 303)

    def _after(
        self, choice: LineChoice, person: Person, here: tuple[str, int, int]
    ) -> tuple[str, int, int] | None:
        record, number, line = here
        if choice.order == "page":
            log = read_corrections(self._settings.output)
            page = load_review_page(record, number, log, self._settings)
            following = next_in_page(page.lines, line)
            return None if following is None else (record, number, following.number)
        places = [(one.record, one.page, one.line) for one in self._queue(choice, person)]
        after = places.index(here) + 1 if here in places else 0
        return next(iter([*places[after:], *places[:after]]), None)


def _page_values(page: ReviewPage) -> dict[str, Any]:
    return {
        "record": page.record, "page": page.page, "image": page.image,
        "label": page_label(page.page),
    }  # fmt: skip


def _sent_decision(request: Request, person: Person, sent: Mapping[str, str]) -> LineDecision:
    """Return the decision that a form holds."""
    where = request.path_params
    place = LinePlace(
        where["record"], where["page"], where["line"], sent.get("shown", ""), sent.get("seen", "")
    )
    text, suggested = sent.get("choice") or sent.get("text", ""), sent.get("suggested")
    action: CorrectionAction = _DECISIONS.get(sent.get("action", ""), CorrectionAction.TYPED)
    if sent.get("choice") or (action is CorrectionAction.TYPED and text == suggested):
        action = CorrectionAction.SUGGESTED
    return LineDecision(place, action, person.name, text)
