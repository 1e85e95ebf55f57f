"""The order of work in a batch: every scan has one outcome, no queue grows, no scan starves."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as law
from hypothesis import strategies as st

from flows.progress import ProgressMeter
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.scheduler import BatchScheduler, PendingResult
from pipeline.ingest.unpublished import record_failure
from pipeline.model import ScanFacts
from pipeline.scan import AdmittedScan
from pipeline.settings import Settings
from tests.factories import CLOCK, admitted_scan, scan_pdf

JOBS = 2


class StepRecorder:
    """Runs the steps in real threads, on scans of so many pages; some fail. Records each call."""

    def __init__(self, scan: AdmittedScan, pages: dict[Path, int]) -> None:
        self._scan, self._pages = scan, pages
        self._pool = ThreadPoolExecutor(2 * JOBS)
        self._lock = threading.Lock()
        self.read_pages: list[tuple[str, int]] = []
        self.runs: list[tuple[str, int]] = []
        self.published: list[tuple[str, int]] = []  #: with the number of pages submitted before
        self.in_hand = self.most_in_hand = self.reading = self.most_reading = 0

    def admit(self, path: Path) -> Future[AdmittedScan | Outcome]:
        self.in_hand += 1
        self.most_in_hand = max(self.most_in_hand, self.in_hand)
        return self._pool.submit(self._admit, path)

    def read(self, scan: AdmittedScan, run: range) -> Future[None]:
        self.reading += 1
        self.most_reading = max(self.most_reading, self.reading)
        with self._lock:
            self.runs.append((scan.path.name, len(run)))
            self.read_pages += [(scan.path.name, number) for number in run]
        return self._pool.submit(self._read, scan)

    def publish(self, scan: AdmittedScan, read: Sequence[PendingResult]) -> Future[Outcome]:
        assert all(task.result() is None for task in read)
        with self._lock:
            self.published.append((scan.path.name, len(self.read_pages)))
        return self._pool.submit(self._publish, scan)

    def _admit(self, path: Path) -> AdmittedScan | Outcome:
        if path.stem.endswith("refused"):
            return Outcome(path.name, refusal_reason="no")
        if path.stem.endswith("odd"):
            raise RuntimeError(path.name)
        facts = ScanFacts("application/pdf", self._pages[path])
        return replace(self._scan, path=path, name=path.name, facts=facts)

    def _read(self, scan: AdmittedScan) -> None:
        with self._lock:
            self.reading -= 1
        if scan.path.stem.endswith("unreadable"):
            raise OSError(5, "Input/output error", scan.name)

    def _publish(self, scan: AdmittedScan) -> Outcome:
        if scan.path.stem.endswith("unpublished"):
            raise RuntimeError(scan.name)
        return Outcome(scan.name, record="r", version=1)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("turns")
    for name in ("inbox", "output"):
        (folder / name).mkdir()
    return Settings(inbox=folder / "inbox", output=folder / "output")


@pytest.fixture(scope="module")
def scan(settings: Settings) -> AdmittedScan:
    return admitted_scan(scan_pdf(settings.inbox / "scan.pdf", 1), 1)


def run_batch(
    scan: AdmittedScan, settings: Settings, sizes: dict[str, int]
) -> tuple[StepRecorder, list[Outcome]]:
    paths = {settings.inbox / f"{name}.pdf": pages for name, pages in sizes.items()}
    for path in paths:
        path.touch()
    steps = StepRecorder(scan, paths)
    outcomes = []
    meter = ProgressMeter()
    failure = partial(record_failure, settings=settings, clock=CLOCK)
    scheduler = BatchScheduler(steps.admit, steps.read, steps.publish, failure, meter, JOBS)
    for outcome in scheduler.run(paths):
        steps.in_hand -= 1
        outcomes.append(outcome)
    assert meter.percent == 100 or any("un" in name for name in sizes)
    return steps, outcomes


kinds = st.sampled_from(["whole", "refused", "odd", "unreadable", "unpublished"])


@law(deadline=None, max_examples=60)
@given(st.lists(st.tuples(kinds, st.integers(1, 60)), max_size=60))
def test_every_scan_has_one_outcome_and_every_page_is_read_once(
    scan: AdmittedScan, settings: Settings, batch: list[tuple[str, int]]
) -> None:
    sizes = {f"{number}-{kind}": pages for number, (kind, pages) in enumerate(batch)}
    steps, outcomes = run_batch(scan, settings, sizes)
    assert sorted(outcome.scan for outcome in outcomes) == sorted(f"{name}.pdf" for name in sizes)
    for outcome in outcomes:
        kind = outcome.scan.removesuffix(".pdf").partition("-")[2]
        assert outcome.status == {"whole": "published", "refused": "refused"}.get(kind, "failed")
    assert len(set(steps.read_pages)) == len(steps.read_pages)
    read_counts = dict.fromkeys(sizes, 0)
    for name, _ in steps.read_pages:
        read_counts[name.removesuffix(".pdf")] += 1
    for name, pages in sizes.items():
        if name.endswith(("whole", "unpublished")):
            assert read_counts[name] == pages
    assert steps.most_in_hand <= 16 + 1, "one more while its outcome is reported"
    assert steps.most_reading <= 2 * JOBS


def test_a_huge_scan_does_not_hold_back_a_hundred_letters(
    scan: AdmittedScan, settings: Settings
) -> None:
    letters = {f"letter-{number}-whole": 2 for number in range(100)}
    steps, _ = run_batch(scan, settings, {"huge-whole": 2000} | letters)
    order = [name for name, _ in steps.published]
    assert order[-1] == "huge-whole.pdf"
    pages_before = dict(steps.published)
    assert pages_before["letter-0-whole.pdf"] < 200, (
        "the first letter is out before a tenth is read"
    )
    assert pages_before["letter-99-whole.pdf"] < 2000


def test_a_single_scan_is_read_in_short_runs_and_many_scans_are_not(
    scan: AdmittedScan, settings: Settings
) -> None:
    steps, _ = run_batch(scan, settings, {"alone-whole": 100})
    sizes = [length for _, length in steps.runs]
    assert sum(sizes) == 100
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (12, 1)
    steps, _ = run_batch(scan, settings, {f"{number}-whole": 4 for number in range(100)})
    assert len(steps.runs) < 120, "nearly all of them are read in one run"
