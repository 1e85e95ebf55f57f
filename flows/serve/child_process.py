"""A long-running child of serve that never outlives the process that started it."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_MAX_LOG_BYTES = 10 * 2**20  #: bytes of a log that gives way to a new one at the next start
_STOP_SECONDS = 6.0  #: seconds it has to end by itself


class ChildProcess:
    """Started, watched and ended by whoever holds it."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        """Say what to run and where its words go; nothing is started yet."""
        self.log, self._command = log, command
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it runs, or was never started."""
        return None if self._child is None else self._child.poll()

    def start(self, environ: Mapping[str, str] | None = None) -> None:
        """Start it, with these variables beside our own."""
        self.kill()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _MAX_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".1.log"))
        wrapper = [sys.executable, "-m", "flows.serve.die_with_parent", str(os.getpid())]
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [*wrapper, *self._command],
                env={**os.environ, **(environ or {})},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def stop(self, seconds: float = _STOP_SECONDS) -> None:
        """End it and whatever it started; a second thread may ask meanwhile."""
        if (child := self._child) is None:
            return
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=seconds)
        self.kill()

    def kill(self) -> None:
        """End it, and all of its group, at once."""
        if (child := self._child) is None:
            return
        with suppress(ProcessLookupError):  # all of it has ended
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        self._child = None
