"""The exit codes of ``opis``."""

from enum import IntEnum

from flows import shutdown


class ExitCode(IntEnum):
    """The exit code of a command."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    REFUSALS = 3
    DAMAGE = 4
    INTERRUPTED = shutdown.INTERRUPTED_EXIT_CODE  #: the same as Typer's on Ctrl-C
