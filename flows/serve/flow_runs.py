"""Prefect API calls of ``opis serve``: start a run, poll it, mark abandoned runs as crashed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

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
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Crashed

from flows.deployments import CORRECTIONS_DEPLOYMENT, ON_ARRIVAL_DEPLOYMENT
from flows.ui.prefect_events import emit_new_events

__all__ = [
    "FlowRunStatus",
    "emit_new_events",
    "get_run",
    "mark_abandoned",
    "name_scheduled_runs",
    "start_publication",
    "start_run",
    "wait_for_deployments",
]

_UNFINISHED_STATES = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
_NAMED_RUNS = 10  #: scheduled runs that have names; there are up to 300
_SCHEDULER_NEEDS = timedelta(minutes=5)  #: it looks at all deployments every minute
_STOPPED_MESSAGE = (
    "Opis or its machine was stopped while this ran. Nothing is lost: what was published stays, "
    "the other scans wait in the inbox for the next run."
)


@dataclass(frozen=True, slots=True)
class FlowRunStatus:
    """The state of a flow run on the server."""

    name: str
    state: str
    message: str
    is_final: bool
    is_crashed: bool = False
    is_cancelled: bool = False


def wait_for_deployments(seconds: float, is_alive: Callable[[], bool]) -> bool:
    """Wait until the deployments are registered; return whether they are.

    Args:
        seconds: to wait at most.
        is_alive: whether the processes run that register them; if not, it waits no longer.
    """
    deadline = time.monotonic() + seconds
    with get_client(sync_client=True) as client:
        while time.monotonic() < deadline and is_alive():
            try:
                client.read_deployment_by_name(ON_ARRIVAL_DEPLOYMENT)
            except ObjectNotFound:
                time.sleep(0.5)
            else:
                return True
    return False


def start_run(scans: Sequence[str]) -> UUID:
    """Start a run that ingests these scans, or the whole inbox if none are named; return its id."""
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name(ON_ARRIVAL_DEPLOYMENT)
        parameters = {"scans": list(scans)} if scans else {}
        run = client.create_flow_run_from_deployment(
            deployment.id, parameters=parameters, name="ingest the inbox"
        )
        return run.id


def start_publication(records: Sequence[str]) -> UUID:
    """Start a run that publishes the corrections of records; return its id."""
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name(CORRECTIONS_DEPLOYMENT)
        parameters = {"selection": {"records": list(records)}}
        run = client.create_flow_run_from_deployment(deployment.id, parameters=parameters)
        return run.id


def name_scheduled_runs() -> None:
    """Name the next scheduled runs after their work and day; Prefect gives them random names.

    Raises:
        RuntimeError: there are none, though deployments have schedules.
    """
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
                deployment_id=FlowRunFilterDeploymentId(is_null_=False),
            ),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            limit=_NAMED_RUNS,
        )
        deployments = {one.id: one for one in client.read_deployments()}
        if not runs and any(map(_has_idle_schedule, deployments.values())):
            msg = "Prefect schedules no runs though it should; its reason is in opis-server.log"
            raise RuntimeError(msg)
        for run in runs:
            deployment = deployments.get(run.deployment_id) if run.deployment_id else None
            if run.auto_scheduled and run.expected_start_time and deployment:
                name = _scheduled_name(deployment, run.expected_start_time)
                if run.name != name:
                    client.update_flow_run(run.id, name=name)


def _has_idle_schedule(deployment: DeploymentResponse) -> bool:
    """Return whether it has had a schedule for longer than Prefect needs to see it."""
    then = datetime.now(UTC) - _SCHEDULER_NEEDS
    return not deployment.paused and any(
        schedule.active and schedule.updated is not None and schedule.updated < then
        for schedule in deployment.schedules
    )


def _scheduled_name(deployment: DeploymentResponse, when: datetime) -> str:
    zones = (getattr(one.schedule, "timezone", None) for one in deployment.schedules)
    local = when.astimezone(ZoneInfo(next(filter(None, zones), "UTC")))
    return f"{deployment.name}, {local:%Y-%m-%d %H:%M}"


def get_run(run_id: UUID) -> FlowRunStatus:
    """Return the state of a run; a run that the server does not know counts as crashed."""
    with get_client(sync_client=True) as client:
        try:
            run = client.read_flow_run(run_id)
        except ObjectNotFound:
            return FlowRunStatus("", "Lost", "", is_final=True, is_crashed=True)
    state = run.state
    if state is None:
        return FlowRunStatus(run.name, "", "", is_final=False)
    # The flow gives every final state that it returns a message.
    crashed = state.type is StateType.CRASHED or (state.name == "Failed" and not state.message)
    return FlowRunStatus(
        run.name,
        state.name or "",
        state.message or "",
        is_final=state.is_final(),
        is_crashed=crashed,
        is_cancelled=state.type is StateType.CANCELLED,
    )


def mark_abandoned() -> int:
    """Mark unfinished runs of deployments as crashed, or as cancelled if that was requested.

    Call it while no runner is alive. Returns the number of runs.
    """
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNFINISHED_STATES)),
                deployment_id=FlowRunFilterDeploymentId(is_null_=False),
            )
        )
        for run in runs:
            cancelling = run.state is not None and run.state.type is StateType.CANCELLING
            state: State[Any] = (
                Cancelled(message="Cancelled.") if cancelling else Crashed(message=_STOPPED_MESSAGE)
            )
            client.set_flow_run_state(run.id, state, force=True)
            _crash_tasks(client, run.id)
    return len(runs)


def _crash_tasks(client: SyncPrefectClient, run_id: UUID) -> None:
    tasks = client.read_task_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run_id])),
        task_run_filter=TaskRunFilter(
            state=TaskRunFilterState(type=TaskRunFilterStateType(any_=_UNFINISHED_STATES))
        ),
    )
    for task in tasks:
        client.set_task_run_state(task.id, Crashed(message=_STOPPED_MESSAGE), force=True)
