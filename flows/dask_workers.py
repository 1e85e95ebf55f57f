"""What the workers of a Dask scheduler must have, and whether they do."""

import importlib
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

from flows.machine_checks import Check
from pipeline.errors import OpisError, SetupError
from pipeline.inbox.mounts import require_mounts
from pipeline.ocr.engines import signature_of
from pipeline.settings import Settings

_ANSWER_TIMEOUT = 30  #: seconds for the scheduler, and for each worker, to answer
_MAX_CLOCK_SKEW = (
    5.0  #: seconds that two clocks may differ; the log of a record would tell nonsense
)


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """What a process has for reading pages."""

    opis: str
    prefect: str
    engine: str  #: with its version and the digests of its language data; why not, if it has none
    folder_problem: str  #: empty where it sees inbox and output; else what it does not see
    server_problem: str  #: empty where it reaches Prefect's server; else why not
    clock: float  #: seconds since 1970


@dataclass(frozen=True, slots=True)
class WorkerReplies:
    """What each worker answered, and between which moments."""

    replies: Mapping[str, Any]
    since: float  #: seconds since 1970
    until: float


def worker_info(settings: Settings, token: str) -> WorkerInfo:
    """Return what a worker has; ``token`` is a file that another wrote into the output."""
    return replace(
        _own_info(settings),
        folder_problem=_folder_problem(settings, token),
        server_problem=_server_problem(),
    )


def _own_info(settings: Settings) -> WorkerInfo:
    """Return what a process has of its own: what workers must have the same."""
    try:
        engine = str(signature_of(settings.engine, settings.languages))
    except OpisError as error:
        engine = str(error)
    opis, prefect = version("opis"), version("prefect")
    return WorkerInfo(
        opis, prefect, engine, folder_problem="", server_problem="", clock=time.time()
    )


def check_workers(settings: Settings) -> list[Check]:
    """Return what was found at each worker of the scheduler that is set.

    Raises:
        SetupError: no scheduler is set, Dask is not installed, or nobody answers.
    """
    if not settings.scheduler:
        msg = "No scheduler is set: workers are started here. Set OPIS_SCHEDULER to ask others."
        raise SetupError(msg)
    token = settings.work_folder / f"doctor-{uuid.uuid4().hex[:12]}"
    settings.work_folder.mkdir(parents=True, exist_ok=True)
    token.touch()
    try:
        ours, asked = _own_info(settings), _ask_workers(settings, token.name)
    finally:
        token.unlink()
    if not asked.replies:
        return [Check("workers", False, f"{settings.scheduler} has no workers: start some.")]
    return list(compare_workers(ours, asked))


def _ask_workers(settings: Settings, token: str) -> WorkerReplies:
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        msg = "Dask is not installed: `uv sync --extra dask` installs it."
        raise SetupError(msg) from error
    try:
        with distributed.Client(settings.scheduler, timeout=_ANSWER_TIMEOUT) as client:
            since, shown = time.time(), settings.model_copy(update={"auth": None})
            answers = client.run(worker_info, shown, token, on_error="return")
            return WorkerReplies(answers, since, time.time())
    except OSError as error:
        raise no_answer_error(settings, error) from error


def no_answer_error(settings: Settings, error: OSError) -> SetupError:
    """Return what is told when the scheduler cannot be asked."""
    return SetupError(f"The scheduler {settings.scheduler} does not answer ({error}).")


def compare_workers(ours: WorkerInfo, replies: WorkerReplies) -> Iterator[Check]:
    """Yield a look at each worker."""
    for name, found in sorted(replies.replies.items()):
        wrong = list(_worker_problems(ours, found, replies))
        well = f"Opis {ours.opis}, {ours.engine}, sees inbox and output, reaches Prefect's server"
        yield Check(f"worker {name}", not wrong, " ".join(wrong) or well)


def _worker_problems(ours: WorkerInfo, reply: Any, replies: WorkerReplies) -> Iterator[str]:
    """Yield a sentence for each thing that differs at a worker."""
    if not isinstance(reply, WorkerInfo):
        yield f"It has no Opis, or an older one ({reply}): install {ours.opis}."
        return
    if reply.opis != ours.opis:
        yield f"It has Opis {reply.opis}, here is {ours.opis}: install the same."
    if reply.prefect != ours.prefect:
        yield f"It has Prefect {reply.prefect}, here is {ours.prefect}: install the same."
    if reply.engine != ours.engine:
        yield f"It would read otherwise: {reply.engine}; here: {ours.engine}."
    if reply.folder_problem:
        yield reply.folder_problem
    if reply.server_problem:
        yield reply.server_problem
    if not replies.since - _MAX_CLOCK_SKEW < reply.clock < replies.until + _MAX_CLOCK_SKEW:
        yield f"Its clock is {reply.clock - replies.until:+.0f} s off: set it by NTP."


def _folder_problem(settings: Settings, token: str) -> str:
    try:
        require_mounts(settings)
    except OpisError as error:
        return str(error)
    wanted = (settings.inbox, settings.output, settings.work_folder / token)
    missing = [str(path) for path in wanted if not path.exists()]
    if not missing:
        return ""
    return f"It does not see {missing[0]} as it is here: share the folder under the same path."


def _server_problem() -> str:
    """Return why this process could not tell Prefect's server how its tasks go."""
    api = importlib.import_module("prefect.settings").PREFECT_API_URL.value()
    if not api:
        return "It has no PREFECT_API_URL and would tell nobody how its tasks go: set it there."
    with importlib.import_module("prefect.client.orchestration").get_client(sync_client=True) as to:
        error = to.api_healthcheck()
    return "" if error is None else f"Prefect's server {api} does not answer it ({error})."
