"""Whether the folders of serve are where they were: a network disk may go, and come back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.settings import Settings


class AwayError(Exception):
    """A folder cannot be read, or its disk is away; its text is a sentence."""


class Places:
    """Remembers on which disks inbox and output lay when serve began."""

    def __init__(self, settings: Settings) -> None:
        """Look at both folders, which are there."""
        self._disks = {path: path.stat().st_dev for path in (settings.inbox, settings.output)}

    @contextmanager
    def there(self) -> Iterator[None]:
        """Run the block while both folders are on the disks where they were.

        An empty mount point looks like an inbox without scans and an archive without records:
        nothing must be begun there.

        Raises:
            AwayError: one of them is away.
        """
        try:
            for path, disk in self._disks.items():
                if path.stat().st_dev != disk:
                    raise AwayError(_away(path))
            yield
        except OSError as error:
            where = error.filename or "a folder"
            msg = f"{where} cannot be read ({error.strerror})"
            raise AwayError(msg) from error


def _away(path: Path) -> str:
    return f"{path} is not on the disk where it was: is it mounted?"
