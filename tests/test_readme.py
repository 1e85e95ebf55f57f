"""Documents that cannot rot: what the README names is there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from pipeline.settings import Settings
from tests.workspace import ROOT

README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = sorted(set(re.findall(r"opis ([a-z]+)(?: |`|$)", README, re.MULTILINE)))


def test_the_readme_explains_every_setting_once() -> None:
    table = README[README.index("| setting |") :]
    rows = re.findall(r"^\| (`[^|]*)\|", table, re.MULTILINE)
    names = re.findall(r"`(\w+)`", " ".join(rows))
    assert sorted(names) == sorted(Settings.model_fields)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_exists(command: str) -> None:
    by_both = [CliRunner().invoke(app, [command, option]) for option in ("--help", "-h")]
    assert [run.exit_code for run in by_both] == [0, 0]
    assert by_both[0].stdout == by_both[1].stdout


def test_every_target_of_the_makefile_is_in_its_help() -> None:
    result = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert re.findall(r"make ([\w-]+)", result.stdout) == targets


def test_files_and_folders_that_documents_name_exist() -> None:
    for document in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
        for name in re.findall(
            r"`((?:docs|tests|samples|pipeline|flows)/[\w./]*)`", document.read_text("utf-8")
        ):
            assert (ROOT / name).exists(), f"{document.name} names {name}"


def test_the_launcher_runs_from_any_folder(tmp_path: Path) -> None:
    run = subprocess.run(
        [ROOT / "opis", "list"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert f"no archive in {tmp_path}" in run.stderr


def test_the_launcher_of_a_bare_clone_says_what_to_do(tmp_path: Path) -> None:
    launcher = shutil.copy(ROOT / "opis", tmp_path)
    run = subprocess.run([launcher], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert "make setup" in run.stderr
