"""The deployments, and the process that runs them: ``python -m flows.deployments``.

Runs are asked for by the watcher, by the clock, or by a person in the UI; each is a process of
its own, so that a run can be cancelled, and a crash costs one run.
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
_MAX_RUNS = 3  #: runs: one of each deployment


def build_deployments(settings: Settings) -> list[RunnerDeployment]:
    """Return what can be run, each once at a time, with its schedule."""
    made: list[Any] = _untyped_deployments(settings)  # outside of a loop they are never coroutines
    return made


def _untyped_deployments(settings: Settings) -> list[Any]:
    one = ConcurrencyLimitConfig(limit=1)
    where = EntrypointType.MODULE_PATH
    nightly = Cron(settings.nightly, timezone=settings.timezone)
    weekly = Cron(settings.weekly, timezone=settings.timezone)
    return [
        ingest_inbox.to_deployment(
            "on-arrival", concurrency_limit=one, entrypoint_type=where, tags=["inbox"],
            description="Takes what has settled in the inbox. The watcher asks for it.",
        ),
        ingest_inbox.to_deployment(
            "nightly", concurrency_limit=one, entrypoint_type=where, tags=["inbox"],
            schedule=nightly, description="Takes whatever still lies in the inbox.",
        ),
        verify_fixity.to_deployment(
            "weekly", concurrency_limit=one, entrypoint_type=where, tags=["fixity"],
            schedule=weekly, description="Checks every published record.",
        ),
    ]  # fmt: skip


def main() -> None:
    """Register the deployments and run what is asked for, until SIGTERM."""
    settings = runtime.load_settings({})
    serve(
        *build_deployments(settings), limit=_MAX_RUNS, pause_on_shutdown=False,
        print_starting_message=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
