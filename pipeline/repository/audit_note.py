"""A note of the last check of the whole archive, in the work folder: when, and what it found."""

from collections.abc import Sequence

from pydantic import AwareDatetime, ValidationError

from pipeline.model import Clock, FrozenModel
from pipeline.repository.bag import Finding
from pipeline.settings import Settings

_NOTE_FILE = "last-check.json"


class AuditNote(FrozenModel):
    """The outcome of a check of the whole archive."""

    when: AwareDatetime
    versions: int
    findings: int


def note_audit(checked: int, findings: Sequence[Finding], settings: Settings, clock: Clock) -> None:
    """Write the note of a check, unless the archive cannot be written to."""
    note = AuditNote(when=clock.now(), versions=checked, findings=len(findings))
    path = settings.work_folder / _NOTE_FILE
    try:
        settings.work_folder.mkdir(parents=True, exist_ok=True)
        path.write_text(note.model_dump_json(), "utf-8")
    except OSError:  # a copy on a disk that is read-only can be checked, too
        return


def last_audit(settings: Settings) -> AuditNote | None:
    """Return the note of the last check; None if there was none, or its note is damaged."""
    try:
        return AuditNote.model_validate_json((settings.work_folder / _NOTE_FILE).read_bytes())
    except (OSError, ValidationError):
        return None
