"""A batch on Prefect: on the server that is set, or on Prefect's own temporary one.

Prefect takes two seconds to import, so only what needs it pays them.
"""

import os

from pipeline.settings import Settings, to_environ

_PREFECT_DEFAULTS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",  # else a page of events that an interrupt cut off
}
_DASK_DEFAULTS = {  # Dask watches itself a hundred times a second: a tenth of a core
    "DASK_LOGGING__DISTRIBUTED": "error",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "5s",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__WORKER__MEMORY__MONITOR_INTERVAL": "1s",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "false",
}


def prepare_prefect(settings: Settings) -> None:
    """Set what Prefect and Dask read when they are imported, where the user has not.

    Settings go into the environment too, so that every process of a run has the same.
    """
    os.environ.update(to_environ(settings))
    for name, value in (_PREFECT_DEFAULTS | _DASK_DEFAULTS).items():
        os.environ.setdefault(name, value)
    if settings.auth is not None:
        os.environ.setdefault("PREFECT_API_AUTH_STRING", settings.auth.get_secret_value())
