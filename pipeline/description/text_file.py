"""Text files that people wrote: read up to a limit, decoded, checked for control characters."""

import re
from pathlib import Path

from pipeline.errors import DescriptionError, UnreadableError, is_machine_error
from pipeline.wording import UNWRITABLE

#: Refused in descriptions: characters that XML cannot hold, DEL, and CR, which XML makes LF.
CONTROL_CHARACTER = re.compile(rf"[\r\x7f]|{UNWRITABLE.pattern}")


def read_bounded(path: Path, max_bytes: int, label: str) -> bytes:
    """Return the bytes of a file; ``max_bytes`` + 1 bytes of one that is too long.

    Args:
        path: of the file.
        max_bytes: that it may have.
        label: its name in messages.

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


def decode_utf8(content: bytes, name: str, advice: str) -> str:
    """Return the bytes of a file as text, without a byte order mark.

    Args:
        content: of the file.
        name: of the file in messages.
        advice: a sentence on how to save the file.

    Raises:
        DescriptionError: it is not UTF-8; the message names the line.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = f"{name}, line {line} is not UTF-8. {advice}"
        raise DescriptionError(msg, file=name, line=line, code="bad-encoding") from error
