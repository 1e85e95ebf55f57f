"""Citations of varied records, in every style and as data; pins, and what became of them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from typer.testing import CliRunner

from flows.cli.app import app
from pipeline.citation.check import check_citation
from pipeline.citation.cited import citation_target, find_leaf
from pipeline.citation.data import page_metadata, to_bibtex, to_csl_json, to_ris
from pipeline.citation.pin import Pin, word_differences
from pipeline.citation.styles import CitationStyle, format_citation
from pipeline.description.merge import find_sources, merge_sources
from pipeline.errors import CatalogError
from pipeline.record.assemble import assemble_record
from pipeline.record.record import Record, Translation
from tests.factories import CLOCK, SIGNATURE, admitted_scan, pages, publish_sample

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "samples"
SCHEMA = HERE.parents[1] / "shared" / "schemas" / "csl" / "csl-data.json"
CASES = json.loads((HERE / "cases" / "citations.json").read_text("utf-8"))
SEED = (
    '"Cable, Filippov [Stalin] to Cde. Mao Zedong," January 14, 1949, History and Public Policy '
    "Program Digital Archive, APRF, f. 45, op. 1, d. 330, pp. 110-113, and RGASPI, f. 558, "
    "op. 11, d. 330, ll. 0110-0113. Contributed by Sergey Radchenko."
)


def record(folder: Path, count: int = 2, **values: Any) -> Record:
    scan = folder / "scan.pdf"
    scan.write_bytes(b"these bytes are a scan")
    texts = [f"страница {number} первая" for number in range(1, count + 1)]
    return assemble_record(admitted_scan(scan, count, **values), pages(texts), SIGNATURE, CLOCK)


@pytest.fixture
def letter(tmp_path: Path) -> Record:
    """The bundled letter's own description, with canned pages."""
    path = SAMPLES / "RGASPI_f558_op11_d330_ll0110-0113.pdf"
    described = merge_sources(find_sources(path, SAMPLES))
    reference = described.held_reference
    assert reference is not None
    scan = replace(admitted_scan(path, 4), described=described, record_id=reference.slug)
    return assemble_record(scan, pages(("а", "б", "в", "г")), SIGNATURE, CLOCK)


def test_the_seeds_own_citation_comes_out_of_the_letters_data(letter: Record) -> None:
    assert format_citation(citation_target(letter), CitationStyle.WILSON) == SEED


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
@pytest.mark.parametrize("manner", list(CitationStyle))
def test_a_record_is_cited_in_every_style(
    case: dict[str, Any], manner: CitationStyle, tmp_path: Path
) -> None:
    sample = record(tmp_path, case.get("pages", 2), **case["said"])
    assert (
        format_citation(citation_target(sample, case.get("leaf", "")), manner) == case[manner.value]
    )


def test_a_leaf_of_another_holding_is_the_one_at_the_same_place(letter: Record) -> None:
    target = citation_target(letter, "111")
    citation = format_citation(target, CitationStyle.CHICAGO, all_holdings=True)
    assert citation.endswith(
        "RGASPI, f. 558, op. 11, d. 330, l. 111, and APRF, f. 45, op. 1, d. 330, p. 111."
    )


@pytest.mark.parametrize("leaf", ["111", "0111", " 0111 "])
def test_a_leaf_is_named_with_or_without_its_zeros(letter: Record, leaf: str) -> None:
    assert find_leaf(letter, leaf).page.number == 2


@pytest.fixture
def spreads(tmp_path: Path) -> Record:
    """A record of two spreads, which another archive numbers in its own way."""
    references = ["RGASPI, f. 17, op. 3, d. 7, ll. 12v-14", "APRF, f. 3, op. 1, d. 5, ll. 7v-9"]
    return record(tmp_path, 2, references=references)


@pytest.mark.parametrize(
    ("leaf", "page", "rgaspi_leaf", "aprf_leaf"),
    [
        ("12v", 1, "l. 12v", "l. 7v"), ("13", 1, "l. 13", "l. 8"), ("13 об.", 2, "l. 13v", "l. 8v"),
        ("14", 2, "l. 14", "l. 9"), ("12v-13", 1, "ll. 12v-13", "ll. 7v-8"),
        ("12об.–13", 1, "ll. 12v-13", "ll. 7v-8"),
    ],
)  # fmt: skip
def test_each_leaf_of_a_spread_is_cited(
    spreads: Record, leaf: str, page: int, rgaspi_leaf: str, aprf_leaf: str
) -> None:
    target = citation_target(spreads, leaf)
    citation = format_citation(target, CitationStyle.CHICAGO, all_holdings=True).replace("–", "-")
    rgaspi = f"RGASPI, f. 17, op. 3, d. 7, {rgaspi_leaf}"
    assert f"{rgaspi}, and APRF, f. 3, op. 1, d. 5, {aprf_leaf}." in citation
    assert find_leaf(spreads, leaf).page.number == page
    pinned = Pin.from_record(spreads, "reading text", leaf)
    assert pinned.leaf == spreads.pages[page - 1].leaf  # the text is that of the whole image


def test_each_leaf_of_a_spread_has_its_own_key(spreads: Record) -> None:
    keys = {json.loads(to_csl_json(spreads, leaf))[0]["id"] for leaf in ("12v", "13", "12v-13")}
    assert keys == {f"{spreads.id}-{end}" for end in ("12-v", "13", "12-v-13")}


@pytest.mark.parametrize("leaf", ["12", "14v", "13-13v", "1"])
def test_a_leaf_that_no_spread_shows_is_refused(spreads: Record, leaf: str) -> None:
    with pytest.raises(CatalogError, match=r"has no leaf .*It has 12v-13, 13v-14"):
        citation_target(spreads, leaf)


def test_a_leaf_that_the_record_has_not_is_refused_in_words(letter: Record) -> None:
    with pytest.raises(CatalogError, match=r"has no leaf 99\. It has 0110, 0111, 0112, 0113"):
        citation_target(letter, "99")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_reference_managers_read_the_fields_of_the_record(
    case: dict[str, Any], tmp_path: Path
) -> None:
    sample = record(tmp_path, case.get("pages", 2), **case["said"])
    (entry,) = rispy.loads(to_ris(sample))
    assert entry.get("title", "") in {sample.name, ""}
    assert entry.get("keywords", []) == list(sample.subjects)
    library = parse_string(to_bibtex(sample))
    assert not library.failed_blocks
    assert library.entries[0].key == sample.id
    for field in library.entries[0].fields:
        assert field.value.count("{") == field.value.count("}")


@pytest.mark.skipif(not SCHEMA.exists(), reason="the schemas are not in this clone")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_csl_json_is_valid_and_the_check_can_fail(case: dict[str, Any], tmp_path: Path) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    items = json.loads(to_csl_json(record(tmp_path, case.get("pages", 2), **case["said"])))
    jsonschema.validate(items, schema)
    items[0]["leaf"] = "0110"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(items, schema)


Versions = Callable[[str, int | None], Record]


def among(*versions: Record) -> Versions:
    def load(record_id: str, version: int | None) -> Record:
        known = {one.version: one for one in versions if one.id == record_id}
        return known[version or max(known)]

    return load


def test_a_pinned_citation_reads_as_it_was_made(letter: Record) -> None:
    pin = Pin.from_record(letter, "reading text", "111")
    assert Pin.find_in(f"{SEED} {pin}") == pin
    found = check_citation(f"{SEED} {pin}", "", among(letter), lambda _: ())
    assert found.is_unchanged
    assert "reads as cited: the reading text of leaf 0111" in found.sentences[0]


def test_a_newer_version_with_another_text_is_reported_with_the_difference(letter: Record) -> None:
    pin = Pin.from_record(letter, "reading text", "111")
    page = letter.pages[1].model_copy(update={"reading_text": "бб"})
    pages_now = (letter.pages[0], page, *letter.pages[2:])
    now = letter.model_copy(update={"version": 2, "pages": pages_now})
    found = check_citation(str(pin), "", among(letter, now), lambda _: ())
    assert not found.is_unchanged
    assert found.differences == ("… [б → бб] …",)
    other = Pin.from_record(letter, "reading text", "112")
    assert check_citation(str(other), "", among(letter, now), lambda _: ()).is_unchanged


def test_a_forged_pin_and_a_wrong_quotation_are_reported(letter: Record) -> None:
    pin = Pin.from_record(letter, "raw text")
    assert not check_citation(
        str(replace(pin, digest="0" * 12)), "", among(letter), lambda _: ()
    ).is_unchanged
    assert check_citation(str(pin), "б", among(letter), lambda _: ()).is_unchanged
    assert not check_citation(str(pin), "чужие слова", among(letter), lambda _: ()).is_unchanged


def test_a_translation_can_be_pinned(letter: Record) -> None:
    text = Translation(language="en", translator="S. R.", text="To Comrade Mao")
    translated_letter = letter.model_copy(update={"translations": (text,)})
    pin = Pin.from_record(translated_letter, "translation en")
    assert "translation en" in str(pin)
    assert check_citation(str(pin), "Comrade", among(translated_letter), lambda _: ()).is_unchanged
    with pytest.raises(CatalogError, match="no translation into fr"):
        Pin.from_record(translated_letter, "translation fr")


def test_a_citation_without_a_pin_is_known_by_its_reference(letter: Record) -> None:
    found = check_citation(
        SEED, "", among(letter), lambda place: [letter] * (place.archive == "RGASPI")
    )
    assert found.is_unchanged
    assert "no pin" in found.sentences[0]
    with pytest.raises(CatalogError, match="no record was found"):
        check_citation("Roberts, Stalin's Library, p. 33.", "", among(letter), lambda _: ())


def test_words_are_compared_with_some_around() -> None:
    assert word_differences("a b c d", "a b c d") == []
    assert word_differences("a b c", "a c x") == ["… a [b → —] c …", "… a b c [— → x] …"]


def test_the_command_cites_and_checks(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path)
    output = ["--output", str(sample.folder.path.parents[6])]
    runner = CliRunner()
    cited = runner.invoke(app, ["cite", sample.record_id, "--text", "reading", *output])
    assert cited.exit_code == 0, cited.output
    assert "[Opis rgaspi-" in cited.stdout
    good = runner.invoke(app, ["cite", "--check", cited.stdout, *output])
    assert good.exit_code == 0
    forged = cited.stdout[: cited.stdout.rindex("sha256 ") + 7] + "0" * 12 + "]"
    assert runner.invoke(app, ["cite", "--check", forged, *output]).exit_code == 4
    plain = runner.invoke(app, ["cite", sample.record_id, "--leaf", "0111", *output])
    assert plain.stdout.rstrip().endswith("op. 11, d. 330, l. 111.")
    unpinned = runner.invoke(app, ["cite", "--check", plain.stdout, *output])
    assert unpinned.exit_code == 0
    assert sample.record_id in unpinned.stdout


def test_a_torn_pin_is_named_as_such(letter: Record) -> None:
    torn = str(Pin.from_record(letter, "reading text"))[:-4]
    with pytest.raises(CatalogError, match="torn or miscopied"):
        check_citation(torn, "", among(letter), lambda _: [letter])


def test_leaves_of_one_record_have_keys_of_their_own(letter: Record) -> None:
    keys = {json.loads(to_csl_json(letter, leaf))[0]["id"] for leaf in ("", "0110", "111")}
    assert keys == {letter.id, f"{letter.id}-0110", f"{letter.id}-0111"}
    assert f"@letter{{{letter.id}-0111," in to_bibtex(letter, "111")
    assert f"ID  - {letter.id}-0111\r\n" in to_ris(letter, "111")


DATES = json.loads((HERE / "cases" / "cited-dates.json").read_text("utf-8"))


@pytest.mark.parametrize("case", DATES, ids=lambda case: case["date"])
def test_reference_managers_get_numbers_that_say_all_of_a_date_or_words(
    case: dict[str, Any], tmp_path: Path
) -> None:
    sample = record(tmp_path, date=case["date"])
    assert json.loads(to_csl_json(sample))[0].get("issued") == case.get("csl")
    (entry,) = rispy.loads(to_ris(sample))
    assert [entry.get("year"), entry.get("date")] == case["ris"]
    fields = parse_string(to_bibtex(sample)).entries[0].fields_dict
    names = ("year", "month", "date", "sortyear")
    assert {name: fields[name].value for name in names if name in fields} == case["bibtex"]
    assert dict(page_metadata(sample)).get("dc.date", "") == case["page"]
    for manner, words in (
        (CitationStyle.CHICAGO, case["english"]), (CitationStyle.GOST, case["russian"])
    ):  # fmt: skip
        assert words in format_citation(citation_target(sample), manner)
