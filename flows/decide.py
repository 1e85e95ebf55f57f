"""The Prefect flow ``decide``: a form in the UI for a question about a scan.

The run is suspended until a person answers: it needs no process meanwhile, and outlives a restart.
The answer goes into the scan's sidecar, and `opis serve` takes the scan again.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from prefect import flow, suspend_flow_run
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterName,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import TERMINAL_STATES, State
from prefect.exceptions import ObjectNotFound
from prefect.input import RunInput
from prefect.states import Completed, Failed
from pydantic import Field

from flows import runtime
from flows.ui.markdown import escape_markdown
from pipeline.description.decisions import write_decision
from pipeline.description.nested_fields import DecidedField
from pipeline.errors import DescriptionError, OpisError
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.questions import Question, decision_on
from pipeline.ingest.selection import require_in_inbox
from pipeline.settings import Settings

QUESTION_DEPLOYMENT = "decide/question"
_FORM_SECONDS = 366 * 24 * 3600  #: a form can be answered for so long


class DecisionForm(RunInput):
    """The form that a person fills in."""

    answer: str = ""  # begins with the proposal; what it takes stands above the form
    by: str = Field(title="Your name", description="It is part of the record's provenance.")
    note: str = Field("", title="Why", description="If it should be known later.")


def ask_people(outcomes: Iterable[Outcome]) -> None:
    """Start a run with a form for each question that no run asks at present.

    Without `opis serve` there is no deployment, and the question stands in the report alone.
    """
    questions = [outcome.question for outcome in outcomes if outcome.question is not None]
    if not questions:
        return
    with get_client(sync_client=True) as client:
        try:
            deployment = client.read_deployment_by_name(QUESTION_DEPLOYMENT)
        except ObjectNotFound:
            return
        for question in questions:
            name, parameters = f"decide on {question.scan.rpartition('/')[2]}", asdict(question)
            if parameters not in _asked_at_present(client, deployment.id, name):
                client.create_flow_run_from_deployment(
                    deployment.id, parameters=parameters, name=name
                )


def _asked_at_present(
    client: SyncPrefectClient, deployment: UUID, name: str
) -> list[dict[str, Any]]:
    """Return the parameters of the runs with this name that have not ended."""
    runs = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            deployment_id=FlowRunFilterDeploymentId(any_=[deployment]),
            name=FlowRunFilterName(any_=[name]),
            state=FlowRunFilterState(type=FlowRunFilterStateType(not_any_=list(TERMINAL_STATES))),
        )
    )
    return [run.parameters for run in runs]


@flow(name="decide")
def decide(
    scan: str, field: DecidedField, text: str, proposal: str = "", pages: int = 0
) -> State[None]:
    """Ask a person a question about a scan in the inbox, and write the answer into its sidecar.

    Args:
        scan: its path in the inbox.
        field: of the description, which the answer gives.
        text: the question.
        proposal: what the answer may begin with.
        pages: of the scan; 0 if it does not matter.
    """
    question = Question(field, text, proposal, pages, scan)
    settings = runtime.load_settings({})
    problem = ""
    while True:
        form = suspend_flow_run(wait_for_input=_form(question, problem), timeout=_FORM_SECONDS)
        assert isinstance(form, DecisionForm)  # a run that is resumed without a form fails
        try:
            return _write_answer(question, form, settings)
        except DescriptionError as error:
            problem = str(error)
        except OpisError as error:
            return Failed(message=str(error))


def _form(question: Question, problem: str) -> type[DecisionForm]:
    """Return the form with the question above it; a problem of the last answer comes first."""
    parts = (f"**{escape_markdown(problem)}**" if problem else "", escape_markdown(question.text),
             escape_markdown(question.answer_advice))  # fmt: skip
    return DecisionForm.with_initial_data(
        description="\n\n".join(filter(None, parts)), answer=question.proposal
    )


def _write_answer(question: Question, form: DecisionForm, settings: Settings) -> State[None]:
    path = settings.inbox / question.scan
    require_in_inbox([path], settings)
    if not path.is_file():
        return Failed(message=f"{question.scan} is no longer in the inbox; nothing was written.")
    now = datetime.now(UTC)
    decision = decision_on(question, form.answer, by=form.by, note=form.note, when=now)
    sidecar = write_decision(path, decision)
    return Completed(
        message=f"{decision.by} decided on {question.field}: {decision.value_in_words}. It stands "
        f"in {sidecar.name}, and the scan is taken again."
    )
