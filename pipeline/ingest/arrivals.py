"""What is noted of a scan that arrived: its receipt, and what is odd about its coming."""

import stat
from pathlib import Path

from pipeline.description.merge import sidecars_of
from pipeline.description.translations import translation_files
from pipeline.errors import LinkError, legible
from pipeline.fixity import digest
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.receipts import Fate, Receipt, enter, name_in
from pipeline.model import Clock
from pipeline.record.model import Record
from pipeline.repository.publish import Published
from pipeline.settings import Settings

_FATES: dict[str, Fate] = {
    fate: fate for fate in ("published", "published before", "refused", "waits", "failed")
}


def note(
    path: Path, outcome: Outcome, settings: Settings, clock: Clock, target: Path | None = None
) -> None:
    """Enter a receipt, while the scan is still where it arrived.

    Args:
        path: of the scan.
        outcome: what becomes of it.
        settings: where the book of arrivals is.
        clock: says when.
        target: where it goes when it is refused.

    Raises:
        OSError: the receipt cannot be written.
    """
    size, sha256 = _bytes_of(path)
    receipt = Receipt(
        when=clock.now(),
        scan=name_in(path, settings.inbox),
        size=size,
        sha256=sha256,
        beside=tuple(sorted(legible(one.name) for one in companions_of(path))),
        fate=_FATES[outcome.fate],
        record=outcome.record,
        version=outcome.version,
        where=_where(path, outcome, settings, target),
        reason=outcome.reason,
        finding=outcome.finding,
        cause=outcome.cause,
        work=outcome.work,
    )
    enter(receipt, settings.output)


def known_as(path: Path, record: Record, done: Published) -> str:
    """Return what is odd about bytes that were published before: another name; else nothing."""
    first = record.provenance.source.name
    if not done.already or first == path.name:
        return ""
    return f"{path.name} holds the same bytes as {first}, from which {record.id} was made."


def companions_of(scan: Path) -> list[Path]:
    """Return what lies beside a scan and goes with it: sidecars and translations."""
    return [*sidecars_of(scan), *translation_files(scan).values()]


def lies_there(path: Path) -> bool:
    """Whether something of this name lies there, a link to nowhere too."""
    return path.exists() or path.is_symlink()


def refuse_links(path: Path, settings: Settings) -> None:
    """Refuse what only points at a file elsewhere: its bytes may be anybody's.

    Raises:
        LinkError: the scan, or what describes it, is a link.
    """
    if not path.is_relative_to(settings.inbox):
        return
    for one in (path, *companions_of(path)):
        if one.is_symlink():
            msg = f"{one.name} is a link to another place."
            raise LinkError(msg)


def _where(path: Path, outcome: Outcome, settings: Settings, target: Path | None) -> str:
    if outcome.folder:
        return Path(outcome.folder).relative_to(settings.output).as_posix()
    if target is not None:
        return f"{settings.inbox.name}/{name_in(target, settings.inbox)}"
    return name_in(path, settings.inbox.parent)


def _bytes_of(path: Path) -> tuple[int | None, str | None]:
    """Return size and SHA-256; nothing of what is no file, or may not be read."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return None, None
        return status.st_size, digest(path)
    except OSError:
        return None, None
