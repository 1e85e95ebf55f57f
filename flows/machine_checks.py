"""Checks of this machine for ``opis doctor``: engine, folders, disk space, Prefect's server."""

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from flows import runtime
from pipeline.errors import OpisError
from pipeline.model import Model
from pipeline.ocr.engines import candidate_languages, make_engine, make_second_engine
from pipeline.ocr.second_engine import STEP_NAME
from pipeline.settings import Settings, check_folders
from pipeline.system.confinement import Restriction
from pipeline.wording import plural

_MIN_FREE_BYTES = 2 * 2**30  #: bytes; a published version is about twice its scan


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check."""

    name: str
    ok: bool
    detail: str  #: the finding or, if not ok, the problem and its remedy


def check_machine(settings: Settings) -> list[Check]:
    """Return the result of every check, in the order in which they are printed."""
    cores = plural(os.cpu_count() or 1, "core")
    jobs = f"{plural(runtime.worker_count(settings), 'page')} at once, {cores}"
    return [
        Check("opis", True, f"{version('opis')}, Prefect {version('prefect')}"),
        _check_engine(settings),
        _check_second_engine(settings),
        *_check_both_folders(settings),
        Check("jobs", True, jobs),
        check_confinement(),
        _check_server(),
    ]


def _check_engine(settings: Settings) -> Check:
    try:
        languages = candidate_languages(settings.engine_choice, settings.languages)
        engine = make_engine(settings.engine_choice, languages, settings.page_timeout)
        signature = engine.signature
        notes = engine.model_notes()
        others = sorted(set(engine.installed_languages()) - set(languages))
    except OpisError as error:
        return Check("engine", False, str(error))
    found = "" if settings.languages else ", of which it finds each page's"
    used = f"{settings.engine} {signature.version}, reads {'+'.join(languages)}{found}"
    suffix = f"-{Model.TYPEWRITER}"
    own = [name.removesuffix(suffix) for name in signature.models if name.endswith(suffix)]
    models = f"typewriter models for {', '.join(own)}" if own else "no typewriter models"
    others_named = f"also has {', '.join(others) or 'no other'}"
    return Check("engine", True, " ".join([f"{used}; {models}; {others_named}", *notes]))


def _check_second_engine(settings: Settings) -> Check:
    """Check the second engine, which is off by default."""
    name = "second engine"
    try:
        second = make_second_engine(settings.engine_choice, settings.page_timeout)
        if second is None:
            return Check(name, True, "off")
        facts = second.settings
        languages = candidate_languages(settings.engine_choice, settings.languages)
    except OpisError as error:
        return Check(name, False, str(error))
    unread = [code for code in languages if not second.reads_any((code,))]
    but = f"; not for {', '.join(unread)}" if unread else ""
    return Check(name, True, f"{facts[STEP_NAME]}, {facts[f'{STEP_NAME}-version']}{but}")


def _check_both_folders(settings: Settings) -> Iterator[Check]:
    try:
        check_folders(settings)
    except OpisError as error:
        yield Check("folders", False, str(error))
    for name, folder in (("inbox", settings.inbox), ("output", settings.output)):
        yield _check_folder(name, folder)


def _check_folder(name: str, folder: Path) -> Check:
    existing = folder
    while not existing.exists():
        existing = existing.parent
    if not os.access(existing, os.W_OK | os.X_OK):
        return Check(name, False, f"{existing} cannot be written to: give this user the right to.")
    free = shutil.disk_usage(existing).free
    if free < _MIN_FREE_BYTES:
        return Check(name, False, f"{folder}: only {free / 2**30:.1f} GiB free: make room.")
    return Check(name, True, f"{folder}, {free / 2**30:.0f} GiB free")


def check_confinement() -> Check:
    """Check what the kernel takes from the processes that decode scans; no failure is bad."""
    words = [sys.executable, "-m", "pipeline.workers.confined", "--"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    restrictions = [Restriction(**row) for row in json.loads(done.stdout)]
    holds = ", ".join(r.name for r in restrictions if not r.error)
    open_ = "; ".join(f"{r.name} ({r.error})" for r in restrictions if r.error)
    detail = f"reading processes have no secrets; they are refused {holds or 'nothing'}"
    return Check("confinement", True, f"{detail}{f'; not refused here: {open_}' if open_ else ''}")


def _check_server() -> Check:
    address = os.environ.get("PREFECT_API_URL")
    if not address:
        return Check("prefect", True, "no PREFECT_API_URL: `opis ingest` starts a temporary server")
    try:
        with urllib.request.urlopen(f"{address.rstrip('/')}/health", timeout=5) as response:
            return Check("prefect", response.status == 200, f"{address} answers {response.status}")
    except (OSError, urllib.error.URLError, ValueError) as error:
        advice = "start it with `prefect server start`, or unset PREFECT_API_URL"
        return Check("prefect", False, f"{address} does not answer ({error}): {advice}.")
