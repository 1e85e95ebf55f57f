"""The command ``opis verify``."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from flows.cli.options import JsonOption, OutputOption, complete_record
from pipeline.repository.audit import check_archive
from pipeline.repository.audit_note import note_audit
from pipeline.repository.bag import Finding
from pipeline.repository.replication import check_mirror
from pipeline.wording import plural


def verify(
    records: Annotated[
        list[str] | None,
        typer.Argument(
            help="Record ids, or a URL of copies; all if none.", autocompletion=complete_record
        ),
    ] = None,
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check every digest, manifest and invariant of the published records."""
    if records and "://" in records[0]:
        checked, findings = check_mirror(runtime.settings_with(output=output), records[0])
    else:
        settings = runtime.archive_settings(output, or_receipts=True)
        checked, findings = check_archive(settings, records or [])
        if not records:
            note_audit(checked, findings, settings, runtime.get_clock())
    _print_findings(checked, findings, as_json=as_json)
    if findings:
        raise typer.Exit(ExitCode.DAMAGE)


def _print_findings(checked: int, findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print a line for each finding, then the number of versions checked."""
    if as_json:
        console.print_json(
            {"versions": checked, "findings": [asdict(finding) for finding in findings]}
        )
        return
    for finding in findings:
        console.print_line(f"DAMAGED {finding.path}: {finding.damage}: {finding.detail}")
    versions = f"{plural(checked, 'version')} checked"
    console.print_line(f"{versions}, {plural(len(findings), 'finding')}")
