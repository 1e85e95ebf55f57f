"""Relations of documents: read in any spelling, shown at both sides, whichever comes first."""

import json
from itertools import islice, permutations
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from pipeline.description.check_folder import check_folder
from pipeline.description.fields import Description
from pipeline.description.index_csv import parse_table
from pipeline.description.merge import merge_sources
from pipeline.description.near_fields import suggest_field
from pipeline.description.relations import RELATION_KINDS, parse_relation
from pipeline.description.sources import DescriptionSource, source_from_row
from pipeline.ingest.revisions import withdraw_record
from pipeline.model import IssueType
from pipeline.record.record import Record
from pipeline.record.relation_wording import RELATION_LABELS
from pipeline.repository.audit import check_archive
from pipeline.repository.catalog import Catalog
from pipeline.repository.catalog_build import build_from_rows
from pipeline.repository.catalog_entries import row_of_record
from pipeline.repository.publish import PublishResult, publish_record
from pipeline.site.render import translate
from tests.factories import (
    CLOCK,
    admitted_scan,
    pages,
    publish_sample,
    record,
    scan_pdf,
    settings_in,
)

CASES = Path(__file__).parent / "cases"
WORDS: dict[str, Any] = json.loads((CASES / "near-fields.json").read_text("utf-8"))
LINKS: list[dict[str, Any]] = json.loads((CASES / "relation-links.json").read_text("utf-8"))
ANSWER = "RGASPI, f. 558, op. 11, d. 330, l. 0112"
BASE = "https://our.test"


@pytest.mark.parametrize(
    "case", json.loads((CASES / "relations.json").read_text("utf-8")), ids=lambda case: case["text"]
)
def test_the_other_side_is_named_by_id_reference_or_link(case: dict[str, Any]) -> None:
    relation = parse_relation("reply-to", case["text"], BASE)
    named = relation.model_dump(mode="json", exclude_defaults=True)
    assert named == {"kind": "reply-to", "as_given": case["text"], **case["names"]}
    assert relation.is_read == bool(case["names"])


@pytest.mark.parametrize(("word", "field"), WORDS["means_the_same"].items())
def test_a_field_is_suggested_that_means_the_same(word: str, field: str) -> None:
    assert suggest_field(word, Description) == f"Did you mean `{field}`?"


@pytest.mark.parametrize(("word", "field"), WORDS["other_side"].items())
def test_what_the_other_side_states_is_sent_there(word: str, field: str) -> None:
    assert suggest_field(word, Description) == f"The other document states it, by `{field}`."


@pytest.mark.parametrize("word", WORDS["means_another_thing"])
def test_no_field_is_suggested_for_another_thing(word: str) -> None:
    assert suggest_field(word, Description).startswith("Known are: title, ")


@pytest.mark.parametrize("name", RELATION_KINDS)
def test_sidecar_and_table_state_relations_alike(name: str) -> None:
    items = ["rgaspi-f558-op11-d330-l0109", "GARF, f. 1, op. 1, d. 1, l. 1"]
    table = parse_table(f"file;{name}\na.pdf;{'|'.join(items)}\n".encode(), "index.csv")
    by_row = merge_sources([source_from_row(table.rows[0], "index.csv")])
    by_sidecar = merge_sources([DescriptionSource("sidecar", "a.yaml", {name: [*items]})])
    assert by_row.relations == by_sidecar.relations
    assert [one.kind for one in by_row.relations] == [RELATION_KINDS[name]] * 2


def test_one_that_cannot_be_read_is_told_and_stops_nothing(tmp_path: Path) -> None:
    merged = merge_sources([DescriptionSource("sidecar", "a.yaml", {"reply_to": "a cable"})])
    (issue,) = [one for one in merged.issues if one.concern is IssueType.UNREAD_RELATION]
    assert "“a cable”" in issue.detail
    scan_pdf(tmp_path / "a.pdf")
    (tmp_path / "a.yaml").write_text("title: A\nreply_to:\n- rgaspi-f1\n- a cable\n")
    (fault,) = check_folder(tmp_path)
    assert (fault.file, fault.line, fault.code) == ("a.yaml", 4, "unread-relation")


def related_record(folder: Path, name: str, values: dict[str, Any]) -> Record:
    path = folder / f"{name}.pdf"
    path.write_bytes(name.encode())
    return record(admitted_scan(path, **values)).model_copy(update={"id": name})


@pytest.mark.parametrize("case", LINKS, ids=lambda case: case["name"])
def test_both_sides_show_a_relation_in_whatever_order_they_come(
    case: dict[str, Any], tmp_path: Path
) -> None:
    rows = {
        name: row_of_record(
            related_record(tmp_path, name, values), f"rgaspi/f558/op11/d330/{name}", name
        )
        for name, values in case["records"].items()
    }
    titles = {f" ({row.title})" for row in rows.values()}

    def shown(line: str) -> str:
        for title in titles:
            line = line.replace(title, "")
        return line

    for number, order in enumerate(islice(permutations(rows), 6)):
        file = tmp_path / f"{number}.sqlite"
        build_from_rows(file, [rows[name] for name in order])
        with Catalog(file, tmp_path) as catalog:
            related = catalog.related_records()
            all_links = related.all_links()
            assert {
                name: [shown(f"{link.label}: {link.other_side}") for link in links]
                for name, links in all_links.items()
            } == case["links"]
            assert {name: related.links_of(name) for name in all_links} == all_links
            assert related.open_questions() == case.get("questions", [])
            assert related.open_questions(["another"]) == []


def test_every_label_has_its_russian() -> None:
    labels = {label for pair in RELATION_LABELS.values() for label in pair}
    assert all(translate(label, "ru") != label for label in labels)


def publish_answer(folder: Path, **values: Any) -> PublishResult:
    scan = admitted_scan(scan_pdf(folder / "inbox" / "answer.pdf", 1), 1, **values)
    texts = ("Получили.",)
    return publish_record(
        scan, record(scan, texts), lambda: pages(texts), settings_in(folder), CLOCK
    )


def run(folder: Path, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--output", str(folder / "output")])
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def test_commands_tell_what_is_awaited_until_it_comes(tmp_path: Path) -> None:
    letter = "РГАСПИ. Ф. 558. Оп. 11. Д. 330. Лл. 110–111"
    answer = publish_answer(tmp_path, title="The answer", references=ANSWER, reply_to=letter)
    awaited = f"{answer.record_id}: reply to {letter}, which is not published yet."
    assert awaited in run(tmp_path, "list")
    checked = run(tmp_path, "verify")
    assert awaited in checked
    assert "1 version checked, 0 findings" in checked
    assert f"Reply to: {letter} (not published yet)" in run(tmp_path, "show", answer.record_id)
    assert json.loads(run(tmp_path, "verify", "--json"))["open_relations"] == [awaited]
    came = publish_sample(tmp_path)
    assert "not published" not in run(tmp_path, "list") + run(tmp_path, "verify")
    title = came.folder.load_record().name
    assert f"Reply to: {came.record_id} ({title})" in run(tmp_path, "show", answer.record_id)
    assert f"Answered by: {answer.record_id} (The answer)" in run(tmp_path, "show", came.record_id)
    assert check_archive(settings_in(tmp_path), []) == (2, [])


def test_what_a_withdrawn_record_stated_is_shown_no_more(tmp_path: Path) -> None:
    came = publish_sample(tmp_path)
    answer = publish_answer(tmp_path, references=ANSWER, reply_to=came.record_id)
    withdraw_record(answer.record_id, "A test.", settings_in(tmp_path), CLOCK)
    assert "Answered by" not in run(tmp_path, "show", came.record_id)
    assert check_archive(settings_in(tmp_path), []) == (3, [])
