"""Drop scans on ``opis serve`` in every way in which they arrive, and account for each.

    python -m tests.campaigns.arrivals [PART …]

Fifty while it is down and fifty without file events; a PDF of 20 pages in 30 slices with pauses;
PDFs cut at 30, 60 and 90 %, which wait and are refused; 200 mixed drops; 60 for two servers at
once; a folder of a thousand scans moved in whole; a scan of 300 MB that arrives in two minutes.
Exits with 1 if the digests of dropped scans differ from those of published, refused and waiting.
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
from tests.campaigns.faults import ScanDropper, write_small_scan
from tests.campaigns.opis_serve import OpisServe, archive_problems, run_campaign, waiting_scans
from tests.factories import scan_pdf
from tests.workspace import Workspace

_PATIENCE = 900.0  #: seconds


def down_and_without_events(folder: Path) -> list[str]:
    """Drop 50 while it is down, then 50 without file events."""
    serve = OpisServe(Workspace(folder), {"OPIS_EVENTS": "false"})
    serve.workspace.inbox.mkdir(parents=True)
    digests = _drop(serve, range(50))
    serve.start()
    serve.wait_for_output("Watching")
    digests += _drop(serve, range(50, 100))
    _wait_until_empty(serve)
    serve.stop_and_check()
    problems = archive_problems(serve.workspace, digests)
    if len(serve.workspace.versions()) != 100:
        problems.append(f"{len(serve.workspace.versions())} records, not 100")
    return problems


def slices_and_stumps(folder: Path) -> list[str]:
    """Write a PDF piece by piece, and three that stay incomplete."""
    serve = OpisServe(Workspace(folder))
    serve.start()
    serve.wait_for_output("Watching")
    digests: Counter[str] = Counter()
    whole = scan_pdf(folder / "whole.pdf", 20)
    with pikepdf.open(whole, allow_overwriting_input=True) as pdf:
        pdf.save(whole, linearize=True)  # the harder kind: its beginning looks complete
    content = whole.read_bytes()
    for share in (30, 60, 90):
        stump = serve.workspace.inbox / f"stump-{share}.pdf"
        stump.write_bytes(content[: len(content) * share // 100])
        digests[file_sha256(stump)] += 1
    step = len(content) // 30 + 1
    for place in range(0, len(content), step):
        with (serve.workspace.inbox / "slices.pdf").open("ab") as file:
            file.write(content[place : place + step])
        time.sleep(random.choice([0.1, 1.5]))
    digests[file_sha256(whole)] += 1
    _wait_until_empty(serve)
    serve.stop_and_check()
    output, problems = serve.output_text(), archive_problems(serve.workspace, digests)
    shares = (30, 60, 90)
    problems += [f"never waited: {n}" for n in shares if f"waits: stump-{n}" not in output]
    problems += [f"not refused: {n}" for n in shares if f"refused: stump-{n}" not in output]
    if len(serve.workspace.versions()) != 1 or "published slices.pdf" not in output:
        problems.append("the slices are not one record")
    return problems


def mixed(folder: Path) -> list[str]:
    """Drop 200 scans of all kinds, some of them twice."""
    serve = OpisServe(Workspace(folder))
    serve.start()
    serve.wait_for_output("Watching")
    dropper = ScanDropper(serve.workspace.inbox, 180, random.Random(7), 20)
    dropper.thread.start()
    dropper.thread.join()
    for number in range(20):
        copy = folder / "made" / f"again-{number}.tif"
        write_small_scan(copy, number * 3)
        dropper.digests[file_sha256(copy)] += 1
        copy.rename(serve.workspace.inbox / copy.name)
    _wait_until_empty(serve)
    serve.stop_and_check()
    return archive_problems(serve.workspace, dropper.digests)


def two_at_once(folder: Path) -> list[str]:
    """Let two of ``opis serve``, each with its own server, watch one inbox."""
    first = OpisServe(Workspace(folder))
    second = OpisServe(Workspace(folder), {"PREFECT_HOME": str(folder / "2")})
    for serve in (first, second):
        serve.start()
    for serve in (first, second):
        serve.wait_for_output("Watching", times=2)
    digests = _drop(first, range(60))
    _wait_until_empty(first)
    second.kill_everything()
    first.stop_and_check()
    return archive_problems(first.workspace, digests)


def a_thousand(folder: Path) -> list[str]:
    """Move a folder of a thousand scans in: few runs may take them."""
    serve = OpisServe(Workspace(folder), {"OPIS_SETTLE_SECONDS": "3", "OPIS_SIDECAR_SECONDS": "10"})
    serve.start()
    serve.wait_for_output("Watching")
    box, digests = folder / "box", Counter[str]()
    box.mkdir()
    for number in range(1000):
        path = box / f"scan-{number:04d}.png"
        image = Image.new("L", (240, 80), 235)
        ImageDraw.Draw(image).text((20, 20), f"leaf {number}", 15, font_size=36)
        image.save(path)
        digests[file_sha256(path)] += 1
    box.rename(serve.workspace.inbox / "box")
    _print_response_times(_wait_until_empty(serve))
    runs = serve.query("flow_runs/count")
    serve.stop_and_check()
    print(f"{len(serve.workspace.versions())} records in {runs} runs", flush=True)
    problems = archive_problems(serve.workspace, digests)
    if runs > 5:
        problems.append(f"{runs} runs for one folder")
    return problems


def big_and_slow(folder: Path) -> list[str]:
    """Write 300 MB over two minutes, as a scanner does, with other scans before and after."""
    serve = OpisServe(Workspace(folder))
    serve.start()
    serve.wait_for_output("Watching")
    whole = _noisy_pdf(folder / "whole.pdf", 300 * 2**20)
    digests = Counter([file_sha256(whole)]) + _drop(serve, range(3))
    step = whole.stat().st_size // 240 + 1
    with whole.open("rb") as source, (serve.workspace.inbox / "big.pdf").open("wb") as target:
        while piece := source.read(step):
            target.write(piece)
            target.flush()
            time.sleep(0.5)
        refused = "refused: big.pdf" in serve.output_text()
    digests += _drop(serve, range(3, 6))
    _wait_until_empty(serve)
    serve.stop_and_check()
    problems = archive_problems(serve.workspace, digests)
    if (
        refused
        or "published big.pdf" not in serve.output_text()
        or len(serve.workspace.versions()) != 7
    ):
        problems.append("the big scan is no record, or was refused while it arrived")
    return problems


def _noisy_pdf(path: Path, size: int) -> Path:
    """Write a PDF of 14 noisy pages at 600 dpi, which must be larger than ``size`` bytes."""
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
    assert path.stat().st_size > size, "it is too small"
    return path


def _drop(serve: OpisServe, numbers: range) -> Counter[str]:
    digests: Counter[str] = Counter()
    for number in numbers:
        path = serve.workspace.folder / f"scan-{number:03d}.tif"
        write_small_scan(path, number * 3)
        digests[file_sha256(path)] += 1
        path.rename(serve.workspace.inbox / path.name)
    return digests


def _wait_until_empty(serve: OpisServe) -> list[float]:
    """Wait until the inbox is empty; return the seconds that each listing of runs took."""
    deadline, response_times = time.monotonic() + _PATIENCE, []
    while waiting_scans(serve.workspace.inbox) and time.monotonic() < deadline:
        started = time.monotonic()
        serve.query("flow_runs/filter", limit=20, sort="EXPECTED_START_TIME_DESC")
        response_times.append(time.monotonic() - started)
        time.sleep(1)
    time.sleep(3)
    return response_times


def _print_response_times(seconds: list[float]) -> None:
    p95 = statistics.quantiles(seconds, n=20)[-1]
    print(f"runs listed in {statistics.median(seconds):.3f} s, p95 {p95:.3f} s", flush=True)


_PARTS: tuple[Callable[[Path], list[str]], ...] = (
    down_and_without_events, slices_and_stumps, mixed, two_at_once, a_thousand, big_and_slow,
)  # fmt: skip


def campaign(folder: Path) -> list[str]:
    """Run the parts that the command line names, or all; return the problems."""
    all_problems: list[str] = []
    for part in _PARTS:
        if sys.argv[1:] and part.__name__ not in sys.argv[1:]:
            continue
        started = time.monotonic()
        problems = part(folder / part.__name__)
        print(f"{part.__name__}, {time.monotonic() - started:.0f} s: {problems or 'no problems'}")
        all_problems += problems
    return all_problems


def main() -> None:
    """Run the campaign."""
    run_campaign("arrivals", campaign)


if __name__ == "__main__":
    main()
