"""The status line of serve, and what became of each scan, from the book of arrivals."""

from pathlib import Path

from pipeline.ingest.receipts import Receipt, read_receipts_since


class StatusLine:
    """Follows the book of arrivals from where it stood when serve began."""

    def __init__(self, output: Path) -> None:
        """Begin at the end of the book."""
        self._output = output
        self._offset = read_receipts_since(output, 0)[1]
        self._published = self._refused = 0
        self._last_line = ""
        self.receipts: list[Receipt] = []  #: since the last run began

    def begin_run(self) -> None:
        """A run begins: what was told belongs to earlier ones."""
        self.receipts = []

    def new_lines(self, run_name: str = "", waiting: int = 0) -> list[str]:
        """Return a line for each scan that something became of, and the status if it changed."""
        found, self._offset = read_receipts_since(self._output, self._offset)
        self.receipts += found
        self._published += sum(receipt.fate == "published" for receipt in found)
        self._refused += sum(receipt.fate == "refused" for receipt in found)
        lines = [_receipt_line(receipt) for receipt in found]
        return [*lines, *(self.changed_line(waiting, run_name) if run_name or found else [])]

    def changed_line(self, waiting: int, run_name: str = "") -> list[str]:
        """Return the status line, if it says anything new."""
        line = (
            f"[waits {waiting} · runs {run_name or 'nothing'} · published {self._published} · "
            f"refused {self._refused}]"
        )
        if line == self._last_line:
            return []
        self._last_line = line
        return [line]


def _receipt_line(receipt: Receipt) -> str:
    if receipt.record:
        more = f" {receipt.finding}" if receipt.finding else ""
        return f"{receipt.fate} {receipt.scan}: {receipt.record} v{receipt.version}{more}"
    return f"{receipt.fate}: {receipt.reason}"
