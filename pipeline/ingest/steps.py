"""One scan from the inbox to its record, in three steps: admit, read, publish.

Plain functions: ``flows`` runs them as Prefect tasks, or in a thread pool without Prefect, and
the records are the same.
"""

import math
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pipeline.description.merge import sidecar_of
from pipeline.errors import (
    AwayError,
    CutOffError,
    EmptyScanError,
    IngestError,
    MachineError,
    disk_trouble,
    legible,
)
from pipeline.fixity import digest
from pipeline.inbox.files import Copied, forget_refusal, refuse, remove_empty_folders, retire
from pipeline.inbox.mounts import require, there
from pipeline.ingest.admission import admit
from pipeline.ingest.arrivals import companions_of, known_as, lies_there, note, refuse_links
from pipeline.ingest.outcome import Outcome, Work
from pipeline.ingest.work import Effort
from pipeline.model import Clock
from pipeline.ocr.engines import signature_of
from pipeline.record.assemble import assemble, redescribe
from pipeline.record.model import Record, from_json
from pipeline.repository.catalog import Catalog
from pipeline.repository.pdf_jobs import Pdfs, in_children
from pipeline.repository.publish import Published, publish
from pipeline.repository.version_reader import stored_pages, with_what_stands
from pipeline.scan import Admitted
from pipeline.settings import Settings
from pipeline.workers.page_runs import pages_of
from pipeline.workers.pool import Readers

_RUN = 12  #: pages in a task at most: a task costs 40 ms, a page a second


def turn_away(
    paths: Iterable[Path], settings: Settings, clock: Clock
) -> tuple[list[Path], list[Outcome]]:
    """Refuse the scans whose names nothing can hold, Prefect included; return the others, too."""
    kept, refused = [], []
    for path in paths:
        told = legible(str(path))
        if told == str(path):
            kept.append(path)
            continue
        reason = (
            f"{legible(path.name)} cannot be taken: {told} holds control characters or letters "
            "that are not UTF-8. Rename the scan or its folder."
        )
        refused.append(refuse_scan(path, reason, settings, clock, "name"))
    return kept, refused


def taken_elsewhere(paths: Iterable[Path]) -> list[Outcome]:
    """Tell of the scans that another run is at."""
    names = [legible(path.name) for path in paths]
    return [Outcome(scan=name, gone=f"{name} is being taken by another run.") for name in names]


def admit_scan(
    path: Path, settings: Settings, readers: Readers, clock: Clock
) -> Admitted | Outcome:
    """Admit a scan; one that is published already, or cannot be, is done with here."""
    require(settings)
    try:
        refuse_links(path, settings)
        with Catalog(settings.catalog, settings.records) as catalog:
            found = admit(path, settings, readers, catalog, clock)
    except (CutOffError, EmptyScanError) as error:
        return _wait_for_rest(path, error, settings, clock)
    except IngestError as error:
        return refuse_scan(path, str(error), settings, clock, error.cause)
    if isinstance(found, Published):
        return _finish(path, sidecar_of(path), found, settings, clock)
    return found


def run_length(left: int, jobs: int, *, alone: bool) -> int:
    """Return how many of the pages that are left of a scan go into its next run.

    Where many scans wait, a task takes as many as it may: each costs Prefect the same. A scan that
    is alone is cut ever shorter, a job's half share of what is left (guided self-scheduling,
    Polychronopoulos and Kuck 1987), so that all jobs end at once.

    >>> [run_length(left, 2, alone=True) for left in (22, 16, 8, 1)], run_length(22, 2, alone=False)
    ([6, 4, 2, 1], 12)
    """
    return min(math.ceil(left / (2 * jobs)) if alone else left, _RUN)


def publish_scan(scan: Admitted, settings: Settings, readers: Readers, clock: Clock) -> Outcome:
    """Make and publish the record of a scan whose pages are read, and retire the scan."""
    require(settings)
    pdfs, effort = in_children(readers, settings), Effort(scan.arrived)
    try:
        if scan.known is not None:
            published = _describe_again(scan, scan.known, settings, clock, pdfs)
        else:
            signature = signature_of(settings.engine, scan.languages)
            pages = effort.counted(pages_of(scan, settings))
            published = publish(  # the record has no name here: a long one weighs
                scan, assemble(scan, pages, signature, clock),
                lambda: pages_of(scan, settings), settings, clock, pdfs=pdfs,
            )  # fmt: skip
    except IngestError as error:
        return refuse_scan(scan.path, str(error), settings, clock, error.cause)
    work = None if published.already else effort.work(clock)
    return _finish(scan.path, scan.sidecar, published, settings, clock, work)


def _describe_again(
    scan: Admitted, known: Path, settings: Settings, clock: Clock, pdfs: Pdfs
) -> Published:
    """Publish a version whose texts are those of the one before; nothing is read."""
    old = from_json((known / "data" / "record.json").read_bytes())
    whole, anew = with_what_stands(scan, known, old)
    record = redescribe(old, whole, anew=anew)
    return publish(whole, record, lambda: stored_pages(known, old), settings, clock, pdfs=pdfs)


def refuse_scan(
    path: Path, reason: str, settings: Settings, clock: Clock, cause: str = "other"
) -> Outcome:
    """Move a scan to ``refused/`` with its sidecar and the reason; one from elsewhere stays."""
    outcome = Outcome(scan=legible(path.name), refused=reason, cause=cause)
    if not path.is_relative_to(settings.inbox):
        note(path, outcome, settings, clock)
        return outcome
    if not lies_there(path):
        return _gone(path, settings)
    refuse(
        path, companions_of(path), settings.inbox, reason,
        lambda target: note(path, outcome, settings, clock, target),
    )  # fmt: skip
    return outcome


def _wait_for_rest(path: Path, error: IngestError, settings: Settings, clock: Clock) -> Outcome:
    """Let a scan whose end is missing wait for it; refuse it where nothing came for long."""
    if not lies_there(path):
        return _gone(path, settings)
    still = time.time() - path.lstat().st_ctime
    inside = path.is_relative_to(settings.inbox)
    if not inside or still >= settings.incomplete_seconds:
        return refuse_scan(path, str(error), settings, clock, error.cause)
    left = math.ceil((settings.incomplete_seconds - max(still, 0)) / 60)
    minutes = f"{left} minute{'' if left == 1 else 's'}"
    sentence = (
        f"{error.args[0]} It waits for the rest; if nothing comes, it is refused in {minutes}."
    )
    outcome = Outcome(scan=legible(path.name), waits=sentence)
    note(path, outcome, settings, clock)
    return outcome


def failure(path: Path, error: BaseException, settings: Settings, clock: Clock) -> Outcome:
    """Say that something went wrong on our side; the scan stays where it is."""
    try:
        with there(settings):
            if not lies_there(path):
                return _gone(path, settings)
    except AwayError as away:  # and so is the book of arrivals, maybe
        return Outcome(legible(path.name), failed=str(away))
    ours = str(error) if isinstance(error, MachineError) else f"{type(error).__name__}: {error}"
    told = disk_trouble(error) or ours
    outcome = Outcome(legible(path.name), failed=told)
    with suppress(OSError):  # the same trouble may keep the receipt from being written
        note(path, outcome, settings, clock)
    return outcome


def _gone(path: Path, settings: Settings) -> Outcome:
    require(settings)  # else only its disk is gone
    name = legible(path.name)
    sentence = f"{name} is no longer where it was: another run took it, or somebody moved it."
    return Outcome(scan=name, gone=sentence)


def end_batch(settings: Settings, clock: Clock) -> None:
    """Leave the catalogue in one order, not in that of the publications, under a still clock."""
    if clock.still:
        with Catalog(settings.catalog, settings.records) as catalog:
            catalog.rebuild()


def _finish(
    path: Path,
    sidecar: Path | None,
    done: Published,
    settings: Settings,
    clock: Clock,
    work: Work | None = None,
) -> Outcome:
    """Take the scan out of the inbox, now that a verified copy of it is published.

    A scan that was named on the command line and lies elsewhere is left where it is.
    """
    record = from_json((done.folder / "data" / "record.json").read_bytes())
    outcome = Outcome.of_record(
        path.name, record, done.folder, already=done.already,
        finding=known_as(path, record, done),
        work=work and work.model_copy(update={"review": record.needs_review}),
    )  # fmt: skip
    note(path, outcome, settings, clock)
    if path.is_relative_to(settings.inbox) and not settings.keep_inbox:
        _retire(path, sidecar, record, done, settings)
    return outcome


def _retire(
    path: Path, sidecar: Path | None, record: Record, done: Published, settings: Settings
) -> None:
    """Take away scan and companions, or none; the scan last: it is what a next run takes up.

    A sidecar or translation that came while the scan was read is not in its record: both stay,
    and the next run describes the record anew.
    """
    made, data = record.provenance, done.folder / "data"
    texts = [
        (path.with_name(one.origin), data / "translation" / one.origin)
        for one in record.translations
    ]
    copies = [Copied(text, digest(kept), kept) for text, kept in texts if kept.is_file()]
    copies += [Copied(path, made.source.sha256, data / "original" / made.source.name)]
    if sidecar is not None and made.sidecar is not None:
        kept = data / "sidecar" / made.sidecar.name
        copies.insert(0, Copied(sidecar, made.sidecar.sha256, kept))
    if not done.already and set(companions_of(path)) - {copy.path for copy in copies}:
        return
    if retire(copies):
        forget_refusal(path, settings.inbox)
    remove_empty_folders(path.parent, settings.inbox)
