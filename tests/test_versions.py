"""Versions: changes are listed exactly, the one before stays byte for byte, ids come once."""

import atexit
import json
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prov.model import ProvDocument
from pypdf import PdfWriter
from typer.testing import CliRunner

from flows.cli.app import app
from pipeline.cleaning.edits import Change, apply_edits, invert_change
from pipeline.cleaning.word_edits import edits_between
from pipeline.description.translations import read_translation
from pipeline.errors import CatalogError, DuplicateError
from pipeline.fixity import file_sha256
from pipeline.ingest.admission import assign_version, find_published
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.revisions import prepare_reclean, withdraw_record
from pipeline.ingest.steps import publish_scan
from pipeline.model import IssueType, ProcessingStep
from pipeline.record.assemble import assemble_record, reassemble_record
from pipeline.record.changes import (
    VersionChanges,
    compare_versions,
    edits_match,
    fields_match,
    has_same_content,
)
from pipeline.record.provenance import to_prov_json
from pipeline.record.record import Record, RecordPage
from pipeline.record.trace import trace_word
from pipeline.record.version_folder import VersionFolder
from pipeline.references import parse_reference
from pipeline.repository.audit import check_archive
from pipeline.repository.bag import Damage
from pipeline.repository.catalog import Catalog
from pipeline.repository.publish import PublishResult, publish_record
from pipeline.repository.verify_version import check_version
from pipeline.repository.version_reader import stored_pages
from pipeline.scan import AdmittedScan
from pipeline.settings import Settings
from pipeline.text import Block, Box, Line, PageText, Scrap
from pipeline.workers.pool import WorkerPool
from tests.factories import (
    CLOCK,
    LETTER,
    SIGNATURE,
    admitted_scan,
    pages,
    publish_sample,
    record,
    scan_pdf,
    text,
)
from tests.workspace import Workspace

SAMPLE = Path(__file__).parents[1] / "samples" / "RGASPI_f558_op11_d330_ll0110-0113.pdf"
law = settings(deadline=None)  # a busy machine is not a broken law
words = st.lists(st.sampled_from(["а", "бб", "в.", "\n", "\n\n", "г-", "  "]), max_size=30).map(
    " ".join
)


def settings_for(workspace: Path) -> Settings:
    return Settings(inbox=workspace / "inbox", output=workspace / "output")


def digests(folder: VersionFolder) -> dict[str, str]:
    files = sorted(path for path in folder.path.rglob("*") if path.is_file())
    return {folder.name_of(path): file_sha256(path) for path in files}


@law
@given(words, words)
def test_edits_lead_from_one_text_to_the_other_and_back(before: str, after: str) -> None:
    edits = edits_between(before, after)
    assert apply_edits(before, edits) == after
    assert apply_edits(after, invert_change(Change("x", edits)).edits) == before
    assert bool(edits) == (before != after)


@law
@given(st.lists(words, min_size=1, max_size=4), st.lists(words, min_size=1, max_size=4))
def test_changes_lead_from_a_version_to_the_next(then: list[str], now: list[str]) -> None:
    old, new = (_with_texts(one, version) for version, one in ((1, then), (2, now)))
    changes = compare_versions(old, new, "reread", "because")
    assert edits_match(changes, old, new)
    assert changes.text_unchanged == (_texts(old) == _texts(new))
    again = VersionChanges.model_validate_json(changes.model_dump_json())
    assert again == changes
    if not changes.text_unchanged:
        assert not edits_match(changes.model_copy(update={"pages": ()}), old, new)


def _with_texts(texts: list[str], version: int) -> Record:
    page = canned_record().pages[0]
    new_pages = tuple(
        page.model_copy(update={"number": number, "reading_text": one})
        for number, one in enumerate(texts, 1)
    )
    return canned_record().model_copy(update={"version": version, "pages": new_pages})


def _texts(one: Record) -> dict[int, str]:
    return {page.number: page.reading_text for page in one.pages if page.reading_text}


@cache
def canned_record() -> Record:
    with TemporaryDirectory() as folder:
        scan = Path(folder) / "scan.pdf"
        scan.write_bytes(b"a scan")
        return record(admitted_scan(scan))


def test_pages_come_back_from_a_version_as_they_were_read(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    old = sample.folder.load_record()
    for kept, read in zip(stored_pages(sample.folder, old), pages(), strict=True):
        assert kept.number == read.number
        assert kept.source == read.source
        assert kept.reading.text == read.reading.text
        assert kept.reading.steps == read.reading.steps


def test_scraps_and_the_place_of_the_sheet_outlive_cleaning_again(tmp_path: Path) -> None:
    scan = admitted_scan(scan_pdf(tmp_path / "inbox" / "scan.pdf"))
    cut = ProcessingStep("cut-out-sheet", {"x": "5", "y": "6", "width": "500", "height": "700"})
    scrap = Scrap("ii ~", Box(580, 300, 20, 90), 0.21)
    read = [
        replace(page, reading=replace(page.reading, scraps=(scrap,), steps=(cut,)))
        for page in pages()
    ]
    sample = assemble_record(scan, read, SIGNATURE, CLOCK)
    result = publish_record(scan, sample, lambda: iter(read), settings_for(tmp_path), CLOCK)
    assert check_version(result.folder) == []
    old = result.folder.load_record()
    again = reassemble_record(old, stored_pages(result.folder, old), None, CLOCK)
    for page in again.pages:
        assert (page.scraps, page.sheet) == ((scrap,), Box(5, 6, 500, 700))
        assert page.raw_text == old.pages[page.number - 1].raw_text
        assert scrap.text not in page.raw_text
        assert page.without_texts().scraps == ()


def test_cleaning_again_by_the_same_steps_changes_nothing(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    revision = prepare_reclean(sample.record_id, settings_for(tmp_path), CLOCK)
    assert revision.preview().differences == ()
    outcome = revision.publish_if_changed(settings_for(tmp_path), CLOCK)
    assert (outcome.already_published, outcome.version) == (True, 1)
    assert not sample.folder.other_version(2).path.exists()


def test_a_record_made_again_from_the_same_pages_is_the_same(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    old = sample.folder.load_record()
    assert has_same_content(
        old, reassemble_record(old, stored_pages(sample.folder, old), None, CLOCK)
    )
    assert has_same_content(old, reassemble_record(old, pages(), SIGNATURE, CLOCK))


def test_one_more_language_that_read_no_page_makes_no_version(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    old = sample.folder.load_record()
    languages, models = ("rus", "eng"), SIGNATURE.models | {"eng": "b" * 64}
    installed = replace(SIGNATURE, languages=languages, models=models)
    assert has_same_content(old, reassemble_record(old, pages(), installed, CLOCK))
    other = replace(installed, models=models | {"rus": "c" * 64})
    assert not has_same_content(old, reassemble_record(old, pages(), other, CLOCK))


def _second(tmp_path: Path) -> tuple[PublishResult, Settings]:
    """Publish a record, then a version of it that was read otherwise."""
    sample = publish_sample(tmp_path)
    ours = settings_for(tmp_path)
    old = sample.folder.load_record()
    other = (LETTER[0].replace("получили", "полутили"), LETTER[1])
    new = reassemble_record(old, pages(other), SIGNATURE, CLOCK)
    scan = admitted_scan(tmp_path / "inbox" / "scan.pdf")
    publish_record(scan, new, lambda: pages(other), ours, CLOCK, ("reread", "a better engine"))
    return sample, ours


def test_a_next_version_lists_what_changed_and_the_first_stays(tmp_path: Path) -> None:
    first = publish_sample(tmp_path / "alone")
    before = digests(first.folder)
    sample, ours = _second(tmp_path / "two")
    assert digests(sample.folder) == before
    folder = sample.folder.other_version(2)
    changes = VersionChanges.model_validate_json(folder.changes_file.read_bytes())
    assert (changes.kind, changes.reason) == ("reread", "a better engine")
    assert (changes.before, changes.after) == (1, 2)
    assert [(edit.removed, edit.inserted) for edit in changes.pages[0].edits] == [
        ("получили", "полутили")
    ]
    assert changes.pages[0].leaf == "0110"
    assert changes.by["opis"]
    assert check_archive(ours, []) == (2, [])


def test_changes_that_do_not_lead_there_are_found(tmp_path: Path) -> None:
    sample, _ = _second(tmp_path)
    folder = sample.folder.other_version(2)
    path = folder.changes_file
    for each in (folder.path, path.parent, path):
        each.chmod(0o755)
    changes = json.loads(path.read_text("utf-8"))
    changes["pages"] = []
    path.write_text(json.dumps(changes), encoding="utf-8")
    assert any(
        "does not lead" in found.detail and found.path == "data/changes.json"
        for found in check_version(folder)
    )
    path.write_text("{}", encoding="utf-8")
    assert any("cannot be read" in found.detail for found in check_version(folder))
    path.unlink()
    assert [found.path for found in check_version(folder)] == ["data/changes.json"]


def test_two_versions_are_compared_in_words(tmp_path: Path) -> None:
    sample, ours = _second(tmp_path)
    output = ["--output", str(ours.output)]
    result = CliRunner().invoke(app, ["diff", sample.record_id, "v1", "v2", *output])
    assert "page 1, leaf 0110" in result.stdout
    assert "[получили → полутили]" in result.stdout
    newest = CliRunner().invoke(app, ["diff", sample.record_id, *output])
    assert newest.stdout == result.stdout
    as_json = CliRunner().invoke(app, ["diff", sample.record_id, "2", "1", "--json", *output])
    assert json.loads(as_json.stdout)["pages"][0]["edits"][0]["inserted"] == "получили"
    same = CliRunner().invoke(app, ["diff", sample.record_id, "v1", "v1", *output])
    assert same.stdout.strip() == "There is no difference."
    none = CliRunner().invoke(app, ["diff", sample.record_id, "v1", "v9", *output])
    assert isinstance(none.exception, CatalogError)


def test_a_withdrawn_record_keeps_its_reason_and_no_word_is_found(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    ours, before = settings_for(tmp_path), digests(sample.folder)
    outcome = withdraw_record(sample.record_id, "rights of a third party", ours, CLOCK)
    assert outcome.version == 2
    folder = sample.folder.other_version(2)
    record = folder.load_record()
    assert (record.status, record.status_reason) == ("withdrawn", "rights of a third party")
    assert "rights of a third party" in folder.readme_file.read_text("utf-8")
    files = sorted(path.name for path in folder.data.iterdir())
    assert files == ["README.txt", "changes.json", "provenance.json", "record.json"]
    assert digests(sample.folder) == before
    assert check_archive(ours, []) == (2, [])
    with Catalog(ours.catalog, ours.records) as catalog:
        assert catalog.search("Товарищу") == []
        assert catalog.get_entry(sample.record_id).status == "withdrawn"
        entry = catalog.find_by_digest(record.provenance.source.sha256)
        assert entry is not None
        assert entry.is_withdrawn
    with pytest.raises(CatalogError, match="was withdrawn with version 2"):
        prepare_reclean(sample.record_id, ours, CLOCK)


def test_what_is_withdrawn_is_listed_and_shown_as_such(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    ours = settings_for(tmp_path)
    withdraw_record(sample.record_id, "rights of a third party", ours, CLOCK)
    output, runner = ["--output", str(ours.output)], CliRunner()
    assert runner.invoke(app, ["list", *output]).stdout.splitlines()[0].endswith("withdrawn")
    shown = runner.invoke(app, ["show", sample.record_id, *output]).stdout
    assert "Withdrawn with version 2: rights of a third party" in shown
    assert "Товарищу" not in shown


def test_text_that_is_left_in_a_withdrawn_version_is_found(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    withdraw_record(sample.record_id, "a reason", settings_for(tmp_path), CLOCK)
    folder = sample.folder.other_version(2)
    for path in [folder.path, *folder.path.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.copytree(sample.folder.pages_folder, folder.pages_folder)
    details = [found.detail for found in check_version(folder)]
    assert "is here though the record is withdrawn" in details


def test_a_version_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    sample, ours = _second(tmp_path)
    before = digests(sample.folder.other_version(2))
    old = sample.folder.load_record()
    other = ("совсем другое", "Филиппов")
    new = reassemble_record(old, pages(other), SIGNATURE, CLOCK)
    scan = admitted_scan(tmp_path / "inbox" / "scan.pdf")
    result = publish_record(scan, new, lambda: pages(other), ours, CLOCK, ("reread", "late"))
    assert result.already_published
    assert digests(sample.folder.other_version(2)) == before


def test_a_word_is_followed_back_through_a_joined_line_end() -> None:
    page = canned_record().pages[0]
    (found,) = trace_word(page, text(LETTER[0]), "переписку")
    assert [word.text for word in found.words] == ["пере-", "писку"]
    assert (found.line, found.leaf, found.steps) == (2, "0110", ("join-broken-words",))
    (plain,) = trace_word(page, text(LETTER[0]), "товарищу")
    assert [(word.text, word.box.x) for word in plain.words] == [("Товарищу", 20)]
    assert plain.steps == ()


@law
@given(st.data())
def test_every_word_of_a_reading_text_leads_to_words_on_the_page(data: st.DataObject) -> None:
    sample = st.sampled_from(["слово", "пере-", "ходит,", "l949", "р", "а", "з", "CCCP", "—", "1."])
    rows = data.draw(st.lists(st.lists(sample, min_size=1, max_size=5), min_size=1, max_size=5))
    lines = "\n".join(" ".join(row) for row in rows)
    page = _page_reading(lines)
    read = text(lines)
    for token in page.reading_text.split():
        traces = [one for one in trace_word(page, read, token) if one.reading == token]
        assert traces
        assert all(one.words for one in traces)


def _page_reading(lines: str) -> RecordPage:
    old = canned_record()
    (first, *_) = pages((lines,))
    one_page = old.model_copy(update={"pages": old.pages[:1]})
    return reassemble_record(one_page, [first], SIGNATURE, CLOCK).pages[0]


def test_the_provenance_of_a_word_is_printed_in_plain_words(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    output = ["--output", str(settings_for(tmp_path).output)]
    result = CliRunner().invoke(
        app, ["provenance", sample.record_id, "--word", "переписку", *output]
    )
    for words_of_it in (
        "“переписку” on page 1, leaf 0110", "read as “пере-” in line 2", "at x 20, y 80",
        "cleaning made “переписку” of “пере- писку”", "its image: 600 by 800 pixels",
        "read-0001: canned 1", "model-rus-sha256", "Scan: scan.pdf",
    ):  # fmt: skip
        assert words_of_it in result.stdout
    nothing = CliRunner().invoke(app, ["provenance", sample.record_id, "--word", "чужое", *output])
    assert isinstance(nothing.exception, CatalogError)
    as_json = CliRunner().invoke(
        app, ["provenance", sample.record_id, "--word", "Филиппов", "--json", *output]
    )
    assert json.loads(as_json.stdout)["found"][0]["page"] == 2


def test_unread_pages_and_blank_ones_go_through_a_version(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path, ("Первая", ""))
    old = sample.folder.load_record()
    assert has_same_content(
        old, reassemble_record(old, stored_pages(sample.folder, old), None, CLOCK)
    )


def test_the_same_bytes_of_a_withdrawn_record_are_refused(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    ours = settings_for(tmp_path)
    withdraw_record(sample.record_id, "a reason", ours, CLOCK)
    scan = admitted_scan(tmp_path / "inbox" / "scan.pdf")
    with (
        Catalog(ours.catalog, ours.records) as catalog,
        pytest.raises(DuplicateError, match="which was withdrawn with version 2"),
    ):
        find_published(scan, catalog, ours)


def test_lines_without_roles_are_plain() -> None:
    one = PageText((Block((Line(text("а").blocks[0].lines[0].words),)),))
    assert one == text("а")


@pytest.mark.tesseract
def test_reading_again_in_another_language_makes_a_version_and_once_more_none(
    workspace: Workspace,
) -> None:
    with PdfWriter() as pdf:  # a page shows as much as four
        pdf.append(SAMPLE, pages=(0, 1))
        pdf.write(workspace.inbox / "letter.pdf")
    assert workspace.opis("ingest", "--direct", OPIS_LANGUAGES="eng").returncode == 0
    (record_id,) = [entry["id"] for entry in json.loads(workspace.opis("list", "--json").stdout)]
    first = workspace.opis("reread", record_id, "--direct", OPIS_LANGUAGES="rus")
    assert first.returncode == 0, first.stderr
    differences = json.loads(workspace.opis("diff", record_id, "v1", "v2", "--json").stdout)
    assert not differences["text_unchanged"]
    assert "read.languages" in {change["field"] for change in differences["settings"]}
    assert workspace.opis("reclean", record_id, "--direct").returncode == 0
    again = workspace.opis("reread", record_id, "--direct", OPIS_LANGUAGES="rus")
    assert "published before" in again.stdout
    assert workspace.opis("search", "Товарищу").stdout.count(record_id) > 0
    assert workspace.opis("verify").returncode == 0


@pytest.mark.tesseract
def test_the_same_scan_described_anew_is_a_version_whose_text_is_the_same(
    workspace: Workspace,
) -> None:
    scan_pdf(workspace.inbox / "a.pdf", 1)
    (workspace.inbox / "a.yaml").write_text("title: One\n", encoding="utf-8")
    assert workspace.opis("ingest", "--direct").returncode == 0
    scan_pdf(workspace.inbox / "a.pdf", 1)
    (workspace.inbox / "a.yaml").write_text("title: Two\n", encoding="utf-8")
    assert workspace.opis("ingest", "--direct").returncode == 0
    (entry,) = json.loads(workspace.opis("list", "--json").stdout)
    assert (entry["title"], entry["version"]) == ("Two", 2)
    differences = json.loads(workspace.opis("diff", entry["id"], "v1", "v2", "--json").stdout)
    assert differences["text_unchanged"]
    titles = [change["after"] for change in differences["fields"] if change["field"] == "title"]
    assert titles == ["Two"]
    scan_pdf(workspace.inbox / "a.pdf", 1)
    assert "published before" in workspace.opis("ingest", "--direct").stdout
    assert workspace.opis("verify").returncode == 0


@cache
def readers() -> WorkerPool:
    """Children that write PDFs; none of them reads a page here."""
    pool = WorkerPool(1)
    atexit.register(pool.close)
    return pool


def _again(scan: AdmittedScan, ours: Settings) -> Outcome | PublishResult:
    """Take a scan whose bytes are known once more, as ingestion does; no engine is asked."""
    with Catalog(ours.catalog, ours.records) as catalog:
        published = find_published(scan, catalog, ours)
        return published or publish_scan(
            assign_version(scan, catalog, ours), ours, readers(), CLOCK
        )


def _with_sidecar(scan: AdmittedScan, content: str) -> AdmittedScan:
    path = scan.path.with_suffix(".yaml")
    path.write_text(content, encoding="utf-8")
    return replace(scan, sidecar=path, sidecar_sha256=file_sha256(path), sidecar_size=len(content))


def test_a_new_description_reads_nothing_and_leaves_the_text_alone(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    ours, before = settings_for(tmp_path), sample.folder.load_record()
    scan = admitted_scan(tmp_path / "inbox" / "scan.pdf", title="Another title")
    scan = _with_sidecar(scan, "title: Another title\n")
    other = ours.model_copy(update={"languages": ("eng",), "engine": "tesserocr"})
    outcome = _again(scan, other)
    assert isinstance(outcome, Outcome)
    assert (outcome.version, outcome.title) == (2, "Another title")
    now = sample.folder.other_version(2).load_record()
    assert now.pages == before.pages
    assert now.provenance.plans == before.provenance.plans
    assert now.provenance.agents["engine"] == before.provenance.agents["engine"]
    assert now.provenance.sidecar is not None
    changes = VersionChanges.model_validate_json(
        VersionFolder(Path(outcome.folder)).changes_file.read_bytes()
    )
    assert changes.text_unchanged
    assert changes.settings == ()
    assert check_archive(ours, []) == (2, [])
    assert not (tmp_path / "inbox" / "scan.yaml").exists()
    assert isinstance(
        _again(replace(scan, sidecar=None, sidecar_sha256=None), other), PublishResult
    )


def test_a_translation_that_comes_later_leaves_the_description_unchanged(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    ours, before = settings_for(tmp_path), sample.folder.load_record()
    file = tmp_path / "inbox" / "scan.en.txt"
    file.write_text("To Comrade Mao.", encoding="utf-8")
    scan = admitted_scan(tmp_path / "inbox" / "scan.pdf", references="", title="Found in a drawer")
    scan = replace(scan, translations=(read_translation(file, "en", None),))
    outcome = _again(scan, ours)
    assert isinstance(outcome, Outcome)
    now = VersionFolder(Path(outcome.folder)).load_record()
    assert (now.title, now.references, now.origins) == (
        before.title, before.references, before.origins,
    )  # fmt: skip
    assert [one.text for one in now.translations] == ["To Comrade Mao."]
    assert now.provenance.agents["translator-1"].details["role"] == "translator"
    assert check_archive(ours, []) == (2, [])
    assert not file.exists()


def test_a_scan_of_unknown_place_keeps_its_id_when_its_place_is_learnt(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path, references="", title="Found in a drawer")
    ours = settings_for(tmp_path)
    assert sample.record_id.startswith("scan-")
    assert IssueType.NO_REFERENCE in {one.concern for one in sample.folder.load_record().issues}
    outcome = _again(admitted_scan(tmp_path / "inbox" / "scan.pdf"), ours)
    assert isinstance(outcome, Outcome)
    assert (outcome.record, outcome.version) == (sample.record_id, 2)
    now = sample.folder.other_version(2).load_record()
    assert now.title == "Found in a drawer"  # no sidecar came with it: the description stays
    assert [page.leaf for page in now.pages] == ["0110", "0111"]
    assert IssueType.NO_REFERENCE not in {one.concern for one in now.issues}
    assert check_archive(ours, []) == (2, [])
    with Catalog(ours.catalog, ours.records) as catalog:
        place = parse_reference(now.references[0].normal or "")
        assert place is not None
        assert catalog.find_at(place) == [sample.record_id]


def test_a_scan_that_was_replaced_does_not_come_back_unasked(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    ours = settings_for(tmp_path)
    first = tmp_path / "inbox" / "scan.pdf"
    better_path = scan_pdf(tmp_path / "inbox" / "better.pdf", 2)
    better = admitted_scan(better_path, replaces=sample.record_id)
    better = replace(better, version=2, sha256=_other(better.path))
    publish_record(better, record(better), pages, ours, CLOCK)
    scan = _with_sidecar(admitted_scan(first), "title: New\n")
    with pytest.raises(DuplicateError, match="which another scan has replaced"):
        _again(scan, ours)


def _other(path: Path) -> str:
    with path.open("ab") as file:
        file.write(b"%\n")
    return file_sha256(path)


def test_work_of_an_older_opis_stays_its_own(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    old = sample.folder.load_record()
    log = old.provenance
    older = log.agents["opis"].model_copy(update={"version": "0.0.1"})
    was = log.model_copy(update={"agents": {**log.agents, "opis": older}})
    old = old.model_copy(update={"provenance": was})
    clean = reassemble_record(old, stored_pages(sample.folder, old), None, CLOCK).provenance
    by = {activity.id: activity.agent for activity in clean.activities}
    assert (by["extract-0001"], by["clean-0001"], by["join"]) == ("opis-1", "opis", "opis")
    assert (clean.agents["opis-1"].version, clean.agents["opis"]) == ("0.0.1", log.agents["opis"])
    twice = old.model_copy(update={"provenance": clean})
    again = reassemble_record(twice, stored_pages(sample.folder, old), None, CLOCK)
    assert again.provenance == clean
    document = to_prov_json(clean, old.id)
    ProvDocument.deserialize(content=json.dumps(document), format="json")


def test_a_version_that_is_gone_is_missed_without_a_catalogue(tmp_path: Path) -> None:
    sample, ours = _second(tmp_path)
    for path in [sample.folder.record_folder, *sample.folder.path.rglob("*"), sample.folder.path]:
        path.chmod(0o755)
    shutil.rmtree(sample.folder.path)
    ours.catalog.unlink()
    _, findings = check_archive(ours, [])
    assert [(found.path[-3:], found.damage) for found in findings] == [("/v1", Damage.MISSING)]


def test_changes_that_hide_a_change_of_description_are_found(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    old = sample.folder.load_record()
    new = old.model_copy(update={"version": 2, "title": "Another"})
    changes = compare_versions(old, new, "described", "because")
    assert fields_match(changes, old, new)
    assert not fields_match(changes.model_copy(update={"fields": ()}), old, new)
