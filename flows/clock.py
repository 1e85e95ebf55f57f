"""The clocks: the real one, and one that stands still at ``SOURCE_DATE_EPOCH``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.errors import SetupError
from pipeline.model import Clock


class RealClock:
    """The machine's clock, in UTC."""

    is_fixed = False

    def now(self) -> datetime:
        """Return the present moment, to the millisecond."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def moment(self, then: datetime) -> datetime:
        """Return the moment as it was."""
        return then

    def duration(self, seconds: float) -> float:
        """Return the duration, to the millisecond."""
        return round(seconds, 3)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """Always the same moment, so that the same scan gives the same bytes on any day."""

    at: datetime

    @property
    def is_fixed(self) -> bool:
        """It does."""
        return True

    def now(self) -> datetime:
        """Return the one moment."""
        return self.at

    def moment(self, then: datetime) -> datetime:
        """Return the one moment, whenever it was."""
        del then
        return self.at

    def duration(self, seconds: float) -> float:
        """Return 0: nothing lasts where the clock stands still."""
        return 0.0 * seconds


def clock_from(environ: Mapping[str, str]) -> Clock:
    """Return the clock the environment asks for.

    See https://reproducible-builds.org/specs/source-date-epoch/.

    Raises:
        SetupError: SOURCE_DATE_EPOCH is no number of seconds.
    """
    epoch = environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return RealClock()
    try:
        return FixedClock(datetime.fromtimestamp(int(epoch), UTC))
    except (ValueError, OverflowError, OSError) as error:
        msg = f"SOURCE_DATE_EPOCH must be seconds since 1970, not {epoch!r}."
        raise SetupError(msg) from error
