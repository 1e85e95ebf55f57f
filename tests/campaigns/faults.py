"""Kills parts of ``opis serve`` at random while scans arrive, then counts what is lost.

    python -m tests.campaigns.faults --kills 100 --scans 200 --seed 1

Exits with 1 where anything is amiss: a scan lost or in two places, a record published twice or
damaged, a file left over. It takes about a quarter of an hour.
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
from tests.campaigns.served import Served, amiss, run_in_a_folder, scans_in
from tests.workspace import Workspace

_VICTIMS = ("child", "child", "tesseract", "tesseract", "flow", "flow", "runner", "server", "serve",
            "everything")  # fmt: skip
_HIDING = 10.0  #: seconds that a victim is waited for
_PATIENCE = 900.0  #: seconds that the rest may take when the killing is over


def scan(path: Path, number: int) -> None:
    """Write a scan of one to three pages that can be read fast, each another."""
    pages = []
    for page in range(1 + number % 3):
        made = Image.new("L", (900, 500), 235)
        text = f"scan {number} page {page}\nof the talks in Moscow\nof the year 1949"
        ImageDraw.Draw(made).text((60, 60), text, 15, font_size=44)
        pages.append(made)
    pages[0].save(path, "TIFF", save_all=True, append_images=pages[1:])


class Drops:
    """Drops scans one after the other, from a thread of its own."""

    def __init__(self, inbox: Path, count: int, chance: random.Random, seconds: float) -> None:
        self.digests: Counter[str] = Counter()
        self.whole = 0  #: those that can be read
        self._inbox, self._count, self._chance, self._seconds = inbox, count, chance, seconds
        self.thread = threading.Thread(target=self._drop_all)

    def _drop_all(self) -> None:
        for number in range(self._count):
            self._drop(number)
            time.sleep(self._chance.uniform(0, 2 * self._seconds / self._count))

    def _drop(self, number: int) -> None:
        folder = self._inbox / f"box {number % 4}"
        if number % 4 == 3:
            folder = self._inbox
        beside = self._inbox.parent / "made" / f"scan-{number:04d}.tif"
        beside.parent.mkdir(exist_ok=True)
        if number % 10 == 9:
            beside.write_text(f"words that are no scan, {number}")
        else:
            scan(beside, number)
            self.whole += 1
        if number % 5 == 0:
            beside.with_suffix(".yaml").write_text(f"title: Scan {number}\n", encoding="utf-8")
        self.digests[file_sha256(beside)] += 1
        for path in (beside.with_suffix(".yaml"), beside):
            if not path.exists():
                continue
            folder.mkdir(parents=True, exist_ok=True)  # an emptied one may go at any moment
            try:
                path.rename(folder / path.name)
            except FileNotFoundError:
                folder.mkdir(parents=True, exist_ok=True)
                path.rename(folder / path.name)


def strike(served: Served, victim: str) -> bool:
    """Kill one part of it; whether there was one."""
    if victim == "everything":
        served.kill_everything()
        return True
    assert served.run is not None
    if victim == "serve":
        served.run.kill()
        served.run.wait()
        return True
    found = served.parts(victim)
    if not found:
        return False
    try:
        random.choice(found).kill()
    except psutil.NoSuchProcess:
        return False
    return True


def _struck(served: Served, victim: str) -> bool:
    """Strike as soon as there is such a part; a run may have to come first."""
    until = time.monotonic() + _HIDING
    while time.monotonic() < until:
        if strike(served, victim):
            return True
        time.sleep(0.1)
    return False


def campaign(folder: Path, kills: int, scans: int, chance: random.Random) -> list[str]:
    """Run it, and return what is amiss."""
    served = Served(Workspace(folder))
    served.start()
    served.until_said("Watching")
    drops = Drops(served.workspace.inbox, scans, chance, kills * 5.0)
    drops.thread.start()
    struck = _kill(served, kills, chance)
    print("killed:", dict(struck), flush=True)
    _start_again(served, patient=True)
    return outcome(served, drops)


def outcome(served: Served, drops: Drops) -> list[str]:
    """Let it finish and end; return what is amiss then."""
    drops.thread.join()
    until = time.monotonic() + _PATIENCE
    while scans_in(served.workspace.inbox) and time.monotonic() < until:
        time.sleep(1)
    time.sleep(3)
    found = [f"still waiting: {path.name}" for path in scans_in(served.workspace.inbox)]
    served.ends()
    records = len(served.workspace.versions())
    print("records:", records, "of", drops.whole, flush=True)
    if records != drops.whole:
        found.append(f"{records} records of {drops.whole} scans that can be read")
    return found + amiss(served.workspace, drops.digests)


def _kill(served: Served, kills: int, chance: random.Random) -> Counter[str]:
    """Strike so often, and return how often what was struck."""
    struck: Counter[str] = Counter()
    while struck.total() < kills:
        time.sleep(chance.uniform(0.2, 6))
        _start_again(served, patient=True)
        victim = chance.choice(_VICTIMS)
        if not _struck(served, victim):
            continue
        struck[victim] += 1
        print(f"{struck.total()}: {victim}", flush=True)
        _start_again(served, patient=chance.random() < 0.7)
    return struck


def _start_again(served: Served, *, patient: bool) -> None:
    """Do as systemd does; who is not patient strikes it while it starts, and it may end then."""
    assert served.run is not None
    starts = served.said().count("Watching")
    while served.run.poll() is not None:
        served.start()
        while patient and served.said().count("Watching") == starts and served.run.poll() is None:
            time.sleep(0.2)


def main() -> None:
    """Run the campaign that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--scans", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    random.seed(asked.seed)
    chance = random.Random(asked.seed)
    run_in_a_folder("faults", lambda folder: campaign(folder, asked.kills, asked.scans, chance))


if __name__ == "__main__":
    main()
