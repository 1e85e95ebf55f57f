"""The command ``opis receipts``."""

from collections.abc import Iterator
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import JsonOption, OutputOption
from pipeline.inbox.name_forms import name_key
from pipeline.repository.receipts import Receipt, read_receipts
from pipeline.wording import plural, printable_line


def receipts(
    scan: Annotated[
        str, typer.Argument(help="Part of a scan's name, of its record's id or its SHA-256.")
    ] = "",
    status: Annotated[
        str,
        typer.Option(
            "--status",
            "--fate",
            help="published, published before, refused, waits, failed; revised, removed, accepted.",
        ),
    ] = "",
    last: Annotated[bool, typer.Option("--last", help="Only the newest of each scan.")] = False,
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the receipts of scans: when each came, its outcome, and where its bytes are now."""
    settings = runtime.archive_settings(output, or_receipts=True)
    every = read_receipts(settings.output)
    if last:
        every = iter(
            {(name_key(receipt.scan), receipt.sha256): receipt for receipt in every}.values()
        )
    chosen = [
        receipt for receipt in every if _is_about(receipt, scan) and status in {"", receipt.fate}
    ]
    if as_json:
        console.print_json([receipt.model_dump(mode="json") for receipt in chosen])
        return
    for receipt in chosen:
        for line in _receipt_lines(receipt):
            console.print_line(line)
    console.print_line(plural(len(chosen), "receipt"))


def _is_about(receipt: Receipt, query: str) -> bool:
    texts = (receipt.scan, receipt.record, receipt.sha256)
    return any(name_key(query).casefold() in name_key(text or "").casefold() for text in texts)


def _receipt_lines(receipt: Receipt) -> Iterator[str]:
    beside = f" with {', '.join(receipt.beside)}" if receipt.beside else ""
    size = "no file" if receipt.size is None else f"{receipt.size:,} bytes"
    scan = printable_line(f"{receipt.scan}{beside}")
    yield f"{receipt.when:%Y-%m-%d %H:%M:%S} {receipt.fate}: {scan}, {size}"
    yield f"    SHA-256 {receipt.sha256 or 'unknown'}; now {printable_line(receipt.where)}"
    yield from (f"    {printable_line(text)}" for text in (receipt.reason, receipt.finding) if text)
