"""The environment of Prefect and Dask, set before they are imported.

Prefect takes two seconds to import, so only the commands that need it import it.
"""

import os
import secrets
import tomllib
from contextlib import suppress
from pathlib import Path

from pipeline.settings import Settings, to_environ

_PREFECT_DEFAULTS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",  # else an interrupt prints a page of lost events
}
_DASK_DEFAULTS = {  # by default Dask monitors itself 100 times a second: a tenth of a core
    "DASK_LOGGING__DISTRIBUTED": "error",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "5s",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__WORKER__MEMORY__MONITOR_INTERVAL": "1s",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "false",
}


def prepare_prefect(settings: Settings, server_log_level: str = "CRITICAL") -> None:
    """Set the variables that Prefect and Dask read at import, unless the user has set them.

    The settings are set as ``OPIS_*``, too, so that every process of a run has the same.

    Args:
        settings: of the run.
        server_log_level: of a server that is started from here. A temporary one writes to the
            terminal; Ctrl-C reaches it in the midst of its work, of which it tells pages.
    """
    os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", server_log_level)
    os.environ.update(to_environ(settings))
    for name, value in (_PREFECT_DEFAULTS | _DASK_DEFAULTS).items():
        os.environ.setdefault(name, value)
    if settings.auth is not None:
        os.environ.setdefault("PREFECT_API_AUTH_STRING", settings.auth.get_secret_value())


def prefect_home() -> Path:
    """Return Prefect's folder on this machine: ``PREFECT_HOME`` or ``~/.prefect``."""
    return Path(os.environ.get("PREFECT_HOME", Path.home() / ".prefect"))


def prepare_run(settings: Settings) -> str | None:
    """Prepare Prefect for a run of this command; return the server's API address.

    It is None if Prefect starts a temporary server. That one answers any host, so that a page that
    rebinds its domain name could ask it for anything: it gets a password that only this run knows.
    """
    prepare_prefect(settings)
    server = _configured_server()
    if server is None:
        secret = f"opis:{secrets.token_urlsafe(32)}"
        os.environ["PREFECT_SERVER_API_AUTH_STRING"] = secret
        os.environ["PREFECT_API_AUTH_STRING"] = secret
    return server


def _configured_server() -> str | None:
    """Return the API address that a variable or Prefect's active profile gives, or None."""
    if url := os.environ.get("PREFECT_API_URL"):
        return url
    path = Path(os.environ.get("PREFECT_PROFILES_PATH", prefect_home() / "profiles.toml"))
    with suppress(OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        file = tomllib.loads(path.read_text("utf-8"))
        profile = file.get("profiles", {}).get(file.get("active"), {})
        return str(profile["PREFECT_API_URL"]) if "PREFECT_API_URL" in profile else None
    return None
