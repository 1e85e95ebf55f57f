"""The scans that a run takes from the inbox: settled, legibly named, claimed by no other run."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.description.sources import find_sidecars, find_sources
from pipeline.description.translations import NOT_LANGUAGES, is_two_letter_code
from pipeline.errors import IngestError, SetupError
from pipeline.inbox.claims import claim
from pipeline.inbox.files import RESERVED_STEMS, InboxListing, find_unsettled, list_inbox
from pipeline.inbox.name_forms import path_key
from pipeline.ingest.level_files import level_files_above, take_levels
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.steps import claimed_elsewhere, refuse_illegible_names
from pipeline.model import Clock
from pipeline.settings import Settings
from pipeline.wording import escape_unprintable


@contextmanager
def select_scans(
    scans: Sequence[Path], settings: Settings, clock: Clock
) -> Iterator[tuple[list[Path], list[Outcome]]]:
    """Claim scans for as long as the block runs.

    Args:
        scans: the scans to claim; all of the inbox if empty.
        settings: the inbox, and the seconds for which a scan must be unchanged.
        clock: gives the time of the receipts of refused scans.

    Yields:
        The scans to admit, and the outcomes of the others: still being written, refused for
        their names, or claimed by another run; of descriptions without a scan; of folders that
        cannot be listed; and of faults in files of levels, which are taken into the archive.
    """
    listing = InboxListing([], []) if scans else list_inbox(settings.inbox)
    candidates = [path.absolute() for path in scans] or listing.scans
    unsettled = _unsettled_scans(candidates, settings.settle_seconds)
    waiting = [
        Outcome(scan=escape_unprintable(path.name), waiting_reason=_unsettled_message(file))
        for path, file in sorted(unsettled.items())
    ]
    waiting += [
        Outcome(scan=escape_unprintable(path.name), waiting_reason=orphan_message(path))
        for path in orphan_sidecars(listing.descriptions, candidates)
    ]
    unlistable = [
        Outcome(scan=problem.name, refusal_reason=problem.reason) for problem in listing.problems
    ]
    level_files = level_files_above(candidates, settings.inbox) if scans else listing.files
    wrong_levels = list(take_levels(level_files, settings, clock))
    legible, refused = refuse_illegible_names(
        (path for path in candidates if path not in unsettled), settings, clock
    )
    with claim(legible, settings) as (claimed, claimed_by_others):
        others = [*waiting, *unlistable, *wrong_levels, *refused]
        yield claimed, [*others, *claimed_elsewhere(claimed_by_others)]


def _unsettled_scans(scans: Iterable[Path], seconds: float) -> dict[Path, Path]:
    """Return the scans that may still be written, or whose sidecar may be, each with that file."""
    files = {scan: (scan, *find_sidecars(scan)) for scan in scans}
    unsettled = find_unsettled((file for each in files.values() for file in each), seconds)
    written = {scan: [file for file in each if file in unsettled] for scan, each in files.items()}
    return {scan: each[0] for scan, each in written.items() if each}


def require_in_inbox(scans: Iterable[Path], settings: Settings) -> None:
    """Check that scans are in the inbox: who can start a run over HTTP may not read other files.

    Raises:
        SetupError: a path leads elsewhere, also by ``..`` or through a link to a folder.
    """
    for path in scans:
        if not _is_in_inbox(path, settings):
            shown = escape_unprintable(str(path))
            msg = (
                f"{shown} is not in the inbox, {settings.inbox}. A run of a deployment takes only "
                f"files from there: move it there, or run `opis ingest {shown}`."
            )
            raise SetupError(msg)


def _is_in_inbox(path: Path, settings: Settings) -> bool:
    try:
        folder = path.parent.resolve()
    except (OSError, ValueError, RuntimeError):  # a null character, or links in a circle
        return False
    return path.name not in {"", ".."} and folder.is_relative_to(settings.inbox.resolve())


def orphan_sidecars(descriptions: Iterable[Path], scans: Iterable[Path]) -> list[Path]:
    """Return the sidecars and translations without a scan of their name."""
    stems = {path_key(scan, scan.stem) for scan in scans}
    orphans = []
    for path in descriptions:
        stem = path.stem
        if path.suffix.lower() == ".txt":
            stem, _, tag = path.stem.rpartition(".")
            if not stem or tag.lower() in NOT_LANGUAGES or not is_two_letter_code(tag):
                continue
        if stem not in RESERVED_STEMS and path_key(path, stem) not in stems:
            orphans.append(path)
    return orphans


def orphan_message(path: Path) -> str:
    """Return the message on a description that has no scan beside it."""
    return (
        f"{escape_unprintable(path.name)} describes no scan that lies here. If its scan is "
        "published already, drop the scan again beside it."
    )


def is_described(scan: Path, inbox: Path) -> bool:
    """Return whether a scan has a description; a faulty one counts, admission reports it."""
    try:
        return any(source.values for source in find_sources(scan, inbox))
    except (IngestError, OSError):
        return True


def _unsettled_message(path: Path) -> str:
    return f"{escape_unprintable(path.name)} is still being written; it waits for the next run."
