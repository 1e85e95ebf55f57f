"""The report and table of a run in the Prefect UI."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from prefect.artifacts import create_table_artifact
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run

from flows.ui.markdown import escape_markdown
from pipeline.ingest.outcome import Outcome
from pipeline.settings import Settings
from pipeline.wording import plural

_MAX_LISTED = 25  #: scans named in the report, under each heading
_MAX_TABLE_ROWS = 1000  #: scans in the table
_MAX_REASONS = 5  #: reasons in a summary


def publish_report(outcomes: Sequence[Outcome], settings: Settings) -> None:
    """Publish the run's report and table; tag the run if a record needs review."""
    create_table_artifact(
        table=[_table_row(outcome, settings) for outcome in outcomes[:_MAX_TABLE_ROWS]],
        key="ingest-inbox",
        description="\n".join(_artifact_markdown(outcomes, settings)),
    )
    if flow_run.id and any(outcome.needs_review for outcome in outcomes):
        with get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, tags={*flow_run.tags, "needs-review"})


def _artifact_markdown(outcomes: Sequence[Outcome], settings: Settings) -> Iterator[str]:
    """Yield the report as Markdown; it repeats the reasons, for the table's last column scrolls."""
    yield f"# Run report\n\n{_batch_counts(outcomes)}\n"
    if len(outcomes) > _MAX_TABLE_ROWS:
        yield f"\nThe table has the first {_MAX_TABLE_ROWS:,}; `opis receipts` lists all.\n"
    sections = {
        "Refused": [o for o in outcomes if o.refusal_reason],
        "Failed": [o for o in outcomes if o.failure_reason],
        "Waits": [o for o in outcomes if o.waiting_reason],
        "Needs review": [o for o in outcomes if o.needs_review],
        "To know": [o for o in outcomes if o.finding],
    }
    for heading, listed in sections.items():
        if listed:
            yield f"\n**{heading}**\n"
        for outcome in listed[:_MAX_LISTED]:
            link = record_link(outcome, settings)
            reason = outcome.reason or "; ".join(filter(None, [outcome.finding, *outcome.issues]))
            yield f"- {link}{': ' * bool(link)}{escape_markdown(reason)}"
        if len(listed) > _MAX_LISTED:
            yield f"- … and {len(listed) - _MAX_LISTED} more, in the table"


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return a sentence with the counts of a batch and the first reasons."""
    reasons = [f"{outcome.status}: {outcome.reason}" for outcome in outcomes if outcome.reason]
    more = len(reasons) - _MAX_REASONS
    rest = [f"… and {more} more, in the run report"] if more > 0 else []
    return "; ".join([_batch_counts(outcomes), *reasons[:_MAX_REASONS], *rest])


def _batch_counts(outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return "There was nothing to ingest."
    published = [o for o in outcomes if o.is_new]
    already = [o for o in outcomes if o.already_published]
    parts = [f"{plural(len(published), 'record')} published"]
    if already:
        parts.append(f"{plural(len(already), 'scan')} published before")
    return "; ".join(parts)


def _table_row(outcome: Outcome, settings: Settings) -> dict[str, str]:
    return {
        "Scan": escape_markdown(outcome.scan),
        "Outcome": outcome.status,
        "Record": record_link(outcome, settings),
        "Pages": str(outcome.pages or ""),
        "Confidence": "" if outcome.confidence is None else f"{outcome.confidence:.0%}",
        "Needs review": "yes" if outcome.needs_review else "",
        "Title": escape_markdown(outcome.title),
        # The last column: it may be long, and the table scrolls.
        "Reason, issues": escape_markdown(
            "; ".join(filter(None, [outcome.reason, outcome.finding, *outcome.issues]))
        ),
    }


def record_link(outcome: Outcome, settings: Settings) -> str:
    """Return a link to the record on serve's pages if it runs, else to its folder."""
    if not outcome.record:
        return ""
    folder = Path(outcome.folder)
    inside = folder.relative_to(settings.records).as_posix()
    url = settings.pages_url
    address = f"{url}/go/{quote(inside)}" if url else folder.as_uri()
    return f"[{outcome.record} v{outcome.version}]({address})"
