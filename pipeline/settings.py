"""Every knob of Opis, its default and why; a misspelt one is an error now, not a surprise later.

From ``opis.toml`` and ``OPIS_*`` variables, which ``flows`` reads and hands in; the variable wins
over the file, the command line over both.
"""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pipeline.errors import SetupError

EngineName = Literal["tesseract", "tesserocr"]  #: a program, or a library in the reading child
_PREFIX = "OPIS_"


def _split(value: object) -> object:
    """Read ``rus+eng`` as two languages; the order given is kept, the first is primary."""
    return tuple(filter(None, value.split("+"))) if isinstance(value, str) else value


def _address(value: object) -> object:
    """Read an address without the slash at its end; ValueError where it is none."""
    if isinstance(value, str) and not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", value):
        msg = "is no address that begins with http:// or https://"
        raise ValueError(msg)
    return value.rstrip("/") if isinstance(value, str) else value


class Settings(BaseModel):
    """How Opis runs; frozen, so that it can be handed to every task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inbox: Path = Path("inbox")
    output: Path = Path("output")
    languages: Annotated[tuple[str, ...], BeforeValidator(_split)] = ("rus", "eng")
    engine: EngineName = "tesseract"
    jobs: int = Field(default=0, ge=0, le=256)  #: pages read at once; 0 means one a core
    dpi: int = Field(default=300, ge=72, le=1200)  #: where a page must be drawn
    page_timeout: float = Field(default=300, gt=0)  #: seconds; the slowest honest page took 40
    settle_seconds: float = Field(default=3, ge=0)  #: a scan unchanged for this long is taken
    incomplete_seconds: float = Field(default=600, ge=0)  #: a scan that is cut off waits so long
    keep_inbox: bool = False  #: leave published scans where they were dropped
    max_pages: int = Field(default=10_000, ge=1)
    max_bytes: int = Field(default=4 * 2**30, ge=1)
    max_pixels: int = Field(default=250_000_000, ge=1)  #: of one page image: A1 at 600 dpi is 280 M
    child_memory: int = Field(default=4 * 2**30, ge=0)  #: bytes of a reading child; 0: no limit
    port: int = Field(default=4200, ge=1, le=65_535)  #: of the Prefect server that serve starts
    base_url: Annotated[str, BeforeValidator(_address)] = "https://opis.invalid"
    """Where records are or will be served; exports name themselves by it. ``.invalid`` leads
    nowhere, on purpose (RFC 2606)."""
    organization: str = ""  #: who keeps the records; goes into bag-info.txt

    @property
    def work(self) -> Path:
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


def settings_from(
    file: Mapping[str, Any], environ: Mapping[str, str], given: Mapping[str, Any]
) -> Settings:
    """Merge the three sources, the last the nearest.

    Args:
        file: what ``opis.toml`` holds.
        environ: the environment; only names that begin with ``OPIS_`` count.
        given: the command line's options that were set.

    Raises:
        SetupError: a setting is unknown or its value is impossible.
    """
    variables = {
        name.removeprefix(_PREFIX).lower(): text
        for name, text in environ.items()
        if name.startswith(_PREFIX)
    }
    merged = {**file, **variables, **given}
    known = Settings.model_fields
    for name in merged:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" Known are: {', '.join(known)}."
            msg = f"unknown setting {name!r} (in opis.toml, or as {_PREFIX}{name.upper()}).{hint}"
            raise SetupError(msg)
    try:
        return Settings(**merged)
    except ValidationError as error:
        found = error.errors()[0]
        msg = f"setting {'.'.join(map(str, found['loc']))}: {found['msg']}, not {found['input']!r}"
        raise SetupError(msg) from error


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
