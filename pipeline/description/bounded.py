"""Small files that people wrote, read whole but never beyond a bound."""

from pathlib import Path

from pipeline.errors import UnreadableError, is_machine_error


def read_bounded(path: Path, max_bytes: int, label: str) -> bytes:
    """Return the bytes of a file; of one that is too long, one more than ``max_bytes``.

    Args:
        path: of the file.
        max_bytes: bytes that it may have.
        label: what a message calls it.

    Raises:
        UnreadableError: the operating system does not let us read it.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(max_bytes + 1)
    except OSError as error:
        if is_machine_error(error):
            raise
        msg = f"{label} cannot be read ({error.strerror})."
        raise UnreadableError(msg) from error
