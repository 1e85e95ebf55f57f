"""``opis receipts``: what became of every scan that ever entered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from pipeline.ingest.receipts import Receipt, read_receipts


def receipts(
    scan: Annotated[
        str, typer.Argument(help="Part of a scan's name, its record, or of its SHA-256.")
    ] = "",
    fate: Annotated[
        str, typer.Option(help="published, published before, refused, waits or failed.")
    ] = "",
    last: Annotated[bool, typer.Option("--last", help="Only the last word on each scan.")] = False,
    output: Annotated[Path | None, typer.Option(help="Where records are published.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what became of the scans that entered: when, what, and where their bytes are now."""
    settings = runtime.settings_with(output=output)
    found = read_receipts(settings.output)
    if last:
        found = iter({(one.scan, one.sha256): one for one in found}.values())
    chosen = [one for one in found if _is_about(one, scan) and fate in {"", one.fate}]
    if as_json:
        console.print_json([one.model_dump(mode="json") for one in chosen])
        return
    for one in chosen:
        for line in _receipt_lines(one):
            console.print_line(line)
    console.print_line(f"{len(chosen)} receipt{'' if len(chosen) == 1 else 's'}")


def _is_about(receipt: Receipt, query: str) -> bool:
    low = query.casefold()
    return any(
        low in (text or "").casefold() for text in (receipt.scan, receipt.record, receipt.sha256)
    )


def _receipt_lines(receipt: Receipt) -> Iterator[str]:
    beside = f" with {', '.join(receipt.beside)}" if receipt.beside else ""
    size = "no file" if receipt.size is None else f"{receipt.size:,} bytes"
    yield f"{receipt.when:%Y-%m-%d %H:%M:%S} {receipt.fate}: {receipt.scan}{beside}, {size}"
    yield f"    SHA-256 {receipt.sha256 or 'unknown'}; now {receipt.where}"
    yield from (f"    {told}" for told in (receipt.reason, receipt.finding) if told)
