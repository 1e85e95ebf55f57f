"""The deployments, and the process that runs them: ``flows.deployments``.

The watcher, a schedule or a person in the UI starts a run. Each run is a process of its own, so
that it can be cancelled, and a crash costs one run. ``prefect.yaml`` repeats the deployments.
"""

from dataclasses import dataclass
from typing import Any

from prefect import Flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows import runtime
from flows.build_site import build_site
from flows.decide import decide
from flows.evaluate_pages import evaluate
from flows.ingest import ingest_inbox
from flows.push_copies import push
from flows.revise import publish_corrections, reclean, reread
from flows.summarize_archive import summarize
from flows.verify import verify_fixity
from pipeline.settings import Settings

ON_ARRIVAL_DEPLOYMENT = "ingest-inbox/on-arrival"
CORRECTIONS_DEPLOYMENT = "publish-corrections/corrections"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row of the table of deployments."""

    flow: Flow[..., Any]
    name: str
    tag: str
    description: str
    schedule_setting: str = ""  #: a person, a program or an automation starts it if it is empty
    limit: int | None = 1  #: runs at a time


_ENTRIES = (
    _Entry(ingest_inbox, "on-arrival", "inbox",
           "Ingests the scans in the inbox; `opis serve` starts it when one arrives."),
    _Entry(ingest_inbox, "nightly", "inbox",
           "Ingests the scans that are still in the inbox.", "nightly"),
    _Entry(decide, "question", "inbox",
           "Asks a person about a scan that waits for a decision; Opis starts it.", limit=None),
    _Entry(verify_fixity, "weekly", "fixity", "Checks every published record.", "weekly"),
    _Entry(summarize, "daily", "summary",
           "Reports the last day, what waits for review, fixity and room on the disk.", "daily"),
    _Entry(reread, "selection", "revision",
           "Reads records again by a selection; a dry run, unless that is switched off."),
    _Entry(reclean, "selection", "revision",
           "Cleans readings again by a selection; a dry run, unless that is switched off."),
    _Entry(publish_corrections, "corrections", "revision",
           "Publishes what people corrected at the desk, as next versions."),
    _Entry(build_site, "reading-room", "site",
           "Builds the reading room; `opis serve` does so after each run."),
    _Entry(push, "copies", "copies",
           "Copies every published version to another place, and checks the copies."),
    _Entry(evaluate, "gate", "evaluation",
           "Reads pages that have a transcription; fails if an error has grown."),
)  # fmt: skip


def build_deployments(settings: Settings) -> list[RunnerDeployment]:
    """Return the deployments with their schedules; all but questions run once at a time."""
    return [_build_deployment(entry, settings) for entry in _ENTRIES]


def _build_deployment(entry: _Entry, settings: Settings) -> RunnerDeployment:
    cron = getattr(settings, entry.schedule_setting) if entry.schedule_setting else ""
    deployment = entry.flow.to_deployment(
        entry.name,
        description=entry.description,
        tags=[entry.tag],
        schedule=Cron(cron, timezone=settings.timezone) if cron else None,
        concurrency_limit=entry.limit and ConcurrencyLimitConfig(limit=entry.limit),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert isinstance(deployment, RunnerDeployment)  # a coroutine only where an event loop runs
    return deployment


def main() -> None:
    """Register the deployments and run the flow runs that are due, until SIGTERM."""
    settings = runtime.load_settings({})
    deployments = build_deployments(settings)
    serve(
        *deployments,
        limit=len(deployments),
        pause_on_shutdown=False,
        print_starting_message=False,
    )


if __name__ == "__main__":
    main()
