"""The lines that serve prints: one for each receipt, and a status line when it changes."""

from pathlib import Path

from pipeline.repository.receipts import Receipt, read_receipts_since
from pipeline.wording import printable_line


class StatusLine:
    """Reads the receipts that are added after serve started, and counts them."""

    def __init__(self, output: Path) -> None:
        """Skip the receipts that ``output`` has already."""
        self._output = output
        self._offset = read_receipts_since(output, 0)[1]
        self._published = self._refused = 0
        self._last_line = ""
        self.receipts: list[Receipt] = []  #: since the last run began

    def begin_run(self) -> None:
        """Forget the receipts of earlier runs."""
        self.receipts = []

    def new_lines(self, run_name: str = "", waiting: int = 0) -> list[str]:
        """Return a line for each new receipt, and the status line if it changed."""
        added, self._offset = read_receipts_since(self._output, self._offset)
        self.receipts += added
        self._published += sum(receipt.fate == "published" for receipt in added)
        self._refused += sum(receipt.fate == "refused" for receipt in added)
        lines = [_receipt_line(receipt) for receipt in added]
        return [*lines, *(self.changed_line(waiting, run_name) if run_name or added else [])]

    def changed_line(self, waiting: int, run_name: str = "") -> list[str]:
        """Return the status line if it differs from the last one, else an empty list."""
        line = (
            f"[waits {waiting} · runs {run_name or 'nothing'} · published {self._published} · "
            f"refused {self._refused}]"
        )
        if line == self._last_line:
            return []
        self._last_line = line
        return [line]


def _receipt_line(receipt: Receipt) -> str:
    text = f"{receipt.fate}: {receipt.reason}"
    if receipt.record:
        more = f" {receipt.finding}" if receipt.finding else ""
        text = f"{receipt.fate} {receipt.scan}: {receipt.record} v{receipt.version}{more}"
    return printable_line(text)
