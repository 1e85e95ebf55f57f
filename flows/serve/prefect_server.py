"""A Prefect server with its UI, as a child of this process."""

import os
import socket
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from flows.serve.child_process import ChildProcess
from flows.serve.network import ALL_INTERFACES
from pipeline.errors import SetupError
from pipeline.settings import Settings

_START_TIMEOUT = 180.0  #: seconds until the server answers; 11 to 21 were measured
_PORT_TIMEOUT = 15.0  #: seconds for which a server of a killed run may still hold the port
#: What a house of this size need not look for every five seconds, as the server does by itself.
_SLOW_LOOPS = {
    "PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS": "60",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_LOOP_SECONDS": "60",
    "PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_LOOP_SECONDS": "60",
    "PREFECT_SERVER_SERVICES_CLEANUP_RECONCILER_LOOP_SECONDS": "60",
    "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "60",
    "PREFECT_SERVER_SERVICES_FOREMAN_LOOP_SECONDS": "60",
    "PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS": "60",
    "PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY": "PT60S",
}
#: States of tasks go to the database together, not each in a transaction of its own; the UI is
#: so many seconds behind.
_BATCHED_WRITES = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "20",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "2",
}
_BROKEN_DATABASE_SIGNS = (
    b"file is not a database",
    b"disk image is malformed",
    b"Can't locate revision",
)


class PrefectServer:
    """Started, watched and ended by whoever holds it."""

    def __init__(self, settings: Settings, log: Path) -> None:
        """Say where it will listen; nothing is started yet."""
        self._settings = settings
        host, port = settings.host, str(settings.port)
        prefect = str(Path(sys.executable).with_name("prefect"))
        self._process = ChildProcess(
            [prefect, "server", "start", "--host", host, "--port", port], log
        )

    @property
    def ui_url(self) -> str:
        """The address of the UI, for this machine."""
        host = self._settings.host
        near = "127.0.0.1" if host in ALL_INTERFACES else host
        return f"http://{f'[{near}]' if ':' in near else near}:{self._settings.port}"

    @property
    def api_url(self) -> str:
        """The address of the API."""
        return f"{self.ui_url}/api"

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process.is_running

    def start(self) -> None:
        """Start it and wait until it answers.

        A database that cannot be read is set aside: the truth is on disk, in output/.

        Raises:
            SetupError: the port is taken, or it does not come up.
        """
        _wait_for_port(self._settings.host, self._settings.port)
        for attempt in (1, 2):
            begun = self._process.log.stat().st_size if self._process.log.exists() else 0
            self._process.start(self._server_environ())
            if self._wait_until_healthy():
                return
            self.stop()
            if attempt == 2 or not self._set_aside_database(begun):
                break
        msg = f"The Prefect server does not come up; its own words are in {self._process.log}."
        raise SetupError(msg)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def stop(self) -> None:
        """End it and whatever it started; a second thread may ask meanwhile."""
        self._process.stop()

    def is_healthy(self) -> bool:
        """Whether it answers and finds its database."""
        return self._is_ok("ready", 10)

    def _is_ok(self, path: str, seconds: float) -> bool:
        try:
            with urllib.request.urlopen(f"{self.api_url}/{path}", timeout=seconds):
                return True
        except OSError:  # URLError is one, and so is what a status of 400 or more raises
            return False

    def _server_environ(self) -> dict[str, str]:
        """Return what the server reads: the UI calls it where it was got from, whatever the port.

        Beyond loopback it asks for name and password, and for proof against forged requests.
        """
        environ = {
            **_SLOW_LOOPS,
            **_BATCHED_WRITES,
            "PREFECT_SERVER_UI_API_URL": "/api",
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": self.ui_url,
        }
        if self._settings.auth is not None:
            environ["PREFECT_SERVER_API_AUTH_STRING"] = self._settings.auth.get_secret_value()
            environ["PREFECT_SERVER_CSRF_PROTECTION_ENABLED"] = "true"
        return environ

    def _wait_until_healthy(self) -> bool:
        until = time.monotonic() + _START_TIMEOUT
        while self.is_running and time.monotonic() < until:
            if self._is_ok("health", 5):
                return True
            time.sleep(0.2)
        return False

    def _set_aside_database(self, log_offset: int) -> bool:
        """Rename a database that the server could not read; whether there was one."""
        with self._process.log.open("rb") as log:
            log.seek(log_offset)
            words = log.read()
        found = prefect_home() / "prefect.db"
        own = "PREFECT_SERVER_DATABASE_CONNECTION_URL" in os.environ
        if own or not found.is_file() or not any(sign in words for sign in _BROKEN_DATABASE_SIGNS):
            return False
        found.rename(found.with_name(f"prefect.db.broken-{datetime.now(UTC):%Y%m%dT%H%M%S}"))
        for beside in prefect_home().glob("prefect.db-*"):
            beside.unlink()
        return True


def prefect_home() -> Path:
    """Return Prefect's folder on this machine, which needs no network disk."""
    return Path(os.environ.get("PREFECT_HOME", Path.home() / ".prefect"))


def _wait_for_port(host: str, port: int) -> None:
    until = time.monotonic() + _PORT_TIMEOUT
    while True:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return
            except OSError as error:
                if time.monotonic() > until:
                    msg = f"Port {port} is taken ({error.strerror}): choose another with --port."
                    raise SetupError(msg) from error
        time.sleep(0.5)
