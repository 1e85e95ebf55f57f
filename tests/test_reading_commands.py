"""Commands that read an archive create none; what they print is for people."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from pipeline.citation.version_differences import value_differences
from pipeline.errors import CatalogError, SetupError
from tests.factories import publish_sample

COMMANDS = (
    "list", "show x", "search x", "diff x", "receipts", "stats", "verify", "cite x", "export x",
    "provenance x", "push file:///nowhere", "reclean x", "reread x", "withdraw x --reason y",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", ["missing", "empty", "file"])
def test_a_place_without_an_archive_stays_as_it_is(tmp_path: Path, command: str, kind: str) -> None:
    output = tmp_path / "not-mounted"
    if kind == "empty":
        output.mkdir()
    elif kind == "file":
        output.touch()
    before = sorted(tmp_path.rglob("*"))
    result = CliRunner().invoke(app, [*command.split(), "--output", str(output)])
    assert isinstance(result.exception, SetupError)
    assert f"There is no archive in {output}" in str(result.exception)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_archive_has_a_site_without_an_index(tmp_path: Path) -> None:
    output = tmp_path / "output"
    (output / "records").mkdir(parents=True)
    for _ in range(2):
        result = CliRunner().invoke(app, ["site", "--output", str(output)])
        assert result.exception is None
        assert result.stdout.startswith("0 records, 0 rebuilt, 0 removed")
    site = output / "site"
    assert "Newest records" in (site / "index.html").read_text("utf-8")
    assert json.loads((site / "search" / "newer.json").read_text("utf-8"))["empty"]
    assert not list(site.glob("pagefind*"))


def test_a_record_of_one_version_has_no_differences(tmp_path: Path) -> None:
    sample = publish_sample(tmp_path, ("Text",), references="RGASPI, f. 1, op. 2, d. 3, l. 4")
    output = ["--output", str(tmp_path / "output")]
    result = CliRunner().invoke(app, ["diff", sample.record_id, *output])
    assert isinstance(result.exception, CatalogError)
    assert "has one version" in str(result.exception)


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (None, "Cable", ["title: none → Cable"]),
        ("Cable", "", ["title: Cable → none"]),
        (False, True, ["title: no → yes"]),
        (["a"], ["a", "b"], ["title: added b"]),
        (["a", "b"], ["b"], ["title: removed a"]),
        (["a", "b"], ["a", "c"], ["title: b → c"]),
        (["a", "b"], ["b", "a"], ["title: in another order"]),
        ({"date": "1949", "calendar": None}, {"date": "1950", "calendar": None},
         ["title, date: 1949 → 1950"]),
        ([], [{"language": "en", "translator": None, "text": "Top secret\n\nTo Mao"}],
         ["title: added language en, text Top secret To Mao"]),
        ([{"language": "en", "text": "one two"}], [{"language": "en", "text": "one too"}],
         ["title (en), text: one two → one too"]),
        ("a\nb", "a\nc", ["title:", "    … a [b → c] …"]),
    ],
)  # fmt: skip
def test_two_values_are_compared_in_words(before: object, after: object, lines: list[str]) -> None:
    assert list(value_differences("title", before, after)) == lines
    assert list(value_differences("title", before, before)) == []


def test_a_long_value_is_shortened() -> None:
    [line] = value_differences("note", None, "word " * 200)
    assert line.endswith("…")
    assert len(line) < 150
