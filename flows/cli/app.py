"""The command ``opis``: the table of its commands, and the exit code of errors.

Each command is a function in a module of its own, and has a row in ``COMMANDS``. The module is
imported when its command runs, so that no command waits for the imports of others.
"""

import gc
import importlib
import logging
import sqlite3
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import typer
from typer.core import TyperGroup

from flows import shutdown
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from pipeline.errors import OpisError, disk_error_message

#: module and function of each command, in the order of the help
COMMANDS: Mapping[str, tuple[str, str]] = {
    "ingest": ("flows.cli.ingest", "ingest"),
    "serve": ("flows.cli.serve", "serve"),
    "verify": ("flows.cli.verify", "verify"),
    "accept": ("flows.cli.accept", "accept"),
    "evaluate": ("flows.cli.evaluate", "evaluate"),
    "list": ("flows.cli.list", "list_records"),
    "show": ("flows.cli.show", "show_record"),
    "search": ("flows.cli.search", "search"),
    "site": ("flows.cli.site", "site"),
    "push": ("flows.cli.push", "push"),
    "receipts": ("flows.cli.receipts", "receipts"),
    "stats": ("flows.cli.stats", "stats"),
    "reference": ("flows.cli.reference", "reference"),
    "cite": ("flows.cli.cite", "cite"),
    "export": ("flows.cli.export", "export"),
    "reread": ("flows.cli.reread", "reread"),
    "reclean": ("flows.cli.reclean", "reclean"),
    "withdraw": ("flows.cli.withdraw", "withdraw"),
    "diff": ("flows.cli.diff", "diff"),
    "provenance": ("flows.cli.provenance", "provenance"),
    "doctor": ("flows.cli.doctor", "doctor"),
    "describe": ("flows.cli.describe", "describe"),
    "template": ("flows.cli.template", "template"),
    "init": ("flows.cli.init", "init"),
}
_CONTEXT: dict[str, Any] = {"help_option_names": ["-h", "--help"]}
#: libraries that log problems of a scan; Opis reports them itself, with the scan's name
_NOISY_LOGGERS = ("img2pdf", "pikepdf", "PIL", "pypdf")


def _import_module(name: str) -> ModuleType:
    """Import a module; garbage collection would take a tenth of the time, and find nothing."""
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        gc.enable()


class _CommandGroup(TyperGroup):
    """Imports the module of a command when the command is needed."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        names: Any = dict.fromkeys(COMMANDS)  # for "Did you mean …?"
        self.commands = names

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, or None if the name is unknown."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name]
        single = typer.Typer()
        command = single.command(cmd_name, context_settings=_CONTEXT)
        command(getattr(_import_module(module), function))
        return typer.main.get_command(single)


app = typer.Typer(
    cls=_CommandGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings=_CONTEXT,
)


@app.callback()
def opis() -> None:
    """Turns scans of archival documents into records to search, check and cite."""


def main() -> None:
    """Run the command; print an error that the user can mend as a sentence, not a traceback."""
    for library in _NOISY_LOGGERS:
        logging.getLogger(library).propagate = False
        logging.getLogger(library).addHandler(logging.NullHandler())
    try:
        with shutdown.handle_interrupts(lambda: console.print_error("Interrupted.")):
            app()
    except OpisError as error:
        console.print_error(str(error))
        sys.exit(ExitCode.USAGE)
    except (OSError, sqlite3.DatabaseError) as error:
        if (message := disk_error_message(error)) is None:
            raise
        console.print_error(message)
        sys.exit(ExitCode.UNEXPECTED)
