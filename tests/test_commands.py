"""The command as a person meets it; no engine and no server needed."""

import re
import signal
import sqlite3
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from flows.cli.app import COMMANDS, app
from tests.workspace import LETTER, OPIS, PATIENCE, Workspace, paths_below

pytestmark = pytest.mark.slow  # each starts the command, often several times


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    workspace.inbox.mkdir()
    return workspace


def test_every_command_has_help(workspace: Workspace) -> None:
    result = workspace.opis("--help")
    assert result.returncode == 0
    for command in COMMANDS:
        assert command in result.stdout
        shown = CliRunner().invoke(app, [command, "--help"])
        assert shown.exit_code == 0
        assert "Usage" in shown.stdout


@pytest.mark.parametrize("words", [["nonsense"], ["ingest", "--nonsense"], ["show"]])
def test_a_wrong_command_line_exits_with_code_2(workspace: Workspace, words: list[str]) -> None:
    assert workspace.opis(*words).returncode == 2


def test_an_unknown_setting_is_refused_before_any_work(workspace: Workspace) -> None:
    result = workspace.opis("ingest", OPIS_LANGAUGES="rus")
    assert result.returncode == 2
    assert "Did you mean languages?" in result.stderr
    (workspace.folder / "opis.toml").write_text("jobbs = 2\n")
    assert "Did you mean jobs?" in workspace.opis("list").stderr


@pytest.mark.tesseract
def test_missing_language_data_stops_the_run_with_the_package_to_install(
    workspace: Workspace,
) -> None:
    workspace.drop(LETTER)
    result = workspace.opis("ingest", "--direct", "--languages", "rus+tlh")
    assert result.returncode == 2
    assert "apt-get install tesseract-ocr-tlh" in result.stderr
    assert (workspace.inbox / LETTER.name).is_file()


def test_folders_that_contain_each_other_are_refused(workspace: Workspace) -> None:
    result = workspace.opis("ingest", "--direct", "--output", str(workspace.inbox / "out"))
    assert result.returncode == 2
    assert "must not contain each other" in result.stderr


def test_an_empty_inbox_is_nothing_to_do(workspace: Workspace) -> None:
    result = workspace.opis("ingest")
    assert (result.returncode, "Nothing to ingest" in result.stdout) == (0, True)


def test_an_empty_archive_can_be_listed_searched_and_verified(workspace: Workspace) -> None:
    assert workspace.opis("ingest", "--direct").returncode == 0
    assert workspace.opis("list").stdout == "0 records\n"
    assert workspace.opis("search", "мир").stdout == "0 pages\n"
    assert workspace.opis("verify").stdout == "0 versions checked, 0 findings\n"


@pytest.mark.parametrize("command", ["verify", "list"])
def test_a_missing_archive_exits_with_code_2(workspace: Workspace, command: str) -> None:
    result = workspace.opis(command, "--output", "not-mounted")
    assert (result.returncode, result.stdout) == (2, "")
    assert "Is the disk there?" in result.stderr
    assert not (workspace.folder / "not-mounted").exists()


def test_a_catalogue_that_is_damaged_inside_is_reported_in_a_sentence(workspace: Workspace) -> None:
    assert workspace.opis("ingest", "--direct").returncode == 0
    assert workspace.opis("list").returncode == 0
    path = workspace.output / "catalog.sqlite"
    content = path.read_bytes()
    with closing(sqlite3.connect(path)) as db:
        asked = "SELECT rootpage FROM sqlite_master WHERE name = 'record_place'"
        page = db.execute(asked).fetchone()[0]  # by which records are listed
    start = 4096 * (page - 1)
    path.write_bytes(content[:start] + bytes([255]) * 4096 + content[start + 4096 :])
    result = workspace.opis("list")
    assert (result.returncode, "Traceback" in result.stderr) == (1, False)
    assert "`opis verify` rebuilds it" in result.stderr
    assert workspace.opis("verify").returncode == 4
    assert workspace.opis("list").returncode == 0


def test_an_inbox_that_was_not_there_is_created_and_reported(workspace: Workspace) -> None:
    result = workspace.opis("ingest", "--inbox", "in-box")
    assert "There was no inbox" in result.stdout


@pytest.mark.parametrize("scan", ["nowhere.pdf", "inbox"])
def test_a_name_of_no_file_exits_with_code_2(workspace: Workspace, scan: str) -> None:
    assert workspace.opis("ingest", "--direct", scan).returncode == 2


def test_an_output_that_cannot_be_written_is_reported_in_a_sentence(workspace: Workspace) -> None:
    (workspace.folder / "file").touch()
    result = workspace.opis("ingest", "--output", "file")
    assert result.returncode == 2
    assert "choose another folder" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.tesseract
def test_the_doctor_says_what_works_and_what_does_not(workspace: Workspace) -> None:
    well = workspace.opis("doctor")
    assert well.returncode == 0
    assert "BAD" not in well.stdout
    ill = workspace.opis("doctor", "--languages", "tlh", PREFECT_API_URL="http://127.0.0.1:9/api")
    assert ill.returncode == 1
    assert "apt-get install tesseract-ocr-tlh" in ill.stdout
    assert "prefect server start" in ill.stdout


@pytest.mark.tesseract
def test_bad_scans_do_not_stop_a_good_one(workspace: Workspace) -> None:
    workspace.drop(LETTER)
    (workspace.inbox / "notes.pdf").write_text("these are only words")
    (workspace.inbox / "empty.tif").touch()
    (workspace.inbox / "cut.pdf").write_bytes(LETTER.read_bytes()[:700_000])
    (workspace.inbox / "link.pdf").symlink_to(workspace.folder / "nowhere.pdf")
    result = workspace.opis("ingest", "--direct")
    assert result.returncode == 3, result.stdout + result.stderr
    assert len(workspace.versions()) == 1
    refused = workspace.inbox / "refused"
    reasons = {
        path.name.removesuffix(".reason.txt"): path.read_text("utf-8")
        for path in refused.glob("*.reason.txt")
    }
    assert set(reasons) == {"notes", "empty", "cut", "link"}
    assert len(set(reasons.values())) == 4
    assert all(reason.count(".") >= 2 for reason in reasons.values()), "a reason gives advice"


@pytest.mark.tesseract
def test_names_that_nothing_can_hold_are_refused_and_long_ones_are_not(
    workspace: Workspace,
) -> None:
    Image.new("L", (300, 200), 255).save(workspace.inbox / f"{'a' * 251}.png")
    (workspace.inbox / "box\udce9").mkdir()  # how Python spells a byte that is not UTF-8
    for name in ("box\udce9/scan.pdf", "bell\x07.png"):
        (workspace.inbox / name).write_bytes(b"never opened")
    (workspace.inbox / "bell\x07.YAML").write_text("title: a bell")
    result = workspace.opis("ingest", "--direct")
    assert result.returncode == 3, result.stdout + result.stderr
    assert len(workspace.versions()) == 1
    assert re.search(r"a{251}\.png\s+published\s", result.stdout)
    refused = workspace.inbox / "refused"
    reason = (refused / "bell\x07.reason.txt").read_text("utf-8")
    assert "bell\\x07.png cannot be taken" in reason
    assert "Rename" in reason
    assert (refused / "bell\x07.YAML").is_file()
    assert (refused / "box\udce9" / "scan.pdf").is_file()


@pytest.mark.tesseract
def test_of_two_runs_at_once_one_publishes_and_neither_complains(workspace: Workspace) -> None:
    for number in range(3):
        Image.new("L", (300, 200), 255 - number).save(workspace.inbox / f"{number}.png")
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: workspace.opis("ingest", "--direct"), range(2)))
    assert [run.returncode for run in runs] == [0, 0], [run.stdout for run in runs]
    assert len(workspace.versions()) == 3
    assert workspace.opis("verify").returncode == 0
    assert list(workspace.inbox.iterdir()) == []


@pytest.mark.tesseract
def test_a_killed_run_goes_on_where_it_was(workspace: Workspace) -> None:
    workspace.drop(LETTER)
    run = subprocess.Popen(
        [OPIS, "ingest", "--direct"],
        cwd=workspace.folder,
        env={"PATH": "/usr/bin:/bin", "OPIS_SETTLE_SECONDS": "0", "OPIS_JOBS": "1"},
        stdout=subprocess.DEVNULL,
    )
    while not workspace.readings():
        assert run.poll() is None
        time.sleep(0.05)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert workspace.versions() == []
    kept = {path: path.stat().st_mtime_ns for path in workspace.readings()}
    assert workspace.opis("ingest", "--direct").returncode == 0
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert len(workspace.versions()) == 1
    assert workspace.opis("verify").returncode == 0


@pytest.mark.tesseract
@pytest.mark.parametrize("numbers", [[signal.SIGINT, signal.SIGINT], [signal.SIGTERM]])
def test_a_run_that_is_asked_to_end_says_so_and_loses_nothing(
    workspace: Workspace, numbers: list[signal.Signals]
) -> None:
    # A shell that starts a job in the background has it ignore SIGINT, and its children too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    workspace.drop(LETTER)
    run = subprocess.Popen(
        [OPIS, "ingest", "--direct"],
        cwd=workspace.folder,
        env={"PATH": "/usr/bin:/bin", "OPIS_SETTLE_SECONDS": "0", "OPIS_JOBS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    cache = workspace.output / ".opis" / "cache" / "source"
    while not any(path.suffix == ".json" for path in paths_below(cache)):
        assert run.poll() is None
        time.sleep(0.05)
    for number in numbers:
        run.send_signal(number)
        time.sleep(0.01)
    _, message = run.communicate(timeout=PATIENCE)
    assert run.returncode == 130
    assert message.startswith("opis: Interrupted. What is published stays")
    assert (workspace.inbox / LETTER.name).is_file()
    assert workspace.versions() == []


@pytest.mark.tesseract
def test_a_scan_whose_end_is_missing_waits_then_is_read_whole(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.inbox.mkdir()
    whole, scan = LETTER.read_bytes(), workspace.inbox / "slow.pdf"
    scan.write_bytes(whole[: len(whole) * 6 // 10])
    first = workspace.opis("ingest", "--direct", OPIS_INCOMPLETE_SECONDS="600")
    assert first.returncode == 0
    assert "waits: slow.pdf is cut off" in first.stdout
    assert "the first run that finds it unchanged for 10 minutes refuses it" in first.stdout
    assert [path.name for path in workspace.inbox.iterdir()] == ["slow.pdf"]
    scan.write_bytes(whole)
    second = workspace.opis("ingest", "--direct", OPIS_INCOMPLETE_SECONDS="600")
    assert "published" in second.stdout
    assert list(workspace.inbox.iterdir()) == []


@pytest.mark.parametrize("share", [30, 60, 90])
def test_a_scan_that_stays_cut_off_is_refused_in_time(share: int, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.inbox.mkdir()
    whole = LETTER.read_bytes()
    (workspace.inbox / "cut.pdf").write_bytes(whole[: len(whole) * share // 100])
    waits = workspace.opis("ingest", "--direct", OPIS_INCOMPLETE_SECONDS="600")
    assert (waits.returncode, workspace.versions()) == (0, [])
    result = workspace.opis("ingest", "--direct", OPIS_INCOMPLETE_SECONDS="0.1")
    assert (result.returncode, workspace.versions()) == (3, [])
    assert "is cut off" in (workspace.inbox / "refused" / "cut.reason.txt").read_text("utf-8")
