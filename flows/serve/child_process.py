"""A long-running child process of serve that never outlives the process that started it."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_MAX_LOG_BYTES = 10 * 2**20  #: bytes; a longer log is renamed at the next start
_SIGNALLED = 128  #: a process that a signal ended has this and the signal as its exit code
_STOP_SECONDS = 6.0  #: seconds from SIGTERM to SIGKILL, and from there to the end


class ChildProcess:
    """A command that can be started, watched and ended; its output is appended to a log."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        """Keep the command and the path of its log; `start` starts it."""
        self.log, self._command = log, command
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the process runs."""
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Its exit code; None while it runs, before `start` and after `stop` or `kill`."""
        return None if self._child is None else self._child.poll()

    @property
    def was_killed(self) -> bool:
        """Whether a signal ended it, or the command that it wraps."""
        code = self.exit_code
        return code is not None and (code < 0 or code > _SIGNALLED)

    def start(self, environ: Mapping[str, str] | None = None) -> None:
        """Start the process, or kill and start it again; ``environ`` is added to our own."""
        self.kill()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _MAX_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".1.log"))
        wrapper = [sys.executable, "-m", "flows.serve.die_with_parent", str(os.getpid())]
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [*wrapper, *self._command],
                env={**os.environ, **(environ or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self, seconds: float = _STOP_SECONDS) -> None:
        """End the process and its children; another thread may call `send_kill` meanwhile."""
        if (child := self._child) is None:
            return
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=seconds)
        self.kill()

    def kill(self) -> None:
        """Kill the process and all of its group."""
        if (child := self._child) is None:
            return
        self.send_kill()
        with suppress(subprocess.TimeoutExpired):  # it may wait for a disk that is away
            child.wait(timeout=_STOP_SECONDS)
        self._child = None

    def send_kill(self) -> None:
        """Kill the process and all of its group; do not wait for their end."""
        if (child := self._child) is not None:
            with suppress(ProcessLookupError):  # the whole group has ended
                os.killpg(child.pid, signal.SIGKILL)
