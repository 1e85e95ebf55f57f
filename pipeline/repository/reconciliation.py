"""Holds records, catalogue and receipts against each other, and finds which of them is wrong.

Receipts whose chain is unbroken are right: they cannot be changed unnoticed. Otherwise two of the
three outvote the third.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from pipeline.record.version_folder import VersionFolder
from pipeline.repository.bag import MANIFEST, TAG_MANIFEST, Damage, Finding, read_manifest
from pipeline.repository.catalog import Catalog
from pipeline.repository.line_chain import (
    RESTORE_RECEIPTS,
    check_chain,
    has_links,
)
from pipeline.repository.receipts import Receipt, manifest_digest
from pipeline.settings import RECEIPTS_FILE, Settings
from pipeline.wording import join_names, plural

_ADVICE = (
    "Restore it from a copy; if it was done on purpose, `opis accept` notes that in the receipts."
)
VersionKey = tuple[str, int]  #: id of the record, number of the version


@dataclass(frozen=True, slots=True)
class VersionReceipt:
    """What the receipts say of a version."""

    when: datetime
    scan: str
    sha256: str | None  #: of the scan
    manifest: str  #: SHA-256 of the tagmanifest; an earlier Opis left it out
    where: str  #: below ``output/``
    is_removed: bool  #: on purpose


@dataclass(frozen=True, slots=True)
class CheckedReceipts:
    """All receipts of versions, and whether their chain is unbroken."""

    versions: Mapping[VersionKey, VersionReceipt]
    findings: Sequence[Finding]  #: breaks of the chain
    are_trusted: bool  #: the lines are linked, and no link is broken

    def removed_folders(self) -> set[str]:
        """Return the folders, below ``output/``, of versions that were removed on purpose."""
        return {receipt.where for receipt in self.versions.values() if receipt.is_removed}


def read_checked_receipts(output: Path) -> CheckedReceipts:
    """Read and check the receipts."""
    receipts = output / RECEIPTS_FILE
    findings = check_chain(receipts)
    if not receipts.exists():
        return CheckedReceipts({}, findings, are_trusted=False)
    versions: dict[VersionKey, VersionReceipt] = {}
    with receipts.open("rb") as file:
        for line in file:
            try:
                receipt = Receipt.model_validate_json(line)
            except ValidationError:  # an unfinished line, or one of a later Opis
                continue
            if receipt.record:
                _enter_receipt(versions, receipt)
    return CheckedReceipts(versions, findings, not findings and has_links(receipts))


def _enter_receipt(versions: dict[VersionKey, VersionReceipt], receipt: Receipt) -> None:
    """Enter what a receipt says, unless an earlier one says when the version was published."""
    key = (receipt.record, receipt.version)
    known = versions.get(key)
    if known is not None and known.manifest and receipt.fate == "published before":
        return
    versions[key] = VersionReceipt(
        receipt.when if known is None else known.when,
        receipt.scan,
        receipt.sha256,
        receipt.manifest,
        receipt.where,
        receipt.fate == "removed",
    )


@dataclass(frozen=True, slots=True)
class VersionEvidence:
    """What records, catalogue and receipts say of one version."""

    folder: VersionFolder  #: where it is, or should be
    name: str  #: of the folder, below ``output/``
    catalogued: str  #: digest of its tagmanifest in the catalogue; empty if it is not listed there
    receipt: VersionReceipt | None
    receipts_are_trusted: bool

    @property
    def is_gone(self) -> bool:
        """Whether there is no such version; one in a folder that cannot be read may be there."""
        try:
            return not self.folder.path.is_dir()
        except PermissionError:  # the folder is a finding of its own
            return False
        except OSError:  # no folder can have this name
            return True

    def finding(self) -> Finding | None:
        """Return what is wrong, and what is right; None if all agree."""
        if self.receipt is not None and self.receipt.is_removed:
            return None
        if self.is_gone:
            return Finding(self.name, Damage.MISSING, f"{self._loss()} {_ADVICE}")
        actual = manifest_digest(self.folder)
        if not actual:  # the check of the version tells
            return None
        return self._digest_finding(actual) or self._scan_finding()

    def _loss(self) -> str:
        if self.receipt is None:
            return "was published and is gone: the catalogue lists it."
        listed = (
            "catalogue and receipts list" if self.catalogued else "only the receipts still list"
        )
        return (
            f"was published from {self.receipt.scan} on {self.receipt.when:%Y-%m-%d} and is gone: "
            f"{listed} it."
        )

    def _digest_finding(self, actual: str) -> Finding | None:
        """Compare the tagmanifest with what catalogue and receipts say of it.

        A catalogue that is alone against the two others is no finding here: it is rebuilt.
        """
        receipted = "" if self.receipt is None else self.receipt.manifest
        witnesses = {
            "the catalogue": self.catalogued not in {"", actual},
            "the receipts": receipted not in {"", actual},
        }
        others = [name for name, differs in witnesses.items() if differs]
        if not others or (others == ["the catalogue"] and receipted):
            return None
        if others == ["the receipts"] and not self.receipts_are_trusted:
            return self._receipts_finding("of its manifest", receipted, actual)
        detail = f"is not the one that was published, as {join_names(others)} show. {_ADVICE}"
        return Finding(f"{self.name}/{TAG_MANIFEST}", Damage.CHANGED, detail)

    def _scan_finding(self) -> Finding | None:
        """Compare the original with the scan that a receipt names."""
        if self.receipt is None or self.receipt.sha256 is None or self.receipts_are_trusted:
            return None  # of trusted receipts the manifest's digest covers the original
        actual = _original_digest(self.folder)
        if actual in {"", self.receipt.sha256}:
            return None
        return self._receipts_finding("of its scan", self.receipt.sha256, actual)

    def _receipts_finding(self, what: str, receipted: str, actual: str) -> Finding:
        detail = (
            f"gives {receipted} as digest {what} for {self.name}, which has {actual}. The record "
            f"is whole, so the receipts are wrong. {RESTORE_RECEIPTS}"
        )
        return Finding(RECEIPTS_FILE, Damage.CHANGED, detail)


def collect_evidence(
    catalog: Catalog | None,
    checked: CheckedReceipts,
    settings: Settings,
    record_id: str | None = None,
) -> Iterator[VersionEvidence]:
    """Yield what is known of each version, of one record or of all.

    Args:
        catalog: None if it was just built from the records and so proves nothing.
        checked: the receipts.
        settings: where the records are.
        record_id: of the one record; None for all.
    """
    open_keys = {key for key in checked.versions if record_id in {None, key[0]}}
    for published in () if catalog is None else catalog.iter_versions(record_id):
        key = (published.record_id, published.version)
        open_keys.discard(key)
        folder = VersionFolder.of(settings.records / published.folder, published.version)
        name = folder.path.relative_to(settings.output).as_posix()
        receipt, trusted = checked.versions.get(key), checked.are_trusted
        yield VersionEvidence(folder, name, published.manifest_sha256, receipt, trusted)
    for key in sorted(open_keys):
        receipt = checked.versions[key]
        if receipt.where.startswith("records/") and ".." not in receipt.where.split("/"):
            folder = VersionFolder(settings.output / receipt.where)
            yield VersionEvidence(folder, receipt.where, "", receipt, checked.are_trusted)


def unreceipted_versions(
    folders: Iterable[VersionFolder], checked: CheckedReceipts
) -> list[VersionFolder]:
    """Return the versions that were made from a scan and have no receipt."""
    return [
        folder
        for folder in folders
        if (folder.record_id, folder.number) not in checked.versions and _is_from_scan(folder)
    ]


def unreceipted_finding(folders: Sequence[VersionFolder], settings: Settings) -> Finding:
    """Return the finding for versions that have no receipt."""
    first = folders[0].path.relative_to(settings.output).as_posix()
    detail = (
        f"has no line of {plural(len(folders), 'version')}, such as {first}, which "
        f"{'is' if len(folders) == 1 else 'are'} in the records: the receipts are wrong. "
        f"{RESTORE_RECEIPTS}"
    )
    return Finding(RECEIPTS_FILE, Damage.MISSING, detail)


def _is_from_scan(folder: VersionFolder) -> bool:
    """Return whether a version was ingested; an earlier Opis wrote no receipt of revisions."""
    if folder.number == 1:
        return True
    try:
        changes = json.loads(folder.changes_file.read_bytes())
        return changes["kind"] in {"described", "replaced"}
    except (OSError, ValueError, KeyError, TypeError):  # the check of the version tells
        return False


def _original_digest(folder: VersionFolder) -> str:
    """Return the SHA-256 of the original from the manifest; empty if the version has none."""
    prefix = folder.name_of(folder.original_folder)
    manifest = folder.path / MANIFEST
    content = manifest.read_bytes() if manifest.is_file() else b""
    digests = read_manifest(MANIFEST, content, [])  # of its faults the check of the version tells
    return next((digests[name] for name in digests if name.startswith(f"{prefix}/")), "")
