"""Runs a module with few rights: ``-m pipeline.workers.confined FOLDER … -- MODULE ARGUMENT …``.

It may write below the folders only. Nothing else is imported before: a thread that a library has
started by then would keep its rights. Without a module it prints the restrictions as JSON.
"""

import gc
import json
import runpy
import sys
from dataclasses import asdict
from pathlib import Path

from pipeline.system.confinement import confine


def main() -> None:
    """Restrict this process, then run the module."""
    split = sys.argv.index("--")
    restrictions = confine([Path(folder) for folder in sys.argv[1:split]])
    command = sys.argv[split + 1 :]
    if not command:
        sys.stdout.write(json.dumps([asdict(restriction) for restriction in restrictions]))
        return
    gc.disable()  # imports make no garbage, and collection would take a tenth of their time
    sys.argv = command
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
