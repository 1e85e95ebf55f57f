"""What a run takes from the inbox: scans that are settled, described, and nobody else's."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.description.sources import find_sources
from pipeline.description.translations import NO_LANGUAGES, is_common
from pipeline.errors import IngestError, legible
from pipeline.inbox.claims import claim
from pipeline.inbox.files import descriptions, find_scans, unsettled
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.steps import taken_elsewhere, turn_away
from pipeline.model import Clock
from pipeline.settings import Settings


@contextmanager
def taken(
    named: Sequence[Path], settings: Settings, clock: Clock
) -> Iterator[tuple[list[Path], list[Outcome]]]:
    """Take scans for as long as the block runs.

    Args:
        named: the scans to take; all of the inbox if none.
        settings: where the inbox is, and how long a scan must lie still.
        clock: for the receipts of what is refused here.

    Yields:
        The scans to admit, and what is known of the others: still being written, refused for
        their names, or being taken by another run.
    """
    found = [path.absolute() for path in named] or find_scans(settings.inbox)
    moving = unsettled(found, settings.settle_seconds)
    waiting = [Outcome(scan=legible(path.name), waits=_written(path)) for path in sorted(moving)]
    if not named:
        alone = lonely(settings.inbox, found)
        waiting += [Outcome(scan=legible(path.name), waits=without_scan(path)) for path in alone]
    kept, refused = turn_away((path for path in found if path not in moving), settings, clock)
    with claim(kept, settings) as (ours, theirs):
        yield ours, [*waiting, *refused, *taken_elsewhere(theirs)]


def lonely(inbox: Path, scans: Iterable[Path]) -> list[Path]:
    """Return the sidecars and translations in the inbox that lie beside no scan of their name."""
    stems = {scan.with_name(scan.stem) for scan in scans}
    found = []
    for path in descriptions(inbox):
        stem = path.stem
        if path.suffix.lower() == ".txt":
            stem, _, tag = path.stem.rpartition(".")
            if not stem or tag.lower() in NO_LANGUAGES or not is_common(tag):
                continue
        if stem != "_defaults" and path.with_name(stem) not in stems:
            found.append(path)
    return found


def without_scan(path: Path) -> str:
    """Return what is told of a description that lies alone."""
    return (
        f"{legible(path.name)} describes no scan that lies here. If its scan is published already, "
        "drop the scan again beside it."
    )


def is_described(scan: Path, inbox: Path) -> bool:
    """Return whether anything says what a scan is; faults are for admission to tell."""
    try:
        return bool(find_sources(scan, inbox))
    except IngestError:
        return True


def _written(path: Path) -> str:
    return f"{legible(path.name)} is still being written; it waits for the next run."
