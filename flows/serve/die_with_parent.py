"""Run a command and end it when the parent process dies: ``-m flows.serve.die_with_parent``.

The arguments are the parent's process number and the command.
"""

import signal
import subprocess
import sys
import time
from types import FrameType

from pipeline.workers.parent_watch import die_with_parent

_STOP_SECONDS = 3.0  #: seconds between SIGTERM and SIGKILL


def main() -> None:
    """Run the command, pass SIGTERM on to it, and return its exit code."""
    child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)

    def terminate_child(number: int, frame: FrameType | None) -> None:
        del number, frame
        child.terminate()

    def end_gently() -> None:
        child.terminate()
        time.sleep(_STOP_SECONDS)

    signal.signal(signal.SIGTERM, terminate_child)
    die_with_parent(int(sys.argv[1]), end_gently)
    status = child.wait()
    sys.exit(status if status >= 0 else 128 - status)  # 128 + signal, as shells have it


if __name__ == "__main__":
    main()
