"""What is known of fonds, inventories and files: read, kept in the archive, shown to readers."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as law
from hypothesis import strategies as st
from lxml import etree
from typer.testing import CliRunner

from flows.cli.app import app
from pipeline.description.atom_file import read_atom_csv
from pipeline.description.check_folder import check_folder
from pipeline.description.ead_file import read_ead
from pipeline.description.level_descriptions import DescribedLevel, LevelDescription, LevelReading
from pipeline.description.level_import import read_level_file
from pipeline.description.levels_file import levels_as_yaml, read_levels_file
from pipeline.errors import DescriptionError
from pipeline.exports.registry import FORMATS_BY_NAME
from pipeline.ingest.selection import select_scans
from pipeline.record.level_context import context_of
from pipeline.references.level_place import parse_level
from pipeline.repository.acceptance import accept_archive
from pipeline.repository.audit import check_archive
from pipeline.repository.export_source import load_export_source
from pipeline.repository.level_log import add_levels, read_levels
from pipeline.repository.publish import publish_record
from pipeline.settings import LEVELS_FILE, Settings
from tests.factories import (
    CLOCK,
    admitted_scan,
    pages,
    publish_sample,
    record,
    scan_pdf,
    settings_in,
)
from tests.schemas import has_schema, needs_schemas, schema_errors

CASES = Path(__file__).parent / "cases"
AIDS = ["ead2002.xml", "ead3.xml", "atom.csv", "levels.yaml"]
DEEP = b"<ead><archdesc>" + b"<c>" * 60 + b"</c>" * 60 + b"</archdesc></ead>"
FOND = DescribedLevel(
    "RGASPI, f. 558",
    LevelDescription.model_validate(
        {
            "title": "Сталин Иосиф & <др.>", "dates": "1866–1986", "extent": "16 174 ед. хр.",
            "titles": [{"value": "Papers of J. V. Stalin", "language": "en"}],
            "note": "Личный фонд.\n\nПередан в 1999 г.",
        }
    ),
)  # fmt: skip
FILE = DescribedLevel(
    "RGASPI, f. 558, op. 11, d. 330", LevelDescription(title="Переписка", dates="1949")
)


@pytest.mark.parametrize(
    "case", json.loads((CASES / "levels.json").read_text("utf-8")), ids=lambda case: case["text"]
)
def test_a_level_is_read_as_people_cite_it(case: dict[str, Any]) -> None:
    place = parse_level(case["text"])
    assert (None if place is None else [place.normal, place.folder]) == case["level"]
    if place is not None:
        assert parse_level(place.normal) == place
        assert all(inner.lies_in(outer) for outer, inner in pairwise(place.levels_down()))


def as_case(reading: LevelReading) -> dict[str, Any]:
    return {
        "levels": {
            level.reference: level.description.model_dump(mode="json", exclude_defaults=True)
            for level in reading.levels
        },
        "errors": [[error.line, str(error).partition(": ")[2]] for error in reading.errors],
        "left_out": list(reading.left_out),
    }


@pytest.mark.parametrize("name", AIDS)
def test_levels_come_from_every_kind_of_file(name: str) -> None:
    file = CASES / "finding-aids" / name
    reading = read_level_file(file)
    assert as_case(reading) == json.loads(file.with_suffix(".json").read_text("utf-8"))
    for error in reading.errors:
        assert str(error).startswith(f"{name}, line {error.line}: ")


@needs_schemas
def test_the_finding_aid_of_the_cases_is_ead3() -> None:
    content = (CASES / "finding-aids" / "ead3.xml").read_bytes()
    assert has_schema("ead3")
    assert schema_errors("ead3", content) == []


@pytest.mark.parametrize("name", AIDS)
def test_levels_can_be_written_for_people_to_go_on_with(name: str, tmp_path: Path) -> None:
    levels = {
        one.reference: one.description
        for one in read_level_file(CASES / "finding-aids" / name).levels
    }
    file = tmp_path / "_levels.yaml"
    file.write_text(levels_as_yaml(levels), "utf-8")
    again = read_levels_file(file, file.name)
    assert {one.reference: one.description for one in again.levels} == levels
    assert again.errors == ()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.xml", b"<ead>\n<archdesc>", "a.xml, line 2 is no XML"),
        ("a.xml", b"", "a.xml, line 1 is no XML"),
        ("a.xml", b"<mods/>", "a.xml, line 1 is no EAD"),
        ("a.xml", b"<ead>\n<eadheader/></ead>", "is no EAD: it has no <archdesc>"),
        (
            "a.xml",
            b'<!DOCTYPE ead [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<ead><archdesc>&x;</archdesc></ead>',
            "names &x;, which is not followed",
        ),
        (
            "a.xml",
            b'<!DOCTYPE ead [<!ENTITY b ""><!ENTITY a "&b;">]><ead><archdesc>&a;</archdesc></ead>',
            "names &a;, which is not followed",
        ),
        ("a.xml", DEEP, "more than 50 deep"),
        ("a.csv", b"identifier;title\n", "line 1: lacks the columns identifier, title"),
        ("a.csv", b"identifier,title,levelOfDescription\n1,a,Fonds,b\n", "line 2: has more cells"),
        ("a.csv", b'identifier,title,levelOfDescription\n1,"a\n', "cannot be read"),
        ("a.csv", "identifier,title\n1,Сталин".encode("cp1251"), "a.csv, line 2 is not UTF-8"),
        (
            "a.csv", b"legacyId,parentId,identifier,title,levelOfDescription\n1,9,1,a,Fonds\n",
            "line 2: its parentId 9 is that of no row above it",
        ),
        ("a.csv", b"identifier,title,levelOfDescription\n1,a\x07,F\n", "line 2: holds a control"),
        ("a.pdf", b"", "a.pdf is none of .yaml, .json, .xml (EAD) and .csv (AtoM)"),
        ("a.yaml", b"- RGASPI", "a.yaml, line 1 does not say what is what"),
        ("a.yaml", b"RGASPI, f. 1: [a]", "line 1: write the fields of RGASPI, f. 1"),
        ("a.yaml", b"RGASPI, f. 1: a\nRGASPI, f. 1: b", "line 2 says `RGASPI, f. 1` twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_line(
    name: str, content: bytes, problem: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    reading = read_level_file(file)
    assert any(problem in str(error) for error in reading.errors), reading.errors
    assert all("\n" not in str(error) for error in reading.errors)


@law(deadline=None, max_examples=60)
@given(st.one_of(st.binary(max_size=200), st.text("<>/&;ead archdescunitid\"='").map(str.encode)))
def test_anything_is_a_finding_aid_or_refused(content: bytes) -> None:
    messages = []
    for read in (read_ead, read_atom_csv):
        try:
            read(content, "a.file")
        except DescriptionError as refusal:
            messages.append(str(refusal))
    assert all(message.startswith("a.file, line ") for message in messages)
    assert not any("\n" in message for message in messages)


def test_an_archive_that_a_finding_aid_does_not_name_is_given(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("identifier,title,levelOfDescription\n558,Сталин,Фонд\n", "utf-8")
    (error,) = read_level_file(file).errors
    assert "Name it with --archive" in str(error)
    output = ["--output", str(tmp_path / "output")]
    result = CliRunner().invoke(app, ["levels", str(file), "--archive", "РГАСПИ", *output])
    assert result.exit_code == 0, result.output
    assert "RGASPI, f. 558: Сталин" in result.stdout


def test_the_log_keeps_what_is_new_and_outlives_the_inbox(tmp_path: Path) -> None:
    output = tmp_path / "output"
    assert read_levels(output) == {}
    assert add_levels([FOND, FILE], "a.yaml", output, CLOCK) == [FOND, FILE]
    assert add_levels([FOND], "a.yaml", output, CLOCK) == []
    changed = DescribedLevel(FILE.reference, LevelDescription(title="Другое"))
    assert add_levels([FOND, changed], "b.xml", output, CLOCK) == [changed]
    assert read_levels(output) == {
        FOND.reference: FOND.description,
        FILE.reference: changed.description,
    }
    nothing = DescribedLevel(FOND.reference, LevelDescription())
    assert add_levels([nothing], "a.yaml", output, CLOCK) == [nothing]
    assert list(read_levels(output)) == [FILE.reference]
    lines = [json.loads(line) for line in (output / LEVELS_FILE).read_text("utf-8").splitlines()]
    assert [line["source"] for line in lines] == ["a.yaml", "b.xml", "a.yaml"]


def test_a_log_that_was_changed_is_damage_until_somebody_accepts_it(tmp_path: Path) -> None:
    publish_sample(tmp_path)
    settings = settings_in(tmp_path)
    accept_archive("no receipts in this test", settings, CLOCK)
    for level in (FOND, FILE):
        add_levels([level], "a.yaml", settings.output, CLOCK)
    assert check_archive(settings, [])[1] == []
    log = settings.output / LEVELS_FILE
    log.write_bytes(log.read_bytes().replace(b"1866", b"1867"))
    findings = [one for one in check_archive(settings, [])[1] if one.path == LEVELS_FILE]
    assert findings
    accept_archive("a test", settings, CLOCK)
    assert check_archive(settings, [])[1] == []


def select(settings: Settings, *scans: Path) -> list[str]:
    with select_scans(scans, settings, CLOCK) as (_, others):
        return [outcome.reason for outcome in others]


def test_files_of_the_inbox_are_taken_with_each_run(tmp_path: Path) -> None:
    settings = settings_in(tmp_path).model_copy(update={"settle_seconds": 0.0})
    scan = scan_pdf(settings.inbox / "box" / "a.pdf", 1)
    (settings.inbox / "_levels.yaml").write_text("RGASPI, f. 558: Сталин\n", "utf-8")
    (settings.inbox / "box" / "_levels.yml").write_text("RGASPI, f. 17:\n  titel: ЦК\n", "utf-8")
    (settings.inbox / "other").mkdir()
    (settings.inbox / "other" / "_levels.yaml").write_text("RGASPI, f. 2: Ленин\n", "utf-8")
    (reason,) = select(settings, scan)
    assert reason == "box/_levels.yml, line 2: `titel` is not a field. Did you mean `title`?"
    assert list(read_levels(settings.output)) == ["RGASPI, f. 558"]
    (reason,) = select(settings)
    assert "box/_levels.yml, line 2" in reason
    assert list(read_levels(settings.output)) == ["RGASPI, f. 2", "RGASPI, f. 558"]
    assert (settings.inbox / "_levels.yaml").exists()
    faults = [(fault.file, fault.line, fault.code) for fault in check_folder(settings.inbox)]
    assert ("box/_levels.yml", 2, "unknown-key") in faults
    assert not [file for file, _, code in faults if code == "sidecar-without-scan"]


def test_a_link_among_the_files_of_levels_is_refused(tmp_path: Path) -> None:
    settings = settings_in(tmp_path).model_copy(update={"settle_seconds": 0.0})
    settings.inbox.mkdir()
    secret = tmp_path / "secret.yaml"
    secret.write_text("RGASPI, f. 558: secret\n")
    (settings.inbox / "_levels.yaml").symlink_to(secret)
    (reason,) = select(settings)
    assert "is a link" in reason
    assert read_levels(settings.output) == {}


def test_the_levels_above_a_record_are_known_by_its_reference(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"a scan")
    levels = {one.reference: one.description for one in (FOND, FILE)}
    context = context_of(record(admitted_scan(path)), levels)
    assert [level.name for level in context] == ["f. 558", "op. 11", "d. 330"]
    assert [level.summary for level in context] == [
        "f. 558: Сталин Иосиф & <др.>, 1866–1986, 16 174 ед. хр.", "", "d. 330: Переписка, 1949",
    ]  # fmt: skip
    unplaced = record(admitted_scan(path, references=""))
    assert context_of(unplaced, levels) == ()
    assert context_of(record(admitted_scan(path, references="CAB 123/246")), {})[0].name == "CAB"


def test_a_version_and_its_exports_name_the_levels_above_it(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    add_levels([FOND, FILE], "_levels.yaml", settings.output, CLOCK)
    folder = publish_sample(tmp_path).folder
    readme = folder.readme_file.read_text("utf-8")
    assert "There, f. 558: Сталин Иосиф & <др.>, 1866–1986, 16 174 ед. хр." in readme
    source = load_export_source(
        folder, folder.load_record(), "https://a.test", read_levels(settings.output)
    )
    for form in FORMATS_BY_NAME.values():
        content = form.write(source)
        assert list(form.broken_rules(content, source.record)) == []
        if has_schema(form.name):
            assert schema_errors(form.name, content) == [], form.name
    aid = etree.fromstring(FORMATS_BY_NAME["ead3"].write(source))
    titles = [node.text for node in aid.iter("{*}unittitle")]
    assert titles[:4] == ["Сталин Иосиф & <др.>", "Papers of J. V. Stalin", "Opis 11", "Переписка"]
    assert aid.findtext(".//{*}archdesc/{*}did/{*}physdesc") == "16 174 ед. хр."
    assert [node.text for node in aid.findall("{*}archdesc/{*}scopecontent/{*}p")] == [
        "Личный фонд.", "Передан в 1999 г.",
    ]  # fmt: skip
    fond = etree.fromstring(FORMATS_BY_NAME["ead2002"].write(source)).find("archdesc")
    assert fond is not None
    paths = ("unittitle", "unitdate", "physdesc/extent")
    assert [fond.findtext(f"did/{path}") for path in paths] == [
        "Сталин Иосиф & <др.>", "1866–1986", "16174 ед. хр.",
    ]  # fmt: skip
    assert [node.text for node in fond.findall("scopecontent/p")] == [
        "Личный фонд.",
        "Передан в 1999 г.",
    ]
    header = etree.fromstring(FORMATS_BY_NAME["tei"].write(source))
    assert [node.get("type") for node in header.iter("{*}collection")] == ["fond", "delo"]
    above = json.loads(FORMATS_BY_NAME["iiif"].write(source))["partOf"]
    assert [one["id"] for one in above] == [
        "https://a.test/archives/rgaspi/f558/", "https://a.test/archives/rgaspi/f558/op11/d330/",
    ]  # fmt: skip
    assert above[0]["label"]["en"] == ["f. 558: Papers of J. V. Stalin"]


def test_a_citation_names_the_fond_if_it_is_asked_to(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    add_levels([FOND], "_levels.yaml", settings_in(tmp_path).output, CLOCK)

    def cite(*words: str) -> str:
        command = ["cite", sample.record_id, *words, "--output", str(tmp_path / "output")]
        return CliRunner().invoke(app, command).stdout.strip()

    plain = cite()
    assert "Stalin Papers" not in plain
    assert cite("--fond-title") == plain.replace("RGASPI", "Papers of J. V. Stalin, RGASPI")
    assert "Papers of J. V. Stalin. RGASPI" in cite(
        "--fond-title", "--format", "chicago-bibliography"
    )
    assert cite("--fond-title", "--format", "gost") == cite("--format", "gost")


def test_the_command_takes_a_finding_aid_and_shows_what_is_known(tmp_path: Path) -> None:
    aid, output = (
        str(CASES / "finding-aids" / "ead2002.xml"),
        ["--output", str(tmp_path / "output")],
    )
    runner = CliRunner()
    checked = runner.invoke(app, ["levels", aid, "--check", *output])
    assert (checked.exit_code, read_levels(tmp_path / "output")) == (3, {})
    assert "ead2002.xml, line 30: the number “без номера” cannot be read" in checked.stdout
    assert "4 new or changed levels would be taken in, 0 levels known before" in checked.stdout
    taken = runner.invoke(app, ["levels", aid, *output])
    assert taken.exit_code == 3
    assert "4 new or changed levels taken in" in taken.stdout
    assert (
        "0 new or changed levels taken in, 4 levels known before"
        in runner.invoke(app, ["levels", aid, *output]).stdout
    )
    shown = runner.invoke(app, ["levels", *output]).stdout
    assert "RGASPI, f. 558, op. 11, d. 330: Переписка с Мао Цзэ-дуном, 1949" in shown
    assert shown.endswith("4 levels\n")
    as_json = json.loads(runner.invoke(app, ["levels", "--json", *output]).stdout)
    assert as_json["RGASPI, f. 558"]["extent"] == "16 174 ед. хр."
    as_yaml = runner.invoke(app, ["levels", "--yaml", *output]).stdout
    assert "RGASPI, f. 558, op. 11:\n  title: Документы из Архива Президента РФ" in as_yaml


def test_an_unknown_archive_is_told(tmp_path: Path) -> None:
    aid = str(CASES / "finding-aids" / "atom.csv")
    result = CliRunner().invoke(app, ["levels", aid, "--archive", "Nowhere"])
    assert result.exit_code != 0
    assert "Nowhere" in str(result.exception or result.output)


def test_levels_change_no_published_version(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    before = {path: path.read_bytes() for path in sample.folder.path.rglob("*") if path.is_file()}
    add_levels([FOND], "_levels.yaml", settings_in(tmp_path).output, CLOCK)
    assert {path: path.read_bytes() for path in before} == before
    scan = admitted_scan(
        scan_pdf(tmp_path / "inbox" / "b.pdf", 1),
        1,
        references="RGASPI, f. 558, op. 11, d. 330, l. 9",
    )
    published = publish_record(
        scan, record(scan, ("А.",)), lambda: pages(("А.",)), settings_in(tmp_path), CLOCK
    )
    assert "Papers of J. V. Stalin" in published.folder.export("iiif-manifest.json").read_text(
        "utf-8"
    )
