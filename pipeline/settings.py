"""Every knob of Opis, its default and why; a misspelt one is an error now, not a surprise later.

From ``opis.toml`` and ``OPIS_*`` variables, which ``flows`` reads and hands in; the variable wins
over the file, the command line over both.
"""

import difflib
import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from cronsim import CronSim, CronSimError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from pipeline.errors import SetupError

EngineName = Literal["tesseract", "tesserocr"]  #: a program, or a library in the reading child
_ENV_PREFIX = "OPIS_"


def _split_languages(value: object) -> object:
    """Read ``rus+eng`` as two languages; the order given is kept, the first is primary."""
    return tuple(filter(None, value.split("+"))) if isinstance(value, str) else value


def _split_paths(value: object) -> object:
    """Read folders as a search path names them, between colons."""
    return tuple(filter(None, value.split(os.pathsep))) if isinstance(value, str) else value


def _normalize_url(value: object) -> object:
    """Read an address without the slash at its end; ValueError where it is none."""
    if isinstance(value, str) and not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", value):
        msg = "is no address that begins with http:// or https://"
        raise ValueError(msg)
    return value.rstrip("/") if isinstance(value, str) else value


def _normalize_optional_url(value: object) -> object:
    return value if value == "" else _normalize_url(value)


def _check_scheduler_url(value: object) -> object:
    """Check the address of a Dask scheduler; ValueError where it is none."""
    if value and not re.fullmatch(r"(tcp|tls|ucx|ws|wss)://[^\s/]+:[0-9]+", str(value)):
        msg = "is no address of a Dask scheduler, such as tcp://10.0.0.5:8786"
        raise ValueError(msg)
    return value


def _check_cron(value: object) -> object:
    """Check that a schedule has the five fields of cron; ValueError where it has not."""
    try:
        CronSim(str(value), datetime(2000, 1, 1))  # any moment will do
    except CronSimError as error:
        msg = "is no schedule as cron has it, such as `0 2 * * *`"
        raise ValueError(msg) from error
    return value


def _check_timezone(value: object) -> object:
    """Check that a time zone is known; ValueError where it is not."""
    if value != "UTC" and value not in available_timezones():
        msg = "is no time zone, such as Europe/Moscow"
        raise ValueError(msg)
    return value


def _check_credentials(value: object) -> object:
    """Check that a name and a password are there; the message does not repeat them."""
    if isinstance(value, str) and not re.fullmatch(r"[^:\s]+:[^\s]{8,}", value):
        msg = "must be NAME:PASSWORD, the password of eight characters or more"
        raise ValueError(msg)
    return value


class Settings(BaseModel):
    """How Opis runs; frozen, so that it can be handed to every task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inbox: Path = Path("inbox")
    output: Path = Path("output")
    mounts: Annotated[tuple[Path, ...], BeforeValidator(_split_paths)] = ()
    """Disks without which nothing is done; those below inbox and output if none are named."""
    languages: Annotated[tuple[str, ...], BeforeValidator(_split_languages)] = ("rus", "eng")
    engine: EngineName = "tesseract"
    runner: Literal["threads", "dask"] = "threads"  #: where tasks run
    scheduler: Annotated[str, BeforeValidator(_check_scheduler_url)] = (
        ""  #: of Dask; a local one if empty
    )
    jobs: int = Field(default=0, ge=0, le=256)  #: pages read at once; 0 means one a core
    dpi: int = Field(default=300, ge=72, le=1200)  #: where a page must be drawn
    page_timeout: float = Field(default=300, gt=0)  #: seconds; the slowest honest page took 40
    settle_seconds: float = Field(default=3, ge=0)  #: a scan unchanged for this long is taken
    sidecar_seconds: float = Field(default=10, ge=0)  #: nothing describes it: it lies still so long
    incomplete_seconds: float = Field(default=600, ge=0)  #: a scan that is cut off waits so long
    retry_seconds: float = Field(default=600, ge=1)  #: what failed is tried again after so long
    rescan_seconds: float = Field(default=10, ge=0.5)  #: between two looks at the inbox
    events: bool = True  #: the file system's hints are taken between them, where it gives any
    keep_inbox: bool = False  #: leave published scans where they were dropped
    max_pages: int = Field(default=10_000, ge=1)
    max_bytes: int = Field(default=4 * 2**30, ge=1)
    max_pixels: int = Field(default=250_000_000, ge=1)  #: of one page image: A1 at 600 dpi is 280 M
    child_memory: int = Field(default=4 * 2**30, ge=0)  #: bytes of a reading child; 0: no limit
    host: str = "127.0.0.1"  #: where the server listens; beyond loopback only with ``auth``
    port: int = Field(default=4200, ge=1, le=65_535)  #: of the Prefect server that serve starts
    pages_port: int = Field(default=4201, ge=1, le=65_535)  #: where serve hands out records
    pages_url: Annotated[str, BeforeValidator(_normalize_optional_url)] = (
        ""  #: … as the UI links to them
    )
    auth: Annotated[SecretStr | None, BeforeValidator(_check_credentials)] = (
        None  #: ``name:password``
    )
    timezone: Annotated[str, BeforeValidator(_check_timezone)] = "UTC"  #: of the two schedules
    nightly: Annotated[str, BeforeValidator(_check_cron)] = "0 2 * * *"  #: when the inbox is swept
    weekly: Annotated[str, BeforeValidator(_check_cron)] = "0 4 * * 0"  #: when all is verified
    site: bool = True  #: `serve` keeps the reading room fresh
    notify_url: Annotated[str, BeforeValidator(_normalize_optional_url)] = ""
    """Told by a POST of JSON of runs that failed or crashed; the log of serve where it is empty."""
    base_url: Annotated[str, BeforeValidator(_normalize_url)] = "https://opis.invalid"
    """Where records are or will be served; exports name themselves by it. ``.invalid`` leads
    nowhere, on purpose (RFC 2606)."""
    organization: str = ""  #: who keeps the records; goes into bag-info.txt

    @property
    def work_folder(self) -> Path:
        """Where the page cache and the locks live: inside output, so machines can share them."""
        return self.output / ".opis"

    @property
    def records(self) -> Path:
        """Where records are published."""
        return self.output / "records"

    @property
    def catalog(self) -> Path:
        """The catalogue, which can be rebuilt from the records at any time."""
        return self.output / "catalog.sqlite"


def merge_settings(
    file_values: Mapping[str, Any], environ: Mapping[str, str], options: Mapping[str, Any]
) -> Settings:
    """Merge the three sources, the last the nearest.

    Args:
        file_values: what ``opis.toml`` holds.
        environ: the environment; only names that begin with ``OPIS_`` count.
        options: the command line's options that were set.

    Raises:
        SetupError: a setting is unknown or its value is impossible.
    """
    variables = {
        name.removeprefix(_ENV_PREFIX).lower(): text
        for name, text in environ.items()
        if name.startswith(_ENV_PREFIX)
    }
    merged = {**file_values, **variables, **options}
    known = Settings.model_fields
    for name in merged:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" Known are: {', '.join(known)}."
            msg = (
                f"unknown setting {name!r} (in opis.toml, or as {_ENV_PREFIX}{name.upper()}).{hint}"
            )
            raise SetupError(msg)
    try:
        return Settings(**merged)
    except ValidationError as error:
        found = error.errors()[0]
        which = ".".join(map(str, found["loc"]))
        shown = "" if which == "auth" else f", not {found['input']!r}"
        msg = f"setting {which}: {found['msg']}{shown}"
        raise SetupError(msg) from error


def to_environ(settings: Settings) -> dict[str, str]:
    """Return the variables that make the same settings in another process.

    >>> to_environ(Settings(languages=("rus",)))["OPIS_LANGUAGES"]
    'rus'
    """
    given = {name: getattr(settings, name) for name in Settings.model_fields}
    given["languages"] = "+".join(settings.languages)
    given["mounts"] = os.pathsep.join(map(str, settings.mounts))
    given["auth"] = settings.auth and settings.auth.get_secret_value()
    return {
        f"{_ENV_PREFIX}{name.upper()}": str(value)
        for name, value in given.items()
        if value is not None
    }


def check_folders(settings: Settings) -> None:
    """Refuse to run where a record could land in the inbox or a scan in the output.

    Raises:
        SetupError: the folders are one, or one holds the other.
    """
    inbox, output = settings.inbox.resolve(), settings.output.resolve()
    if inbox == output or inbox in output.parents or output in inbox.parents:
        msg = (
            f"inbox ({inbox}) and output ({output}) must not contain each other: "
            "set --inbox or --output to a folder of its own."
        )
        raise SetupError(msg)
