"""The Prefect flow ``reread``: reads or cleans records again and publishes their next versions."""

from collections.abc import Sequence
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import artifacts, direct
from pipeline.ingest.outcome import Outcome
from pipeline.settings import Settings
from pipeline.wording import plural


@task(name="again", task_run_name="{name} {record}", cache_policy=NO_CACHE)
def revise_record(name: str, record: str, settings: Settings, reason: str) -> Outcome | State[Any]:
    """Revise one record; a failure is a failed state with a reason."""
    outcome = direct.revise_record(name, record, settings, reason)
    if outcome.failure_reason:
        return Failed(message=outcome.failure_reason, data=outcome)
    return outcome


@flow(name="reread", flow_run_name="{name} {count}", validate_parameters=False)
def reread_records(
    name: str, records: Sequence[str], settings: Settings, reason: str, count: str
) -> State[Any]:
    """Revise all records; one that fails stops no other. ``count`` only names the run."""
    del count
    states = [
        revise_record(name, record, settings, reason, return_state=True) for record in records
    ]
    outcomes: list[Any] = [state.result(raise_on_failure=False) for state in states]
    artifacts.publish_artifacts(outcomes, settings)
    message = artifacts.summary(outcomes)
    if any(outcome.failure_reason for outcome in outcomes):
        return Failed(message=message, data=outcomes)
    return Completed(message=message, data=outcomes)


def run_reread(name: str, records: Sequence[str], settings: Settings, reason: str) -> list[Outcome]:
    """Run the flow on the server of ``PREFECT_API_URL``, or on a temporary one."""
    count = plural(len(records), "record")
    state = reread_records(name, records, settings, reason, count, return_state=True)
    outcomes: Any = state.result(raise_on_failure=False)
    if not isinstance(outcomes, list):
        raise RuntimeError(state.message)
    artifacts.wait_for_final_states(state)
    return outcomes
