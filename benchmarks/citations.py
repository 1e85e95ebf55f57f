"""How many citations are read exactly, and how many wrongly with certainty.

    python benchmarks/citations.py FILE.tsv [FILE.tsv ...] [--misses]

Each row of FILE is a reference of a text: ``id``, ``ref`` (its place in the text, 0 for a text
without one), ``status``, ``text``, the fields ``archive fond opis papka delo unit leaves``, and
``other``: further levels as ``level=value; level=value``. A text is exact if all its references are
found, each with this status, and those that are ok with these fields and no others. It is wrongly
sure if a reference of it is ok that is not in the file as such.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.references import ParsedReference, ReferenceStatus, find_references

_LEVEL_COLUMNS = ("fond", "opis", "papka", "delo")
_NO_LEVELS = {"leaf_label", "scans", "no", "image"}  #: in ``other``, but no part of a place

#: Status, and for a reference that is ok archive, levels with their values, unit and leaves.
Reading = tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """A text of a file, and how it was read."""

    text: str
    kind: str
    wanted: tuple[Reading, ...]
    found: tuple[Reading, ...]

    @property
    def is_exact(self) -> bool:
        """Whether nothing is missing and nothing is there that should not be."""
        return self.wanted == self.found

    @property
    def is_wrongly_sure(self) -> bool:
        """Whether a certain reference is not one of the file."""
        return any(one[0] == "ok" and one not in self.wanted for one in self.found)


def read_outcomes(path: Path) -> Iterator[Outcome]:
    """Yield the texts of a file, each with its references as they should be and as they are."""
    rows_by_id: dict[str, list[dict[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            rows_by_id[row["id"]].append(row)
    for rows in rows_by_id.values():
        text = rows[0]["text"]
        wanted = tuple(_wanted_reading(row) for row in rows if row["ref"] != "0")
        found = tuple(map(_found_reading, find_references(text).references))
        yield Outcome(text, rows[0].get("kind") or "all", wanted, found)


def _wanted_reading(row: dict[str, str]) -> Reading:
    if row["status"] != "ok":
        return (row["status"],)
    levels = {name: row[name] for name in _LEVEL_COLUMNS if row[name]}
    for step in filter(None, row["other"].split("; ")):
        name, _, value = step.partition("=")
        if name not in _NO_LEVELS:
            levels[name] = value
    return _reading(row["archive"], levels, row["unit"], row["leaves"])


def _found_reading(parsed: ParsedReference) -> Reading:
    if parsed.status is not ReferenceStatus.OK:
        return (parsed.status.value,)
    leaves = ";".join(part.unpadded_label for part in parsed.leaves)
    return _reading(parsed.archive or "", dict(parsed.path), parsed.unit, leaves)


def _reading(archive: str, levels: dict[str, str], unit: str, leaves: str) -> Reading:
    steps = [f"{name} {value}" for name, value in sorted(levels.items())]
    return ("ok", archive, *steps, *([unit, leaves] if leaves else []))


def main() -> None:
    """Print the share of exact texts, by kind, and the texts that are wrongly sure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--misses", action="store_true", help="print each text that is not exact")
    options = parser.parse_args()
    for path in options.files:
        outcomes = list(read_outcomes(path))
        print(f"{path.name}: {_summary(outcomes)}")
        by_kind = defaultdict(list)
        for outcome in outcomes:
            by_kind[outcome.kind].append(outcome)
        for kind, some in by_kind.items() if len(by_kind) > 1 else ():
            print(f"  {kind}: {_summary(some)}")
        for outcome in outcomes:
            if outcome.is_wrongly_sure or (options.misses and not outcome.is_exact):
                print(
                    f"  {'WRONGLY SURE' if outcome.is_wrongly_sure else 'missed'}: {outcome.text}"
                )
                print(f"    wanted {outcome.wanted}\n    found  {outcome.found}")


def _summary(outcomes: Iterable[Outcome]) -> str:
    some = list(outcomes)
    exact, wrong = (
        sum(getattr(one, name) for one in some) for name in ("is_exact", "is_wrongly_sure")
    )
    share = f"{100 * exact / len(some):.1f} %"
    return f"{exact} of {len(some)} texts exact ({share}), {wrong} wrongly sure"


if __name__ == "__main__":
    main()
