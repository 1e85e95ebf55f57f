"""The command ``opis push``, and what ``opis verify`` does with a URL."""

from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import Exit
from pipeline.repository.replication import Pushed, check_mirror, push
from pipeline.settings import Settings


def push_records(
    url: Annotated[str, typer.Argument(help="Where to: s3://BUCKET/FOLDER, file:///FOLDER …")],
    output: Annotated[Path | None, typer.Option(help="Where records are published.")] = None,
) -> None:
    """Copy every published version to another place, and check what arrived."""
    sent: list[Pushed] = []

    def tell(done: Pushed) -> None:
        if done.sent:
            sent.append(done)
            console.line(f"sent {done.path}: {done.sent} files, {done.size / 2**20:.1f} MB")

    count = push(runtime.settings_with(output=output), url, tell)
    console.line(f"{count} versions are at {url}; {len(sent)} were sent now.")


def verify_there(settings: Settings, url: str, *, as_json: bool) -> None:
    """Check what lies at a URL against its manifests and the catalogue here."""
    checked, findings = check_mirror(settings, url)
    console.findings(checked, findings, as_json=as_json)
    if findings:
        raise typer.Exit(Exit.DAMAGE)
