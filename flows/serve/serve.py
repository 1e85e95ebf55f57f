"""``opis serve``: runs the Prefect server and the deployments, and watches the inbox."""

import importlib
import os
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID

from flows import prefect_env, shutdown
from flows.serve.child_process import ChildProcess
from flows.serve.http import RecordServer
from flows.serve.network import ALL_INTERFACES, require_password
from flows.serve.prefect_process import command_for
from flows.serve.prefect_server import PrefectServer
from flows.serve.site_builder import SiteBuilder
from flows.serve.startup import KilledError, start_again_if_killed
from flows.serve.status_line import StatusLine
from flows.serve.watch import FileEvents, InboxWatch
from pipeline.errors import AwayError, SetupError
from pipeline.inbox.mounts import guard_mounts, with_mounts
from pipeline.ingest.selection import orphan_message
from pipeline.settings import Settings
from pipeline.wording import plural

if TYPE_CHECKING:  # it imports Prefect, which takes two seconds
    from flows.serve.flow_runs import FlowRunStatus

_POLL_SECONDS = 2.0  #: seconds between two cycles while a run is under way or a scan settles
_HEALTH_CHECK_SECONDS = 30.0  #: seconds between two health checks of the server
_MAX_FAILURES = 6  #: until the server is started again: a failed cycle adds 2, a good one takes 1
_DEPLOYMENT_TIMEOUT = 120.0  #: seconds until the deployments are registered; 5 were measured
_RUNNER_STOP_SECONDS = 4.0  #: seconds between SIGTERM and SIGKILL for the runner
#: seconds until the scans of a crashed run are tried again; doubled after each further crash
_CRASH_RETRY_SECONDS = 10.0

#: The UI shows the log of a run; tasks log nothing, for there are thousands.
_RUNNER_ENVIRON = {
    "PREFECT_LOGGING_LOGGERS_PREFECT_FLOW_RUNS_LEVEL": "INFO",
    "PREFECT_RUNNER_POLL_FREQUENCY": "6",
}

Printer = Callable[[str], None]


def run_service(settings: Settings, print_line: Printer, print_error: Printer) -> None:
    """Serve until Ctrl-C or SIGTERM, which end every process within fifteen seconds.

    Raises:
        SetupError: the host is not loopback and no password is set, or a process does not start.
        KeyboardInterrupt: on either signal, after every process has ended.
    """
    require_password(settings)
    settings = with_mounts(settings.model_copy(update={"pages_url": _pages_url(settings)}))
    prefect_env.prepare_prefect(settings, server_log_level="WARNING")
    service = _Service(settings, print_line, print_error)
    with shutdown.handle_interrupts(lambda: print_error(shutdown.SCANS_WAIT), service.kill):
        try:
            service.run()
        finally:
            service.stop()


def _pages_url(settings: Settings) -> str:
    host = socket.gethostname() if settings.host in ALL_INTERFACES else settings.host
    return settings.pages_url or f"http://{host}:{settings.pages_port}"


class _Service:
    """The processes of serve, and the loop that restarts them and ingests what arrives.

    Only one ingest run is under way at a time.
    """

    def __init__(self, settings: Settings, print_line: Printer, print_error: Printer) -> None:
        self._settings, self._print_line, self._print_error = settings, print_line, print_error
        logs, command = prefect_env.prefect_home(), command_for("flows.deployments")
        self._server = PrefectServer(settings, logs / "opis-server.log")
        self._runner = ChildProcess(command, logs / "opis-runs.log")
        self._record_server = RecordServer(settings, self._log_notice, self._publish)
        self._site_builder = SiteBuilder(settings)
        self._watch = InboxWatch(settings)
        self._file_events = FileEvents(settings.inbox, enabled=settings.events)
        self._status = StatusLine(settings.output)
        self._run_id: UUID | None = None  # of the run under way
        self._crashes = 0  # runs in a row that crashed
        self._failures = 0  # see _MAX_FAILURES
        self._last_check = 0.0  # of the server's health, by the monotonic clock
        self._last_error = ""
        self._flow_runs: Any = None  # the module, imported when the server's address is known

    def run(self) -> NoReturn:
        """Start every process, then follow and start runs until a signal interrupts."""
        self._start()
        while True:
            self._wait_for_change()
            self._run_cycle()

    def stop(self) -> None:
        """End every process and thread in order; mark the run under way as crashed."""
        self._file_events.stop()
        self._site_builder.stop()
        self._runner.stop(_RUNNER_STOP_SECONDS)
        if self._flow_runs is not None and self._server.is_running:
            try:
                self._flow_runs.mark_abandoned()
            except Exception as error:  # serve ends all the same
                self._print_error(f"{type(error).__name__}: {error}")
        self._server.stop()
        self._record_server.stop()

    def _publish(self, records: list[str]) -> str:
        """Start a run that publishes the corrections of records, if the server is there."""
        started = self._flow_runs and self._flow_runs.start_publication(records)
        return "begun" if started else "failed"

    def kill(self) -> None:
        """Kill the runner and the server; do not wait for their end."""
        self._runner.send_kill()
        self._server.send_kill()

    def _start(self) -> None:
        self._print_line(f"Prefect server: starting on {self._server.ui_url} …")
        self._record_server.start()
        start_again_if_killed(self._start_prefect, self._stop_prefect, self._print_error)
        if self._settings.site:
            self._print_line(f"The reading room is at {self._settings.pages_url}/site/.")
        self._print_line(
            f"Watching {self._settings.inbox}; the run reports are at {self._server.ui_url}, "
            f"records are at {self._settings.pages_url}. Ctrl-C ends all of it."
        )

    def _start_prefect(self) -> None:
        """Start the server and the runner.

        Raises:
            KilledError: one of them was killed meanwhile.
            SetupError: one of them does not start.
        """
        self._server.start()
        os.environ["PREFECT_API_URL"] = self._server.api_url
        self._flow_runs = importlib.import_module("flows.serve.flow_runs")
        try:
            self._start_runner()
            self._install_notifications()
        except Exception as error:
            if self._server.is_running and not self._runner.was_killed:
                raise
            msg = "The Prefect server or the process that runs the flows was killed."
            raise KilledError(msg) from error

    def _stop_prefect(self) -> None:
        self._runner.kill()
        self._server.stop()

    def _wait_for_change(self) -> None:
        """Wait for an event in the inbox; briefly while a run is under way or a scan settles."""
        busy = self._run_id is not None or self._watch.expects_change
        self._file_events.wait(_POLL_SECONDS if busy else self._settings.rescan_seconds)

    def _run_cycle(self) -> None:
        """Do each duty of serve once; if cycles fail too often, restart the server."""
        try:
            self._restart_dead_processes()
            self._check_server_health()
            with guard_mounts(self._settings):
                self._follow_run()
                self._start_run_if_ready()
                self._print_lines(self._site_builder.poll())
                self._flow_runs.emit_new_events(self._settings)
            self._failures = max(0, self._failures - 1)
        except AwayError as error:  # a disk is away: no reason to restart the server
            self._print_error_once(str(error))
        except Exception as error:  # neither a server nor a disk may end serve
            self._failures += 2
            self._print_error_once(
                f"{type(error).__name__}: {error}. It goes on when the cause is gone."
            )
        else:
            self._last_error = ""
        if self._failures >= _MAX_FAILURES:
            self._restart_server()

    def _start_runner(self) -> None:
        """Start the process that runs the flows, and wait for its deployments.

        Raises:
            SetupError: the deployments are not registered in time.
        """
        self._runner.kill()
        if abandoned := self._flow_runs.mark_abandoned():
            self._print_line(f"{plural(abandoned, 'run')} had been stopped; scans are kept.")
        self._runner.start(_RUNNER_ENVIRON)
        if not self._flow_runs.wait_for_deployments(
            _DEPLOYMENT_TIMEOUT, lambda: self._runner.is_running and self._server.is_running
        ):
            msg = f"The deployments do not start; the runner's output is in {self._runner.log}."
            raise SetupError(msg)

    def _install_notifications(self) -> None:
        address = self._settings.notify_url or self._record_server.notices_url
        importlib.import_module("flows.serve.notifications").install_automation(address)

    def _restart_dead_processes(self) -> None:
        if not self._server.is_running:
            self._print_line("The Prefect server or its database is gone; it is started again.")
            self._restart_server()
        if not self._record_server.is_running:
            self._record_server.start()
        if not self._runner.is_running:
            self._print_line("The process that runs the flows has died; it is started again.")
            self._start_runner()

    def _check_server_health(self) -> None:
        """Ask the server every 30 seconds whether it is well.

        Raises:
            RuntimeError: it does not answer.
        """
        now = time.monotonic()
        if now - self._last_check < _HEALTH_CHECK_SECONDS:
            return
        self._last_check = now
        if not self._server.is_healthy():
            msg = "the Prefect server does not answer"
            raise RuntimeError(msg)
        self._flow_runs.name_scheduled_runs()

    def _restart_server(self) -> None:
        """Restart server and runner; the server creates its database if that is gone."""
        self._failures = 0
        self._stop_prefect()
        try:
            self._start_prefect()
        except SetupError as error:
            self._print_error_once(str(error))

    def _follow_run(self) -> None:
        """Print the receipts that are new; if the run under way has ended, finish it."""
        if self._run_id is None:
            self._print_lines(self._status.new_lines())
            return
        run = self._flow_runs.get_run(self._run_id)
        self._print_lines(
            self._status.new_lines(run_name=run.name, waiting=self._watch.waiting_count())
        )
        if run.is_final:
            self._finish_run(run)

    def _finish_run(self, run: "FlowRunStatus") -> None:
        """Request a build of the site, and leave the scans that remain alone for a while."""
        self._run_id, now = None, time.monotonic()
        self._site_builder.request()
        self._watch.mark_taken([])
        if not (run.is_crashed or run.is_cancelled):
            self._crashes = 0
            self._watch.back_off(self._status.receipts, now)
            return
        wait = self._settings.retry_seconds
        if run.is_crashed:
            wait = min(_CRASH_RETRY_SECONDS * 2**self._crashes, wait)
            self._crashes += 1
        self._print_line(f"The run “{run.name}” ended as {run.state}: {run.message}")
        self._print_line(f"Its scans are tried again in {wait:.0f} s, or when the run is retried.")
        self._watch.back_off(self._status.receipts, now, wait)

    def _start_run_if_ready(self) -> None:
        """Start a run over the scans that are ready, unless a run is under way.

        After two crashes in a row a run takes one scan, so that a bad scan stops no other.
        """
        if self._run_id is not None:
            return
        now = time.monotonic()
        ready = self._watch.ready_scans(now)
        self._print_lines(self._watch.new_problems())
        self._print_lines([orphan_message(path) for path in self._watch.late_orphans(now)])
        self._print_lines(self._status.changed_line(waiting=self._watch.scan_count))
        if not ready:
            return
        scans = [str(ready[0])] if self._crashes >= 2 else []
        self._watch.mark_taken(ready[:1] if scans else ready)
        self._status.begin_run()
        self._run_id = self._flow_runs.start_run(scans)

    def _print_lines(self, lines: list[str]) -> None:
        for line in lines:
            self._print_line(line)

    def _print_error_once(self, error: str) -> None:
        if error != self._last_error:
            self._print_error(error)
            self._last_error = error

    def _log_notice(self, notice: dict[str, Any]) -> None:
        """Print a notice of Prefect's automation."""
        text = " ".join(str(notice.get(key, "")) for key in ("run", "state", "message"))
        self._print_error(f"notice: {text}")
