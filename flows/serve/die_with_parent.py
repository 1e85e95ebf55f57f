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

_STOP_SECONDS = 3.0  #: seconds between asking and killing


def main() -> None:
    """Run the command, pass SIGTERM on to it, and return its exit code."""
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)

    def terminate_child(number: int, frame: FrameType | None) -> None:
        del number, frame
        child.terminate()

    signal.signal(signal.SIGTERM, terminate_child)
    threading.Thread(target=_kill_when_orphaned, args=[child], daemon=True).start()
    sys.exit(child.wait())


def _kill_when_orphaned(child: "subprocess.Popen[bytes]") -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    child.terminate()
    time.sleep(_STOP_SECONDS)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
