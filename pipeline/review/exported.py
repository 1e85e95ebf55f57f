"""Corrections for other programs: a table, and transcriptions for evaluation and training."""

import csv
import io
from collections.abc import Iterator, Sequence

from pipeline.doubt.word_forms import lines_of
from pipeline.record.record import RecordPage
from pipeline.repository.correction_log import read_corrections
from pipeline.review.page_lines import ReviewLine, ReviewPage, load_newest, load_review_page
from pipeline.settings import Settings

_COLUMNS = ("record", "page", "leaf", "line", "read", "before", "after", "action", "by", "when")


def corrections_table(record_ids: Sequence[str], settings: Settings) -> str:
    """Return the published and unpublished corrections of records as CSV."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(_COLUMNS)
    for page, line in _corrected_lines(record_ids, settings):
        latest = line.latest
        assert latest is not None
        table.writerow(
            (page.record.id, page.page.number, page.page.leaf or "", line.number, line.read,
             latest.before, line.text, latest.action, latest.by, latest.when.isoformat())
        )  # fmt: skip
    return out.getvalue()


def _corrected_lines(
    record_ids: Sequence[str], settings: Settings
) -> Iterator[tuple[ReviewPage, ReviewLine]]:
    log = read_corrections(settings.output)
    for record_id in record_ids:
        numbers = sorted({one.page for one in log if one.record == record_id})
        for number in numbers:
            page = load_review_page(record_id, number, log, settings)
            yield from ((page, line) for line in page.lines if line.latest is not None)


def transcription(record_id: str, settings: Settings) -> str | None:
    """Return the text of a record as ``opis evaluate`` reads it: form feeds divide pages.

    None if there is a line that nobody compared with the image.
    """
    _, record = load_newest(record_id, settings)
    if record.status not in {"reviewed", "checked"}:
        return None
    return "\f".join(_transcribed_page(page) for page in record.pages)


def _transcribed_page(page: RecordPage) -> str:
    """Return the lines of a page as people left them, without furniture."""
    lines = [" ".join(words) for words in lines_of(page.corrected_text) if words]
    pairs = zip(lines, page.line_roles, strict=True)
    return "\n".join(line for line, role in pairs if not role.is_furniture) + "\n"
