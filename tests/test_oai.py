"""OAI-PMH: what a harvester gets, checked by the schema and by a library that harvests."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import sickle
import uvicorn
from lxml import etree
from sickle.oaiexceptions import BadArgument, NoRecordsMatch

from flows.serve.site_app import build_site_app
from pipeline.exports.source import XSI
from pipeline.settings import Settings
from pipeline.site.file_list import write_file
from pipeline.site.listing import BUILD_STATES, BuildState, Listing
from pipeline.site.oai import OaiProvider
from tests.schemas import SCHEMAS, needs_schemas, oai_errors

NOW = datetime(2026, 1, 2, tzinfo=UTC)
COUNT = 230
DC = (
    b'<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A</dc:title></oai_dc:dc>'
)


def listing(number: int) -> Listing:
    day = 1 + number % 28
    fond = number % 3
    return Listing(
        id=f"record-{number}", version=1, title=f"Record {number}",
        status="withdrawn" if number % 10 == 0 else "machine",
        date="1949", date_texts={}, year="1949", language="ru", reference=None, summary=None,
        pages=1,
        needs_review=False, levels=(("rgaspi", "RGASPI"), (f"rgaspi/f{fond}", f"f. {fond}")),
        level_references=("", f"RGASPI, f. {fond}"),
        people=(), collection=None, subjects=(), updated=f"2025-03-{day:02d}T10:00:00.5+00:00",
        fond=str(fond), places=(), leaves=(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("oai")
    settings = Settings(
        inbox=folder / "inbox", output=folder / "output", base_url="https://a.example/r"
    )
    states = {one.id: BuildState("", one, "") for one in map(listing, range(COUNT))}
    write_file(settings.work_folder / "site.json", BUILD_STATES.dump_json(states))
    for name in states:
        write_file(settings.output / "site" / "id" / name / "v1" / "export" / "dublin-core.xml", DC)
    return settings


@pytest.fixture
def repository(settings: Settings) -> OaiProvider:
    kept = BUILD_STATES.validate_json((settings.work_folder / "site.json").read_bytes())
    return OaiProvider(settings.output / "site", kept, settings.base_url, "An archive")


def ask(repository: OaiProvider, question: str) -> etree._Element:
    arguments = [part.partition("=")[::2] for part in question.split("&")]
    return etree.fromstring(repository.answer([(name, value) for name, value in arguments], NOW))


def texts_at(answer: etree._Element, path: str) -> list[str]:
    nodes: Any = answer.xpath(path, namespaces={"o": "http://www.openarchives.org/OAI/2.0/"})
    return [str(one) for one in nodes]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("", "badVerb"), ("verb=Nonsense", "badVerb"), ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&x=1", "badArgument"), ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=mods", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=yesterday", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2025-01-01&until=2025-01-01T00:00:00Z",
         "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2025-02-02&until=2025-02-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2031-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=nowhere", "noRecordsMatch"),
        ("verb=ListRecords&resumptionToken=abc", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=abc&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListSets&resumptionToken=abc", "badResumptionToken"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:a.example:none", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=record-1", "idDoesNotExist"),
        ("verb=ListMetadataFormats&identifier=%01", "idDoesNotExist"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_question_has_its_code(
    repository: OaiProvider, question: str, code: str
) -> None:
    assert texts_at(ask(repository, question), "//o:error/@code") == [code]


@pytest.mark.parametrize(
    "parts", [["marc", "", "", "", "", "", 0], [], {}, "text", [1, 2], ["oai_dc", *"aaaaa", "x"]]
)
def test_a_token_that_somebody_made_is_none_of_ours(repository: OaiProvider, parts: Any) -> None:
    token = urlsafe_b64encode(json.dumps(parts).encode()).decode()
    arguments = [("verb", "ListRecords"), ("resumptionToken", token)]
    answer = etree.fromstring(repository.answer(arguments, NOW))
    assert texts_at(answer, "//o:error/@code") == ["badResumptionToken"]


def test_a_withdrawn_record_is_a_deleted_one(repository: OaiProvider) -> None:
    answer = ask(
        repository, "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:a.example:record-10"
    )
    assert texts_at(answer, "//o:header/@status") == ["deleted"]
    assert not texts_at(answer, "//o:metadata")


def test_a_day_is_whole(repository: OaiProvider) -> None:
    question = "verb=ListIdentifiers&metadataPrefix=oai_dc&from=2025-03-05&until=2025-03-05"
    stamps = set(texts_at(ask(repository, question), "//o:datestamp/text()"))
    assert stamps == {"2025-03-05T10:00:00Z"}


@needs_schemas
@pytest.mark.parametrize(
    "question",
    ["verb=Identify", "verb=ListSets", "verb=ListMetadataFormats", "verb=Nonsense",
     "verb=ListRecords&metadataPrefix=oai_dc",
     "verb=ListIdentifiers&metadataPrefix=oai_dc&set=rgaspi:f1",
     "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:a.example:record-1"],
)  # fmt: skip
def test_every_answer_is_of_the_schema(repository: OaiProvider, question: str) -> None:
    assert SCHEMAS.is_dir()
    answer = ask(repository, question)
    assert oai_errors(etree.tostring(answer)) == []
    answer.remove(answer[0])
    assert oai_errors(etree.tostring(answer)) != []
    assert answer.get(f"{{{XSI}}}schemaLocation")


@pytest.fixture
def address(settings: Settings) -> Iterator[str]:
    """The address at which the site is served over HTTP."""
    config = uvicorn.Config(build_site_app(settings), port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def harvester(address: str) -> sickle.Sickle:
    """A library that harvests."""
    return sickle.Sickle(f"{address}/oai")


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("http://localhost:3000", True),
        ("http://127.0.0.1", True),
        ("https://evil.example", False),
        ("http://127.0.0.1.evil.example", False),
    ],
)
def test_on_loopback_only_viewers_of_this_machine_may_read(
    address: str, origin: str, may: bool
) -> None:
    path = "id/record-0/v1/export/dublin-core.xml"
    answer = httpx.get(f"{address}/{path}", headers={"Origin": origin})
    assert answer.status_code == 200
    assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is may


def test_a_harvester_reads_every_record_once(harvester: sickle.Sickle) -> None:
    names = [one.header.identifier for one in harvester.ListRecords(metadataPrefix="oai_dc")]
    assert sorted(names) == sorted(f"oai:a.example:record-{number}" for number in range(COUNT))
    stamps = [one.datestamp for one in harvester.ListIdentifiers(metadataPrefix="oai_dc")]
    assert stamps == sorted(stamps)
    assert {one.setSpec for one in harvester.ListSets()} == {
        "rgaspi", "rgaspi:f0", "rgaspi:f1", "rgaspi:f2",
    }  # fmt: skip
    some = list(harvester.ListIdentifiers(metadataPrefix="oai_dc", set="rgaspi:f1"))
    assert len(some) == len([number for number in range(COUNT) if number % 3 == 1])
    assert harvester.Identify().repositoryName == "Reading room"
    with pytest.raises(NoRecordsMatch):
        harvester.ListRecords(metadataPrefix="oai_dc", set="none")
    with pytest.raises(BadArgument):
        harvester.ListRecords(metadataPrefix="oai_dc", **{"from": "never"})
