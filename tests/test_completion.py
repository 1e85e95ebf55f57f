"""The Tab key completes commands, the ids of records, and languages."""

import os

import pytest

from tests.factories import fake_tesseract, publish_sample
from tests.workspace import Workspace


@pytest.mark.parametrize(
    ("line", "completions"),
    [
        ("opis sho", ["show"]),
        ("opis show garf", ["garf-fr-5446-op1-d2-l3-4"]),
        ("opis show x", []),
        ("opis cite ", ["garf-fr-5446-op1-d2-l3-4", "rgaspi-f558-op11-d330-l0110"]),
        ("opis verify rgaspi", ["rgaspi-f558-op11-d330-l0110"]),
    ],
)
def test_names_are_completed(line: str, completions: list[str], workspace: Workspace) -> None:
    publish_sample(
        workspace.folder, ("A letter",), references="RGASPI, f. 558, op. 11, d. 330, l. 0110"
    )
    publish_sample(
        workspace.folder,
        ("A minute", "goes on"),
        references="GARF, f. R-5446, op. 1, d. 2, ll. 3-4",
    )
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    run = workspace.opis(_OPIS_COMPLETE="complete_bash", **words)
    assert run.stdout.split() == completions


@pytest.mark.parametrize(
    ("typed", "completions"),
    [("", ["deu", "eng", "rus"]), ("r", ["rus"]), ("rus+", ["rus+deu", "rus+eng"]), ("x", [])],
)
def test_languages_are_completed(typed: str, completions: list[str], workspace: Workspace) -> None:
    programs = workspace.folder / "programs"
    programs.mkdir(parents=True)
    fake_tesseract(programs, "deu", "eng", "rus")
    words = {"COMP_WORDS": f"opis ingest --languages {typed}", "COMP_CWORD": "3"}
    path = f"{programs}:{os.environ['PATH']}"
    run = workspace.opis(_OPIS_COMPLETE="complete_bash", PATH=path, **words)
    assert run.stdout.split() == completions


def test_where_no_archive_is_nothing_is_completed(workspace: Workspace) -> None:
    words = {"COMP_WORDS": "opis show rgaspi", "COMP_CWORD": "2"}
    run = workspace.opis(_OPIS_COMPLETE="complete_bash", **words)
    assert (run.stdout.strip(), run.stderr) == ("", "")
