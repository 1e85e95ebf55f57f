"""The report of a dry run: what new versions of records would change."""

from collections.abc import Iterator, Sequence

from prefect.artifacts import create_markdown_artifact

from flows.ui.markdown import escape_markdown
from pipeline.ingest.revisions import RevisionPreview
from pipeline.wording import plural

_MAX_LISTED = 200  #: records in the report
_MAX_LINES = 40  #: of one record


def publish_previews(previews: Sequence[RevisionPreview]) -> None:
    """Publish the differences of each record as the artifact ``differences``."""
    create_markdown_artifact("\n".join(_report(previews)), key="differences")


def _report(previews: Sequence[RevisionPreview]) -> Iterator[str]:
    changed = [preview for preview in previews if preview.differences]
    failed = [preview for preview in previews if preview.failure_reason]
    words = plural(sum(preview.changed_words for preview in changed), "word")
    yield "# What would change\n"
    yield f"{len(changed)} of {plural(len(previews), 'record')}, {words}. Nothing was published.\n"
    for preview in [*failed, *changed][:_MAX_LISTED]:
        yield f"## {escape_markdown(preview.record)}\n"
        if preview.failure_reason:
            yield f"{escape_markdown(preview.failure_reason)}\n"
            continue
        # Indented: a block of code, in which no character is syntax.
        yield from (f"    {line}" for line in preview.differences[:_MAX_LINES])
        more = len(preview.differences) - _MAX_LINES
        yield f"\n… and {more} more lines\n" if more > 0 else ""
    left_out = len(failed) + len(changed) - _MAX_LISTED
    if left_out > 0:
        yield f"… and {left_out} more records: `opis reread --dry-run` prints all."
