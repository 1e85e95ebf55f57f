"""Where tasks run, by a setting: threads of this process, or the workers of Dask."""

import importlib
from typing import Any

from prefect.client.orchestration import get_client
from prefect.task_runners import ThreadPoolTaskRunner

from flows import house
from pipeline.errors import SetupError
from pipeline.settings import Settings

_THREADS = 4  #: of a local worker: while its reading child reads, others admit and publish


class BySetting(ThreadPoolTaskRunner[Any]):
    """Stands in for the runner that the settings name when a run begins."""

    def duplicate(self) -> Any:
        """Return that runner: Prefect asks for one of its own for each run."""
        return runner(house.load_settings({}))


def runner(settings: Settings) -> Any:
    """Return the runner that the settings name.

    Raises:
        SetupError: it is Dask, which is not installed.
    """
    jobs = house.jobs_of(settings)
    if settings.runner == "threads":
        return ThreadPoolTaskRunner(max_workers=2 * jobs + 2)
    dask = _dask()
    if settings.scheduler:
        return dask.DaskTaskRunner(address=settings.scheduler)
    with get_client(sync_client=True) as client:
        server = str(client.api_url)  # else each worker would start a temporary one
    local = {
        "n_workers": jobs, "threads_per_worker": _THREADS, "dashboard_address": None,
        "env": {"PREFECT_API_URL": server},
    }  # fmt: skip
    return dask.DaskTaskRunner(cluster_kwargs=local)


def _dask() -> Any:
    try:
        return importlib.import_module("prefect_dask")
    except ImportError as error:
        msg = "runner = dask needs prefect-dask: `uv sync --extra dask` installs it."
        raise SetupError(msg) from error
