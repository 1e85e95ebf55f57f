"""The real clock, and a fixed one that always shows ``SOURCE_DATE_EPOCH``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.errors import SetupError
from pipeline.model import Clock


class RealClock:
    """The machine's clock, in UTC."""

    is_fixed = False

    def now(self) -> datetime:
        """Return the present time, to the millisecond."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def moment(self, then: datetime) -> datetime:
        """Return ``then``."""
        return then

    def duration(self, seconds: float) -> float:
        """Return the duration in seconds, to the millisecond."""
        return round(seconds, 3)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that never advances, so that the same scan gives the same bytes on any day."""

    at: datetime

    @property
    def is_fixed(self) -> bool:
        """True: a fixed clock never advances."""
        return True

    def now(self) -> datetime:
        """Return the fixed time."""
        return self.at

    def moment(self, then: datetime) -> datetime:
        """Return the fixed time instead of ``then``."""
        del then
        return self.at

    def duration(self, seconds: float) -> float:
        """Return 0 for any duration."""
        return 0.0 * seconds


def clock_from(environ: Mapping[str, str]) -> Clock:
    """Return a fixed clock if ``SOURCE_DATE_EPOCH`` is set, else the real one.

    See https://reproducible-builds.org/specs/source-date-epoch/.

    Raises:
        SetupError: SOURCE_DATE_EPOCH is not a number of seconds, or out of range.
    """
    epoch = environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return RealClock()
    try:
        return FixedClock(datetime.fromtimestamp(int(epoch), UTC))
    except (ValueError, OverflowError, OSError) as error:
        msg = f"SOURCE_DATE_EPOCH must be seconds since 1970, not {epoch!r}."
        raise SetupError(msg) from error
