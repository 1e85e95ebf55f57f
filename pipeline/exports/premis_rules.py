"""What a PREMIS file must hold of its record; looked at piece by piece, as it is written."""

from collections import defaultdict
from collections.abc import Iterator

from pipeline.exports.premis import PREMIS
from pipeline.exports.xml_rules import iter_elements
from pipeline.record.model import Record


def broken_premis_rules(content: bytes, record: Record) -> Iterator[str]:
    """There is an event for every activity, and nobody and nothing is named that is not there.

    Raises:
        ValueError: it is not XML, or another kind of file.
    """
    told = _values_by_element(content)
    for end in ("Object", "Agent"):
        there = told[f"{end.lower()}IdentifierValue"]
        for name in sorted(told[f"linking{end}IdentifierValue"] - there):
            yield f"an event names {name}, which is not there"
    lost = {activity.id for activity in record.provenance.activities} - told["eventIdentifierValue"]
    yield from (f"there is no event {name}" for name in sorted(lost))
    if record.provenance.source.sha256 not in told["messageDigest"]:
        yield "the digest of the scan is not there"


def _values_by_element(content: bytes) -> dict[str, set[str]]:
    """Return what the elements say that name something, by name of the element."""
    told: dict[str, set[str]] = defaultdict(set)
    for each in iter_elements(content, f"{{{PREMIS}}}premis", "object", "event", "agent"):
        name = str(each.tag).removeprefix(f"{{{PREMIS}}}")
        if name.endswith("IdentifierValue") or name == "messageDigest":
            told[name].add(each.text or "")
    return told
