"""The command ``opis site``."""

from typing import Annotated

import typer
import uvicorn

from flows import runtime
from flows.cli import console
from flows.cli.options import OutputOption
from flows.serve.network import AllowedHosts
from flows.serve.request_guard import RequestGuard
from flows.serve.site_app import build_site_app
from pipeline.site.build import Site
from pipeline.wording import plural


def site(
    *,
    output: OutputOption = None,
    serve: Annotated[bool, typer.Option("--serve", help="Serve it until Ctrl-C.")] = False,
    port: Annotated[int | None, typer.Option(help="Port, with --serve.")] = None,
) -> None:
    """Build the reading room of the published records; only changed pages are rebuilt."""
    settings = runtime.settings_with(output=output, pages_port=port)
    reading_room = Site(settings, runtime.worker_pool(settings), runtime.worker_count(settings))
    built = reading_room.build(console.print_line)
    console.print_line(
        f"{plural(built.records, 'record')}, {built.rebuilt} rebuilt, "
        f"{built.removed} removed: {reading_room.folder / 'index.html'}"
    )
    if serve:
        address = f"http://{settings.host}:{settings.pages_port}/"
        console.print_line(f"The reading room is at {address}. Ctrl-C ends it.")
        uvicorn.run(
            RequestGuard(build_site_app(settings), AllowedHosts.of(settings)),
            host=settings.host,
            port=settings.pages_port,
            log_level="warning",
        )
