"""``opis serve``: the Prefect server with its UI, the deployments, and the inbox watched."""

import importlib
import os
import socket
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flows import prefect_env, shutdown
from flows.serve.child_process import Held
from flows.serve.http import Pages
from flows.serve.network import EVERYWHERE, is_loopback
from flows.serve.prefect_server import PrefectServer, home
from flows.serve.site_builder import Keeper
from flows.serve.status_line import Status
from flows.serve.watch import Hints, Watch
from pipeline.errors import AwayError, SetupError
from pipeline.inbox.mounts import there, with_mounts
from pipeline.ingest.selection import without_scan
from pipeline.settings import Settings

_PULSE = 2.0  #: seconds between two looks at a run that is under way, and at who should live
_CHECKUP = 30.0  #: seconds between two questions whether the server is well
_PATIENCE = 3  #: times in a row that it may not be, before it is started again
_REGISTERED = 120.0  #: seconds until the deployments are there; 5 were measured
_FAREWELL = 4.0  #: seconds that the runner has to end
_AFTER_A_CRASH = 10.0  #: seconds until the scans of a crashed run are tried again; then doubled

#: Of a run the UI shows what the day-book says; of a task nothing, for there are thousands.
_LOGS = {
    "PREFECT_LOGGING_LOGGERS_PREFECT_FLOW_RUNS_LEVEL": "INFO",
    "PREFECT_RUNNER_POLL_FREQUENCY": "6",
}

Tell = Callable[[str], None]


def serve(settings: Settings, tell: Tell, complain: Tell) -> None:
    """Serve until Ctrl-C or SIGTERM, which end all of it within fifteen seconds.

    Raises:
        SetupError: it would listen beyond this machine without a password, or does not come up.
        KeyboardInterrupt: it was asked to end; all of it has ended.
    """
    if not is_loopback(settings.host) and settings.auth is None:
        msg = (
            f"{settings.host} can be reached from other machines: set OPIS_AUTH to NAME:PASSWORD, "
            "or leave OPIS_HOST alone to listen on this machine only."
        )
        raise SetupError(msg)
    settings = with_mounts(settings.model_copy(update={"pages_url": _pages_url(settings)}))
    prefect_env.prepare_prefect(settings)
    serving = _Serving(settings, tell, complain)
    with shutdown.on_request(serving.kill, complain):
        try:
            serving.start()
            while True:
                serving.turn()
        finally:
            serving.stop()


def _pages_url(settings: Settings) -> str:
    host = socket.gethostname() if settings.host in EVERYWHERE else settings.host
    return settings.pages_url or f"http://{host}:{settings.pages_port}"


class _Serving:
    """The parts of serve, and the one loop that keeps them going."""

    def __init__(self, settings: Settings, tell: Tell, complain: Tell) -> None:
        self._settings, self._tell, self._complain = settings, tell, complain
        self._server = PrefectServer(settings, home() / "opis-server.log")
        self._runner = Held([sys.executable, "-m", "flows.deployments"], home() / "opis-runs.log")
        self._pages = Pages(settings, self._hear)
        self._keeper = Keeper(settings)
        self._watch = Watch(settings)
        self._hints = Hints(settings.inbox, wanted=settings.events)
        self._status = Status(settings.output)
        self._run: UUID | None = None
        self._crashes = self._unwell = 0
        self._checked = 0.0
        self._trouble = ""
        self._desk: Any = None  # imported when the server's address is known

    def start(self) -> None:
        """Bring all of it up, or say why not."""
        self._tell(f"Prefect server: starting on {self._server.ui} …")
        self._pages.start()
        self._server.start()
        os.environ["PREFECT_API_URL"] = self._server.api
        self._desk = importlib.import_module("flows.serve.flow_runs")
        self._start_runner()
        self._arrange_notices()
        if self._settings.site:
            self._tell(f"The reading room is at {self._settings.pages_url}/site/.")
        self._tell(
            f"Watching {self._settings.inbox}; the day-book is at {self._server.ui}, records are "
            f"at {self._settings.pages_url}. Ctrl-C ends all of it."
        )

    def turn(self) -> None:
        """Look after everything once, and wait a little."""
        busy = self._run is not None or self._watch.restless
        self._hints.wait(_PULSE if busy else self._settings.rescan_seconds)
        try:
            self._look_after()
            with there(self._settings):
                self._follow()
                self._take()
                self._say(self._keeper.look())
            self._unwell = 0
        except AwayError as error:  # no fault of the server: it is not started again for that
            self._say_once(str(error))
        except Exception as error:  # serve lives on, whatever the server or a disk does
            self._unwell += 1
            self._say_once(f"{type(error).__name__}: {error}. It goes on when the cause is gone.")
        else:
            self._trouble = ""
        if self._unwell >= _PATIENCE:
            self._restart()

    def stop(self) -> None:
        """End all of it in good order."""
        self._hints.stop()
        self._keeper.stop()
        self._runner.stop(_FAREWELL)
        if self._desk is not None and self._server.runs:
            try:
                self._desk.bury_dead()
            except Exception as error:  # it ends anyway
                self._complain(f"{type(error).__name__}: {error}")
        self._server.stop()
        self._pages.stop()

    def kill(self) -> None:
        """End all of it at once."""
        self._runner.kill()
        self._server.kill()

    def _start_runner(self) -> None:
        self._runner.kill()
        if dead := self._desk.bury_dead():
            self._tell(f"{dead} run{'' if dead == 1 else 's'} had been stopped; scans are kept.")
        self._runner.start(_LOGS)
        if not self._desk.await_deployments(_REGISTERED):
            msg = f"The deployments do not come up; the runner's words are in {self._runner.log}."
            raise SetupError(msg)

    def _arrange_notices(self) -> None:
        address = self._settings.notify_url or self._pages.notices
        importlib.import_module("flows.serve.notifications").arrange(address)

    def _look_after(self) -> None:
        if not self._server.runs:
            self._tell("The Prefect server has died; it is started again.")
            self._restart()
        if not self._pages.runs:
            self._pages.start()
        if not self._runner.runs:
            self._tell("The process that runs the flows has died; it is started again.")
            self._start_runner()
        now = time.monotonic()
        if now - self._checked >= _CHECKUP:
            self._checked = now
            if not self._server.well():
                msg = "the Prefect server does not answer"
                raise RuntimeError(msg)

    def _restart(self) -> None:
        """Start server and runner anew, with a new database where the old one is gone."""
        self._unwell = 0
        self._runner.kill()
        self._server.stop()
        try:
            self._server.start()
            self._start_runner()
            self._arrange_notices()
        except SetupError as error:
            self._say_once(str(error))

    def _follow(self) -> None:
        """See how the run goes; when it has ended, say what became of the scans."""
        if self._run is None:
            self._say(self._status.news())
            return
        run = self._desk.run_of(self._run)
        self._say(self._status.news(runs=run.name, waits=self._watch.waiting()))
        if not run.ended:
            return
        self._run, now = None, time.monotonic()
        self._keeper.want()
        self._watch.taken([])
        if not (run.crashed or run.cancelled):
            self._crashes = 0
            self._watch.rest(self._status.told, now)
            return
        wait = self._settings.retry_seconds
        if run.crashed:
            wait = min(_AFTER_A_CRASH * 2**self._crashes, wait)
            self._crashes += 1
        self._tell(f"The run “{run.name}” ended as {run.state}: {run.message}")
        self._tell(f"Its scans are tried again in {wait:.0f} s, or when the run is retried.")
        self._watch.rest(self._status.told, now, wait)

    def _take(self) -> None:
        """Ask for a run where something can be taken and nothing is under way.

        After a second crash scans are taken one by one, so that the bad one harms itself alone.
        """
        if self._run is not None:
            return
        now = time.monotonic()
        ready = self._watch.ready(now)
        self._say([without_scan(path) for path in self._watch.alone(now)])
        self._say(self._status.line(waits=self._watch.there))
        if not ready:
            return
        scans = [str(ready[0])] if self._crashes >= 2 else []
        self._watch.taken(ready[:1] if scans else ready)
        self._status.begin()
        self._run = self._desk.ask_for_run(scans)

    def _say(self, lines: list[str]) -> None:
        for line in lines:
            self._tell(line)

    def _say_once(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._complain(trouble)
            self._trouble = trouble

    def _hear(self, notice: dict[str, Any]) -> None:
        """Write down what Prefect's automation noticed."""
        told = " ".join(str(notice.get(key, "")) for key in ("run", "state", "message"))
        self._complain(f"notice: {told}")
