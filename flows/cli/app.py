"""The command ``opis``: the table of its commands, and the exit code of errors.

Each command is a function in a module of its own, and has a row in ``COMMANDS``. The module is
imported when its command runs, so that no command waits for the imports of others.
"""

import gc
import importlib
import os
import sqlite3
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from flows import shutdown
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from pipeline.errors import OpisError, disk_error_message


class CommandEntry(NamedTuple):
    """Where a command is, and the sentence of the help; its module is not imported for that."""

    module: str
    function: str
    help: str  #: the first sentence of the function's docstring


#: in the order of the help
COMMANDS: Mapping[str, CommandEntry] = {
    "ingest": CommandEntry(
        "flows.cli.ingest", "ingest",
        "Read the scans in the inbox, or those named, and publish their records.",
    ),
    "serve": CommandEntry(
        "flows.cli.serve", "serve",
        "Start the Prefect server with its UI, and ingest scans as they arrive.",
    ),
    "verify": CommandEntry(
        "flows.cli.verify", "verify",
        "Check every digest, manifest and invariant of the published records.",
    ),
    "accept": CommandEntry(
        "flows.cli.accept", "accept",
        "Note in the receipts what `opis verify` misses and was removed or changed on purpose.",
    ),
    "evaluate": CommandEntry(
        "flows.cli.evaluate", "evaluate",
        "Read pages that have a transcription, and print the error rates.",
    ),
    "list": CommandEntry(
        "flows.cli.list", "list_records",
        "List records in the order of the archive.",
    ),
    "show": CommandEntry(
        "flows.cli.show", "show_record",
        "Show a record: its citation, folder, description, issues and text.",
    ),
    "search": CommandEntry(
        "flows.cli.search", "search",
        "Search the text of all pages, and what is suggested for doubtful words; or a reference.",
    ),
    "site": CommandEntry(
        "flows.cli.site", "site",
        "Build the reading room of the published records; only changed pages are rebuilt.",
    ),
    "push": CommandEntry(
        "flows.cli.push", "push",
        "Copy every published version to another place, and check the copies.",
    ),
    "receipts": CommandEntry(
        "flows.cli.receipts", "receipts",
        "Show the receipts of scans: when each came, its outcome, and where its bytes are now.",
    ),
    "stats": CommandEntry(
        "flows.cli.stats", "stats",
        "Count scans, pages, words, seconds, refusals by cause and reviews due, day by day.",
    ),
    "reference": CommandEntry(
        "flows.cli.reference", "reference",
        "Read archival references, and print the normal form of each, or its problems.",
    ),
    "cite": CommandEntry(
        "flows.cli.cite", "cite",
        "Cite a record or a leaf of it, or check whether the text of a citation is unchanged.",
    ),
    "export": CommandEntry(
        "flows.cli.export", "export",
        "Write records in a format that archives, libraries and their programs take in.",
    ),
    "reread": CommandEntry(
        "flows.cli.reread", "reread",
        "Read the originals of records again, and publish changed records as next versions.",
    ),
    "reclean": CommandEntry(
        "flows.cli.reclean", "reclean",
        "Clean the stored readings of records again, and publish changed ones as next versions.",
    ),
    "desk": CommandEntry(
        "flows.cli.desk", "desk",
        "Serve the pages on which people compare lines with page images, without a Prefect server.",
    ),
    "publish-corrections": CommandEntry(
        "flows.cli.publish_corrections", "publish_corrections",
        "Publish what people corrected, as next versions; of all records, or of those named.",
    ),
    "corrections": CommandEntry(
        "flows.cli.corrections", "corrections",
        "Write corrections to a table or to transcriptions, or take in those made elsewhere.",
    ),
    "sample": CommandEntry(
        "flows.cli.sample", "sample",
        "Draw lines at random, which people then type at the desk without seeing the text.",
    ),
    "certify": CommandEntry(
        "flows.cli.certify", "certify",
        "Estimate the error of a collection from a sample that was typed, and publish it.",
    ),
    "withdraw": CommandEntry(
        "flows.cli.withdraw", "withdraw",
        "Withdraw a record: its next version holds the reason and no text; earlier ones stay.",
    ),
    "diff": CommandEntry(
        "flows.cli.diff", "diff",
        "Show the differences between two versions of a record: words, description, settings.",
    ),
    "provenance": CommandEntry(
        "flows.cli.provenance", "provenance",
        "Trace a word back to its box, its page image, the engine and the scan.",
    ),
    "doctor": CommandEntry(
        "flows.cli.doctor", "doctor",
        "Check this machine: engine, languages, disk, folders, server; advise on each problem.",
    ),
    "describe": CommandEntry(
        "flows.cli.describe", "describe",
        "Show a scan's description and the source of each field, or check those of a folder.",
    ),
    "levels": CommandEntry(
        "flows.cli.levels", "levels",
        "Show what is known of fonds, inventories and files, or take it from a finding aid.",
    ),
    "template": CommandEntry(
        "flows.cli.template", "template",
        "Print a commented sidecar, or write it beside a scan that has none.",
    ),
    "init": CommandEntry(
        "flows.cli.init", "init",
        "Make the folder of an archive: inbox, output, commented settings, a unit for systemd.",
    ),
}  # fmt: skip
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
    """Imports the module of a command when the command runs."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        names: Any = dict.fromkeys(COMMANDS)  # for "Did you mean …?"
        self.commands = names

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return what the help says of a command, or None if the name is unknown."""
        del ctx
        entry = COMMANDS.get(cmd_name)
        return None if entry is None else TyperCommand(cmd_name, help=entry.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the name, the command itself, and the rest of the words."""
        name, named, rest = super().resolve_command(ctx, args)
        return name, named and _load_command(str(named.name)), rest


def _load_command(name: str) -> Any:
    _silence_libraries()
    entry, single = COMMANDS[name], typer.Typer()
    command = single.command(name, context_settings=_CONTEXT)
    command(getattr(_import_module(entry.module), entry.function))
    return typer.main.get_command(single)


def _silence_libraries() -> None:
    import logging  # noqa: PLC0415  the help needs none

    for library in _NOISY_LOGGERS:
        logging.getLogger(library).propagate = False
        logging.getLogger(library).addHandler(logging.NullHandler())


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
    # Plugins are looked for in all installed packages, which takes a tenth of a short command.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
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
