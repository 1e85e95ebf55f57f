"""The status line of serve, and what became of each scan, from the book of arrivals."""

from pathlib import Path

from pipeline.ingest.receipts import Receipt, since


class Status:
    """Follows the book of arrivals from where it stood when serve began."""

    def __init__(self, output: Path) -> None:
        """Begin at the end of the book."""
        self._output = output
        self._place = since(output, 0)[1]
        self._published = self._refused = 0
        self._line = ""
        self.told: list[Receipt] = []  #: since the last run began

    def begin(self) -> None:
        """A run begins: what was told belongs to earlier ones."""
        self.told = []

    def news(self, runs: str = "", waits: int = 0) -> list[str]:
        """Return a line for each scan that something became of, and the status if it changed."""
        found, self._place = since(self._output, self._place)
        self.told += found
        self._published += sum(receipt.fate == "published" for receipt in found)
        self._refused += sum(receipt.fate == "refused" for receipt in found)
        lines = [_told(receipt) for receipt in found]
        return [*lines, *(self.line(waits, runs) if runs or found else [])]

    def line(self, waits: int, runs: str = "") -> list[str]:
        """Return the status line, if it says anything new."""
        line = (
            f"[waits {waits} · runs {runs or 'nothing'} · published {self._published} · "
            f"refused {self._refused}]"
        )
        if line == self._line:
            return []
        self._line = line
        return [line]


def _told(receipt: Receipt) -> str:
    if receipt.record:
        more = f" {receipt.finding}" if receipt.finding else ""
        return f"{receipt.fate} {receipt.scan}: {receipt.record} v{receipt.version}{more}"
    return f"{receipt.fate}: {receipt.reason}"
