"""Small files that people wrote, read whole but never beyond a bound."""

from pathlib import Path

from pipeline.errors import UnreadableError, is_of_machine


def read_bounded(path: Path, most: int, called: str) -> bytes:
    """Return the bytes of a file; of one that is too long, one more than ``most``.

    Args:
        path: of the file.
        most: bytes that it may have.
        called: what a message calls it.

    Raises:
        UnreadableError: the operating system does not let us read it.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(most + 1)
    except OSError as error:
        if is_of_machine(error):
            raise
        msg = f"{called} cannot be read ({error.strerror})."
        raise UnreadableError(msg) from error
