"""Runs a module that imports Prefect: ``-m flows.serve.prefect_process MODULE``.

Nothing is collected while it imports: imports make no garbage, and looking for it would take a
fifth of the three seconds of CPU that Prefect's server needs to start.
"""

import gc
import importlib
import sys


def command_for(module: str) -> list[str]:
    """Return the command that runs a module so."""
    return [sys.executable, "-m", __spec__.name, module]


def main() -> None:
    """Import the module, then run its ``main``."""
    gc.disable()
    module = importlib.import_module(sys.argv[1])
    gc.freeze()
    gc.enable()
    module.main()


if __name__ == "__main__":
    main()
