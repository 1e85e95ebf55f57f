"""The command ``opis``: a table of its commands, and how each ends.

A command is the function of its own module that ``COMMANDS`` names.
"""

import logging
import sqlite3
import sys
from collections.abc import Callable, Mapping

import typer

from flows.cli import console
from flows.cli.cite import cite
from flows.cli.describe import describe
from flows.cli.diff import diff
from flows.cli.doctor import doctor
from flows.cli.evaluate import evaluate
from flows.cli.exit_codes import ExitCode
from flows.cli.export import export
from flows.cli.ingest import ingest
from flows.cli.list import list_records
from flows.cli.provenance import provenance
from flows.cli.push import push
from flows.cli.receipts import receipts
from flows.cli.reclean import reclean
from flows.cli.reference import reference
from flows.cli.reread import reread
from flows.cli.search import search
from flows.cli.serve import serve
from flows.cli.show import show_record
from flows.cli.site import site
from flows.cli.stats import stats
from flows.cli.template import template
from flows.cli.verify import verify
from flows.cli.withdraw import withdraw
from pipeline.errors import OpisError, disk_error_message

COMMANDS: Mapping[str, Callable[..., None]] = {
    "ingest": ingest,
    "serve": serve,
    "verify": verify,
    "evaluate": evaluate,
    "list": list_records,
    "show": show_record,
    "search": search,
    "site": site,
    "push": push,
    "receipts": receipts,
    "stats": stats,
    "reference": reference,
    "cite": cite,
    "export": export,
    "reread": reread,
    "reclean": reclean,
    "withdraw": withdraw,
    "diff": diff,
    "provenance": provenance,
    "doctor": doctor,
    "describe": describe,
    "template": template,
}
#: libraries that complain of a scan in words of their own; Opis says it, with the scan's name
_NOISY_LOGGERS = ("img2pdf", "pikepdf", "PIL", "pypdf")

app = typer.Typer(
    help="Turns scans of archival documents into records to search, check and cite.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def main() -> None:
    """Run the command; an error that a person can mend is a sentence, not a traceback."""
    for library in _NOISY_LOGGERS:
        logging.getLogger(library).propagate = False
        logging.getLogger(library).addHandler(logging.NullHandler())
    try:
        app()
    except OpisError as error:
        console.print_error(str(error))
        sys.exit(ExitCode.USAGE)
    except (OSError, sqlite3.DatabaseError) as error:
        if (trouble := disk_error_message(error)) is None:
            raise
        console.print_error(trouble)
        sys.exit(ExitCode.UNEXPECTED)
