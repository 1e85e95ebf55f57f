"""Run a command and kill it when the parent process exits: ``-m flows.serve.die_with_parent``.

The holder keeps the other end of our standard input. When it is killed, however hard, that end
closes, and the command is ended with all that it started.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

_FAREWELL = 3.0  #: seconds between asking and killing


def main() -> None:
    """Run the command, pass SIGTERM on to it, and return its exit code."""
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)

    def ask(number: int, frame: FrameType | None) -> None:
        del number, frame
        child.terminate()

    signal.signal(signal.SIGTERM, ask)
    threading.Thread(target=_let_go, args=[child], daemon=True).start()
    sys.exit(child.wait())


def _let_go(child: "subprocess.Popen[bytes]") -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    child.terminate()
    time.sleep(_FAREWELL)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
