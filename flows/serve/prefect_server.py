"""A Prefect server with its UI, as a child process."""

import os
import socket
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from flows.prefect_env import prefect_home
from flows.serve.child_process import ChildProcess
from flows.serve.network import ALL_INTERFACES
from flows.serve.prefect_process import command_for
from flows.serve.startup import KilledError
from pipeline.errors import SetupError
from pipeline.settings import Settings, to_environ

_START_TIMEOUT = 180.0  #: seconds until the server answers; 11 to 21 were measured
_PORT_TIMEOUT = 15.0  #: seconds for which the server of a killed serve may still hold the port
#: Loops that the server runs every five seconds by default; once a minute is enough here.
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
#: Task states are written to the database in batches, not one a transaction; the UI is up to two
#: seconds behind.
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
    """A Prefect server that can be started, watched and ended."""

    def __init__(self, settings: Settings, log: Path) -> None:
        """Prepare a server for the host and port of the settings; `start` starts it."""
        self._settings = settings
        self._database: tuple[int, int] | None = None  # its file, when the server had started
        self._process = ChildProcess(command_for("flows.serve.prefect_app"), log)

    @property
    def ui_url(self) -> str:
        """The address of the UI, as this machine reaches it."""
        host = self._settings.host
        local = "127.0.0.1" if host in ALL_INTERFACES else host
        return f"http://{f'[{local}]' if ':' in local else local}:{self._settings.port}"

    @property
    def api_url(self) -> str:
        """The address of the API."""
        return f"{self.ui_url}/api"

    @property
    def is_running(self) -> bool:
        """Whether the process runs and its database is the one that it opened.

        Of a server whose SQLite file was deleted some connections still reach the old file, others
        an empty new one: every other answer is an error.
        """
        return self._process.is_running and self._database == _database_identity()

    def start(self) -> None:
        """Start the server and wait until it answers.

        A broken SQLite database is renamed and replaced: all results are in output/.

        Raises:
            KilledError: the server was killed while it started.
            SetupError: the port is taken, or the server does not start.
        """
        _wait_for_port(self._settings.host, self._settings.port)
        for attempt in (1, 2):
            log_size = self._process.log.stat().st_size if self._process.log.exists() else 0
            self._process.start(self._server_environ())
            if self._wait_until_healthy():
                self._database = _database_identity()
                return
            was_killed = self._process.was_killed
            self.stop()
            if was_killed:
                msg = "The Prefect server was killed while it started."
                raise KilledError(msg)
            if attempt == 2 or not self._set_aside_database(log_size):
                break
        msg = f"The Prefect server does not start; its output is in {self._process.log}."
        raise SetupError(msg)

    def send_kill(self) -> None:
        """Kill the server and its children; do not wait for their end."""
        self._process.send_kill()

    def stop(self) -> None:
        """End the server and its children; another thread may call `send_kill` meanwhile."""
        self._process.stop()

    def is_healthy(self) -> bool:
        """Return whether the server answers and reaches its database."""
        return self._is_ok("ready", 10)

    def _is_ok(self, path: str, seconds: float) -> bool:
        try:
            with urllib.request.urlopen(f"{self.api_url}/{path}", timeout=seconds):
                return True
        except OSError:  # URLError is one, also HTTPError, for a status of 400 or more
            return False

    def _server_environ(self) -> dict[str, str]:
        """Return the server's environment; the UI calls the API on the host that it came from.

        With ``auth`` set the server requires name and password, and a CSRF token.
        """
        environ = {
            **to_environ(self._settings),
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
        deadline = time.monotonic() + _START_TIMEOUT
        while self._process.is_running and time.monotonic() < deadline:
            if self._is_ok("health", 5):
                return True
            time.sleep(0.2)
        return False

    def _set_aside_database(self, log_offset: int) -> bool:
        """Rename a database that the server could not read; return whether there was one.

        ``log_offset`` is where this start's output begins in the log, in bytes.
        """
        if "PREFECT_SERVER_DATABASE_CONNECTION_URL" in os.environ:
            return False
        with self._process.log.open("rb") as log:
            log.seek(log_offset)
            output = log.read()
        database = prefect_home() / "prefect.db"
        is_broken = any(sign in output for sign in _BROKEN_DATABASE_SIGNS)
        if not is_broken or not database.is_file():
            return False
        database.rename(database.with_name(f"prefect.db.broken-{datetime.now(UTC):%Y%m%dT%H%M%S}"))
        for journal in prefect_home().glob("prefect.db-*"):
            journal.unlink()
        return True


def _database_identity() -> tuple[int, int] | None:
    """Return device and inode of the SQLite file; None if there is none, or another database."""
    if "PREFECT_SERVER_DATABASE_CONNECTION_URL" in os.environ:
        return None
    try:
        found = (prefect_home() / "prefect.db").stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _wait_for_port(host: str, port: int) -> None:
    deadline = time.monotonic() + _PORT_TIMEOUT
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return
            except OSError as error:
                if time.monotonic() > deadline:
                    msg = f"Port {port} is taken ({error.strerror}): choose another with --port."
                    raise SetupError(msg) from error
        time.sleep(0.5)
