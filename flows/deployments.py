"""The deployments, and the process that runs them: ``python -m flows.deployments``.

The watcher, a schedule or a person in the UI starts a run. Each run is a process of its own, so
that it can be cancelled, and a crash costs one run. ``prefect.yaml`` repeats the deployments.
"""

from typing import Any

from prefect import serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows import runtime
from flows.ingest import ingest_inbox
from flows.verify import verify_fixity
from pipeline.settings import Settings

ON_ARRIVAL_DEPLOYMENT = "ingest-inbox/on-arrival"
_MAX_RUNS = 3  #: runs at a time: one of each deployment


def build_deployments(settings: Settings) -> list[RunnerDeployment]:
    """Return the deployments with their schedules; each runs once at a time."""
    common: dict[str, Any] = {
        "concurrency_limit": ConcurrencyLimitConfig(limit=1),
        "entrypoint_type": EntrypointType.MODULE_PATH,
    }
    # Coroutines only where an event loop runs.
    deployments: list[Any] = [
        ingest_inbox.to_deployment(
            "on-arrival",
            description="Ingests the scans in the inbox; `opis serve` starts it when one arrives.",
            tags=["inbox"],
            **common,
        ),
        ingest_inbox.to_deployment(
            "nightly",
            description="Ingests the scans that are still in the inbox.",
            tags=["inbox"],
            schedule=Cron(settings.nightly, timezone=settings.timezone),
            **common,
        ),
        verify_fixity.to_deployment(
            "weekly",
            description="Checks every published record.",
            tags=["fixity"],
            schedule=Cron(settings.weekly, timezone=settings.timezone),
            **common,
        ),
    ]
    return deployments


def main() -> None:
    """Register the deployments and run the flow runs that are due, until SIGTERM."""
    settings = runtime.load_settings({})
    serve(
        *build_deployments(settings),
        limit=_MAX_RUNS,
        pause_on_shutdown=False,
        print_starting_message=False,
    )


if __name__ == "__main__":
    main()
