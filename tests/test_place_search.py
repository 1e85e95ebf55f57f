"""References that people search for, in the terminal and on the site, and what is found there."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from pipeline.references.archives import find_archive
from pipeline.references.reference_query import read_reference_query
from pipeline.repository.catalog import Catalog
from tests.factories import publish_sample

HERE = Path(__file__).parent
CASES = json.loads((HERE / "cases" / "reference-queries.json").read_text("utf-8"))
SCRIPT = HERE.parent / "pipeline" / "site" / "static" / "references.js"
NODE = shutil.which("node")
RECORD = "rgaspi-f558-op11-d330-l0110-0112"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["query"])
def test_a_query_is_a_reference_or_words(case: dict[str, Any]) -> None:
    found = read_reference_query(case["query"])
    if case["levels"] is None:
        assert found is None
        return
    assert found is not None
    assert (found.archive, dict(found.levels), found.leaf, found.is_sure) == (
        case["archive"], case["levels"], case["leaf"], case["sure"],
    )  # fmt: skip


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
@pytest.mark.parametrize(
    "case", [case for case in CASES if "only" not in case], ids=lambda case: case["query"]
)
def test_the_script_of_the_site_reads_a_query_as_the_terminal_does(case: dict[str, Any]) -> None:
    code = f"""{SCRIPT.read_text("utf-8")}
const found = asReference({json.dumps(case["query"])});
const {{ leaf, ...levels }} = found?.wanted ?? {{}};
for (const level in levels) levels[level] = bare(levels[level]);
const label = leaf ? leavesOf(leaf).join("-") : "";
console.log(JSON.stringify(found && [found.archive, levels, label, found.sure]));
"""
    command = [NODE or "", "--input-type=module", "--eval", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(result.stdout)
    if case["levels"] is None:
        assert found is None
        return
    archive, *others = found
    known = find_archive(archive.upper())
    assert (known and known.code) == case["archive"]
    assert others == [case["levels"], case["leaf"], case["sure"]]


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    publish_sample(
        tmp_path,
        ("один", "два", "три"),
        references="RGASPI, f. 558, op. 11, d. 330, ll. 0110-0112; ЦДА, ф. 1Б, оп. 6, а.е. 3388",
    )
    return Catalog(tmp_path / "output/catalog.sqlite", tmp_path / "output/records")


@pytest.mark.parametrize(
    ("query", "page", "leaf"),
    [
        ("РГАСПИ, ф. 558", None, None),
        ("f. 558, op. 11", None, None),
        ("РГАСПИ. Ф. 558. Оп. 11. Д. 330.", None, None),
        ("ф.558-оп.11-д.330-л.111", 2, "0111"),
        ("RGASPI 558/11/330/112", 3, "0112"),
        ("RGASPI, f. 558, op. 11, d. 330, l. 111v", 2, "0111"),
        ("ЦДА, ф. 1Б, оп. 6", None, None),
        ("TsDA, f. 1b, op. 6, a.e. 3388", None, None),
    ],
)
def test_a_reference_leads_to_the_record_and_its_leaf(
    catalog: Catalog, query: str, page: int | None, leaf: str | None
) -> None:
    place = read_reference_query(query)
    assert place is not None
    (hit,) = catalog.find_places(place)
    assert (hit.record, hit.page, hit.leaf) == (RECORD, page, leaf)
    assert catalog.find_places(place, status="reviewed") == []


@pytest.mark.parametrize(
    "query", ["ГАРФ, ф. 558", "РГАСПИ, ф. 558, оп. 6", "ЦДА, ф. 1Б, оп. 11", "ф. 558 оп. 11 л. 5"]
)
def test_another_place_finds_nothing(catalog: Catalog, query: str) -> None:
    place = read_reference_query(query)
    assert place is not None
    assert catalog.find_places(place) == []


def test_the_command_shows_a_place_and_searches_words_that_look_like_one(catalog: Catalog) -> None:
    def search(*words: str) -> str:
        options = ["--output", str(catalog.path.parent)]
        return CliRunner().invoke(app, ["search", *words, *options]).stdout

    assert search("ф. 558 оп. 11 д. 330 л. 112").splitlines() == [
        f"{RECORD}, page 3, leaf 0112: Cable, Filippov [Stalin] to Cde. Mao Zedong",
        "    RGASPI, f. 558, op. 11, d. 330, ll. 110-112",
        "1 record at this place",
    ]
    (hit,) = json.loads(search("РГАСПИ, ф. 558", "--json"))
    assert hit["record"] == RECORD
    assert search("РГАСПИ, ф. 559") == "0 records at this place\n"
    assert search("14/01/1949") == "0 pages\n"
    assert search("двумя") == "0 pages\n"
    assert search("один").endswith("1 page\n")


def test_the_places_of_a_record_follow_its_newest_version(catalog: Catalog) -> None:
    before = list(catalog.iter_rows())
    assert [row[2:] for row in before if row[0] == "holding_level"] == [
        (1, "archive", "RGASPI"), (1, "delo", "330"), (1, "fond", "558"), (1, "opis", "11"),
        (2, "archive", "TsDA"), (2, "delo", "3388"), (2, "fond", "1b"), (2, "opis", "6"),
    ]  # fmt: skip
    catalog.rebuild()
    assert list(catalog.iter_rows()) == before
