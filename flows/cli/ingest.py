"""The command ``opis ingest``."""

import importlib
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows import direct, prefect_env, runtime, shutdown
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from flows.cli.options import DirectOption, InboxOption, JobsOption, LanguagesOption, OutputOption
from pipeline.errors import SetupError
from pipeline.inbox.files import list_inbox
from pipeline.ingest.outcome import Outcome
from pipeline.settings import Settings
from pipeline.wording import escape_unprintable

if TYPE_CHECKING:
    import subprocess


def ingest(
    scans: Annotated[
        list[Path] | None,
        typer.Argument(help="Scans; all of the inbox if none.", exists=True, dir_okay=False),
    ] = None,
    directly: DirectOption = False,
    inbox: InboxOption = None,
    output: OutputOption = None,
    languages: LanguagesOption = None,
    jobs: JobsOption = None,
) -> None:
    """Read the scans in the inbox, or those named, and publish their records."""
    settings = runtime.settings_with(inbox=inbox, output=output, languages=languages, jobs=jobs)
    if not settings.inbox.exists():
        console.print_line(f"There was no inbox {settings.inbox}; it is created now.")
    if directly:
        runtime.worker_pool(settings).start()  # workers start while the rest is checked
    runtime.check_ready(settings)
    console.print_notes(runtime.engine_notes(settings))
    chosen = _scans_to_ingest(scans, settings)
    if chosen is None:
        console.print_line(f"Nothing to ingest in {settings.inbox}.")
        return
    with _handle_interrupts(), console.show_progress():
        outcomes = (
            direct.ingest_scans(chosen, settings, runtime.get_clock())
            if directly
            else _ingest_on_prefect(chosen, settings)
        )
    console.print_outcomes(outcomes, settings.output)
    if any(outcome.failure_reason for outcome in outcomes):
        raise typer.Exit(ExitCode.UNEXPECTED)
    if any(outcome.refusal_reason for outcome in outcomes):
        raise typer.Exit(ExitCode.REFUSALS)


def _scans_to_ingest(scans: list[Path] | None, settings: Settings) -> list[Path] | None:
    """Return the scans named, or an empty list for the whole inbox; None if nothing is there.

    Raises:
        SetupError: a name has unprintable characters, which Prefect's server does not take.
    """
    for path in scans or []:
        shown = escape_unprintable(str(path))
        if shown != str(path):
            msg = f"{shown}: Prefect does not take a name like this. Rename the scan."
            raise SetupError(msg)
    if scans:
        return [path.absolute() for path in scans]
    listing = list_inbox(settings.inbox)
    return [] if listing.scans or listing.problems else None


def _ingest_on_prefect(scans: list[Path], settings: Settings) -> list[Outcome]:
    """Run the flow, and print how much of the time Prefect took."""
    server = prefect_env.prepare_run(settings)
    started = time.monotonic()
    if settings.runner == "threads":
        runtime.worker_pool(settings).start()  # workers start while Prefect does
    console.print_line(
        f"Prefect: {f'server {server}' if server else 'starting a temporary server'} …"
    )
    flow = importlib.import_module("flows.ingest")
    batch = flow.run_ingest(scans)
    overhead = time.monotonic() - started - batch.seconds
    console.print_line(
        f"Scans took {batch.seconds:.1f} s; Prefect's own start and end {overhead:.1f} s."
    )
    return list(batch.outcomes)


def _handle_interrupts() -> AbstractContextManager[None]:
    return shutdown.handle_interrupts(
        lambda: console.print_error(shutdown.SCANS_WAIT),
        _kill_prefect_server,
        _has_prefect_server_ended,
    )


def _kill_prefect_server() -> None:
    """Kill Prefect's temporary server if it was started; do not wait for its end."""
    if (server := _prefect_server()) is not None:
        server.kill()


def _has_prefect_server_ended() -> bool:
    """Tell whether Prefect's temporary server was started and has ended: Ctrl-C ends it, too."""
    server = _prefect_server()
    return server is not None and server.poll() is not None


def _prefect_server() -> "subprocess.Popen[Any] | None":
    prefect = sys.modules.get("prefect.server.api.server")
    return None if prefect is None else prefect.SubprocessASGIServer().server_process
