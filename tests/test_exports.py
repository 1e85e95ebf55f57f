"""Exports of the bundled letter and of varied records: each validates, and corrupted does not."""

import json
import re
from collections.abc import Callable
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree
from typer.testing import CliRunner

from flows.cli.app import app
from pipeline.errors import CatalogError, SetupError
from pipeline.exports.ead3 import to_ead3
from pipeline.exports.premis import to_premis
from pipeline.exports.registry import (
    EXPORT_FORMATS,
    FORMATS_BY_NAME,
    OAI_FORMATS,
    ORIGINAL_EXPORTS,
    PUBLISHED_FORMATS,
    ExportFormat,
    rely_on_schema,
)
from pipeline.exports.source import ExportSource, VersionFile, placed_lines
from pipeline.record.events import translation_activities
from pipeline.record.provenance import Agent
from pipeline.record.record import Name, NameForm, Record, Translation
from pipeline.repository.export_source import load_export_source, media_type_of
from pipeline.repository.publish import PublishResult
from tests.factories import MOMENT, admitted_scan, pages, publish_sample, record
from tests.schemas import EXPORT_CASES, FORMATS_WITH_SCHEMA, needs_schemas, schema_errors

LINKED = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parent / "cases" / "schema-org.schema.json").read_text("utf-8"))
)
LETTER = ("Товарищу Мао Цзэ-дуну.\nМы получили Вашу пере-\nписку о перемирии.", "Филиппов")
REFERENCE = "RGASPI, f. 558, op. 11, d. 330, ll. 0110-0111"

#: The values of the sidecar, the texts of the pages, and fields that only later parts fill.
VARIED: dict[str, tuple[dict[str, Any], tuple[str, ...], dict[str, Any]]] = {
    "two holdings, all said": (
        {
            "references": [REFERENCE, "APRF, f. 45, op. 1, d. 330, pp. 110-111"],
            "creator": "Filippov [Stalin]", "recipient": "Mao Zedong", "document_type": "cable",
            "subjects": ["peace", "war & <terms>"], "summary": "A summary.", "note": "A note.",
            "funder": "A foundation", "collection": "A programme",
        },
        LETTER, {},
    ),
    "no reference, nothing said": (
        {"references": "", "title": "", "date": "", "language": "", "contributors": ""}, LETTER, {},
    ),
    "an unread reference": ({"references": "Box 9 of the blue cabinet"}, LETTER, {}),
    "verso leaves": ({"references": "RGASPI, f. 17, op. 3, d. 5, ll. 12v-13"}, LETTER, {}),
    "a blank page": ({}, ("Первая страница текста", ""), {}),
    "odd letters in the title": (
        {"title": "Costs & \"quotes\" <b> 😀 שלום — «№ 5»"}, LETTER, {},
    ),
    "names with forms": (
        {}, LETTER,
        {
            "names": (
                Name(
                    value="Филиппов", role="creator", as_given="Филиппов [Сталин]",
                    forms=(NameForm(value="Filippov", kind="transliterated", scheme="ala-lc"),),
                    ids=("https://www.wikidata.org/entity/Q855",),
                ),
                Name(value="Мао", role="mentioned", as_given="Мао"),
            ),
            "titles": (
                NameForm(value="Shifrtelegramma", kind="transliterated", scheme="ala-lc",
                     language="ru-Latn"),
                NameForm(value="Cipher telegram", kind="translated", language="en"),
            ),
        },
    ),
    "a translation in parallel": (
        {}, ("Первый.\n\nВторой.", "Третий."),
        {
            "translations": (
                Translation(language="en", translator="A. One", text="First.\n\nSecond.\nmore\n\nX",
                            aligned=((1, 1), (2, 2))),
                Translation(language="fr", translator=None, text=""),
            )
        },
    ),
    "a Bulgarian file": (
        {"references": "ЦДА, ф. 1Б, оп. 6, а.е. 3388, л. 5-6", "language": "bg"}, LETTER, {},
    ),
    "a spread of two leaves": (
        {"references": "RGASPI, f. 17, op. 3, d. 7, ll. 12об-13"}, LETTER[:1], {},
    ),
    "a British piece, an interval": (
        {"references": "CAB 123/246", "date": "1949-01-14/1949-02-01", "language": "en"},
        LETTER, {},
    ),
    "an uncertain year": ({"date": "1949~"}, LETTER, {}),
    "a recipient alone, within a decade": ({"recipient": "Мао [?]", "date": "194X"}, LETTER, {}),
    "not after a year, Old Style": (
        {}, LETTER, {"date": "[..1917-02]", "date_as_given": "до февраля 1917",
                     "date_calendar": "julian"},
    ),
    "open at its end, in doubt": ({}, LETTER, {"date": "1949-01?/.."}),
    "no date that ISO says": ({}, LETTER, {"date": "1949-21", "date_as_given": "весна 1949"}),
    "relations of every kind": (
        {
            "recipient": "Mao Zedong", "collection": "A programme",
            "reply_to": ["rgaspi-f558-op11-d330-l0109", "APRF, f. 45, op. 1, d. 330, p. 9"],
            "enclosure_of": "RGASPI, f. 558, op. 11, d. 330, l. 0105",
            "translation_of": "RGASPI, f. 1, op. 1, d. 1, l. 1; GARF, f. 1, op. 1, d. 1, l. 1",
            "copy_of": "https://elsewhere.test/a?b=1&c=<2>", "part_of": "some & <other> protocol",
            "continues": "https://elsewhere.test/дело", "related": ["gaks-f2", "gaks-f3"],
        },
        LETTER, {},
    ),
    "persons and bodies": (
        {
            "creator": ["Сталин И. В.", "Molotov, Vyacheslav", "ЦК ВКП(б)"], "date": "14 января",
            "recipient": ["Mao Zedong", "Ministry of Foreign Affairs, USSR"],
            "names": [
                {"name": "Mao Zedong", "role": "recipient", "family": "Mao", "given": "Zedong"},
                {"name": "Правда", "kind": "body"}, {"name": "Stalin [Dzhugashvili], Joseph"},
            ],
        },
        LETTER, {},
    ),
    "one of several days, doubt about its month": ({"date": "14 или 15 января 1949"}, LETTER, {}),
    "doubt about a part of the date": ({}, LETTER, {"date": "1949-?01-14"}),
    "letters that XML cannot hold": ({}, LETTER, {"note": "a\x0bb\uffff", "title": "c\x01"}),
}  # fmt: skip


def material(folder: Path, name: str) -> ExportSource:
    values, texts, later = VARIED[name]
    scan = folder / "scan.pdf"
    scan.write_bytes(b"these bytes are a scan")
    sample = record(admitted_scan(scan, len(texts), **values), texts).model_copy(update=later)
    sample = Record.model_validate(sample.model_dump())
    lines = tuple(
        placed_lines(read.reading.text, page)
        for read, page in zip(pages(texts), sample.pages, strict=True)
    )
    paths = ["data/original/скан 1.pdf", "data/record.json", "data/pages/0001.alto.xml"]
    files = tuple(VersionFile(path, "a" * 64, 5, media_type_of(path)) for path in paths)
    return ExportSource(sample, lines, "https://archive.example.org", files)


def of_a_publication(folder: Path) -> ExportSource:
    sample = publish_sample(folder)
    record = sample.folder.load_record()
    return load_export_source(sample.folder, record, "https://archive.example.org", {})


@pytest.mark.slow
@pytest.mark.parametrize("name", VARIED)
@pytest.mark.parametrize("form", FORMATS_WITH_SCHEMA)
def test_every_export_of_every_record_is_of_its_schema(
    form: str, name: str, tmp_path: Path
) -> None:
    assert schema_errors(form, FORMATS_BY_NAME[form].write(material(tmp_path, name))) == []


@pytest.mark.parametrize("name", VARIED)
def test_linked_data_is_of_our_own_schema(name: str, tmp_path: Path) -> None:
    LINKED.validate(json.loads(FORMATS_BY_NAME["json-ld"].write(material(tmp_path, name))))


SPOILS: dict[str, Callable[[dict[str, Any]], object]] = {
    "no name": lambda data: data.pop("name"),
    "an unknown property": lambda data: data.update(holder="RGASPI"),
    "a hand that nobody saw": lambda data: data["@type"].append("Manuscript"),
    "a place without a name": lambda data: data["holdingArchive"].pop("name"),
    "a file without an address": lambda data: data["encoding"][0].update(contentUrl="скан 1.pdf"),
    "a date that is none": lambda data: data.update(dateCreated="1949~"),
    "rights that are no address": lambda data: data.update(license="free"),
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_spoilt_linked_data_is_not_of_our_own_schema(spoil: str, tmp_path: Path) -> None:
    data = json.loads(
        FORMATS_BY_NAME["json-ld"].write(material(tmp_path, "two holdings, all said"))
    )
    SPOILS[spoil](data)
    assert not LINKED.is_valid(data)


@pytest.mark.parametrize("name", VARIED)
def test_every_export_of_every_record_breaks_no_rule(name: str, tmp_path: Path) -> None:
    source = material(tmp_path, name)
    broken_rules = [
        list(each.broken_rules(each.write(source), source.record)) for each in EXPORT_FORMATS
    ]
    assert not any(broken_rules), broken_rules


@pytest.mark.parametrize("name", VARIED)
def test_the_manifest_breaks_no_rule_beyond_its_schema(name: str, tmp_path: Path) -> None:
    source = material(tmp_path, name)
    iiif = FORMATS_BY_NAME["iiif"]
    assert list(iiif.broken_rules(iiif.write(source), source.record)) == []


@needs_schemas
def test_mets_binds_every_file_of_a_publication(tmp_path: Path) -> None:
    source = of_a_publication(tmp_path)
    content = FORMATS_BY_NAME["mets"].write(source)
    assert schema_errors("mets", content) == []
    root = etree.fromstring(content)
    sums = {each.get("CHECKSUM") for each in root.iter("{*}file")}
    assert sums == {file.sha256 for file in source.files}
    labels = [each.get("ORDERLABEL") for each in root.iter("{*}div") if each.get("ORDER")]
    assert labels == ["0110", "0111"]


BREAKS_OF_SCHEMAS = [
    pytest.param(
        *form.values, each["good"], each["bad"], id=f"{form.values[0]}-{n}", marks=form.marks
    )
    for form in FORMATS_WITH_SCHEMA
    for n, each in enumerate(EXPORT_CASES[str(form.values[0])]["breaks_schema"])
]


@pytest.mark.slow  # TEI's schema is compiled
@pytest.mark.parametrize(("form", "good", "bad"), BREAKS_OF_SCHEMAS)
def test_a_corrupted_export_is_not_of_its_schema(
    form: str, good: str, bad: str, tmp_path: Path
) -> None:
    content = FORMATS_BY_NAME[form].write(of_a_publication(tmp_path)).decode()
    assert good in content
    assert schema_errors(form, content.replace(good, bad).encode())


BREAKS_OF_RULES = [
    pytest.param(form, each, id=f"{form}: {each['told']}")
    for form in FORMATS_BY_NAME
    for each in EXPORT_CASES.get(form, {}).get("breaks_rules", ())
]


@pytest.mark.parametrize(("form", "case"), BREAKS_OF_RULES)
def test_each_rule_of_a_format_can_be_broken(
    form: str, case: dict[str, str], tmp_path: Path
) -> None:
    source, export_format = of_a_publication(tmp_path), FORMATS_BY_NAME[form]
    content = export_format.write(source).decode()
    assert case["good"] in content
    assert list(export_format.broken_rules(content.encode(), source.record)) == []
    spoilt = content.replace(case["good"], case["bad"]).encode()
    assert re.search(case["told"], "; ".join(export_format.broken_rules(spoilt, source.record)))


@pytest.mark.parametrize("form", FORMATS_BY_NAME)
def test_every_format_has_cases_that_break_it(form: str) -> None:
    """The cases try its check; where it has no check but the schema, they try the schema."""
    assert form in EXPORT_CASES, f"tests/cases/exports/{form}.json is not there"
    case = EXPORT_CASES[form]
    assert bool(case.get("breaks_schema")) == ("schema" in case)
    assert bool(case.get("breaks_rules")) == (FORMATS_BY_NAME[form].check is not rely_on_schema)
    assert case.keys() & {"breaks_schema", "breaks_rules"}


def test_every_case_is_of_a_format_or_names_its_file() -> None:
    assert {name for name, case in EXPORT_CASES.items() if "file" not in case} == set(
        FORMATS_BY_NAME
    )


def test_no_format_can_be_without_a_check() -> None:
    (check,) = (each for each in fields(ExportFormat) if each.name == "check")
    assert (check.default, check.default_factory) == (MISSING, MISSING)


def test_no_two_formats_share_a_name() -> None:
    assert len(FORMATS_BY_NAME) == len(EXPORT_FORMATS)
    assert len({each.suffix for each in EXPORT_FORMATS}) == len(EXPORT_FORMATS)
    assert len({each.title for each in EXPORT_FORMATS}) == len(EXPORT_FORMATS)
    published = [each.file_name for each in EXPORT_FORMATS if each.file_name is not None]
    assert sorted(published) == sorted(PUBLISHED_FORMATS)


def test_harvesters_are_offered_only_what_every_version_has() -> None:
    assert {file_name for file_name, _ in OAI_FORMATS.values()} <= ORIGINAL_EXPORTS
    assert len(OAI_FORMATS) == len([each for each in EXPORT_FORMATS if each.oai])


def test_an_export_names_only_exports_that_there_are(tmp_path: Path) -> None:
    source = of_a_publication(tmp_path)
    named = {
        name.decode()
        for each in EXPORT_FORMATS
        for name in re.findall(rb"(?:data|/v1)/export/([\w.-]+)", each.write(source))
    }
    assert {"iiif-manifest.json", "tei.xml", "premis.xml"} <= named <= PUBLISHED_FORMATS.keys()
    manifest = json.loads(FORMATS_BY_NAME["iiif"].write(source))
    types = {each["id"].rpartition("/")[2]: each["format"] for each in manifest["seeAlso"]}
    assert types["tei.xml"] == PUBLISHED_FORMATS["tei.xml"].media_type


@needs_schemas
@pytest.mark.parametrize("key", ["id", "label", "items", "type"])
def test_a_corrupted_manifest_is_not_of_its_schema(key: str, tmp_path: Path) -> None:
    data = json.loads(FORMATS_BY_NAME["iiif"].write(material(tmp_path, "two holdings, all said")))
    del data[key]
    assert schema_errors("iiif", json.dumps(data).encode())


RULES: dict[str, Callable[[dict[str, Any]], object]] = {
    "no target": lambda data: data["items"][0]["annotations"][0]["items"][0].pop("target"),
    "no body": lambda data: data["items"][0]["annotations"][0]["items"][0].pop("body"),
    "a strange canvas": lambda data: data["items"][0]["items"][0]["items"][0].update(target="x:y"),
    "outside": lambda data: data["items"][0]["annotations"][0]["items"][0].update(
        target=data["items"][0]["id"] + "#xywh=590,0,80,20"
    ),
    "an id twice": lambda data: data["items"][1]["items"][0].update(id=data["items"][0]["id"]),
    "another size": lambda data: data["items"][0].update(width=1),
    "a canvas less": lambda data: data["items"].pop(),
    "odd rights": lambda data: data.update(rights="mine"),
    "no canvases": lambda data: data.pop("items"),
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_of_the_manifest_can_be_broken(rule: str, tmp_path: Path) -> None:
    source = material(tmp_path, "two holdings, all said")
    iiif = FORMATS_BY_NAME["iiif"]
    data = json.loads(iiif.write(source))
    RULES[rule](data)
    assert list(iiif.broken_rules(json.dumps(data).encode(), source.record))


def test_a_finding_aid_holds_all_records_of_a_file(tmp_path: Path) -> None:
    one = material(tmp_path, "two holdings, all said")
    other = material(tmp_path, "names with forms")
    root = etree.fromstring(to_ead3([one, other]))
    assert len(root.findall(".//{*}c[@level='item']")) == 2
    assert [each.text for each in root.iter("{*}unitid")][:3] == ["558", "11", "330"]


def test_a_translation_points_to_the_paragraphs_it_translates(tmp_path: Path) -> None:
    root = etree.fromstring(
        FORMATS_BY_NAME["tei"].write(material(tmp_path, "a translation in parallel"))
    )
    pointing = [each.get("corresp") for each in root.iter("{*}p") if each.get("corresp")]
    assert pointing == ["#p1", "#p2"]


def test_editors_words_are_marked_as_theirs(tmp_path: Path) -> None:
    source = material(tmp_path, "two holdings, all said")
    text = Translation(language="en", translator=None, text="He [who is] old […] went [sic] off.")
    record_with = source.record.model_copy(update={"translations": (text,)})
    root = etree.fromstring(FORMATS_BY_NAME["tei"].write(replace(source, record=record_with)))
    title = root.find(".//{*}titleStmt/{*}title/{*}supplied")
    assert title is not None
    assert title.text == "Stalin"
    words = [each.text for each in root.findall(".//{*}text[@type='translation']//{*}supplied")]
    assert words == ["who is"]
    assert [each.get("reason") for each in root.iter("{*}gap")] == ["omitted"]
    paragraph = next(each for each in root.iter("{*}p") if "old" in "".join(each.itertext()))
    assert "".join(paragraph.itertext()) == "He who is old  went sic off."


def test_every_format_has_the_relations_of_a_record(tmp_path: Path) -> None:
    source = material(tmp_path, "relations of every kind")
    id_, place = "rgaspi-f558-op11-d330-l0109", "APRF, f. 45, op. 1, d. 330, p. 9"
    url = f"https://archive.example.org/id/{id_}"
    root = {
        form: etree.fromstring(FORMATS_BY_NAME[form].write(source))
        for form in ("oai_dc", "mods", "tei", "ead3", "mets")
    }
    assert {url, place} <= {node.text for node in root["oai_dc"].iter("{*}relation")}
    for form in ("mods", "mets"):
        items = root[form].findall(".//{*}relatedItem[@displayLabel='Reply to']")
        assert [item.get("type") for item in items] == ["references", "references"]
        assert [item.findtext("{*}identifier[@type='local']") for item in items] == [id_, None]
        assert items[1].findtext("{*}location/{*}shelfLocator") == place
    replies = root["tei"].findall(".//{*}notesStmt/{*}relatedItem[@type='reply-to']")
    assert [reply.get("target") for reply in replies] == [url, None]
    assert replies[1].findtext("{*}bibl/{*}idno") == place
    letters = root["tei"].findall(".//{*}correspContext/{*}ref[@type='prev']")
    assert [(each.get("target"), each.text) for each in letters] == [(url, id_), (None, place)]
    related = ["".join(each.itertext()).strip() for each in root["ead3"].iter("{*}relatedmaterial")]
    assert {f"Reply to {id_}", f"Reply to {place}"} <= set(related)
    rows = json.loads(FORMATS_BY_NAME["iiif"].write(source))["metadata"]
    values = {row["label"]["en"][0]: next(iter(row["value"].values())) for row in rows}
    assert values["Reply to"] == [f'<a href="{url}">{id_}</a>', place]
    assert "&lt;2&gt;" in values["Copy of"][0]
    linked = json.loads(FORMATS_BY_NAME["json-ld"].write(source))
    assert [each.get("@id") for each in linked["citation"]][:2] == [url, None]
    assert linked["translationOfWork"][0]["itemLocation"].count("; ") == 1
    assert [each["@type"] for each in linked["isPartOf"]] == [
        "Collection",
        *["ArchiveComponent"] * 2,
    ]


def test_leaf_labels_keep_their_zeros_everywhere(tmp_path: Path) -> None:
    source = material(tmp_path, "two holdings, all said")
    for form in ("tei", "iiif", "mets", "oai_dc", "csl-json", "bibtex"):
        assert b"0110" in FORMATS_BY_NAME[form].write(source), form


def test_the_label_of_a_spread_names_both_leaves(tmp_path: Path) -> None:
    source = material(tmp_path, "a spread of two leaves")
    for form in ("tei", "iiif", "mets"):
        assert b'"12v-13"' in FORMATS_BY_NAME[form].write(source), form


def test_the_linked_data_names_author_and_archive(tmp_path: Path) -> None:
    data = json.loads(FORMATS_BY_NAME["json-ld"].write(material(tmp_path, "names with forms")))
    assert data["author"][0]["sameAs"] == ["https://www.wikidata.org/entity/Q855"]
    assert data["holdingArchive"]["alternateName"] == "RGASPI"


@pytest.mark.parametrize("name", VARIED)
def test_an_export_is_the_same_twice_and_names_no_machine(name: str, tmp_path: Path) -> None:
    source = material(tmp_path, name)
    for each in EXPORT_FORMATS:
        content = each.write(source)
        assert content == each.write(source)
        assert str(tmp_path).encode() not in content
        assert not re.search(rb"(?<![a-z])/(?:home|root|tmp|work)/", content)


def output_of(sample: PublishResult) -> list[str]:
    return ["--output", str(next(p for p in sample.folder.path.parents if p.name == "output"))]


@pytest.mark.slow
def test_the_command_writes_one_record_or_all(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    runner = CliRunner()
    for form in FORMATS_BY_NAME:
        target = tmp_path / "a folder" / "one"
        words = ["export", sample.record_id, "--format", form, "--to", str(target)]
        result = runner.invoke(app, words + output_of(sample))
        assert result.exit_code == 0, result.output
        assert target.stat().st_size > 100
    for form in ("oai_dc", "ead3"):
        words = ["export", "--all", "--format", form, "--to", str(tmp_path / form)]
        runner.invoke(app, words + output_of(sample))
        assert len(list((tmp_path / form).iterdir())) == 1


def test_a_pipe_gets_the_bytes_of_the_file_and_no_emoji(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path, title="The file :id: of :b:")
    words = ["export", sample.record_id, "--format", "tei", *output_of(sample)]
    result = CliRunner().invoke(app, words)
    assert result.stdout_bytes == sample.folder.export("tei.xml").read_bytes()
    assert ":id:" in CliRunner().invoke(app, ["show", sample.record_id, *output_of(sample)]).stdout


def test_a_damaged_record_is_named_and_the_others_are_exported(tmp_path: Path) -> None:
    whole = publish_sample(tmp_path)
    sample = publish_sample(tmp_path, ("Третий.",), references="RGASPI, f. 17, op. 3, d. 5, l. 2")
    alto = sample.folder.alto(1)
    alto.chmod(0o644)
    alto.write_bytes(b"<alto")
    target = tmp_path / "all"
    words = ["export", "--all", "--format", "tei", "--to", str(target), *output_of(sample)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 4
    assert f"{sample.record_id} v1 is damaged" in result.output
    assert [path.name for path in target.iterdir()] == [f"{whole.record_id}.tei.xml"]


def test_a_withdrawn_record_is_not_exported(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    runner, output = CliRunner(), output_of(sample)
    words = ["withdraw", sample.record_id, "--reason", "asked for by the archive", *output]
    assert runner.invoke(app, words).exit_code == 0
    with pytest.raises(CatalogError, match="asked for by the archive"):
        runner.invoke(app, ["export", sample.record_id, *output], catch_exceptions=False)
    words = ["export", "--all", "--to", str(tmp_path / "all"), *output]
    assert (runner.invoke(app, words).exit_code, list((tmp_path / "all").iterdir())) == (0, [])


@needs_schemas
def test_a_translator_is_a_person_in_premis(tmp_path: Path) -> None:
    source = material(tmp_path, "a translation in parallel")
    log, record = source.record.provenance, source.record
    supplied = tuple(translation_activities(record.translations[:1], MOMENT))
    person = Agent(name="A. One", version="", details={"kind": "person"})
    grown = log.model_copy(
        update={"agents": {**log.agents, "A. One": person}, "activities": supplied}
    )
    content = to_premis(replace(source, record=record.model_copy(update={"provenance": grown})))
    assert schema_errors("premis", content) == []
    kinds = {
        each.findtext("{*}agentName"): each.findtext("{*}agentType")
        for each in etree.fromstring(content)
    }
    assert (kinds["A. One"], kinds["opis"]) == ("person", "software")


@pytest.mark.parametrize("words", [[], ["a-record", "--all"], ["a-record", "--format", "odt"]])
def test_what_is_to_be_exported_must_be_clear(words: list[str]) -> None:
    with pytest.raises(SetupError, match=r"Name records|either which records|Known are: arch"):
        CliRunner().invoke(app, ["export", *words], catch_exceptions=False)


def test_a_file_of_an_archive_has_a_name_of_its_own(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path, references="SAPMO-BArch, NY 4090/437, Bl. 8", language="de")
    target = tmp_path / "ead"
    words = ["export", "--all", "--format", "ead3", "--to", str(target), *output_of(sample)]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert [path.name for path in target.iterdir()] == ["sapmo-barch-ny-4090-437.ead.xml"]
