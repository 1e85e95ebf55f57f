"""The desk by HTTP, without a browser: who may what, and that nothing is lost or trusted."""

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from flows.serve.desk_app import build_desk_app
from pipeline.certification.sample import make_sample
from pipeline.corrections.correction import CorrectionAction
from pipeline.repository.correction_log import read_corrections
from pipeline.repository.record_selection import RecordSelection
from pipeline.review.page_pictures import PagePictures
from pipeline.settings import CORRECTIONS_FILE, Settings
from tests.factories import CLOCK, publish_sample

TEXT = 'Товарищу Мао.\nМы лумаем, что слелует\n<b>жирно & "так"</b>'
ANNA, BORIS, READER = ({"X-User": name} for name in ("Anna", "Boris", ""))
Client = Callable[..., TestClient]


@pytest.fixture
def record_id(tmp_path: Path) -> str:
    return publish_sample(tmp_path, (TEXT,), title='<i>Cable</i> & "title"').record_id


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        inbox=tmp_path / "inbox", output=tmp_path / "output", user_header="X-User",
        correctors=("Anna", "Boris"), publishers=("Boris",),
    )  # fmt: skip


@pytest.fixture
def client(settings: Settings) -> Client:
    published: list[list[str]] = []

    def publish(records: list[str]) -> str:
        published.append(records)
        return "begun"

    def make(headers: dict[str, str], settings: Settings = settings) -> TestClient:
        pictures = PagePictures(pytest.fail, settings)
        app = Starlette(routes=[Mount("/desk", build_desk_app(settings, pictures, CLOCK, publish))])
        made = TestClient(app, headers=headers, follow_redirects=False)
        made.app_state["published"] = published
        return made

    return make


def form_of(page: str, **values: str) -> dict[str, str]:
    """Return what the form of a page would send."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    found = {name: html.unescape(value) for name, value in hidden}
    return found | values


def actions(settings: Settings) -> list[tuple[str, str, str]]:
    return [(one.by, str(one.action), one.after) for one in read_corrections(settings.output)]


def test_a_line_is_corrected_and_the_next_one_is_shown(
    client: Client, settings: Settings, record_id: str
) -> None:
    anna = client(ANNA)
    address = f"/desk/{record_id}/1/2?order=page"
    sent = form_of(anna.get(address).text, text=" Мы  думаем, что следует ", action="typed")
    answer = anna.post(address, data=sent)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/desk/{record_id}/1/3?order=page&saved=")
    assert actions(settings) == [("Anna", "typed", "Мы думаем, что следует")]
    page = anna.get(answer.headers["location"]).text
    assert "Мы думаем, что следует" in page
    back = anna.post("/desk/undo", data=form_of(page.partition("</form>")[2]))
    assert back.headers["location"] == f"/desk/{record_id}/1/2"
    assert actions(settings)[-1][1] == "undone"


@pytest.mark.parametrize(
    ("values", "action"),
    [
        ({"action": "typed", "text": "Мы лумаем, что слелует"}, "accepted"),
        ({"action": "unreadable"}, "unreadable"),
        ({"action": "not-text"}, "not-text"),
        ({"action": "wrong-order"}, "wrong-order"),
        ({"choice": "Мы думаем, что слелует"}, "suggested"),
        ({"text": "Мы думаем, что слелует", "suggested": "Мы думаем, что слелует"}, "suggested"),
        ({"action": "undone", "text": "Мы думаем"}, "typed"),
        ({"action": "reported", "text": "Мы думаем"}, "typed"),
    ],
)
def test_each_decision_is_kept_as_what_it_is(
    client: Client, settings: Settings, record_id: str, values: dict[str, str], action: str
) -> None:
    anna = client(ANNA)
    address = f"/desk/{record_id}/1/2"
    assert anna.post(address, data=form_of(anna.get(address).text) | values).status_code == 303
    assert [one[1] for one in actions(settings)] == [action]


def test_two_people_at_one_line_see_both_texts(
    client: Client, settings: Settings, record_id: str
) -> None:
    anna, boris = client(ANNA), client(BORIS)
    address = f"/desk/{record_id}/1/2"
    forms = [form_of(one.get(address).text) for one in (anna, boris)]
    assert anna.post(address, data=forms[0] | {"text": "Мы думаем, что слелует"}).status_code == 303
    answer = boris.post(address, data=forms[1] | {"text": "Мы лумаем, что следует"})
    assert answer.status_code == 409
    assert "Anna changed this line meanwhile" in answer.text
    assert "<dd>Мы думаем, что слелует</dd>" in answer.text
    assert 'value="Мы лумаем, что следует"' in answer.text
    assert [by for by, _, _ in actions(settings)] == ["Anna"]
    again = form_of(answer.text, text="Мы думаем, что следует")
    assert boris.post(address, data=again).status_code == 303


def test_only_forms_of_the_person_who_sends_them_count(
    client: Client, settings: Settings, record_id: str
) -> None:
    anna, boris = client(ANNA), client(BORIS)
    address = f"/desk/{record_id}/1/2"
    sent = form_of(anna.get(address).text, text="Мы думаем")
    for wrong in ({**sent, "token": "x"}, {**sent, "token": "ф"}, {"text": "Мы думаем"}):
        assert anna.post(address, data=wrong).status_code == 403
    assert boris.post(address, data=sent).status_code == 403
    assert anna.post(address, data=sent | {"text": "a" * 40_000}).status_code == 413
    assert anna.post(address, data=sent | {"text": "a" * 3_000}).status_code == 422
    assert anna.post(address, data=sent | {"text": "  "}).status_code == 422
    assert actions(settings) == []


def test_a_token_outlives_the_server(client: Client, settings: Settings, record_id: str) -> None:
    address = f"/desk/{record_id}/1/2"
    sent = form_of(client(ANNA).get(address).text, text="Мы думаем")
    assert client(ANNA).post(address, data=sent).status_code == 303
    assert (settings.work_folder / "desk-secret").stat().st_mode & 0o077 == 0


def test_readers_read_and_correct_nothing(
    client: Client, settings: Settings, record_id: str
) -> None:
    address = f"/desk/{record_id}/1/2"
    for headers in (READER, {"X-User": "Mallory"}):
        reader = client(headers)
        page = reader.get(address).text
        assert "лумаем" in page
        assert 'name="text"' not in page
        report = form_of(reader.get(f"/desk/report/{record_id}/1/2").text)
        assert reader.post(address, data=report | {"text": "Мы думаем"}).status_code == 403
    assert actions(settings) == []


def test_only_publishers_publish(client: Client, record_id: str) -> None:
    anna, boris = client(ANNA), client(BORIS)
    address = f"/desk/{record_id}/1/2"
    anna.post(address, data=form_of(anna.get(address).text, text="Мы думаем"))
    page = anna.get("/desk/").text
    assert record_id in page
    assert "Publish them" not in page
    token = form_of(anna.get(address).text)["token"]
    assert anna.post("/desk/publish", data={"token": token}).status_code == 409
    assert anna.app_state["published"] == []
    answer = boris.post("/desk/publish", data=form_of(boris.get("/desk/").text))
    assert answer.headers["location"] == "/desk/?notice=begun"
    assert anna.app_state["published"] == [[record_id]]


def test_a_reader_reports_an_error_and_need_not_say_who(
    client: Client, settings: Settings, record_id: str
) -> None:
    reader, address = client(READER), f"/desk/report/{record_id}/1/2"
    sent = form_of(reader.get(address).text, text="Мы думаем, что следует", note="see line 3")
    assert "Thank you" in reader.post(address, data=sent).text
    (report,) = read_corrections(settings.output)
    assert (report.by, report.via, report.action) == ("", "report", CorrectionAction.REPORTED)
    queue = client(ANNA).get("/desk/").text
    assert queue.index("asked for") > queue.index("Мы лумаем")
    line = client(ANNA).get(f"/desk/{record_id}/1/2").text
    assert "A reader says that this line is wrong." in line
    for _ in range(12):
        status = reader.post(address, data=sent).status_code
    assert status == 429


def test_what_people_and_records_say_is_escaped(
    client: Client, settings: Settings, record_id: str
) -> None:
    anna, address = client(ANNA), f"/desk/{record_id}/1/3?order=page"
    evil = '"><script>alert(1)</script>'
    sent = form_of(anna.get(address).text, text=evil)
    assert sent["shown"] == TEXT.split("\n")[2]
    shown = anna.post(address, data=sent)
    pages = [
        anna.get(path).text
        for path in (
            shown.headers["location"], address, f"/desk/{record_id}/1/", "/desk/",
            f"/desk/?place={evil}&record={evil}&language={evil}", f"/desk/?notice={evil}",
        )
    ]  # fmt: skip
    for page in pages:
        assert "<script>alert" not in page
        assert "<i>Cable" not in page
        assert "<b>" not in page


@pytest.mark.parametrize(
    "path",
    [
        "nobody/1/1",
        "ID/9/1",
        "ID/1/99",
        "ID/1/0",
        "ID/9/",
        "report/ID/1/99",
        "static/x",
        "a/b/c",
        "next/ID/x/1",
        "next?page=x",
        "next/ID/9/1?order=page",
        "sample/BAD!/",
        "sample/%00/",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, record_id: str, path: str) -> None:
    answer = client(ANNA).get(f"/desk/{path.replace('ID', record_id)}")
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_it_speaks_russian(client: Client, record_id: str) -> None:
    russian = client({**ANNA, "Accept-Language": "ru-RU,ru;q=0.9"})
    for path in ("", f"{record_id}/1/", f"{record_id}/1/2", f"report/{record_id}/1/2"):
        page = russian.get(f"/desk/{path}").text
        assert '<html lang="ru">' in page
    chosen = russian.post("/desk/language", data={"ui": "en", "back": "https://evil.example/"})
    assert chosen.headers["location"] == "/desk/"
    assert '<html lang="en">' in russian.get("/desk/").text


def test_every_answer_forbids_foreign_scripts_and_frames(client: Client, record_id: str) -> None:
    for path in ("", f"{record_id}/1/2", "nobody/1/1"):
        policy = client(ANNA).get(f"/desk/{path}").headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy


def test_a_second_person_checks_what_the_first_one_left(
    client: Client, settings: Settings, record_id: str
) -> None:
    strict = settings.model_copy(update={"second_check": True})
    anna, boris = client(ANNA, strict), client(BORIS, strict)
    for line in (1, 2, 3):
        address = f"/desk/{record_id}/1/{line}"
        anna.post(address, data=form_of(anna.get(address).text, action="unreadable"))
    assert "Nothing waits here" in anna.get("/desk/").text
    assert "Мы лумаем" in boris.get("/desk/").text


def test_a_sample_is_typed_without_seeing_the_text(
    client: Client, settings: Settings, record_id: str
) -> None:
    make_sample("spring", 10, 1, RecordSelection(), settings, CLOCK)
    anna, address = client(ANNA), "/desk/sample/spring/"
    while (page := anna.get(address)).status_code == 200:
        assert record_id in page.text
        assert "лумаем" not in page.text
        assert "Товарищу" not in page.text
        assert anna.post(address, data=form_of(page.text, text="  ")).status_code == 409
        assert anna.post(address, data=form_of(page.text, text="Мы думаем")).status_code == 303
    assert page.headers["location"] == "/desk/?notice=typed"
    assert [action for _, action, _ in actions(settings)] == ["transcribed"] * 3
    assert client(READER).get("/desk/sample/none/").status_code == 404


def test_a_form_of_a_sample_names_a_line_of_it(
    client: Client, settings: Settings, record_id: str
) -> None:
    assert record_id
    make_sample("spring", 10, 1, RecordSelection(), settings, CLOCK)
    anna, address = client(ANNA), "/desk/sample/spring/"
    sent = form_of(anna.get(address).text, text="Мы думаем")
    for place in ("", "-1", "²", "x", "10", "9" * 5000):
        assert anna.post(address, data=sent | {"place": place}).status_code == 409
    assert actions(settings) == []


def test_a_log_that_cannot_be_read_is_a_page_that_says_why(
    client: Client, settings: Settings, record_id: str
) -> None:
    anna, address = client(ANNA), f"/desk/{record_id}/1/2"
    sent = form_of(anna.get(address).text, text="Мы думаем")
    (settings.output / CORRECTIONS_FILE).mkdir()
    for answer in (anna.post(address, data=sent), anna.get("/desk/")):
        assert answer.status_code == 500
        assert "The archive cannot be used now" in answer.text
        assert CORRECTIONS_FILE in answer.text


def test_a_skipped_line_leads_to_the_next_one(client: Client, record_id: str) -> None:
    anna = client(ANNA)
    page = anna.get(f"/desk/{record_id}/1/2?order=page").text
    (skip,) = re.findall(r'href="(/desk/next/[^"]+)"', page)
    assert anna.get(skip).headers["location"] == f"/desk/{record_id}/1/3?order=page"
