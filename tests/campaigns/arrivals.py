"""Drops scans on ``opis serve`` in every way in which they arrive, and counts them again.

    python -m tests.campaigns.arrivals [PART …]

Fifty while it is down and fifty without file events; a PDF of 20 pages in 30 slices with pauses;
PDFs cut at 30, 60 and 90 %, that wait and are refused; 200 mixed drops; 60 on two of them at once;
a folder of a thousand moved in whole; a scan of 300 MB that takes two minutes to arrive.
Exits with 1 where the digests that went in are not those of published, refused and waiting.
"""

import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw

from pipeline.fixity import file_sha256
from tests.campaigns.faults import Drops, scan
from tests.campaigns.served import Served, amiss, run_in_a_folder, scans_in
from tests.factories import scan_pdf
from tests.workspace import Workspace

_PATIENCE = 900.0  #: seconds


def down_and_without_events(folder: Path) -> list[str]:
    """Drop 50 while it is down, then 50 while it hears of nothing."""
    served = Served(Workspace(folder), {"OPIS_EVENTS": "false"})
    served.workspace.inbox.mkdir(parents=True)
    dropped = _drop(served, range(50))
    served.start()
    served.until_said("Watching")
    dropped += _drop(served, range(50, 100))
    _until_empty(served)
    served.ends()
    found = amiss(served.workspace, dropped)
    if len(served.workspace.versions()) != 100:
        found.append(f"{len(served.workspace.versions())} records, not 100")
    return found


def slices_and_stumps(folder: Path) -> list[str]:
    """Write a PDF piece by piece, and three that never end."""
    served = Served(Workspace(folder))
    served.start()
    served.until_said("Watching")
    dropped: Counter[str] = Counter()
    whole = scan_pdf(folder / "whole.pdf", 20)
    with pikepdf.open(whole, allow_overwriting_input=True) as pdf:
        pdf.save(whole, linearize=True)  # the harder kind: its beginning looks whole
    content = whole.read_bytes()
    for share in (30, 60, 90):
        stump = served.workspace.inbox / f"stump-{share}.pdf"
        stump.write_bytes(content[: len(content) * share // 100])
        dropped[file_sha256(stump)] += 1
    step = len(content) // 30 + 1
    for place in range(0, len(content), step):
        with (served.workspace.inbox / "slices.pdf").open("ab") as file:
            file.write(content[place : place + step])
        time.sleep(random.choice([0.1, 1.5]))
    dropped[file_sha256(whole)] += 1
    _until_empty(served)
    served.ends()
    said, found = served.said(), amiss(served.workspace, dropped)
    found += [
        f"never waited: {share}" for share in (30, 60, 90) if f"waits: stump-{share}" not in said
    ]
    found += [
        f"not refused: {share}" for share in (30, 60, 90) if f"refused: stump-{share}" not in said
    ]
    if len(served.workspace.versions()) != 1 or "published slices.pdf" not in said:
        found.append("the slices are not one record")
    return found


def mixed(folder: Path) -> list[str]:
    """Drop 200 of all kinds, some of them twice."""
    served = Served(Workspace(folder))
    served.start()
    served.until_said("Watching")
    drops = Drops(served.workspace.inbox, 180, random.Random(7), 20)
    drops.thread.start()
    drops.thread.join()
    for number in range(20):
        again = folder / "made" / f"again-{number}.tif"
        scan(again, number * 3)
        drops.digests[file_sha256(again)] += 1
        again.rename(served.workspace.inbox / again.name)
    _until_empty(served)
    served.ends()
    return amiss(served.workspace, drops.digests)


def two_at_once(folder: Path) -> list[str]:
    """Let two of them, with a server each, watch one inbox."""
    one, other = (
        Served(Workspace(folder)),
        Served(Workspace(folder), {"PREFECT_HOME": str(folder / "2")}),
    )
    for served in (one, other):
        served.start()
    for served in (one, other):
        served.until_said("Watching", times=2)
    dropped = _drop(one, range(60))
    _until_empty(one)
    other.kill_everything()
    one.ends()
    return amiss(one.workspace, dropped)


def a_thousand(folder: Path) -> list[str]:
    """Move a folder of a thousand scans in: a run or two, not a thousand."""
    served = Served(Workspace(folder), {"OPIS_SETTLE_SECONDS": "3", "OPIS_SIDECAR_SECONDS": "10"})
    served.start()
    served.until_said("Watching")
    beside, dropped = folder / "box", Counter[str]()
    beside.mkdir()
    for number in range(1000):
        path = beside / f"scan-{number:04d}.png"
        made = Image.new("L", (240, 80), 235)
        ImageDraw.Draw(made).text((20, 20), f"leaf {number}", 15, font_size=36)
        made.save(path)
        dropped[file_sha256(path)] += 1
    beside.rename(served.workspace.inbox / "box")
    asked = _until_empty(served)
    _print_lasted(asked)
    runs = served.ask("flow_runs/count")
    served.ends()
    print(f"{len(served.workspace.versions())} records in {runs} runs", flush=True)
    found = amiss(served.workspace, dropped)
    if runs > 5:
        found.append(f"{runs} runs for one folder")
    return found


def big_and_slow(folder: Path) -> list[str]:
    """Write 300 MB over two minutes, as a scanner does, with other scans before and after."""
    served = Served(Workspace(folder))
    served.start()
    served.until_said("Watching")
    whole = _noisy_pdf(folder / "whole.pdf", 300 * 2**20)
    dropped = Counter([file_sha256(whole)]) + _drop(served, range(3))
    step = whole.stat().st_size // 240 + 1
    with whole.open("rb") as made, (served.workspace.inbox / "big.pdf").open("wb") as arrives:
        while piece := made.read(step):
            arrives.write(piece)
            arrives.flush()
            time.sleep(0.5)
        refused = "refused: big.pdf" in served.said()
    dropped += _drop(served, range(3, 6))
    _until_empty(served)
    served.ends()
    found = amiss(served.workspace, dropped)
    if refused or "published big.pdf" not in served.said() or len(served.workspace.versions()) != 7:
        found.append("the big scan is no record, or was refused while it came")
    return found


def _noisy_pdf(path: Path, size: int) -> Path:
    """Write a PDF of pages at 600 dpi, the grain of the paper kept, until it is so long."""
    pages: list[Image.Image] = []
    count, quality = 14, 97
    for number in range(count):
        page = Image.effect_noise((4960, 7016), 48).point(lambda value: 160 + value // 3)
        line = f"page {number} of {count} tells of the talks that were held in Moscow"
        ImageDraw.Draw(page).text((400, 400), "\n".join([line] * 12), 15, font_size=110)
        pages.append(page)
    pages[0].save(
        path, "PDF", save_all=True, append_images=pages[1:], resolution=600, quality=quality
    )
    print(f"{path.stat().st_size / 2**20:.0f} MB", flush=True)
    assert path.stat().st_size > size, "it is too short"
    return path


def _drop(served: Served, numbers: range) -> Counter[str]:
    dropped: Counter[str] = Counter()
    for number in numbers:
        beside = served.workspace.folder / f"scan-{number:03d}.tif"
        scan(beside, number * 3)
        dropped[file_sha256(beside)] += 1
        beside.rename(served.workspace.inbox / beside.name)
    return dropped


def _until_empty(served: Served) -> list[float]:
    """Wait; return how many seconds the server took to say which runs there are, each second."""
    until, lasted = time.monotonic() + _PATIENCE, []
    while scans_in(served.workspace.inbox) and time.monotonic() < until:
        begun = time.monotonic()
        served.ask("flow_runs/filter", limit=20, sort="EXPECTED_START_TIME_DESC")
        lasted.append(time.monotonic() - begun)
        time.sleep(1)
    time.sleep(3)
    return lasted


def _print_lasted(lasted: list[float]) -> None:
    late = statistics.quantiles(lasted, n=20)[-1]
    print(f"runs listed in {statistics.median(lasted):.3f} s, p95 {late:.3f} s", flush=True)


_PARTS: tuple[Callable[[Path], list[str]], ...] = (
    down_and_without_events, slices_and_stumps, mixed, two_at_once, a_thousand, big_and_slow,
)  # fmt: skip


def campaign(folder: Path) -> list[str]:
    """Run what is named, or all, and return what is amiss."""
    amiss_in_all: list[str] = []
    for part in _PARTS:
        if sys.argv[1:] and part.__name__ not in sys.argv[1:]:
            continue
        begun = time.monotonic()
        found = part(folder / part.__name__)
        print(f"{part.__name__}, {time.monotonic() - begun:.0f} s: {found or 'nothing amiss'}")
        amiss_in_all += found
    return amiss_in_all


def main() -> None:
    """Run the campaign."""
    run_in_a_folder("arrivals", campaign)


if __name__ == "__main__":
    main()
