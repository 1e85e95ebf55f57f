"""References of all systems: how sure they are, how they are written, and that neither tires."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from benchmarks.citations import read_outcomes
from flows.cli.app import app
from pipeline.references import (
    ArchivalReference,
    Leaf,
    LeafRange,
    ReferenceStyle,
    find_references,
    format_reference,
    parse_reference,
    system_registry,
)
from pipeline.references.archive import Archive
from pipeline.references.archives import find_archive, known_archives
from pipeline.references.signatures import SignatureSystem
from pipeline.references.system import ReferenceSystem
from pipeline.references.system_registry import known_systems

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "pipeline" / "references"
EAD3 = HERE.parents[1] / "shared" / "schemas" / "ead3" / "ead3.xsd"
CITATIONS = (
    HERE / "cases" / "archive-citations.tsv",
    HERE.parents[1] / "shared" / "eval" / "citations-open.tsv",
)
READINGS = json.loads((HERE / "cases" / "readings.json").read_text("utf-8"))
SYSTEM_CASES = json.loads((HERE / "cases" / "reference-systems.json").read_text("utf-8"))
#: What a system is made of; the registry loads systems, and what stands above it asks the registry.
BELOW_THE_REGISTRY = {
    "archive", "archives", "leaves", "marked_steps", "match", "place", "regional_archives",
    "signatures", "slug", "system",
}  # fmt: skip
law = settings(deadline=None)  # a busy machine is not a broken law


def readings(text: str) -> list[str]:
    return [
        f"{one.status}: {one.reference.as_stamped}"
        if one.reference
        else f"{one.status}: {one.archive} {dict(one.path)} {one.unit}".rstrip()
        for one in find_references(text).references
    ]


@pytest.mark.parametrize("case", READINGS, ids=lambda case: case["text"][:60])
def test_a_citation_is_read_as_far_as_it_goes(case: dict[str, Any]) -> None:
    assert readings(case["text"]) == case["read"]


@pytest.mark.parametrize("path", CITATIONS, ids=lambda path: path.stem)
def test_of_many_citations_nearly_all_are_read_exactly_and_none_wrongly(path: Path) -> None:
    if not path.exists():
        pytest.skip("these strings are not in this clone")
    outcomes = list(read_outcomes(path))
    assert [one.text for one in outcomes if one.is_wrongly_sure] == []
    assert sum(one.is_exact for one in outcomes) >= 0.98 * len(outcomes)


number = st.integers(1, 9999).map(str)
fond_opis_delo = st.tuples(*(st.tuples(st.just(x), number) for x in ("fond", "opis", "delo")))
LADDERS: dict[str, list[st.SearchStrategy[tuple[tuple[str, str], ...]]]] = {
    **{key: [fond_opis_delo] for key in ("bg", "lt", "lv", "ee", "md")},
    "ge": [
        fond_opis_delo,
        st.tuples(st.tuples(st.just("section"), st.sampled_from(["I", "II"])), fond_opis_delo).map(
            lambda steps: (steps[0], *steps[1])
        ),
    ],
    "ua": [st.tuples(*(st.tuples(st.just(x), number) for x in ("fond", "delo", "volume")))],
    "files": [
        st.tuples(*(st.tuples(st.just(x), number) for x in ("fond", "delo"))),
        st.tuples(*(st.tuples(st.just(x), number) for x in ("fond", "karton", "delo"))),
    ],
    "cz": [
        st.tuples(
            st.tuples(st.just("fond"), st.sampled_from(["KSČ-ÚV-02/1", "Edvard Beneš", "1261"])),
            *(st.tuples(st.just(x), number) for x in ("svazek", "archivni_jednotka", "bod")),
        ),
        st.tuples(
            st.tuples(st.just("fond"), st.just("TO-T SSSR 1945–1959")),
            *(st.tuples(st.just(x), number) for x in ("karton", "inventarni_cislo")),
        ),
    ],
    "ro": [
        st.tuples(
            st.tuples(st.just("fond"), st.just("CC al PCR – Cancelarie")),
            st.tuples(st.just("delo"), st.sampled_from(["45/1956", "12"])),
            st.tuples(st.just("volume"), number),
        )
    ],
    "yu": [
        st.tuples(
            st.tuples(st.just("fond"), st.sampled_from(["836", "507/IX"])),
            st.tuples(st.just("signatura"), st.sampled_from(["KPR, I-3-a, SSSR", "119/I-52"])),
        ),
        st.tuples(
            st.tuples(st.just("fond"), st.just("PA")),
            st.tuples(st.just("year"), st.just("1956")),
            *(st.tuples(st.just(x), number) for x in ("fascicle", "number")),
        ),
    ],
    "uk": [
        st.tuples(
            st.tuples(st.just("class"), st.sampled_from(["CAB", "FO", "PREM", "T"])),
            *(st.tuples(st.just(x), number) for x in ("series", "piece", "item")),
        )
    ],
    "us": [
        st.tuples(
            st.tuples(st.just("record_group"), st.integers(1, 600).map(str)),
            st.tuples(st.just("series"), st.sampled_from(["Central Files", "S/P Files"])),
            st.tuples(st.just("lot"), st.just("64 D 199")),
            st.tuples(st.just("box"), number),
            st.tuples(st.just("folder"), st.sampled_from(["China, 1949", "USSR—Trade"])),
        ),
        st.tuples(
            st.tuples(st.just("record_group"), st.just("59")),
            st.tuples(st.just("series"), st.sampled_from(["Central Files 1967–69", "CDF"])),
            st.tuples(
                st.just("file"),
                st.sampled_from(["893.00/1-1449", "POL 27-14 VIET/MARIGOLD", "396.1-GE/5-1154"]),
            ),
        ),
        st.tuples(
            st.tuples(st.just("publication"), st.sampled_from(["M1243", "T-120"])),
            *(st.tuples(st.just(x), number) for x in ("reel", "frame")),
        ),
        st.tuples(st.tuples(st.just("series"), st.just("Policy Planning Staff Files"))),
    ],
    "de": [
        st.tuples(
            st.tuples(st.just("bestand"), st.just("MfS")),
            st.tuples(st.just("signatur"), st.sampled_from(["ZAIG 1081", "HA II, Nr. 38058"])),
        ),
        st.tuples(
            st.tuples(st.just("bestand"), st.sampled_from(["NY 4090", "DY 30", "R 43 II", "MfAA"])),
            st.tuples(
                st.just("signatur"), st.one_of(number, st.just("IV 2/2/12"), st.just("A 6661"))
            ),
        ),
    ],
    "pl": [
        st.tuples(
            st.tuples(st.just("zespol"), st.just("KC PZPR")),
            st.tuples(st.just("sygnatura"), st.sampled_from(["XI A/100", "237/V-5", "12"])),
            st.tuples(st.just("volume"), number),
        ),
        st.tuples(*(st.tuples(st.just(x), number) for x in ("zespol", "wiazka", "teczka"))),
    ],
    "hu": [
        st.tuples(
            st.tuples(st.just("signatura"), st.sampled_from(["XIX-J-1-j", "R 302-4.-8.-63."]))
        ),
        st.tuples(
            st.tuples(st.just("signatura"), st.just("XIX-J-1-j")), st.tuples(st.just("box"), number)
        ),
        st.tuples(
            st.tuples(st.just("signatura"), st.just("XIX-J-1-k")),
            st.tuples(st.just("heading"), st.just("Korea")),
            st.tuples(st.just("box"), number),
            st.tuples(st.just("tetel"), st.just("5/a")),
            st.tuples(st.just("number"), st.just("002918/1953")),
        ),
    ],
    "cn": [st.tuples(st.tuples(st.just("signatura"), st.just("105-00000-01(1)")))],
}
UNITS = {"uk": "f", "de": "Bl", "pl": "k", "md": "f", "ro": "f"} | dict.fromkeys(
    ("cn", "bg", "ua", "files", "ge", "lt", "lv", "ee", "cz"), "l"
)


@st.composite
def place(draw: st.DrawFn) -> ArchivalReference:
    archive = draw(st.sampled_from([one for one in known_archives() if one.system in LADDERS]))
    path = draw(draw(st.sampled_from(LADDERS[archive.system])))
    unit = UNITS.get(archive.system, "")
    first = draw(st.integers(1, 400))
    leaves = LeafRange(Leaf(first), Leaf(first + draw(st.integers(0, 9))))
    whole = not unit or draw(st.booleans())
    return ArchivalReference(archive.code, path, "" if whole else unit, () if whole else (leaves,))


@law
@given(place(), st.sampled_from(ReferenceStyle))
def test_what_is_rendered_in_any_style_reads_back(
    one: ArchivalReference, style: ReferenceStyle
) -> None:
    assert parse_reference(format_reference(one, style)) == one


@pytest.mark.parametrize("style", list(ReferenceStyle))
@pytest.mark.parametrize(
    "text",
    [
        "RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113",
        "AVPRF, f. 0129, op. 48, p. 366, d. 22, ll. 2, 12v-13, 40-48v",
        "APRF, f. 45, op. 1, d. 330, pp. 110-113",
        "GARF, f. R-9401, op. 2а, d. 15А, t. 2, l. 5v",
        "RGANI, f. 89, per. 18, d. 84",
    ],
)
def test_every_style_reads_back_as_the_same_place(text: str, style: ReferenceStyle) -> None:
    known = parse_reference(text)
    assert known is not None
    assert parse_reference(format_reference(known, style)) == known


def test_a_russian_legend_has_stops_and_one_leaf_letter() -> None:
    known = parse_reference("RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113v")
    assert known is not None
    assert (
        format_reference(known, ReferenceStyle.LEGEND)
        == "РГАСПИ. Ф. 558. Оп. 11. Д. 330. Л. 110–113 об."
    )
    assert (
        format_reference(known, ReferenceStyle.WILSON)
        == "RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113v"
    )


def test_the_command_prints_what_a_program_reads() -> None:
    result = CliRunner().invoke(
        app, ["reference", "RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113", "--json"]
    )
    assert json.loads(result.stdout) == {
        "issues": [],
        "references": [
            {
                "archive": "RGASPI",
                "as_cited": "RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113",
                "leaf_labels": "0110-0113",
                "leaves": "110-113",
                "normal": "RGASPI, f. 558, op. 11, d. 330, ll. 110-113",
                "path": [["fond", "558"], ["opis", "11"], ["delo", "330"]],
                "status": "ok",
                "unit": "l",
            }
        ],
    }


def test_ibid_stands_for_the_context_that_is_given() -> None:
    words = ["reference", "Ibid., Op.1, D.5755, L.142.", "--context", "RGASPI, F.558, Op.11, D.2"]
    result = CliRunner().invoke(app, words)
    assert result.stdout == "RGASPI, f. 558, op. 1, d. 5755, l. 142\n"


def test_a_text_without_a_reference_says_so() -> None:
    result = CliRunner().invoke(app, ["reference", "9 л.", "--json"])
    assert json.loads(result.stdout)["references"] == []
    assert [issue["code"] for issue in json.loads(result.stdout)["issues"]] == ["non-archival"]


@pytest.mark.parametrize("case", SYSTEM_CASES, ids=lambda case: case["text"])
def test_a_system_reads_prints_and_files_its_references(case: dict[str, Any]) -> None:
    known = parse_reference(case["text"])
    assert known is not None
    archive = find_archive(known.archive)
    assert archive is not None
    assert {
        "system": archive.system,
        "text": known.as_cited,
        "path": [list(step) for step in known.path],
        **{style.value: format_reference(known, style) for style in ReferenceStyle},
        "slug": known.slug,
        "folders": list(known.folder_names),
    } == case
    for style in ReferenceStyle:
        assert parse_reference(format_reference(known, style)) == known


def test_every_system_has_a_case_and_an_archive() -> None:
    with_archive = {archive.system for archive in known_archives()}
    assert {case["system"] for case in SYSTEM_CASES} == set(known_systems()) == with_archive


def test_an_archive_of_a_system_that_nobody_wrote_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stray = Archive("XY", "an archive", "архив", (), "xy")
    monkeypatch.setattr(system_registry, "known_archives", lambda: (*known_archives(), stray))
    with pytest.raises(LookupError, match="xy"):
        known_systems.__wrapped__()


@pytest.mark.parametrize("system", known_systems().values(), ids=lambda system: system.key)
def test_all_patterns_name_levels_of_their_system(
    system: ReferenceSystem,
) -> None:
    names = [level.name for level in system.levels]
    assert len(set(names)) == len(names)
    assert set(re.findall("[a-z_]+", system.levels_pattern)) <= set(names)
    patterns = system.patterns if isinstance(system, SignatureSystem) else ()
    groups = {name for one in patterns for name in re.findall(r"\?P<(\w+)>", one)}
    assert groups - {"leaves"} == (set(names) if patterns else set())


@pytest.mark.skipif(not EAD3.exists(), reason="the schemas are not in this clone")
def test_levels_are_described_in_the_words_of_ead3_and_a_name_means_one_thing() -> None:
    levels = [level for system in known_systems().values() for level in system.levels]
    words = set(re.findall('enumeration value="(\\w+)"', EAD3.read_text("utf-8")))
    assert {level.description_level for level in levels} <= words
    pairs = {(level.name, level.description_level) for level in levels}
    assert len(pairs) == len({name for name, _ in pairs})


def module_names(path: Path) -> set[str]:
    """Return the modules of the package that a file imports, without ``systems``."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    found = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    inside = {name for name in found if name.startswith("pipeline.references")}
    return {
        name.removeprefix("pipeline.references.")
        for name in inside
        if not name.startswith("pipeline.references.systems.")
    }


def test_systems_know_nothing_of_what_loads_them() -> None:
    parts = [*PACKAGE.glob("systems/**/*.py"), *(PACKAGE / f"{x}.py" for x in BELOW_THE_REGISTRY)]
    for path in parts:
        assert module_names(path) <= BELOW_THE_REGISTRY, path.name


def test_nothing_but_a_system_and_the_archives_names_a_system() -> None:
    for path in PACKAGE.glob("*.py"):
        words = {
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant)
        }
        named = words & known_systems().keys()
        assert named == ({"ru"} if path.name == "archives.py" else set()), path.name
