"""The command ``opis push``, and what ``opis verify`` does with a URL."""

from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from pipeline.repository.replication import PushResult, check_mirror, push_versions
from pipeline.settings import Settings


def push_records(
    url: Annotated[str, typer.Argument(help="Where to: s3://BUCKET/FOLDER, file:///FOLDER …")],
    output: Annotated[Path | None, typer.Option(help="Where records are published.")] = None,
) -> None:
    """Copy every published version to another place, and check what arrived."""
    sent: list[PushResult] = []

    def report_sent(done: PushResult) -> None:
        if done.files_sent:
            sent.append(done)
            console.print_line(
                f"sent {done.version}: {done.files_sent} files, {done.bytes_sent / 2**20:.1f} MB"
            )

    count = push_versions(runtime.settings_with(output=output), url, report_sent)
    console.print_line(f"{count} versions are at {url}; {len(sent)} were sent now.")


def verify_remote(settings: Settings, url: str, *, as_json: bool) -> None:
    """Check what lies at a URL against its manifests and the catalogue here."""
    checked, findings = check_mirror(settings, url)
    console.print_findings(checked, findings, as_json=as_json)
    if findings:
        raise typer.Exit(ExitCode.DAMAGE)
