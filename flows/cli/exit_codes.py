"""What commands say to the shell when they end."""

from enum import IntEnum

from flows import shutdown


class ExitCode(IntEnum):
    """What the command says to the shell."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    REFUSALS = 3
    DAMAGE = 4
    INTERRUPTED = shutdown.INTERRUPTED_EXIT_CODE  #: Typer's own, too, on Ctrl-C
