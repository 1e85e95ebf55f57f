"""The task runner of a flow, by a setting: threads of this process, or workers of Dask."""

import importlib
from functools import cache
from tempfile import NamedTemporaryFile
from typing import IO, Any

import certifi
from prefect.client.orchestration import get_client
from prefect.context import EngineContext, SettingsContext, get_settings_context
from prefect.settings import PREFECT_API_URL
from prefect.task_runners import ThreadPoolTaskRunner

from flows import runtime
from flows.dask_workers import no_answer_error
from pipeline.errors import SetupError
from pipeline.settings import Settings
from pipeline.system.scratch_files import scratch_prefix

_THREADS_PER_WORKER = 4  #: of a local worker: while one waits for pages, others admit and publish


class ConfiguredTaskRunner(ThreadPoolTaskRunner[Any]):
    """A placeholder for the runner of the settings, which are read when a run begins."""

    def duplicate(self) -> Any:
        """Return a new runner of the settings; Prefect calls this for each run."""
        return make_task_runner(runtime.load_settings({}))


def parallel_page_count(settings: Settings) -> int:
    """Return how many pages are read at once: on this machine, or by the scheduler's workers.

    Call it within a run.

    Raises:
        SetupError: the scheduler does not answer, or has no workers: the run would wait silently.
    """
    if settings.runner == "threads" or not settings.scheduler:
        return runtime.worker_count(settings)
    run: Any = EngineContext.get()
    try:
        threads: int = sum(run.task_runner.client.nthreads().values())
    except OSError as error:
        raise no_answer_error(settings, error) from error
    if not threads:
        msg = f"{settings.scheduler} has no workers: start some."
        raise SetupError(msg)
    return threads


class _UntransferredSettings(SettingsContext):
    """Prefect's settings, which are not sent along with a task."""

    def serialize(self, include_secrets: bool = True) -> dict[str, Any]:
        """Return no settings."""
        del include_secrets
        return {}


def without_settings_transfer() -> SettingsContext:
    """Return a context in which Prefect's settings are not sent to Dask's workers.

    A worker has them from its own environment. Otherwise they are packed for each task and read
    again with environment and files: 0.1 s of CPU a task.
    """
    context = get_settings_context()
    return _UntransferredSettings(profile=context.profile, settings=context.settings)


def make_task_runner(settings: Settings) -> Any:
    """Return the runner of the settings.

    Raises:
        SetupError: the runner is Dask, and Dask is not installed.
    """
    jobs = runtime.worker_count(settings)
    if settings.runner == "threads":
        return ThreadPoolTaskRunner(max_workers=2 * jobs + 2)
    dask = _import_prefect_dask()
    if settings.scheduler:
        return dask.DaskTaskRunner(address=settings.scheduler)
    return dask.DaskTaskRunner(cluster_class=_start_cluster, cluster_kwargs={"n_workers": jobs})


def _start_cluster(n_workers: int) -> Any:
    """Start local workers, once a run (`make_task_runner` is called in each worker, too)."""
    distributed: Any = importlib.import_module("distributed")
    return distributed.LocalCluster(
        n_workers=n_workers,
        threads_per_worker=_THREADS_PER_WORKER,
        dashboard_address=None,
        env=_worker_environ(),
    )


def _worker_environ() -> dict[str, str]:
    """Return the environment variables by which a local worker reaches Prefect's server."""
    server = PREFECT_API_URL.value()
    if not server:  # a worker would start a temporary one of its own
        with get_client(sync_client=True) as client:
            server = str(client.api_url)
    if server.startswith("https:"):
        return {"PREFECT_API_URL": server}
    return {"PREFECT_API_URL": server, "PREFECT_API_SSL_CERT_FILE": _certificate_file().name}


@cache
def _certificate_file() -> IO[bytes]:
    """Return a temporary file with one certificate, for workers that use no TLS.

    In a worker Prefect opens two clients a task; each reads all certificates, 45 ms of CPU, even
    without TLS. It does not accept a file without certificates.
    """
    file = NamedTemporaryFile(  # noqa: SIM115  open until we exit
        prefix=scratch_prefix("certificate"), suffix=".pem"
    )
    end = "-----END CERTIFICATE-----\n"
    file.write((certifi.contents().partition(end)[0] + end).encode())
    file.flush()
    return file


def _import_prefect_dask() -> Any:
    try:
        return importlib.import_module("prefect_dask")
    except ImportError as error:
        msg = "runner = dask needs prefect-dask: `uv sync --extra dask` installs it."
        raise SetupError(msg) from error
