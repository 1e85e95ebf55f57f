import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.description.check_folder import check_folder
from pipeline.description.template import sidecar_template
from tests.factories import scan_pdf
from tests.workspace import ROOT, Workspace

PLANTED = json.loads((ROOT / "tests" / "cases" / "planted-faults.json").read_text("utf-8"))


def plant(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_planted_fault_is_listed_with_file_and_line_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    folder = plant(tmp_path / "inbox", PLANTED["files"])
    before = everything(tmp_path)
    found = check_folder(folder)
    assert len(PLANTED["faults"]) >= 20
    assert sorted([f.file, f.line, f.code] for f in found) == sorted(PLANTED["faults"])
    assert everything(tmp_path) == before


def test_each_fault_is_a_sentence_without_the_path_of_the_folder(tmp_path: Path) -> None:
    for fault in check_folder(plant(tmp_path, PLANTED["files"])):
        assert fault.detail.endswith((".", "?"))
        assert str(tmp_path) not in fault.detail


@pytest.mark.slow
def test_the_command_lists_the_faults_and_exits_with_code_3(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    plant(workspace.inbox, PLANTED["files"])
    before = everything(tmp_path)
    plain = workspace.opis("describe", "--check", "inbox")
    assert plain.returncode == 3, plain.stderr
    assert f"{len(PLANTED['faults'])} faults" in plain.stdout
    for file, line, code in PLANTED["faults"]:
        assert f"{file}:{line}: {code}: " in plain.stdout
    result = workspace.opis("describe", "--check", "inbox", "--json")
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    assert [[row["file"], row["line"], row["code"]] for row in rows] == [
        [row["file"], row["line"], row["code"]] for row in sorted(rows, key=lambda r: r["file"])
    ]
    assert len(rows) == len(PLANTED["faults"])
    assert everything(tmp_path) == before


@pytest.mark.slow
def test_a_folder_without_faults_passes_the_check(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    plant(
        workspace.inbox,
        {
            "_defaults.yaml": "language: ru\n",
            "index.csv": "file,title,subjects\na,Cable,x|y\n",
            "a.pdf": "",
            "a.en.txt": "Dear comrade.\n",
            "a.gt.txt": "Товарищ!\n",
            "a.old.txt": "An older text.\n",
            "notes.txt": "of no concern",
        },
    )
    result = workspace.opis("describe", "--check", "inbox")
    assert (result.returncode, result.stdout.strip()) == (0, "0 faults")


def test_what_was_refused_is_not_checked(tmp_path: Path) -> None:
    plant(tmp_path, {"refused/a.yaml": "titel: A\n", "a.pdf": ""})
    assert check_folder(tmp_path) == []


@pytest.mark.slow
def test_the_description_of_a_scan_is_shown_with_where_it_is_from(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    plant(
        workspace.inbox,
        {
            "_defaults.yaml": "funder: A\n",
            "box/index.csv": "file;title;date\na.pdf;Cable;14/27 January 1917\n",
            "box/a.pdf": "",
            "box/a.yaml": "language: rus\n",
            "box/a.en.txt": "Dear comrade.\n",
        },
    )
    description = json.loads(workspace.opis("describe", "inbox/box/a.pdf", "--json").stdout)
    assert description["fields"]["title"] == {"value": "Cable", "from": "box/index.csv, row 2"}
    assert description["fields"]["funder"]["from"] == "folder defaults (_defaults.yaml)"
    assert description["fields"]["language"] == {"value": "ru", "from": "sidecar"}
    assert description["fields"]["date_edtf"]["value"] == "1917-01-27"
    assert description["fields"]["date_calendar"]["value"] == "julian"
    assert description["fields"]["translations"]["from"] == "a.en.txt"
    plain = workspace.opis("describe", "inbox/box/a.pdf").stdout
    assert "Cable   (box/index.csv, row 2)" in plain


def filled(text: str) -> str:
    """Return a template as somebody would fill it in: every example, and no comment."""
    lines = [line for line in text.splitlines() if line.startswith("#")]
    kept = [line for line in lines if line[1:2] != " " or line[1:3] == "  " != line[1:4][1:]]
    return "\n".join(line[1:] for line in kept if not line.startswith("#   ")) + "\n"


@pytest.mark.slow
def test_a_template_that_is_filled_in_passes_the_check(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    plant(workspace.inbox, {"a.en.txt": "Dear comrade."})
    scan_pdf(workspace.inbox / "a.pdf", 4)
    result = workspace.opis("template", "inbox/a.pdf")
    assert result.returncode == 0, result.stderr
    sidecar = workspace.inbox / "a.yaml"
    assert sidecar.read_text("utf-8") == sidecar_template()
    assert workspace.opis("describe", "--check", "inbox").returncode == 0
    sidecar.write_text(filled(sidecar_template()), "utf-8")
    checked = workspace.opis("describe", "--check", "inbox")
    assert checked.returncode == 0, checked.stdout
    assert (
        len(json.loads(workspace.opis("describe", "inbox/a.pdf", "--json").stdout)["fields"]) >= 18
    )


@pytest.mark.slow
def test_a_template_overwrites_nothing(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    plant(workspace.inbox, {"RGASPI_f1_op1_d1_ll01-02.pdf": ""})
    assert workspace.opis("template", "inbox/RGASPI_f1_op1_d1_ll01-02.pdf").returncode == 0
    before = everything(tmp_path)
    assert "The file name says: RGASPI, f. 1, op. 1, d. 1, ll. 01-02" in next(
        content.decode() for name, (content, _) in before.items() if name.endswith(".yaml")
    )
    again = workspace.opis("template", "inbox/RGASPI_f1_op1_d1_ll01-02.pdf")
    assert again.returncode == 2
    assert "exists and was not changed" in again.stderr
    assert everything(tmp_path) == before
