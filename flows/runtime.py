"""The settings, clock and worker pool of a process, and the checks before work starts."""

import atexit
import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from flows import shutdown
from flows.clock import clock_from
from pipeline.errors import SetupError, disk_error_message
from pipeline.inbox.mounts import require_mounts
from pipeline.model import Clock
from pipeline.ocr.engines import (
    candidate_languages,
    make_engine,
    require_engine_names,
    signature_of,
)
from pipeline.settings import Settings, check_folders, merge_settings

if TYPE_CHECKING:
    from pipeline.workers.pool import WorkerPool

_SETTINGS_FILE = Path("opis.toml")


def load_settings(options: Mapping[str, Any]) -> Settings:
    """Read ``opis.toml`` of this folder, then ``OPIS_*``, then ``options``; the last one wins.

    Raises:
        SetupError: a setting is unknown or impossible, or the file is not TOML.
    """
    try:
        file = tomllib.loads(_SETTINGS_FILE.read_text("utf-8")) if _SETTINGS_FILE.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{_SETTINGS_FILE} is not TOML: {error}."
        raise SetupError(msg) from error
    settings = merge_settings(file, os.environ, options)
    require_engine_names(settings.engine_choice)
    absolute = {"inbox": settings.inbox.resolve(), "output": settings.output.resolve()}
    return settings.model_copy(update=absolute)


def settings_with(**options: Any) -> Settings:
    """Return the settings with these options; an option that is None is left out."""
    return load_settings({key: value for key, value in options.items() if value is not None})


def archive_settings(output: Path | None, *, or_receipts: bool = False) -> Settings:
    """Return the settings of a command that needs published records, and creates no archive.

    Args:
        output: the folder of the archive; None: the settings'.
        or_receipts: receipts without records will do, too.

    Raises:
        SetupError: there is no archive in the output.
    """
    settings = settings_with(output=output)
    if not settings.records.is_dir() and not (or_receipts and settings.receipts.is_file()):
        msg = (
            f"There is no archive in {settings.output}: no folder {settings.records.name}. Is the "
            "disk there? Set --output to where the records are; `opis ingest` begins an archive."
        )
        raise SetupError(msg)
    return settings


def check_ready(settings: Settings) -> None:
    """Check preconditions before starting work; create the folders and remove leftovers.

    Raises:
        AwayError: the disk of inbox or output is away.
        SetupError: folders that contain each other or cannot be written to, no engine, or a
            language without its model.
    """
    from pipeline.repository.staging import clear_leftovers  # noqa: PLC0415  most only read
    from pipeline.workers.worker_folders import clear_results  # noqa: PLC0415

    check_folders(settings)
    require_mounts(settings)
    signature_of(settings.engine_choice, settings.languages)
    for folder in (settings.inbox, settings.work_folder):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=folder, prefix="."):
                pass  # permissions are not enough: the disk may be read-only
        except OSError as error:
            error.filename = str(folder)
            if not (settings.keep_inbox and folder == settings.inbox and folder.is_dir()):
                msg = disk_error_message(error) or f"{folder}: {error.strerror}."
                raise SetupError(msg) from error
    settings.records.mkdir(exist_ok=True)
    clear_leftovers(settings)
    clear_results(_results_folder(settings))


def engine_notes(settings: Settings) -> tuple[str, ...]:
    """Return a sentence for each language that is not read with the model that is preferred."""
    languages = candidate_languages(settings.engine_choice, settings.languages)
    engine = make_engine(settings.engine_choice, languages, settings.page_timeout)
    return engine.model_notes()


def worker_count(settings: Settings) -> int:
    """Return how many pages are read at once."""
    return settings.jobs or os.cpu_count() or 1


def settings_for_tasks(settings: Settings) -> Settings:
    """Return the settings without the server's password, which tasks do not need."""
    return settings.model_copy(update={"auth": None})


def get_clock() -> Clock:
    """Return the clock that the environment sets."""
    return clock_from(os.environ)


def worker_pool(settings: Settings) -> "WorkerPool":
    """Return the worker pool of this process; it is closed when the process exits."""
    results = _results_folder(settings)
    return _cached_worker_pool(worker_count(settings), settings.child_memory, results)


def _results_folder(settings: Settings) -> Path:
    return settings.work_folder / "results"


@cache
def _cached_worker_pool(jobs: int, memory: int, results: Path) -> "WorkerPool":
    from pipeline.workers.pool import WorkerPool  # noqa: PLC0415  it loads what reads pages

    pool = WorkerPool(jobs, memory, results)
    atexit.register(pool.close)
    shutdown.stop_on_interrupt(pool.kill)
    return pool
