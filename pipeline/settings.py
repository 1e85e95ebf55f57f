"""All settings of Opis, their defaults and the reasons; an unknown name is an error at start.

The values come from ``opis.toml`` and ``OPIS_*`` variables, which ``flows`` reads and passes in; a
variable overrides the file, the command line overrides both.
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
from pipeline.model import EngineChoice, Model

RECEIPTS_FILE = "receipts.jsonl"  #: in the output folder
CORRECTIONS_FILE = "corrections.jsonl"  #: in the output folder
LEVELS_FILE = "levels.jsonl"  #: in the output folder
_ENV_PREFIX = "OPIS_"
_HOST_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*|(?:[0-9a-fA-F]*:){2,7}[0-9a-fA-F.]*")


def _split_languages(value: object) -> object:
    """Split ``rus+eng`` into two languages, in this order; the first is primary."""
    return tuple(filter(None, value.split("+"))) if isinstance(value, str) else value


def _split_paths(value: object) -> object:
    """Split folders at ``os.pathsep``, a colon."""
    return tuple(filter(None, value.split(os.pathsep))) if isinstance(value, str) else value


def _split_names(value: object) -> object:
    """Split names of people at commas."""
    if isinstance(value, str):
        return tuple(name.strip() for name in value.split(",") if name.strip())
    return value


def _split_hosts(value: object) -> object:
    """Split host names at commas, in small letters; ValueError if one is no host name."""
    if isinstance(value, str):
        value = tuple(filter(None, re.split(r"[,\s]+", value)))
    if not isinstance(value, (tuple, list)):
        return value
    for host in value:
        if not _HOST_NAME.fullmatch(str(host)):
            msg = f"has {host!r}, which is no host name: no port, no scheme, no wildcard"
            raise ValueError(msg)
    return tuple(str(host).lower() for host in value)


def _normalize_url(value: object) -> object:
    """Return an address without a slash at its end; ValueError if it is no HTTP address."""
    if isinstance(value, str) and not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", value):
        msg = "is no address that begins with http:// or https://"
        raise ValueError(msg)
    return value.rstrip("/") if isinstance(value, str) else value


def _normalize_optional_url(value: object) -> object:
    return value if value == "" else _normalize_url(value)


def _check_scheduler_url(value: object) -> object:
    """Check the address of a Dask scheduler, which may be empty; ValueError if it is none."""
    if value and not re.fullmatch(r"(tcp|tls|ucx|ws|wss)://[^\s/]+:[0-9]+", str(value)):
        msg = "is no address of a Dask scheduler, such as tcp://10.0.0.5:8786"
        raise ValueError(msg)
    return value


def _check_cron(value: object) -> object:
    """Check that a schedule has the five fields of cron; ValueError if it has not."""
    try:
        CronSim(str(value), datetime(2000, 1, 1))  # any time will do
    except CronSimError as error:
        msg = "is no schedule as cron has it, such as `0 2 * * *`"
        raise ValueError(msg) from error
    return value


def _check_timezone(value: object) -> object:
    """Check that a time zone is known; ValueError if it is not."""
    if value != "UTC" and value not in available_timezones():
        msg = "is no time zone, such as Europe/Moscow"
        raise ValueError(msg)
    return value


def _check_credentials(value: object) -> object:
    """Check the form ``NAME:PASSWORD``; the message of the ValueError does not repeat the value."""
    if isinstance(value, str) and not re.fullmatch(r"[^:\s]+:[^\s]{8,}", value):
        msg = "must be NAME:PASSWORD, the password of eight characters or more"
        raise ValueError(msg)
    return value


class Settings(BaseModel):
    """The settings of Opis; frozen, so that all tasks can share them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inbox: Path = Path("inbox")
    output: Path = Path("output")
    mounts: Annotated[tuple[Path, ...], BeforeValidator(_split_paths)] = ()
    """Mount points without which no run starts; if empty, those of inbox and output."""
    languages: Annotated[tuple[str, ...], BeforeValidator(_split_languages)] = ()
    """The engine's codes, the main one first; if empty, all that are installed."""
    engine: str = "tesseract"  #: a name in ``ENGINES`` of ``pipeline.ocr.engines``
    model: Model = Model.TYPEWRITER  #: which of the engine's models reads typescripts
    second_engine: str = "off"  #: or a name in ``SECOND_ENGINES``: reads doubtful lines again
    runner: Literal["threads", "dask"] = "threads"  #: where tasks run
    #: of Dask; a local one if empty
    scheduler: Annotated[str, BeforeValidator(_check_scheduler_url)] = ""
    jobs: int = Field(default=0, ge=0, le=256)  #: pages read at once; 0 means one for each core
    dpi: int = Field(default=300, ge=72, le=1200)  #: of a page that must be rendered
    page_timeout: float = Field(default=300, gt=0)  #: seconds; the slowest real page took 40
    settle_seconds: float = Field(default=3, ge=0)  #: a scan unchanged for this long is taken
    sidecar_seconds: float = Field(default=10, ge=0)  #: a scan waits so long for its description
    incomplete_seconds: float = Field(default=600, ge=0)  #: a scan that is cut off waits so long
    retry_seconds: float = Field(default=600, ge=1)  #: a failed scan is tried again after this
    rescan_seconds: float = Field(default=10, ge=0.5)  #: between two listings of the inbox
    events: bool = True  #: use the file system's events between them, if it has any
    ask_people: bool = False  #: a scan that raises a question waits for a person's decision
    keep_inbox: bool = False  #: leave published scans where they were dropped
    max_pages: int = Field(default=10_000, ge=1)
    max_bytes: int = Field(default=4 * 2**30, ge=1)
    max_pixels: int = Field(default=250_000_000, ge=1)  #: of one page image: A1 at 600 dpi is 280 M
    child_memory: int = Field(default=4 * 2**30, ge=0)  #: bytes for a worker process; 0: no limit
    host: str = "127.0.0.1"  #: where the server listens; beyond loopback only with ``auth``
    port: int = Field(default=4200, ge=1, le=65_535)  #: of the Prefect server that serve starts
    pages_port: int = Field(default=4201, ge=1, le=65_535)  #: where ``opis serve`` serves records
    #: names under which browsers may ask for the two, besides those of loopback and this machine
    allowed_hosts: Annotated[tuple[str, ...], BeforeValidator(_split_hosts)] = ()
    #: the address of ``pages_port`` in links of the UI
    pages_url: Annotated[str, BeforeValidator(_normalize_optional_url)] = ""
    #: ``name:password``
    auth: Annotated[SecretStr | None, BeforeValidator(_check_credentials)] = None
    #: the HTTP header in which a reverse proxy names the person; only where all requests pass it
    user_header: str = Field(default="", pattern=r"^[A-Za-z-]*$")
    correctors: Annotated[tuple[str, ...], BeforeValidator(_split_names)] = ()
    """Names of those who may correct; if empty, everybody who has a name."""
    publishers: Annotated[tuple[str, ...], BeforeValidator(_split_names)] = ()
    """Names of those who may publish corrections; if empty, everybody who may correct."""
    second_check: bool = False  #: corrected lines wait for a second person, too
    timezone: Annotated[str, BeforeValidator(_check_timezone)] = "UTC"  #: of the schedules
    nightly: Annotated[str, BeforeValidator(_check_cron)] = "0 2 * * *"  #: the inbox is ingested
    weekly: Annotated[str, BeforeValidator(_check_cron)] = "0 4 * * 0"  #: all records are verified
    daily: Annotated[str, BeforeValidator(_check_cron)] = "0 6 * * *"  #: the archive is summarized
    site: bool = True  #: ``opis serve`` rebuilds the reading room after each run
    notify_url: Annotated[str, BeforeValidator(_normalize_optional_url)] = ""
    """Gets a POST of JSON for each failed or crashed run; if empty, the log of serve names it."""
    base_url: Annotated[str, BeforeValidator(_normalize_url)] = "https://opis.invalid"
    """Address where records are or will be served; the base of addresses in exports. The domain
    ``.invalid`` never resolves, on purpose (RFC 2606)."""
    contact: str = Field(default="", pattern=r"^([^@\s<>\"]+@[^@\s<>\"]+)?$")
    """Mail address to which readers of the reading room report errors; if empty, only the desk."""
    organization: str = ""  #: the keeper of the records, for bag-info.txt

    @property
    def engine_choice(self) -> EngineChoice:
        """The engines, and with which of its models the first reads."""
        return EngineChoice(self.engine, self.model, self.second_engine)

    @property
    def work_folder(self) -> Path:
        """Folder of the page cache and the locks: inside output, so that machines can share it."""
        return self.output / ".opis"

    @property
    def records(self) -> Path:
        """Folder of the published records."""
        return self.output / "records"

    @property
    def catalog(self) -> Path:
        """File of the catalogue, which can be rebuilt from the records."""
        return self.output / "catalog.sqlite"

    @property
    def receipts(self) -> Path:
        """File of the receipts."""
        return self.output / RECEIPTS_FILE


def merge_settings(
    file_values: Mapping[str, Any], environ: Mapping[str, str], options: Mapping[str, Any]
) -> Settings:
    """Merge the three sources; each overrides those before it.

    Args:
        file_values: the values of ``opis.toml``.
        environ: the environment; only names that begin with ``OPIS_`` count.
        options: the options that were set on the command line.

    Raises:
        SetupError: a setting is unknown or its value is invalid.
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
            matches = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {matches[0]}?" if matches else f" Known are: {', '.join(known)}."
            msg = (
                f"unknown setting {name!r} (in opis.toml, or as {_ENV_PREFIX}{name.upper()}).{hint}"
            )
            raise SetupError(msg)
    try:
        return Settings(**merged)
    except ValidationError as error:
        error_details = error.errors()[0]
        setting = ".".join(map(str, error_details["loc"]))
        given_value = "" if setting == "auth" else f", not {error_details['input']!r}"
        msg = f"setting {setting}: {error_details['msg']}{given_value}"
        raise SetupError(msg) from error


def to_environ(settings: Settings) -> dict[str, str]:
    """Return the environment variables that give another process the same settings.

    >>> to_environ(Settings(languages=("rus",)))["OPIS_LANGUAGES"]
    'rus'
    """
    values = {name: getattr(settings, name) for name in Settings.model_fields}
    values["languages"] = "+".join(settings.languages)
    values["mounts"] = os.pathsep.join(map(str, settings.mounts))
    for name in ("allowed_hosts", "correctors", "publishers"):
        values[name] = ",".join(getattr(settings, name))
    values["auth"] = settings.auth and settings.auth.get_secret_value()
    return {
        f"{_ENV_PREFIX}{name.upper()}": str(value)
        for name, value in values.items()
        if value is not None
    }


def check_folders(settings: Settings) -> None:
    """Check that inbox and output do not overlap.

    Raises:
        SetupError: the folders are the same, or one contains the other.
    """
    inbox, output = settings.inbox.resolve(), settings.output.resolve()
    if inbox == output or inbox in output.parents or output in inbox.parents:
        msg = (
            f"inbox ({inbox}) and output ({output}) must not contain each other: "
            "set --inbox or --output to a folder of its own."
        )
        raise SetupError(msg)
