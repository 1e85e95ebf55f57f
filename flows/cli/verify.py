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
from pipeline.repository.catalog import Catalog
from pipeline.repository.replication import check_mirror
from pipeline.wording import plural, printable_line


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
    questions: list[str] = []
    if records and "://" in records[0]:
        checked, findings = check_mirror(runtime.settings_with(output=output), records[0])
    else:
        settings = runtime.archive_settings(output, or_receipts=True)
        checked, findings = check_archive(settings, records or [])
        if not records:
            note_audit(checked, findings, settings, runtime.get_clock())
        with Catalog(settings.catalog, settings.records) as catalog:
            questions = catalog.related_records().open_questions(records or [])
    _print_findings(checked, findings, questions, as_json=as_json)
    if findings:
        raise typer.Exit(ExitCode.DAMAGE)


def _print_findings(
    checked: int, findings: Sequence[Finding], questions: Sequence[str], *, as_json: bool
) -> None:
    """Print a line for each finding and each open question, and the number of versions checked.

    Args:
        checked: number of versions.
        findings: the damage.
        questions: sentences on relations whose other side is awaited or in doubt: no damage.
        as_json: print one JSON object instead.
    """
    if as_json:
        rows = [asdict(finding) for finding in findings]
        console.print_json(
            {"versions": checked, "findings": rows, "open_relations": list(questions)}
        )
        return
    for finding in findings:
        console.print_line(f"DAMAGED {finding.path}: {finding.damage}: {finding.detail}")
    for sentence in questions:
        console.print_line(printable_line(sentence))
    versions = f"{plural(checked, 'version')} checked"
    console.print_line(f"{versions}, {plural(len(findings), 'finding')}")
