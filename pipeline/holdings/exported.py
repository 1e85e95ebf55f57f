"""Checks of what a version is exported to: by the rules alone, without schemas or a network."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.exports.formats import PUBLISHED
from pipeline.exports.rules import broken_alto, broken_prov, broken_rules
from pipeline.holdings.bag import Damage, Finding
from pipeline.record import Record


def check_exports(data: Path, record: Record) -> Iterator[Finding]:
    """7: every export is there, and about this record."""
    for name in sorted(PUBLISHED):
        content = (data / "export" / name).read_bytes()
        for told in broken_rules(name, content, record):
            yield Finding(f"data/export/{name}", Damage.MALFORMED, told)


def check_layout(data: Path, record: Record) -> Iterator[Finding]:
    """7: the ALTO file of a page is about it, and its boxes lie in each other."""
    for page in record.pages:
        name = f"pages/{page.number:04d}.alto.xml"
        for told in broken_alto((data / name).read_bytes(), page):
            yield Finding(f"data/{name}", Damage.MALFORMED, told)


def check_log(data: Path, record: Record) -> Iterator[Finding]:
    """7: ``provenance.json`` tells what the record tells."""
    for told in broken_prov((data / "provenance.json").read_bytes(), record):
        yield Finding("data/provenance.json", Damage.MALFORMED, told)
