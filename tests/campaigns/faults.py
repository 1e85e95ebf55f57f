"""Kills parts of ``opis serve`` at random while scans arrive, then counts what is lost.

    python -m tests.campaigns.faults --kills 100 --scans 200 --seed 1

A third of the kills fall while a version is written: of the process that writes it, of a child that
makes its PDF, or of all. Exits with 1 on any problem: a scan lost or in two places, a record
published twice or damaged, a file left over, or too few kills during a publication. It takes about
a quarter of an hour on a quiet machine.
"""

import argparse
import random
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
from PIL import Image, ImageDraw

from pipeline.fixity import file_sha256
from tests.campaigns.opis_serve import OpisServe, archive_problems, run_campaign, waiting_scans
from tests.workspace import Workspace

_VICTIMS = ("child", "child", "tesseract", "tesseract", "flow", "flow", "runner", "server", "serve",
            "everything")  # fmt: skip
_PUBLISHERS = ("flow", "flow", "child", "child", "serve", "everything")
_PUBLICATION_SHARE = 0.3  #: of the kills, at least
_VICTIM_WAIT = 10.0  #: seconds to wait for a victim
_PUBLICATION_WAIT = 120.0  #: seconds to wait for a publication
_PUBLICATION_SECONDS = 0.5  #: seconds of a publication at least, into which kills are spread
_PATIENCE = 900.0  #: seconds for the remaining scans after the last kill


def write_small_scan(path: Path, number: int) -> None:
    """Write a scan of one to three different pages that are fast to read."""
    pages = []
    for page in range(1 + number % 3):
        image = Image.new("L", (900, 500), 235)
        text = f"scan {number} page {page}\nof the talks in Moscow\nof the year 1949"
        ImageDraw.Draw(image).text((60, 60), text, 15, font_size=44)
        pages.append(image)
    pages[0].save(path, "TIFF", save_all=True, append_images=pages[1:])


class ScanDropper:
    """Drops scans one after the other, in a thread."""

    def __init__(self, inbox: Path, count: int, rng: random.Random, seconds: float) -> None:
        self.digests: Counter[str] = Counter()
        self.readable_count = 0  #: of the dropped scans
        self._inbox, self._count, self._rng, self._seconds = inbox, count, rng, seconds
        self.thread = threading.Thread(target=self._drop_all)

    def drop_more(self, count: int) -> None:
        """Drop more scans at once, after the thread has dropped all of its own."""
        self.thread.join()
        for _ in range(count):
            self._drop(self._count)
            self._count += 1

    def _drop_all(self) -> None:
        for number in range(self._count):
            self._drop(number)
            time.sleep(self._rng.uniform(0, 2 * self._seconds / self._count))

    def _drop(self, number: int) -> None:
        folder = self._inbox / f"box {number % 4}"
        if number % 4 == 3:
            folder = self._inbox
        beside = self._inbox.parent / "made" / f"scan-{number:04d}.tif"
        beside.parent.mkdir(exist_ok=True)
        if number % 10 == 9:
            beside.write_text(f"words that are no scan, {number}")
        else:
            write_small_scan(beside, number)
            self.readable_count += 1
        if number % 5 == 0:
            beside.with_suffix(".yaml").write_text(f"title: Scan {number}\n", encoding="utf-8")
        self.digests[file_sha256(beside)] += 1
        for path in (beside.with_suffix(".yaml"), beside):
            if not path.exists():
                continue
            # an empty folder may be removed at any moment
            folder.mkdir(parents=True, exist_ok=True)
            try:
                path.rename(folder / path.name)
            except FileNotFoundError:
                folder.mkdir(parents=True, exist_ok=True)
                path.rename(folder / path.name)


def kill_part(serve: OpisServe, victim: str) -> bool:
    """Kill one process of ``opis serve``; return whether there was one to kill."""
    if victim == "everything":
        serve.kill_everything()
        return True
    assert serve.run is not None
    if victim == "serve":
        serve.run.kill()
        serve.run.wait()
        return True
    processes = serve.processes_of_kind(victim)
    if not processes:
        return False
    try:
        random.choice(processes).kill()
    except psutil.NoSuchProcess:
        return False
    return True


def _kill_when_present(serve: OpisServe, victim: str) -> bool:
    """Wait for a process of this kind and kill it; return whether one came in time."""
    deadline = time.monotonic() + _VICTIM_WAIT
    while time.monotonic() < deadline:
        if kill_part(serve, victim):
            return True
        time.sleep(0.1)
    return False


def campaign(folder: Path, kills: int, scans: int, rng: random.Random) -> list[str]:
    """Run the campaign and return the problems."""
    serve = OpisServe(Workspace(folder))
    serve.start()
    serve.wait_for_output("Watching")
    dropper = ScanDropper(serve.workspace.inbox, scans, rng, kills * 5.0)
    dropper.thread.start()
    kill_counts = _kill_at_random(serve, kills, rng, dropper)
    print("killed:", dict(kill_counts), flush=True)
    _start_again(serve, patient=True)
    problems = finish_and_check(serve, dropper)
    publications = sum(
        count for victim, count in kill_counts.items() if victim.startswith("publishing")
    )
    print("during a publication:", publications, flush=True)
    if publications < _PUBLICATION_SHARE * kills:
        problems.append(f"only {publications} of {kills} kills fell during a publication")
    return problems


def finish_and_check(serve: OpisServe, dropper: ScanDropper) -> list[str]:
    """Wait until all scans are done, stop ``opis serve`` and return the problems."""
    dropper.thread.join()
    deadline = time.monotonic() + _PATIENCE
    while waiting_scans(serve.workspace.inbox) and time.monotonic() < deadline:
        time.sleep(1)
    time.sleep(3)
    problems = [f"still waiting: {path.name}" for path in waiting_scans(serve.workspace.inbox)]
    serve.stop_and_check()
    records = len(serve.workspace.versions())
    print("records:", records, "of", dropper.readable_count, flush=True)
    if records != dropper.readable_count:
        problems.append(f"{records} records of {dropper.readable_count} readable scans")
    return problems + archive_problems(serve.workspace, dropper.digests)


def _notes_of_publications(serve: OpisServe) -> list[Path]:
    """Return the notes of versions that are being written; a killed run leaves its note."""
    return list((serve.workspace.output / ".opis" / "staging").glob("*.txt"))


def _kill_during_publication(serve: OpisServe, victim: str, rng: random.Random) -> bool:
    """Wait until a version is being written, and kill a process; return whether it fell then."""
    stale = set(_notes_of_publications(serve))
    deadline = time.monotonic() + _PUBLICATION_WAIT
    while time.monotonic() < deadline:
        notes = set(_notes_of_publications(serve)) - stale
        if not notes:
            time.sleep(0.01)
            continue
        time.sleep(rng.uniform(0, _PUBLICATION_SECONDS))
        if not any(note.exists() for note in notes):
            continue
        if not kill_part(serve, victim):
            continue
        # A child's parent goes on; a publication that was over before the kill has no note.
        return victim == "child" or any(note.exists() for note in notes)
    return False


def _kill_at_random(
    serve: OpisServe, kills: int, rng: random.Random, dropper: ScanDropper
) -> Counter[str]:
    """Kill random parts, some during a publication; return how often each was killed."""
    kill_counts: Counter[str] = Counter()
    publications = 0
    while kill_counts.total() < kills:
        time.sleep(rng.uniform(0.2, 6))
        _start_again(serve, patient=True)
        if not (dropper.thread.is_alive() or waiting_scans(serve.workspace.inbox)):
            dropper.drop_more(10)
        if publications < _PUBLICATION_SHARE * kills and rng.random() < 2 * _PUBLICATION_SHARE:
            victim = rng.choice(_PUBLISHERS)
            if not _kill_during_publication(serve, victim, rng):
                continue
            publications += 1
            victim = f"publishing, {victim}"
        else:
            victim = rng.choice(_VICTIMS)
            if not _kill_when_present(serve, victim):
                continue
        kill_counts[victim] += 1
        print(f"{kill_counts.total()}: {victim}", flush=True)
        _start_again(serve, patient=rng.random() < 0.7)
    return kill_counts


def _start_again(serve: OpisServe, *, patient: bool) -> None:
    """Restart ``opis serve`` if it ended, as systemd does; if patient, wait until it watches."""
    assert serve.run is not None
    starts = serve.output_text().count("Watching")
    while serve.run.poll() is not None:
        serve.start()
        while (
            patient and serve.output_text().count("Watching") == starts and serve.run.poll() is None
        ):
            time.sleep(0.2)


def main() -> None:
    """Run the campaign with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--scans", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    rng = random.Random(arguments.seed)
    run_campaign("faults", lambda folder: campaign(folder, arguments.kills, arguments.scans, rng))


if __name__ == "__main__":
    main()
