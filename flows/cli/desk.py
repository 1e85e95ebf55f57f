"""The command ``opis desk``."""

import time

from flows import direct, runtime
from flows.cli import console
from flows.cli.options import OutputOption
from flows.serve.desk_views import ROOT
from flows.serve.http import RecordServer
from flows.serve.network import require_password
from pipeline.settings import Settings


def desk(output: OutputOption = None) -> None:
    """Serve the pages on which people compare lines with page images, without a Prefect server."""
    settings = runtime.archive_settings(output)
    require_password(settings)

    def publish(records: list[str]) -> str:
        return _publish(records, settings)

    server = RecordServer(settings, lambda _: None, publish)
    server.start()
    console.print_line(f"http://{settings.host}:{settings.pages_port}{ROOT} — Ctrl-C ends it.")
    try:
        while server.is_running:
            time.sleep(0.5)
    finally:
        server.stop()


def _publish(records: list[str], settings: Settings) -> str:
    outcomes = [
        direct.revise_record("publish-corrections", record, settings, "") for record in records
    ]
    failed = [outcome for outcome in outcomes if outcome.failure_reason]
    for outcome in failed:
        console.print_error(f"{outcome.scan}: {outcome.failure_reason}")
    return "failed" if failed else "published"
