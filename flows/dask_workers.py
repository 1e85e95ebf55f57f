"""Checks of the workers of a Dask scheduler: versions, engine, folders, server, clock."""

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
#: seconds that two clocks may differ; with more the times in a record would contradict each other
_MAX_CLOCK_SKEW = 5.0


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """Versions, engine, problems and clock of a process that reads pages."""

    opis: str  #: version
    prefect: str  #: version
    engine: str  #: its version and the digests of its language data; or why it has none
    folder_problem: str  #: a sentence; empty if the process sees inbox and output
    server_problem: str  #: a sentence; empty if the process reaches Prefect's server
    clock: float  #: seconds since 1970


@dataclass(frozen=True, slots=True)
class WorkerReplies:
    """The replies of all workers, and the time in which they were made."""

    replies: Mapping[str, Any]  #: by the worker's address: a `WorkerInfo`, or an exception
    since: float  #: seconds since 1970
    until: float  #: seconds since 1970


def worker_info(settings: Settings, token: str) -> WorkerInfo:
    """Return a worker's info; ``token`` names a file that the caller wrote in the work folder."""
    return replace(
        _own_info(settings),
        folder_problem=_folder_problem(settings, token),
        server_problem=_server_problem(),
    )


def _own_info(settings: Settings) -> WorkerInfo:
    """Return the versions, engine and clock of this process."""
    try:
        engine = str(signature_of(settings.engine_choice, settings.languages))
    except OpisError as error:
        engine = str(error)
    opis, prefect = version("opis"), version("prefect")
    return WorkerInfo(
        opis, prefect, engine, folder_problem="", server_problem="", clock=time.time()
    )


def check_workers(settings: Settings) -> list[Check]:
    """Return a check of each worker of the scheduler in the settings.

    Raises:
        SetupError: no scheduler is set, Dask is not installed, or the scheduler does not answer.
    """
    if not settings.scheduler:
        msg = "No scheduler is set: workers are started here. Set OPIS_SCHEDULER to ask others."
        raise SetupError(msg)
    token = settings.work_folder / f"doctor-{uuid.uuid4().hex[:12]}"
    settings.work_folder.mkdir(parents=True, exist_ok=True)
    token.touch()
    try:
        ours, replies = _own_info(settings), _ask_workers(settings, token.name)
    finally:
        token.unlink()
    if not replies.replies:
        return [Check("workers", False, f"{settings.scheduler} has no workers: start some.")]
    return list(compare_workers(ours, replies))


def _ask_workers(settings: Settings, token: str) -> WorkerReplies:
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        msg = "Dask is not installed: `uv sync --extra dask` installs it."
        raise SetupError(msg) from error
    try:
        with distributed.Client(settings.scheduler, timeout=_ANSWER_TIMEOUT) as client:
            since, public = time.time(), settings.model_copy(update={"auth": None})
            replies = client.run(worker_info, public, token, on_error="return")
            return WorkerReplies(replies, since, time.time())
    except OSError as error:
        raise no_answer_error(settings, error) from error


def no_answer_error(settings: Settings, error: OSError) -> SetupError:
    """Return the error for a scheduler that cannot be reached."""
    return SetupError(f"The scheduler {settings.scheduler} does not answer ({error}).")


def compare_workers(ours: WorkerInfo, replies: WorkerReplies) -> Iterator[Check]:
    """Yield a check of each worker against ``ours``, the info of this process."""
    for name, reply in sorted(replies.replies.items()):
        problems = list(_worker_problems(ours, reply, replies))
        good = f"Opis {ours.opis}, {ours.engine}, sees inbox and output, reaches Prefect's server"
        yield Check(f"worker {name}", not problems, " ".join(problems) or good)


def _worker_problems(ours: WorkerInfo, reply: Any, replies: WorkerReplies) -> Iterator[str]:
    """Yield a sentence for each difference or problem of a worker."""
    if not isinstance(reply, WorkerInfo):
        yield f"It has no Opis, or an older one ({reply}): install {ours.opis}."
        return
    if reply.opis != ours.opis:
        yield f"It has Opis {reply.opis}, here is {ours.opis}: install the same."
    if reply.prefect != ours.prefect:
        yield f"It has Prefect {reply.prefect}, here is {ours.prefect}: install the same."
    if reply.engine != ours.engine:
        yield f"Its engine or language data differ: {reply.engine}; here: {ours.engine}."
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
    required = (settings.inbox, settings.output, settings.work_folder / token)
    missing = [str(path) for path in required if not path.exists()]
    if not missing:
        return ""
    return f"It does not see {missing[0]} as it is here: share the folder under the same path."


def _server_problem() -> str:
    """Return why this process cannot report its tasks to Prefect's server, or an empty text."""
    api = importlib.import_module("prefect.settings").PREFECT_API_URL.value()
    if not api:
        return "It has no PREFECT_API_URL and could not report its tasks: set it there."
    orchestration = importlib.import_module("prefect.client.orchestration")
    with orchestration.get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    return "" if error is None else f"Prefect's server {api} does not answer it ({error})."
