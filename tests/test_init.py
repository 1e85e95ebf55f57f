"""`opis init` makes the folder of an archive, and changes nothing that is there."""

import re
import tomllib
from pathlib import Path

from pipeline.settings import Settings, merge_settings
from pipeline.system.new_archive import make_archive
from tests.workspace import Workspace

PROGRAM = Path("/opt/opis 1/100%/opis")


def test_an_archive_is_made_in_which_commands_run(tmp_path: Path) -> None:
    run = Workspace(tmp_path).opis("init", "archive")
    assert run.returncode == 0, run.stderr
    archive = Workspace(tmp_path / "archive")
    names = {"inbox", "output", "opis.toml", "opis.service"}
    assert {path.name for path in archive.folder.iterdir()} == names
    assert archive.opis("ingest", "--direct").stdout.startswith("Nothing to ingest")


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "opis.toml").write_text("jobs = 1\n")
    (tmp_path / "inbox").mkdir()
    assert {path.name for path in make_archive(tmp_path, PROGRAM)} == {"output", "opis.service"}
    assert (tmp_path / "opis.toml").read_text() == "jobs = 1\n"
    assert make_archive(tmp_path, PROGRAM) == []


def test_the_settings_are_those_that_hold_without_them(tmp_path: Path) -> None:
    make_archive(tmp_path, PROGRAM)
    text = (tmp_path / "opis.toml").read_text("utf-8")
    assert merge_settings(tomllib.loads(text), {}, {}) == Settings()
    uncommented = tomllib.loads(re.sub(r"(?m)^#(?=\w+ = )", "", text))
    assert merge_settings(uncommented, {}, {}) == Settings()
    in_environment = {"auth"}  # a secret
    assert uncommented.keys() == Settings.model_fields.keys() - in_environment


def test_the_unit_names_program_and_folder(tmp_path: Path) -> None:
    folder = tmp_path / "my 100% archive"
    make_archive(folder, PROGRAM)
    unit = (folder / "opis.service").read_text("utf-8")
    assert 'ExecStart="/opt/opis 1/100%%/opis" serve\n' in unit
    assert f"WorkingDirectory={tmp_path}/my 100%% archive\n" in unit
