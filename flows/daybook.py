"""What an archivist sees of a run in the Prefect UI: its name, its tags, its table."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prefect.artifacts import create_table_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from pipeline.outcome import Outcome


def run_name(scans: int, pages: int | None = None) -> str:
    """Return what a batch is called.

    >>> run_name(2, 12), run_name(1)
    ('ingest 2 scans, 12 pages', 'ingest 1 scan')
    """
    parts = [_count(scans, "scan"), *([] if pages is None else [_count(pages, "page")])]
    return f"ingest {', '.join(parts)}"


def rename(scans: int, pages: int) -> None:
    """Put the number of pages, known only now, into the run's name."""
    if flow_run.id:
        with get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, name=run_name(scans, pages))


def enter(outcomes: Sequence[Outcome]) -> None:
    """Write the run's table, and tag the run where a record wants a person's eye."""
    create_table_artifact(
        table=[_row(outcome) for outcome in outcomes],
        key="ingest-inbox",
        description=f"# Day-book\n\n{sentence(outcomes)}",
    )
    if flow_run.id and any(outcome.needs_review for outcome in outcomes):
        with get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, tags={*flow_run.tags, "needs-review"})


def sentence(outcomes: Sequence[Outcome]) -> str:
    """Return how a batch went, with every refusal and its reason."""
    published = [o for o in outcomes if o.record and not o.already]
    already = [o for o in outcomes if o.already]
    parts = [f"{_count(len(published), 'record')} published"]
    if already:
        parts.append(f"{_count(len(already), 'scan')} published before")
    told = [(o.scan, "refused", o.refused) for o in outcomes if o.refused]
    told += [(o.scan, "failed, stays in the inbox", o.failed) for o in outcomes if o.failed]
    parts += [told for o in outcomes for told in (o.gone, o.waits) if told]
    parts += [f"{scan} {what}: {reason}" for scan, what, reason in told]
    return "; ".join(parts)


def _row(outcome: Outcome) -> dict[str, str]:
    link = Path(outcome.folder).as_uri() if outcome.folder else ""
    return {
        "Scan": outcome.scan,
        "What became of it": outcome.fate,
        "Record": f"[{outcome.record} v{outcome.version}]({link})" if outcome.record else "",
        "Pages": str(outcome.pages or ""),
        "Confidence": "" if outcome.confidence is None else f"{outcome.confidence:.0%}",
        "Needs review": "yes" if outcome.needs_review else "",
        "Title": outcome.title,
        # Last, for it may be long and the table scrolls.
        "Reason, issues": "; ".join(
            filter(
                None,
                [outcome.gone, outcome.waits, outcome.refused, outcome.failed, *outcome.issues],
            )
        ),
    }


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def wait_for_last_states(state: State[Any], seconds: float = 10.0) -> None:
    """Wait until the server knows how every task ended; its shutdown would lose the last ones."""
    run = state.state_details.flow_run_id
    if run is None:
        return
    only = FlowRunFilter(id=FlowRunFilterId(any_=[run]))
    until = time.monotonic() + seconds
    with get_client(sync_client=True) as client:
        while time.monotonic() < until:
            tasks = client.read_task_runs(flow_run_filter=only)
            if all(task.state is not None and task.state.is_final() for task in tasks):
                return
            time.sleep(0.2)
