"""Measures what ``opis serve`` costs when nothing happens: CPU and memory of all its processes.

python -m benchmarks.idle --minutes 10
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

_SETTLED = 60.0  #: seconds after the start that do not count


def main() -> None:
    """Start it, wait, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--port", type=int, default=4390)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="opis-idle-") as folder:
        ports = {"OPIS_PORT": str(asked.port), "OPIS_PAGES_PORT": str(asked.port + 1)}
        run = subprocess.Popen(
            [Path(sys.executable).with_name("opis"), "serve"], cwd=folder,
            env={**os.environ, **ports, "PREFECT_HOME": f"{folder}/prefect"},
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            time.sleep(_SETTLED)
            _measure(psutil.Process(run.pid), asked.minutes * 60)
        finally:
            run.send_signal(signal.SIGTERM)
            run.wait()


def _measure(serve: psutil.Process, seconds: float) -> None:
    begun, cpu, memory = time.monotonic(), _cpu(serve), _memory(serve)
    time.sleep(seconds)
    lasted = time.monotonic() - begun
    spent = _cpu(serve) - cpu
    print(f"{lasted:.0f} s: CPU {spent:.1f} s, {spent / lasted:.1%} of a core")
    print(f"memory {memory:.0f} MB, then {_memory(serve):.0f} MB, of all processes together")
    for one in _family(serve):
        times = one.cpu_times()
        print(f"  {times.user + times.system:6.1f} s {one.memory_info().rss / 2**20:5.0f} MB "
              f"{' '.join(one.cmdline())[-70:]}")  # fmt: skip


def _family(serve: psutil.Process) -> list[psutil.Process]:
    return [serve, *serve.children(recursive=True)]


def _cpu(serve: psutil.Process) -> float:
    return sum(sum(one.cpu_times()[:2]) for one in _family(serve))


def _memory(serve: psutil.Process) -> float:
    return float(sum(one.memory_info().rss for one in _family(serve)) / 2**20)


if __name__ == "__main__":
    main()
