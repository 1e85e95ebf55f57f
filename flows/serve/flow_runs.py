"""What serve asks of the Prefect server: to run something, how it goes, and to bury the dead."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Crashed

from flows.deployments import ON_ARRIVAL_DEPLOYMENT

_UNFINISHED_STATES = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
_STOPPED_MESSAGE = (
    "Opis was stopped, or its machine, while this ran. Nothing is lost: what was published stays, "
    "the other scans wait in the inbox and are taken up by the next run."
)


@dataclass(frozen=True, slots=True)
class FlowRunStatus:
    """A run as the server knows it."""

    name: str
    state: str
    message: str
    is_final: bool
    is_crashed: bool = False
    is_cancelled: bool = False


def wait_for_deployments(seconds: float) -> bool:
    """Wait until the deployments are registered; whether they are."""
    until = time.monotonic() + seconds
    with get_client(sync_client=True) as client:
        while time.monotonic() < until:
            try:
                client.read_deployment_by_name(ON_ARRIVAL_DEPLOYMENT)
            except ObjectNotFound:
                time.sleep(0.5)
            else:
                return True
    return False


def start_run(scans: Sequence[str]) -> UUID:
    """Ask for a run over these scans; over all that lies in the inbox if none are named."""
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name(ON_ARRIVAL_DEPLOYMENT)
        parameters = {"scans": list(scans)} if scans else {}
        run = client.create_flow_run_from_deployment(
            deployment.id, parameters=parameters, name="ingest the inbox"
        )
        return run.id


def get_run(run_id: UUID) -> FlowRunStatus:
    """Return how a run goes; one that the server has lost has crashed."""
    with get_client(sync_client=True) as client:
        try:
            found = client.read_flow_run(run_id)
        except ObjectNotFound:
            return FlowRunStatus("", "Lost", "", is_final=True, is_crashed=True)
    state = found.state
    if state is None:
        return FlowRunStatus(found.name, "", "", is_final=False)
    # A run that ends as the flow says has a message of ours.
    crashed = state.type is StateType.CRASHED or (state.name == "Failed" and not state.message)
    return FlowRunStatus(
        found.name,
        state.name or "",
        state.message or "",
        is_final=state.is_final(),
        is_crashed=crashed,
        is_cancelled=state.type is StateType.CANCELLED,
    )


def mark_abandoned() -> int:
    """Say of the runs that were under way that they were stopped; there is nobody to run them.

    Returns:
        How many there were.
    """
    with get_client(sync_client=True) as client:
        dead = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNFINISHED_STATES)),
                deployment_id=FlowRunFilterDeploymentId(is_null_=False),
            )
        )
        for run in dead:
            asked = run.state is not None and run.state.type is StateType.CANCELLING
            state: State[Any] = (
                Cancelled(message="Cancelled.") if asked else Crashed(message=_STOPPED_MESSAGE)
            )
            client.set_flow_run_state(run.id, state, force=True)
            _crash_tasks(client, run.id)
    return len(dead)


def _crash_tasks(client: SyncPrefectClient, run_id: UUID) -> None:
    tasks = client.read_task_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run_id])),
        task_run_filter=TaskRunFilter(
            state=TaskRunFilterState(type=TaskRunFilterStateType(any_=_UNFINISHED_STATES))
        ),
    )
    for task in tasks:
        client.set_task_run_state(task.id, Crashed(message=_STOPPED_MESSAGE), force=True)
