"""Sends the archive's events to Prefect's server, where automations wait for them."""

import os
from datetime import datetime

from prefect import get_run_logger
from prefect.events import emit_event

from pipeline.repository.archive_events import ArchiveEvent, report_new_events
from pipeline.settings import Settings


def emit_new_events(settings: Settings) -> None:
    """Send the events that no process has sent yet; only a server that stays can receive them."""
    if os.environ.get("PREFECT_API_URL"):
        report_new_events(settings, lambda event: _emit(event, settings))


def emit_events_of_run(settings: Settings) -> None:
    """Send new events at the end of a run; if that fails it is done later, and the run goes on."""
    try:
        emit_new_events(settings)
    except OSError as error:
        get_run_logger().warning("Events wait for the next run: %s", error)


def _emit(event: ArchiveEvent, settings: Settings) -> None:
    kind = "record" if event.is_about_record else "scan"
    resource = {
        "prefect.resource.id": f"opis.{kind}.{event.subject}",
        "prefect.resource.name": event.label,
    }
    if event.is_about_record and settings.pages_url:
        resource["opis.url"] = f"{settings.pages_url}/site/id/{event.subject}/"
    archive = {
        "prefect.resource.id": f"opis.archive.{settings.output.name}",
        "prefect.resource.role": "archive",
    }
    emit_event(
        f"opis.{event.name}",
        resource=resource,
        related=[archive],
        occurred=datetime.fromisoformat(event.when),
        payload=event.payload,
    )
