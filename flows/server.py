"""A Prefect server with its UI, as a child of this process, on loopback."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from pipeline.errors import SetupError

_HOST = "127.0.0.1"
_PATIENCE = 180.0  #: seconds until the server answers; 11 to 21 were measured
_FAREWELL = 8.0  #: seconds it has to end by itself


class PrefectServer:
    """Started, watched and ended by whoever holds it."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self._log = port, log
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def ui(self) -> str:
        """The address of the UI."""
        return f"http://{_HOST}:{self.port}"

    @property
    def api(self) -> str:
        """The address of the API."""
        return f"{self.ui}/api"

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            SetupError: the port is taken, or it does not come up.
        """
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HOST, self.port))
            except OSError as error:
                msg = f"Port {self.port} is taken ({error.strerror}): choose another with --port."
                raise SetupError(msg) from error
        self._log.parent.mkdir(parents=True, exist_ok=True)
        words = ["server", "start", "--host", _HOST, "--port", str(self.port)]
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                [Path(sys.executable).with_name("prefect"), *words],
                env={**os.environ, "PREFECT_SERVER_UI_API_URL": self.api},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._await_health()

    def stop(self) -> None:
        """End it and whatever it started; a second thread may ask meanwhile."""
        if (child := self._child) is None:
            return
        child.terminate()
        try:
            child.wait(timeout=_FAREWELL)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self._child = None

    def _await_health(self) -> None:
        until = time.monotonic() + _PATIENCE
        while self.runs and time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.api}/health", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        self.stop()
        msg = f"The Prefect server does not come up; its own words are in {self._log}."
        raise SetupError(msg)
