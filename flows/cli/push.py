"""The command ``opis push``."""

from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import OutputOption
from pipeline.repository.replication import PushResult, push_versions
from pipeline.wording import plural


def push(
    url: Annotated[str, typer.Argument(help="The target: s3://BUCKET/FOLDER, file:///FOLDER …")],
    output: OutputOption = None,
) -> None:
    """Copy every published version to another place, and check the copies."""
    sent: list[PushResult] = []

    def report_sent(result: PushResult) -> None:
        if result.files_sent:
            sent.append(result)
            size = f"{plural(result.files_sent, 'file')}, {result.bytes_sent / 2**20:.1f} MB"
            console.print_line(f"sent {result.version}: {size}")

    count = push_versions(runtime.archive_settings(output), url, report_sent)
    console.print_line(f"{plural(count, 'version')} at {url}; {len(sent)} sent now.")
