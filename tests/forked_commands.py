"""Runs commands in processes forked from one that has imported Opis: half a second less for each.

Prefect is not imported beforehand: it reads its settings from the environment of each command.
"""

import atexit
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from flows.cli.app import COMMANDS, main
from pipeline.workers import pool
from tests.forked_workers import WorkerForker

ON_PREFECT = frozenset({"ingest", "reread", "reclean", "serve"})  #: commands that import Prefect
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [__name__, *(entry.module for name, entry in COMMANDS.items() if name != "serve")]
)


def run_command(
    words: Sequence[str], folder: Path, environ: Mapping[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run ``opis WORD …`` in a folder, as `subprocess.run` does with captured output.

    Raises:
        subprocess.TimeoutExpired: it did not end within ``seconds``; it is killed.
    """
    with tempfile.TemporaryDirectory() as streams:
        out, err = Path(streams, "out"), Path(streams, "err")
        process = _CONTEXT.Process(
            target=_run_main, args=(list(words), folder, dict(environ), out, err)
        )
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(list(words), seconds)
        texts = out.read_text("utf-8"), err.read_text("utf-8")
        return subprocess.CompletedProcess(list(words), process.exitcode, *texts)


def _run_main(
    words: list[str], folder: Path, environ: dict[str, str], out: Path, err: Path
) -> None:
    """Run the command in this process, which was forked for it."""
    for stream, path in ((sys.stdout, out), (sys.stderr, err)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["opis", *words]
    vars(pool)["start_worker"] = WorkerForker().start_worker
    try:
        main()
    finally:
        atexit._run_exitfuncs()  # a forked process leaves them out
