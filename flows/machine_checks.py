"""Looks at the machine before an archivist trusts it with scans, and says what to do."""

import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from flows import runtime
from pipeline.errors import OpisError
from pipeline.ocr.engines import signature_of
from pipeline.ocr.tesseract import installed_languages
from pipeline.settings import Settings, check_folders

_SPACE = 2 * 2**30  #: bytes; what is published is about twice the scan


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that was looked at."""

    what: str
    well: bool
    found: str  #: what there is, or what to do


def examine(settings: Settings) -> list[Look]:
    """Return what was looked at, in the order of what needs what."""
    return [
        Look("opis", True, f"{version('opis')}, Prefect {version('prefect')}"),
        _engine(settings),
        *_folders(settings),
        Look("jobs", True, f"{runtime.jobs_of(settings)} pages at once, {os.cpu_count()} cores"),
        _server(),
    ]


def _engine(settings: Settings) -> Look:
    try:
        signature = signature_of(settings.engine, settings.languages)
        others = sorted(installed_languages().keys() - set(settings.languages))
    except OpisError as error:
        return Look("engine", False, str(error))
    found = f"{settings.engine} {signature.version}, reads {'+'.join(settings.languages)}"
    return Look("engine", True, f"{found}; also has {', '.join(others) or 'no other'}")


def _folders(settings: Settings) -> Iterator[Look]:
    try:
        check_folders(settings)
    except OpisError as error:
        yield Look("folders", False, str(error))
    for name, folder in (("inbox", settings.inbox), ("output", settings.output)):
        yield _folder(name, folder)


def _folder(name: str, folder: Path) -> Look:
    there = folder
    while not there.exists():
        there = there.parent
    if not os.access(there, os.W_OK | os.X_OK):
        return Look(name, False, f"{there} cannot be written to: give this user the right to.")
    free = shutil.disk_usage(there).free
    if free < _SPACE:
        return Look(name, False, f"{folder}: only {free / 2**30:.1f} GiB free: make room.")
    return Look(name, True, f"{folder}, {free / 2**30:.0f} GiB free")


def _server() -> Look:
    address = os.environ.get("PREFECT_API_URL")
    if not address:
        return Look("prefect", True, "no PREFECT_API_URL: `opis ingest` starts a temporary server")
    try:
        with urllib.request.urlopen(f"{address.rstrip('/')}/health", timeout=5) as answer:
            return Look("prefect", answer.status == 200, f"{address} answers {answer.status}")
    except (OSError, urllib.error.URLError, ValueError) as error:
        advice = "start it with `prefect server start`, or unset PREFECT_API_URL"
        return Look("prefect", False, f"{address} does not answer ({error}): {advice}.")
