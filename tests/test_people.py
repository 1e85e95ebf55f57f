"""People and bodies: which part of a name is which, and how each format has it."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pydantic import ValidationError

from pipeline.citation.cited import citation_target
from pipeline.citation.data import page_metadata, to_bibtex, to_csl_json, to_ris
from pipeline.citation.styles import CitationStyle, format_citation
from pipeline.description.fields import Description
from pipeline.description.index_csv import parse_table
from pipeline.description.name_parts import is_body, split_name
from pipeline.exports.dublin_core import to_dublin_core
from pipeline.exports.ead3 import to_ead3
from pipeline.exports.ead2002 import to_ead2002
from pipeline.exports.iiif import to_iiif
from pipeline.exports.mods import to_mods
from pipeline.exports.readme import to_readme
from pipeline.exports.registry import PUBLISHED_FORMATS
from pipeline.exports.schema_org import to_json_ld
from pipeline.exports.source import ExportSource
from pipeline.exports.tei import to_tei
from pipeline.record.assemble import assemble_record
from pipeline.record.names import names_of
from pipeline.record.people import names_in_role, sorted_name, spoken_name
from pipeline.record.record import Record
from pipeline.repository.catalog import Catalog
from tests.factories import CLOCK, SIGNATURE, admitted_scan, pages, publish_sample

CASES = Path(__file__).parent / "cases"
PARTS = json.loads((CASES / "name-parts.json").read_text("utf-8"))
AGENTS = json.loads((CASES / "named-agents.json").read_text("utf-8"))
CREATORS = ["Сталин И. В.", "Molotov, Vyacheslav", "ЦК ВКП(б)"]
RECIPIENTS = ["Mao Zedong", "Чжоу Энь-лай"]

law = settings(deadline=None)  # a busy machine is not a broken law


def record(folder: Path, **values: Any) -> Record:
    scan = folder / "scan.pdf"
    scan.write_bytes(b"these bytes are a scan")
    return assemble_record(admitted_scan(scan, 1, **values), pages(["страница"]), SIGNATURE, CLOCK)


def export_source(sample: Record) -> ExportSource:
    return ExportSource(sample, ((),), "https://archive.example.org", ())


def xml_text(content: bytes) -> str:
    """Return XML without its namespaces and the space between elements."""
    root = etree.fromstring(content)
    text = etree.tostring(root, encoding="unicode")
    return re.sub(r">\s*\n\s*<", "><", re.sub(r' xmlns(?::\w+)?="[^"]*"', "", text))


@pytest.mark.parametrize("case", PARTS, ids=lambda case: case["name"])
def test_the_form_of_a_name_tells_its_parts_or_nothing(case: dict[str, Any]) -> None:
    parts = split_name(case["name"], case.get("forms", ()))
    found = (None, None) if parts is None else (parts.family, parts.given)
    assert found == (case.get("family"), case.get("given"))
    assert is_body(case["name"]) == case.get("body", False)


@law
@given(st.text(max_size=40) | st.from_regex(r"[A-ZА-Я][a-zа-я. ,\[\]-]{0,30}", fullmatch=True))
def test_parts_are_words_of_the_name_and_a_body_has_none(text: str) -> None:
    parts = split_name(text)
    if parts is not None:
        assert parts.family in text
        assert parts.given in text
        assert not is_body(text)


@pytest.mark.parametrize("case", AGENTS, ids=lambda case: case["name"]["name"])
def test_every_format_has_a_name_as_it_has_people_and_bodies(
    case: dict[str, Any], tmp_path: Path
) -> None:
    sample = record(tmp_path, names=[{"role": "creator", **case["name"]}])
    (name,) = names_in_role(sample, "creator")
    assert (sorted_name(name), spoken_name(name)) == (case["sorted"], case["spoken"])
    assert json.loads(to_csl_json(sample))[0]["author"] == [case["csl"]]
    fields = parse_string(to_bibtex(sample)).entries[0].fields_dict
    assert fields["author"].value == case["bibtex"]
    assert rispy.loads(to_ris(sample))[0]["authors"] == [case["ris"]]
    assert ("dc.creator", case["sorted"]) in page_metadata(sample)
    source = export_source(sample)
    assert case["mods"] in xml_text(to_mods(source))
    assert f"<author>{case['tei']}</author>" in xml_text(to_tei(source))
    assert case["ead"] in xml_text(to_ead3([source]))
    origin = etree.fromstring(to_ead2002([source])).find(".//origination")
    assert origin is not None
    kind = "corpname" if "corpname" in case["ead"] else "persname"
    assert [(node.tag, node.text) for node in origin] == [(kind, name.as_given)]
    assert f"<dc:creator>{case['sorted']}</dc:creator>" in xml_text(to_dublin_core(source))
    assert json.loads(to_json_ld(source))["author"] == [case["schema"]]


@pytest.mark.parametrize("name", PUBLISHED_FORMATS)
def test_every_export_names_every_creator_and_recipient(name: str, tmp_path: Path) -> None:
    sample = record(tmp_path, creator=CREATORS, recipient=RECIPIENTS, title="")
    content = PUBLISHED_FORMATS[name].write(export_source(sample)).decode()
    bare = re.sub(r"<[^>]*>", " ", content)
    for word in ("Сталин", "Molotov", "ЦК ВКП(б)", "Mao Zedong", "Чжоу Энь-лай"):
        if name != "premis.xml":  # it has the files and what was done to them
            assert word in bare, f"{name} has no {word}"


def test_recipients_are_recipients(tmp_path: Path) -> None:
    sample = record(tmp_path, creator=CREATORS, recipient=RECIPIENTS)
    (item,) = json.loads(to_csl_json(sample))
    assert item["type"] == "personal_communication"
    assert item["recipient"] == [{"literal": name} for name in RECIPIENTS]
    ris = to_ris(sample).split("\r\n")
    assert ris[0] == "TY  - PCOMM"  # Zotero reads A2 as recipient of a letter alone
    assert [line for line in ris if line.startswith("A2")] == [f"A2  - {one}" for one in RECIPIENTS]
    fields = parse_string(to_bibtex(sample)).entries[0].fields_dict
    assert fields["namea"].value == "{Mao Zedong} and {Чжоу Энь-лай}"
    assert fields["nameatype"].value == "recipient"
    metadata = page_metadata(sample)
    assert ("z.itemType", "letter") in metadata
    assert [value for key, value in metadata if key == "z.recipients"] == RECIPIENTS
    mods = xml_text(to_mods(export_source(sample)))
    assert mods.count('<roleTerm type="code" authority="marcrelator">rcp</roleTerm>') == 2
    tei = xml_text(to_tei(export_source(sample)))
    assert '<correspAction type="received"><persName>Mao Zedong</persName>' in tei


def test_a_row_of_a_table_lists_several_people() -> None:
    content = "file;creator;recipient\na.pdf;Сталин И. В.|Molotov, Vyacheslav;Mao Zedong\n"
    (row,) = parse_table(content.encode(), "index.csv").rows
    description = Description.model_validate(row.values)
    assert description.creator == ("Сталин И. В.", "Molotov, Vyacheslav")
    assert [(name.as_given, name.role) for name in names_of(description)] == [
        ("Сталин И. В.", "creator"), ("Molotov, Vyacheslav", "creator"), ("Mao Zedong", "recipient")
    ]  # fmt: skip


def test_a_document_without_recipients_is_a_manuscript(tmp_path: Path) -> None:
    sample = record(tmp_path, creator=CREATORS)
    assert json.loads(to_csl_json(sample))[0]["type"] == "manuscript"
    assert to_ris(sample).startswith("TY  - MANSCPT\r\n")


def test_a_bibliography_begins_with_a_family_name(tmp_path: Path) -> None:
    sample = record(tmp_path, creator=CREATORS, recipient=RECIPIENTS)
    cited = format_citation(citation_target(sample), CitationStyle.BIBLIOGRAPHY)
    assert cited.startswith("Сталин, И. В., Vyacheslav Molotov, and ЦК ВКП(б). “Cable, ")
    untitled = citation_target(record(tmp_path, creator=CREATORS, recipient=RECIPIENTS, title=""))
    note = format_citation(untitled, CitationStyle.CHICAGO)
    assert note.startswith("Сталин И. В., Vyacheslav Molotov and ЦК ВКП(б) to Mao Zedong and Чжоу")
    family_first = replace(untitled, creators=untitled.recipients, title="T")
    cited = format_citation(family_first, CitationStyle.BIBLIOGRAPHY)
    assert cited.startswith("Mao Zedong and Чжоу Энь-лай. “T.”")


def test_people_read_every_name(tmp_path: Path) -> None:
    sample = record(tmp_path, creator=CREATORS, recipient=RECIPIENTS)
    readme = to_readme(sample)
    assert "From:             Сталин И. В., Vyacheslav Molotov and ЦК ВКП(б)\n" in readme
    assert "To:               Mao Zedong and Чжоу Энь-лай\n" in readme
    manifest = json.loads(to_iiif(export_source(sample)))
    shown = {entry["label"]["en"][0]: entry["value"] for entry in manifest["metadata"]}
    assert shown["From"] == {"none": ["Сталин И. В., Vyacheslav Molotov and ЦК ВКП(б)"]}
    assert shown["Date"] == {"en": ["January 14, 1949"], "ru": ["14 января 1949 г."]}


def test_the_catalogue_has_every_name(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path, creator=[*CREATORS], recipient=[*RECIPIENTS])
    output = tmp_path / "output"
    with Catalog(output / "catalog.sqlite", output / "records") as catalog:
        row = catalog._db.execute(
            "SELECT creators, recipients, first_day FROM record WHERE id = ?", [sample.record_id]
        ).fetchone()
    assert tuple(row) == (
        "Сталин, И. В.; Molotov, Vyacheslav; ЦК ВКП(б)", "Mao Zedong; Чжоу Энь-лай", "1949-01-14",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ({"name": "Mao", "given": "Zedong"}, "without a family name"),
        ({"name": "ЦК", "kind": "body", "family": "ЦК"}, "is a body with a family name"),
    ],
)
def test_parts_that_contradict_each_other_are_refused(name: dict[str, str], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Description.model_validate({"names": [name]})
