"""The command as a person meets it; no engine and no server needed."""

import signal
import sqlite3
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from tests.workspace import LETTER, OPIS, House


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    made.inbox.mkdir()
    return made


def test_every_command_has_help(house: House) -> None:
    for command in ("ingest", "list", "show", "search", "verify", "evaluate", "doctor"):
        done = house.opis(command, "--help")
        assert done.returncode == 0
        assert "Usage" in done.stdout


@pytest.mark.parametrize("words", [["nonsense"], ["ingest", "--nonsense"], ["show"]])
def test_a_slip_is_usage(house: House, words: list[str]) -> None:
    assert house.opis(*words).returncode == 2


def test_an_unknown_setting_is_refused_before_any_work(house: House) -> None:
    done = house.opis("ingest", OPIS_LANGAUGES="rus")
    assert done.returncode == 2
    assert "Did you mean languages?" in done.stderr
    (house.folder / "opis.toml").write_text("jobbs = 2\n")
    assert "Did you mean jobs?" in house.opis("list").stderr


@pytest.mark.tesseract
def test_missing_language_data_stops_the_run_with_the_package_to_install(house: House) -> None:
    house.drop(LETTER)
    done = house.opis("ingest", "--direct", "--languages", "rus+tlh")
    assert done.returncode == 2
    assert "apt-get install tesseract-ocr-tlh" in done.stderr
    assert (house.inbox / LETTER.name).is_file()


def test_folders_that_contain_each_other_are_refused(house: House) -> None:
    done = house.opis("ingest", "--direct", "--output", str(house.inbox / "out"))
    assert done.returncode == 2
    assert "must not contain each other" in done.stderr


def test_an_empty_inbox_is_nothing_to_do(house: House) -> None:
    done = house.opis("ingest")
    assert (done.returncode, "Nothing to ingest" in done.stdout) == (0, True)


def test_an_empty_archive_can_be_listed_searched_and_verified(house: House) -> None:
    assert house.opis("ingest", "--direct").returncode == 0
    assert house.opis("list").stdout == "0 records\n"
    assert house.opis("search", "мир").stdout == "0 pages\n"
    assert house.opis("verify").stdout == "0 versions checked, 0 findings\n"


def test_an_archive_that_is_not_there_does_not_verify(house: House) -> None:
    done = house.opis("verify", "--output", "not-mounted")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Is the disk there?" in done.stderr
    assert not (house.folder / "not-mounted").exists()


def test_a_catalogue_that_is_damaged_inside_is_a_sentence(house: House) -> None:
    assert house.opis("ingest", "--direct").returncode == 0
    assert house.opis("list").returncode == 0
    path = house.output / "catalog.sqlite"
    content = path.read_bytes()
    with closing(sqlite3.connect(path)) as db:
        asked = "SELECT rootpage FROM sqlite_master WHERE name = 'record_place'"
        page = db.execute(asked).fetchone()[0]  # by which records are listed
    start = 4096 * (page - 1)
    path.write_bytes(content[:start] + bytes([255]) * 4096 + content[start + 4096 :])
    done = house.opis("list")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "`opis verify` makes it anew" in done.stderr
    assert house.opis("verify").returncode == 4
    assert house.opis("list").returncode == 0


def test_an_inbox_that_was_not_there_is_said_to_be_made(house: House) -> None:
    done = house.opis("ingest", "--inbox", "in-box")
    assert "There was no inbox" in done.stdout


@pytest.mark.parametrize("scan", ["nowhere.pdf", "inbox"])
def test_naming_what_is_no_file_is_a_slip(house: House, scan: str) -> None:
    assert house.opis("ingest", "--direct", scan).returncode == 2


@pytest.mark.parametrize("command", ["ingest", "list"])
def test_an_output_that_cannot_be_written_is_a_sentence(house: House, command: str) -> None:
    (house.folder / "file").touch()
    done = house.opis(command, "--output", "file")
    assert done.returncode == (2 if command == "ingest" else 1)
    assert "choose another folder" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.tesseract
def test_the_doctor_says_what_is_well_and_what_is_not(house: House) -> None:
    well = house.opis("doctor")
    assert well.returncode == 0
    assert "BAD" not in well.stdout
    ill = house.opis("doctor", "--languages", "tlh", PREFECT_API_URL="http://127.0.0.1:9/api")
    assert ill.returncode == 1
    assert "apt-get install tesseract-ocr-tlh" in ill.stdout
    assert "prefect server start" in ill.stdout


@pytest.mark.tesseract
def test_one_bad_scan_stops_nobody(house: House) -> None:
    house.drop(LETTER)
    (house.inbox / "notes.pdf").write_text("these are only words")
    (house.inbox / "empty.tif").touch()
    (house.inbox / "cut.pdf").write_bytes(LETTER.read_bytes()[:700_000])
    (house.inbox / "link.pdf").symlink_to(house.folder / "nowhere.pdf")
    done = house.opis("ingest", "--direct")
    assert done.returncode == 3, done.stdout + done.stderr
    assert len(house.versions()) == 1
    refused = house.inbox / "refused"
    reasons = {
        path.name.removesuffix(".reason.txt"): path.read_text("utf-8")
        for path in refused.glob("*.reason.txt")
    }
    assert set(reasons) == {"notes", "empty", "cut", "link"}
    assert len(set(reasons.values())) == 4
    assert all(reason.count(".") >= 2 for reason in reasons.values()), "a reason gives advice"


@pytest.mark.tesseract
def test_names_that_nothing_can_hold_are_refused_and_long_ones_are_not(house: House) -> None:
    Image.new("L", (300, 200), 255).save(house.inbox / f"{'a' * 251}.png")
    (house.inbox / "box\udce9").mkdir()  # how Python spells a byte that is not UTF-8
    for name in ("box\udce9/scan.pdf", "bell\x07.png"):
        (house.inbox / name).write_bytes(b"never opened")
    (house.inbox / "bell\x07.YAML").write_text("title: a bell")
    done = house.opis("ingest", "--direct")
    assert done.returncode == 3, done.stdout + done.stderr
    assert len(house.versions()) == 1
    refused = house.inbox / "refused"
    reason = (refused / "bell\x07.reason.txt").read_text("utf-8")
    assert "bell\\x07.png cannot be taken" in reason
    assert "Rename" in reason
    assert (refused / "bell\x07.YAML").is_file()
    assert (refused / "box\udce9" / "scan.pdf").is_file()


@pytest.mark.tesseract
def test_of_two_runs_at_once_one_publishes_and_neither_complains(house: House) -> None:
    for number in range(3):
        Image.new("L", (300, 200), 255 - number).save(house.inbox / f"{number}.png")
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: house.opis("ingest", "--direct"), range(2)))
    assert [run.returncode for run in runs] == [0, 0], [run.stdout for run in runs]
    assert len(house.versions()) == 3
    assert house.opis("verify").returncode == 0
    assert list(house.inbox.iterdir()) == []


@pytest.mark.tesseract
def test_a_killed_run_goes_on_where_it_was(house: House) -> None:
    house.drop(LETTER)
    run = subprocess.Popen(
        [OPIS, "ingest", "--direct"],
        cwd=house.folder,
        env={"PATH": "/usr/bin:/bin", "OPIS_SETTLE_SECONDS": "0", "OPIS_JOBS": "1"},
        stdout=subprocess.DEVNULL,
    )
    cache = house.output / ".opis" / "cache" / "reading"
    while not list(cache.rglob("*.json")):
        assert run.poll() is None
        time.sleep(0.05)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert house.versions() == []
    kept = {path: path.stat().st_mtime_ns for path in cache.rglob("[!.]*.json")}
    assert house.opis("ingest", "--direct").returncode == 0
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert len(house.versions()) == 1
    assert house.opis("verify").returncode == 0


@pytest.mark.tesseract
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_asked_to_end_says_so_and_loses_nothing(
    house: House, number: signal.Signals
) -> None:
    # A shell that starts a job in the background has it ignore SIGINT, and its children too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    house.drop(LETTER)
    run = subprocess.Popen(
        [OPIS, "ingest", "--direct"],
        cwd=house.folder,
        env={"PATH": "/usr/bin:/bin", "OPIS_SETTLE_SECONDS": "0", "OPIS_JOBS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not list(house.output.rglob("source/**/*.json")):
        assert run.poll() is None
        time.sleep(0.05)
    run.send_signal(number)
    _, said = run.communicate(timeout=20)
    assert run.returncode == 130
    assert said.startswith("opis: Interrupted. What is published stays")
    assert (house.inbox / LETTER.name).is_file()
    assert house.versions() == []


@pytest.mark.tesseract
def test_a_scan_whose_end_is_missing_waits_then_is_read_whole(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.inbox.mkdir()
    whole, scan = LETTER.read_bytes(), house.inbox / "slow.pdf"
    scan.write_bytes(whole[: len(whole) * 6 // 10])
    first = house.opis("ingest", "--direct", OPIS_INCOMPLETE_SECONDS="600")
    assert first.returncode == 0
    assert "waits: slow.pdf is cut off" in first.stdout
    assert "it is refused in 10 minutes" in first.stdout
    assert [path.name for path in house.inbox.iterdir()] == ["slow.pdf"]
    scan.write_bytes(whole)
    second = house.opis("ingest", "--direct", OPIS_INCOMPLETE_SECONDS="600")
    assert "published" in second.stdout
    assert list(house.inbox.iterdir()) == []


@pytest.mark.parametrize("share", [30, 60, 90])
def test_a_scan_that_stays_cut_off_is_refused_in_time(share: int, tmp_path: Path) -> None:
    house = House(tmp_path)
    house.inbox.mkdir()
    whole = LETTER.read_bytes()
    (house.inbox / "cut.pdf").write_bytes(whole[: len(whole) * share // 100])
    waits = house.opis("ingest", "--direct", OPIS_INCOMPLETE_SECONDS="600")
    assert (waits.returncode, house.versions()) == (0, [])
    done = house.opis("ingest", "--direct", OPIS_INCOMPLETE_SECONDS="0.1")
    assert (done.returncode, house.versions()) == (3, [])
    assert "is cut off" in (house.inbox / "refused" / "cut.reason.txt").read_text("utf-8")
