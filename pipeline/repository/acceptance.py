"""Notes in the receipts that somebody accepts the archive as it is, where its parts disagree.

Damage inside of a version is never accepted.
"""

from collections.abc import Iterator

from pipeline.model import Clock
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.repository.catalog_file import CatalogState
from pipeline.repository.correction_log import check_corrections
from pipeline.repository.level_log import check_levels
from pipeline.repository.line_chain import digest_before_next_line, forget_end
from pipeline.repository.receipts import Receipt, append_receipt, manifest_digest
from pipeline.repository.reconciliation import (
    VersionEvidence,
    collect_evidence,
    read_checked_receipts,
    unreceipted_versions,
)
from pipeline.repository.verify_version import check_version
from pipeline.repository.version_folders import version_folders
from pipeline.settings import CORRECTIONS_FILE, LEVELS_FILE, RECEIPTS_FILE, Settings


def accept_archive(reason: str, settings: Settings, clock: Clock) -> list[Receipt]:
    """Write a receipt for all that `opis verify` finds between records, catalogue and receipts.

    Returns:
        The new receipts: of the receipts themselves, of the corrections and of the levels if
        their chain is broken, of each version that is gone, and of each that is not as receipts
        and catalogue say, or has no receipt.

    Raises:
        OSError: the receipts cannot be written.
    """
    checked = read_checked_receipts(settings.output)
    receipts = [_log_receipt(RECEIPTS_FILE, reason, settings, clock)] if checked.findings else []
    if check_corrections(settings.output, version_folders(settings.records)):
        receipts.append(_log_receipt(CORRECTIONS_FILE, reason, settings, clock))
        forget_end(settings.output / CORRECTIONS_FILE)
    if check_levels(settings.output):
        receipts.append(_log_receipt(LEVELS_FILE, reason, settings, clock))
        forget_end(settings.output / LEVELS_FILE)
    with Catalog(settings.catalog, settings.records) as catalog:
        is_evidence = catalog.state is CatalogState.CURRENT
        found = list(collect_evidence(catalog if is_evidence else None, checked, settings))
        wrong = [evidence for evidence in found if evidence.finding() is not None]
        receipts += [_removal(evidence, reason, clock) for evidence in wrong if evidence.is_gone]
        folders = [evidence.folder for evidence in wrong if not evidence.is_gone]
        folders += unreceipted_versions(list(version_folders(settings.records)), checked)
        receipts += _acceptances(folders, reason, settings, clock)
        for receipt in receipts:
            append_receipt(receipt, settings.output)
        if receipts:
            catalog.rebuild()
    return receipts


def _log_receipt(name: str, reason: str, settings: Settings, clock: Clock) -> Receipt:
    """Return the receipt that accepts a log as it is."""
    size, sha256 = digest_before_next_line(settings.output / name)
    return Receipt(
        when=clock.now(), scan=name, size=size, sha256=sha256, fate="accepted",
        where=name, reason=reason,
    )  # fmt: skip


def _removal(evidence: VersionEvidence, reason: str, clock: Clock) -> Receipt:
    folder = evidence.folder
    return Receipt(
        when=clock.now(), scan=evidence.name, size=None, sha256=None, fate="removed",
        record=folder.record_id, version=folder.number, where=evidence.name, reason=reason,
    )  # fmt: skip


def _acceptances(
    folders: list[VersionFolder], reason: str, settings: Settings, clock: Clock
) -> Iterator[Receipt]:
    for folder in folders:
        if check_version(folder):
            continue
        record, name = folder.load_record(), folder.path.relative_to(settings.output).as_posix()
        if (record.id, record.version) != (folder.record_id, folder.number):
            continue  # a copy in a wrong folder
        source = record.provenance.source
        yield Receipt(
            when=clock.now(), scan=source.name, size=source.size, sha256=source.sha256,
            fate="accepted", record=record.id, version=record.version,
            manifest=manifest_digest(folder), where=name, reason=reason,
        )  # fmt: skip
