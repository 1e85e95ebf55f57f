"""A Prefect server with its UI, as a child of this process."""

import os
import socket
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from flows.serve.child_process import Held
from flows.serve.network import EVERYWHERE
from pipeline.errors import SetupError
from pipeline.settings import Settings

_PATIENCE = 180.0  #: seconds until the server answers; 11 to 21 were measured
_STRANGER = 15.0  #: seconds for which a server of a killed run may still hold the port
#: What a house of this size need not look for every five seconds, as the server does by itself.
_RARELY = {
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
_TOGETHER = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "20",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "2",
}
_BROKEN = (b"file is not a database", b"disk image is malformed", b"Can't locate revision")


class PrefectServer:
    """Started, watched and ended by whoever holds it."""

    def __init__(self, settings: Settings, log: Path) -> None:
        """Say where it will listen; nothing is started yet."""
        self._settings = settings
        host, port = settings.host, str(settings.port)
        prefect = str(Path(sys.executable).with_name("prefect"))
        self._held = Held([prefect, "server", "start", "--host", host, "--port", port], log)

    @property
    def ui(self) -> str:
        """The address of the UI, for this machine."""
        host = self._settings.host
        near = "127.0.0.1" if host in EVERYWHERE else host
        return f"http://{f'[{near}]' if ':' in near else near}:{self._settings.port}"

    @property
    def api(self) -> str:
        """The address of the API."""
        return f"{self.ui}/api"

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self._held.runs

    def start(self) -> None:
        """Start it and wait until it answers.

        A database that cannot be read is set aside: the truth is on disk, in output/.

        Raises:
            SetupError: the port is taken, or it does not come up.
        """
        _await_port(self._settings.host, self._settings.port)
        for attempt in (1, 2):
            begun = self._held.log.stat().st_size if self._held.log.exists() else 0
            self._held.start(self._environ())
            if self._answers():
                return
            self.stop()
            if attempt == 2 or not self._set_aside(begun):
                break
        msg = f"The Prefect server does not come up; its own words are in {self._held.log}."
        raise SetupError(msg)

    def kill(self) -> None:
        """End it at once."""
        self._held.kill()

    def stop(self) -> None:
        """End it and whatever it started; a second thread may ask meanwhile."""
        self._held.stop()

    def well(self) -> bool:
        """Whether it answers and finds its database."""
        return self._says_yes("ready", 10)

    def _says_yes(self, path: str, seconds: float) -> bool:
        try:
            with urllib.request.urlopen(f"{self.api}/{path}", timeout=seconds):
                return True
        except OSError:  # URLError is one, and so is what a status of 400 or more raises
            return False

    def _environ(self) -> dict[str, str]:
        """Return what the server reads: the UI calls it where it was got from, whatever the port.

        Beyond loopback it asks for name and password, and for proof against forged requests.
        """
        environ = {
            **_RARELY,
            **_TOGETHER,
            "PREFECT_SERVER_UI_API_URL": "/api",
            "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": self.ui,
        }
        if self._settings.auth is not None:
            environ["PREFECT_SERVER_API_AUTH_STRING"] = self._settings.auth.get_secret_value()
            environ["PREFECT_SERVER_CSRF_PROTECTION_ENABLED"] = "true"
        return environ

    def _answers(self) -> bool:
        until = time.monotonic() + _PATIENCE
        while self.runs and time.monotonic() < until:
            if self._says_yes("health", 5):
                return True
            time.sleep(0.2)
        return False

    def _set_aside(self, begun: int) -> bool:
        """Rename a database that the server could not read; whether there was one."""
        with self._held.log.open("rb") as log:
            log.seek(begun)
            words = log.read()
        found = home() / "prefect.db"
        own = "PREFECT_SERVER_DATABASE_CONNECTION_URL" in os.environ
        if own or not found.is_file() or not any(sign in words for sign in _BROKEN):
            return False
        found.rename(found.with_name(f"prefect.db.broken-{datetime.now(UTC):%Y%m%dT%H%M%S}"))
        for beside in home().glob("prefect.db-*"):
            beside.unlink()
        return True


def home() -> Path:
    """Return Prefect's folder on this machine, which needs no network disk."""
    return Path(os.environ.get("PREFECT_HOME", Path.home() / ".prefect"))


def _await_port(host: str, port: int) -> None:
    until = time.monotonic() + _STRANGER
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
