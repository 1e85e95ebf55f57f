"""What the workers of a Dask scheduler must have, and whether they do."""

import importlib
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

from flows.machine_checks import Look
from pipeline.errors import OpisError, SetupError
from pipeline.inbox.mounts import require
from pipeline.ocr.engines import signature_of
from pipeline.settings import Settings

_PATIENCE = 30  #: seconds for the scheduler, and for each worker, to answer
_APART = 5.0  #: seconds that two clocks may differ; the log of a record would tell nonsense


@dataclass(frozen=True, slots=True)
class Facts:
    """What a process has for reading pages."""

    opis: str
    prefect: str
    engine: str  #: with its version and the digests of its language data; why not, if it has none
    shares: str  #: empty where it sees inbox and output; else what it does not see
    server: str  #: empty where it reaches Prefect's server; else why not
    clock: float  #: seconds since 1970


@dataclass(frozen=True, slots=True)
class Asked:
    """What each worker answered, and between which moments."""

    answers: Mapping[str, Any]
    since: float  #: seconds since 1970
    until: float


def facts(settings: Settings, token: str) -> Facts:
    """Return what a worker has; ``token`` is a file that another wrote into the output."""
    return replace(_own(settings), shares=_unseen(settings, token), server=_untold())


def _own(settings: Settings) -> Facts:
    """Return what a process has of its own: what workers must have the same."""
    try:
        engine = str(signature_of(settings.engine, settings.languages))
    except OpisError as error:
        engine = str(error)
    opis, prefect = version("opis"), version("prefect")
    return Facts(opis, prefect, engine, shares="", server="", clock=time.time())


def examine_workers(settings: Settings) -> list[Look]:
    """Return what was found at each worker of the scheduler that is set.

    Raises:
        SetupError: no scheduler is set, Dask is not installed, or nobody answers.
    """
    if not settings.scheduler:
        msg = "No scheduler is set: workers are started here. Set OPIS_SCHEDULER to ask others."
        raise SetupError(msg)
    token = settings.work / f"doctor-{uuid.uuid4().hex[:12]}"
    settings.work.mkdir(parents=True, exist_ok=True)
    token.touch()
    try:
        ours, asked = _own(settings), _ask(settings, token.name)
    finally:
        token.unlink()
    if not asked.answers:
        return [Look("workers", False, f"{settings.scheduler} has no workers: start some.")]
    return list(compared(ours, asked))


def _ask(settings: Settings, token: str) -> Asked:
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        msg = "Dask is not installed: `uv sync --extra dask` installs it."
        raise SetupError(msg) from error
    try:
        with distributed.Client(settings.scheduler, timeout=_PATIENCE) as client:
            since, shown = time.time(), settings.model_copy(update={"auth": None})
            answers = client.run(facts, shown, token, on_error="return")
            return Asked(answers, since, time.time())
    except OSError as error:
        raise no_answer(settings, error) from error


def no_answer(settings: Settings, error: OSError) -> SetupError:
    """Return what is told when the scheduler cannot be asked."""
    return SetupError(f"The scheduler {settings.scheduler} does not answer ({error}).")


def compared(ours: Facts, asked: Asked) -> Iterator[Look]:
    """Yield a look at each worker."""
    for name, found in sorted(asked.answers.items()):
        wrong = list(_wrong(ours, found, asked))
        well = f"Opis {ours.opis}, {ours.engine}, sees inbox and output, reaches Prefect's server"
        yield Look(f"worker {name}", not wrong, " ".join(wrong) or well)


def _wrong(ours: Facts, found: Any, asked: Asked) -> Iterator[str]:
    """Yield a sentence for each thing that differs at a worker."""
    if not isinstance(found, Facts):
        yield f"It has no Opis, or an older one ({found}): install {ours.opis}."
        return
    if found.opis != ours.opis:
        yield f"It has Opis {found.opis}, here is {ours.opis}: install the same."
    if found.prefect != ours.prefect:
        yield f"It has Prefect {found.prefect}, here is {ours.prefect}: install the same."
    if found.engine != ours.engine:
        yield f"It would read otherwise: {found.engine}; here: {ours.engine}."
    if found.shares:
        yield found.shares
    if found.server:
        yield found.server
    if not asked.since - _APART < found.clock < asked.until + _APART:
        yield f"Its clock is {found.clock - asked.until:+.0f} s off: set it by NTP."


def _unseen(settings: Settings, token: str) -> str:
    try:
        require(settings)
    except OpisError as error:
        return str(error)
    wanted = (settings.inbox, settings.output, settings.work / token)
    missing = [str(path) for path in wanted if not path.exists()]
    if not missing:
        return ""
    return f"It does not see {missing[0]} as it is here: share the folder under the same path."


def _untold() -> str:
    """Return why this process could not tell Prefect's server how its tasks go."""
    api = importlib.import_module("prefect.settings").PREFECT_API_URL.value()
    if not api:
        return "It has no PREFECT_API_URL and would tell nobody how its tasks go: set it there."
    with importlib.import_module("prefect.client.orchestration").get_client(sync_client=True) as to:
        error = to.api_healthcheck()
    return "" if error is None else f"Prefect's server {api} does not answer it ({error})."
