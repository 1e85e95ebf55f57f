"""What commands say to the shell when they end."""

from enum import IntEnum

from flows import shutdown


class Exit(IntEnum):
    """What the command says to the shell."""

    WELL = 0
    UNEXPECTED = 1
    USAGE = 2
    REFUSALS = 3
    DAMAGE = 4
    INTERRUPTED = shutdown.INTERRUPTED  #: Typer's own, too, on Ctrl-C
