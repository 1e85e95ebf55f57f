"""What a run takes from the inbox: scans that are settled, described, and nobody else's."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.description.sources import find_sources
from pipeline.description.translations import NOT_LANGUAGES, is_two_letter_code
from pipeline.errors import IngestError
from pipeline.inbox.claims import claim
from pipeline.inbox.files import find_descriptions, find_scans, find_unsettled
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.steps import claimed_elsewhere, refuse_illegible_names
from pipeline.model import Clock
from pipeline.settings import Settings
from pipeline.wording import escape_unprintable


@contextmanager
def select_scans(
    scans: Sequence[Path], settings: Settings, clock: Clock
) -> Iterator[tuple[list[Path], list[Outcome]]]:
    """Take scans for as long as the block runs.

    Args:
        scans: the scans to take; all of the inbox if none.
        settings: where the inbox is, and how long a scan must lie still.
        clock: for the receipts of what is refused here.

    Yields:
        The scans to admit, and what is known of the others: still being written, refused for
        their names, or being taken by another run.
    """
    found = [path.absolute() for path in scans] or find_scans(settings.inbox)
    moving = find_unsettled(found, settings.settle_seconds)
    waiting = [
        Outcome(scan=escape_unprintable(path.name), waiting_reason=_unsettled_message(path))
        for path in sorted(moving)
    ]
    if not scans:
        alone = orphan_sidecars(settings.inbox, found)
        waiting += [
            Outcome(scan=escape_unprintable(path.name), waiting_reason=orphan_message(path))
            for path in alone
        ]
    kept, refused = refuse_illegible_names(
        (path for path in found if path not in moving), settings, clock
    )
    with claim(kept, settings) as (ours, theirs):
        yield ours, [*waiting, *refused, *claimed_elsewhere(theirs)]


def orphan_sidecars(inbox: Path, scans: Iterable[Path]) -> list[Path]:
    """Return the sidecars and translations in the inbox that lie beside no scan of their name."""
    stems = {scan.with_name(scan.stem) for scan in scans}
    found = []
    for path in find_descriptions(inbox):
        stem = path.stem
        if path.suffix.lower() == ".txt":
            stem, _, tag = path.stem.rpartition(".")
            if not stem or tag.lower() in NOT_LANGUAGES or not is_two_letter_code(tag):
                continue
        if stem != "_defaults" and path.with_name(stem) not in stems:
            found.append(path)
    return found


def orphan_message(path: Path) -> str:
    """Return what is told of a description that lies alone."""
    return (
        f"{escape_unprintable(path.name)} describes no scan that lies here. If its scan is "
        "published already, drop the scan again beside it."
    )


def is_described(scan: Path, inbox: Path) -> bool:
    """Return whether anything says what a scan is; faults are for admission to tell."""
    try:
        return bool(find_sources(scan, inbox))
    except IngestError:
        return True


def _unsettled_message(path: Path) -> str:
    return f"{escape_unprintable(path.name)} is still being written; it waits for the next run."
