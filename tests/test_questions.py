"""A scan that raises a question waits for a person, whose answer is part of its description."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.serve.watch import InboxWatch
from pipeline.description.decisions import write_decision
from pipeline.description.fields import Description
from pipeline.description.merge import find_sources, merge_sources
from pipeline.description.nested_fields import GivenDecision
from pipeline.description.yaml_file import parse_sidecar
from pipeline.errors import DescriptionError
from pipeline.ingest import admission
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.questions import (
    Question,
    UndecidedError,
    decision_on,
    require_language_decision,
)
from pipeline.ingest.steps import admit_scan
from pipeline.model import ScanFacts
from pipeline.record.provenance import to_prov_json
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.receipts import read_receipts
from pipeline.scan import AdmittedScan
from pipeline.settings import Settings
from tests.factories import CLOCK, admitted_scan, record, scan_pdf
from tests.workspace import Workspace

NOBODY: Any = None  #: a pool of workers that gets no request
WHEN = datetime(2026, 11, 30, 12, tzinfo=UTC)
LEAVES = Question("leaves", "5 images for 4 leaves. Which leaf is on each page?", "", 5)
PLACE = Question("references", "Where does this scan belong?", "RGASPI, f. 1, op. 2, d. 3")
LANGUAGE = Question("language", "In which language is it?")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output", ask_people=True)
    settings.inbox.mkdir()
    return settings


@pytest.fixture
def five_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = ScanFacts("application/pdf", 5)
    monkeypatch.setattr(admission, "inspect_in_worker", lambda *_: facts)


def drop(settings: Settings, name: str, sidecar: str = "") -> Path:
    path = scan_pdf(settings.inbox / name, 5)
    if sidecar:
        path.with_suffix(".yaml").write_text(sidecar, "utf-8")
    return path


def answer(question: Question, value: str) -> GivenDecision:
    return decision_on(question, value, by="Anna Petrova", note="", when=WHEN)


@pytest.mark.usefixtures("five_pages")
@pytest.mark.parametrize(
    ("name", "sidecar", "field", "proposal"),
    [
        ("RGASPI_f558_op11_d330_ll0110-0113.pdf", "", "leaves", "0110, 0111, 0112, 0113"),
        ("a.pdf", "reference: RGASPI, f. 1, op. 2, d. 3\nleaves: [1, ~]", "leaves", "1, -"),
        ("RGASPI_f558_op11_d330.pdf", "reference: RGASPI, f. 558, op. 11, d. 331", "references",
         "RGASPI. f. 558, op. 11, d. 331"),
    ],
    ids=["leaves of the name", "leaves of the sidecar", "name against sidecar"],
)  # fmt: skip
def test_a_scan_with_a_question_waits_and_its_receipt_says_so(
    settings: Settings, name: str, sidecar: str, field: str, proposal: str
) -> None:
    scan = drop(settings, name, sidecar)
    outcome = admit_scan(scan, settings, NOBODY, CLOCK)
    assert isinstance(outcome, Outcome)
    assert outcome.status == "waits"
    assert outcome.question is not None
    assert (outcome.question.field, outcome.question.scan) == (field, name)
    assert outcome.question.proposal.replace(".", ",") == proposal.replace(".", ",")
    assert "waits for a decision" in outcome.reason
    assert outcome.question.sidecar_advice in outcome.reason
    assert scan.exists()
    assert [(one.fate, one.cause) for one in read_receipts(settings.output)] == [
        ("waits", "decision")
    ]


@pytest.mark.usefixtures("five_pages")
@pytest.mark.parametrize(
    ("name", "sidecar"),
    [
        ("RGASPI_f558_op11_d330_ll0110-0114.pdf", ""),
        ("RGASPI_f558_op11_d330.pdf", ""),
        ("anything.pdf", "title: A letter"),
    ],
)
def test_a_scan_without_a_question_does_not_wait(
    settings: Settings, name: str, sidecar: str
) -> None:
    assert isinstance(admit_scan(drop(settings, name, sidecar), settings, NOBODY, CLOCK),
                      AdmittedScan)  # fmt: skip


@pytest.mark.usefixtures("five_pages")
@pytest.mark.parametrize("ask_people", [True, False])
def test_what_was_decided_is_not_asked_again(settings: Settings, ask_people: bool) -> None:
    settings = settings.model_copy(update={"ask_people": ask_people})
    scan = drop(settings, "RGASPI_f558_op11_d330_ll0110-0113.pdf")
    write_decision(scan, answer(LEAVES, ""))
    admitted = admit_scan(scan, settings, NOBODY, CLOCK)
    assert isinstance(admitted, AdmittedScan)
    assert admitted.described.description.leaves == ()


@pytest.mark.parametrize("value", ["330", "331"])
def test_a_decided_place_outweighs_name_and_sidecar(settings: Settings, value: str) -> None:
    value = f"RGASPI, f. 558, op. 11, d. {value}"
    sidecar = "references:\n- RGASPI, f. 558, op. 11, d. 331\n- GARF, f. 5446, op. 1, d. 2\n"
    scan = drop(settings, "RGASPI_f558_op11_d330.pdf", sidecar)
    write_decision(scan, answer(PLACE, value))
    merged = merge_sources(find_sources(scan, settings.inbox))
    held, other = merged.references
    assert held.as_cited == value
    assert other.archive == "GARF"
    assert merged.origins["references"] == "decision of Anna Petrova"


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ("0110-0113, -", ("0110", "0111", "0112", "0113", None)),
        ("-,0110, 0110 об.,0111,0111v", (None, "0110", "0110 об.", "0111", "0111v")),
        ("", ()),
    ],
)  # fmt: skip
def test_leaves_are_answered_one_for_each_page(value: str, items: tuple[str | None, ...]) -> None:
    assert len(answer(LEAVES, value).value) == len(items)
    assert [item is None for item in answer(LEAVES, value).value] == [i is None for i in items]


@pytest.mark.parametrize(
    ("question", "value", "by", "words"),
    [
        (LEAVES, "0110-0113", "Anna", "4 leaves for 5 pages"),
        (LEAVES, "0110-0114", " ", "Say who decides"),
        (PLACE, " ", "Anna", "A place is needed"),
        (LANGUAGE, "no language", "Anna", "language"),
    ],
)
def test_what_is_no_answer_is_said(question: Question, value: str, by: str, words: str) -> None:
    with pytest.raises(DescriptionError, match=words):
        decision_on(question, value, by=by, note="", when=WHEN)


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("scan.yaml", ""),
        ("scan.yaml", "# our list\ntitle: 'A: b'  # as found\nreference: Ф. 1\n"),
        ("scan.yaml", "decisions:\n- {field: leaves, by: B, value: [a]}\n# the end\ntitle: x\n"),
        ("scan.yaml", "{title: x, subjects: [a, b]}"),
        ("scan.yml", "title: >\n  long\n  text\n...\n"),
        ("scan.json", '{"title": "x",\n\t"leaves": ["0110", null]}'),
    ],
)
def test_a_decision_changes_nothing_else_in_a_sidecar(
    tmp_path: Path, name: str, before: str
) -> None:
    sidecar, scan = tmp_path / name, tmp_path / "scan.pdf"
    if before:
        sidecar.write_text(before, "utf-8")
    values = parse_sidecar(before.encode(), name).values
    for field, value in (("leaves", "0110-0114"), ("leaves", "1-5"), ("language", "ru")):
        question = LEAVES if field == "leaves" else LANGUAGE
        assert write_decision(scan, answer(question, value)) == sidecar
    after = parse_sidecar(sidecar.read_bytes(), name).values
    decisions = after.pop("decisions")
    values.pop("decisions", None)
    assert after == values
    given = Description.model_validate({"decisions": decisions}).decisions
    assert [(one.field, one.value) for one in given] == [
        ("leaves", ("1", "2", "3", "4", "5")), ("language", ("ru",))
    ]  # fmt: skip
    comments = [line for line in before.splitlines() if line.startswith("# our")]
    assert all(comment in sidecar.read_text("utf-8") for comment in comments)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_decided_language_is_the_description_s(settings: Settings) -> None:
    scan = drop(settings, "scan.pdf", "title: A letter")
    write_decision(scan, answer(LANGUAGE, "fr"))
    merged = merge_sources(find_sources(scan, settings.inbox))
    assert merged.description.language == "fr"
    assert merged.origins["language"] == "decision of Anna Petrova"


def test_a_fault_of_a_page_is_no_doubt_about_its_language(tmp_path: Path) -> None:
    made = record(admitted_scan(scan_pdf(tmp_path / "a.pdf")))
    fault = {"detail": "the rows of a list could not be kept together"}
    pages = tuple(page.model_copy(update=fault) for page in made.pages)
    require_language_decision(made.model_copy(update={"pages": pages}), Description())


def foreign_record(tmp_path: Path, pages: int) -> Record:
    """Return a record of two pages of which some may be in another language."""
    made = record(admitted_scan(scan_pdf(tmp_path / "a.pdf")))
    detail = "only 20% of its letters stand in words that Opis knows in rus: it may be another"
    changed = [
        page.model_copy(update={"detail": detail if page.number <= pages else ""})
        for page in made.pages
    ]
    return made.model_copy(update={"pages": tuple(changed)})


@pytest.mark.parametrize(
    ("pages", "fields", "is_asked"),
    [
        (2, {}, True),
        (1, {}, True),
        (0, {}, False),
        (2, {"language": "fr"}, False),
        (2, {"decisions": [{"field": "language", "by": "A"}]}, False),
    ],
)
def test_a_language_is_asked_for_where_most_pages_are_foreign(
    tmp_path: Path, pages: int, fields: dict[str, Any], is_asked: bool
) -> None:
    made, description = foreign_record(tmp_path, pages), Description.model_validate(fields)
    if not is_asked:
        require_language_decision(made, description)
        return
    with pytest.raises(UndecidedError, match="In which language is it") as raised:
        require_language_decision(made, description)
    assert raised.value.question.field == "language"


@pytest.mark.usefixtures("five_pages")
def test_a_scan_that_waits_for_an_answer_is_left_alone_until_its_sidecar_changes(
    settings: Settings,
) -> None:
    settings = settings.model_copy(update={"settle_seconds": 1, "sidecar_seconds": 1})
    watch, scan = InboxWatch(settings), drop(settings, "RGASPI_f558_op11_d330_ll0110-0113.pdf")
    watch.ready_scans(0)
    assert watch.ready_scans(2) == [scan]
    admit_scan(scan, settings, NOBODY, CLOCK)
    watch.back_off(read_receipts(settings.output), 3)
    assert watch.ready_scans(1e9) == []
    write_decision(scan, answer(LEAVES, "0110-0113, -"))
    watch.ready_scans(2e9)
    assert watch.ready_scans(3e9) == [scan]


@pytest.mark.tesseract
def test_the_answer_and_who_gave_it_are_in_the_record(workspace: Workspace) -> None:
    scan = scan_pdf(workspace.inbox / "RGASPI_f558_op11_d330_ll0110-0113.pdf", 5)
    asked = workspace.opis("ingest", "--direct", OPIS_ASK_PEOPLE="true")
    assert asked.returncode == 0, asked.stderr
    assert "waits for a decision: 5 images for 4 leaves" in " ".join(asked.stdout.split())
    assert workspace.versions() == []
    write_decision(scan, answer(LEAVES, "0110, 0111, -, 0112, 0113"))
    done = workspace.opis("ingest", "--direct", OPIS_ASK_PEOPLE="true")
    assert done.returncode == 0, done.stderr
    (version,) = workspace.versions()
    made = VersionFolder(version).load_record()
    assert [page.leaf for page in made.pages] == ["0110", "0111", None, "0112", "0113"]
    assert made.origins["leaves"] == "decision of Anna Petrova"
    (activity,) = [one for one in made.provenance.activities if one.plan == "decide"]
    agent = made.provenance.agents[activity.agent]
    assert (agent.name, agent.details["kind"]) == ("Anna Petrova", "person")
    assert activity.steps[0].settings["question"] == LEAVES.text
    prov = to_prov_json(made.provenance, made.id)
    assert prov["agent"][f"o:{activity.agent}"]["prov:type"]["$"] == "prov:Person"
    again = workspace.opis("reclean", made.id)
    assert again.returncode == 0, again.stderr
    assert workspace.opis("verify").returncode == 0
