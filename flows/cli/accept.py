"""The command ``opis accept``."""

from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import OutputOption
from pipeline.repository.acceptance import accept_archive
from pipeline.wording import plural


def accept(
    reason: Annotated[str, typer.Option(help="Why; it stays in the receipts.", prompt=True)],
    output: OutputOption = None,
) -> None:
    """Note in the receipts what `opis verify` misses and was removed or changed on purpose."""
    settings = runtime.archive_settings(output, or_receipts=True)
    receipts = accept_archive(reason, settings, runtime.get_clock())
    for receipt in receipts:
        console.print_line(f"{receipt.fate} {receipt.where}")
    console.print_line(f"{plural(len(receipts), 'receipt')} written; see `opis receipts`.")
