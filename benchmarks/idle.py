"""Measures the CPU and memory of all processes of an idle ``opis serve``.

uv run --group dev python -m benchmarks.idle --minutes 10
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

_STARTUP_SECONDS = 60.0  #: not measured


def main() -> None:
    """Start the service, wait, and print its cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--port", type=int, default=4390)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="opis-idle-") as folder:
        ports = {"OPIS_PORT": str(options.port), "OPIS_PAGES_PORT": str(options.port + 1)}
        process = subprocess.Popen(
            [Path(sys.executable).with_name("opis"), "serve"], cwd=folder,
            env={**os.environ, **ports, "PREFECT_HOME": f"{folder}/prefect"},
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            time.sleep(_STARTUP_SECONDS)
            _measure(psutil.Process(process.pid), options.minutes * 60)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _measure(serve: psutil.Process, seconds: float) -> None:
    started, cpu, memory = time.monotonic(), _cpu_seconds(serve), _memory_mb(serve)
    time.sleep(seconds)
    duration = time.monotonic() - started
    used = _cpu_seconds(serve) - cpu
    print(f"{duration:.0f} s: CPU {used:.1f} s, {used / duration:.1%} of a core")
    print(f"memory {memory:.0f} MB, then {_memory_mb(serve):.0f} MB, of all processes together")
    for process in _process_tree(serve):
        times = process.cpu_times()
        print(f"  {times.user + times.system:6.1f} s {process.memory_info().rss / 2**20:5.0f} MB "
              f"{' '.join(process.cmdline())[-70:]}")  # fmt: skip


def _process_tree(serve: psutil.Process) -> list[psutil.Process]:
    return [serve, *serve.children(recursive=True)]


def _cpu_seconds(serve: psutil.Process) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in _process_tree(serve))


def _memory_mb(serve: psutil.Process) -> float:
    return float(sum(process.memory_info().rss for process in _process_tree(serve)) / 2**20)


if __name__ == "__main__":
    main()
