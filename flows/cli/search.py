"""The command ``opis search``."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import JsonOption, OutputOption, StatusOption
from pipeline.repository.catalog import Catalog
from pipeline.repository.full_text import MAX_RANKED_PAGES, Hit
from pipeline.wording import plural


def search(
    query: Annotated[str, typer.Argument(help='Words; "a phrase"; a prefix*.')],
    output: OutputOption = None,
    limit: Annotated[int, typer.Option(help="Hits to show at the most.", min=1)] = 50,
    status: StatusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search the text of all pages, and what is suggested for its doubtful words."""
    settings = runtime.archive_settings(output)
    with Catalog(settings.catalog, settings.records) as catalog:
        hits = catalog.search(query, limit, status)
        _print_hits(hits, catalog.count_hits(query, status), as_json=as_json)


def _print_hits(hits: Sequence[Hit], count: int, *, as_json: bool) -> None:
    """Print each hit with the words around it; ``count`` is the number of all pages that match."""
    if as_json:
        console.print_json([asdict(hit) for hit in hits])
        return
    for hit in hits:
        leaf = "" if hit.leaf is None else f", leaf {hit.leaf}"
        console.print_line(f"{hit.record}, page {hit.page}{leaf}: {hit.title}")
        console.print_line(f"    {hit.around}")
        for one in hit.suggestions:
            console.print_line(f"    perhaps {one.suggestion}; the text has {one.text}")
    if count > MAX_RANKED_PAGES:
        console.print_line(
            f"{len(hits)} of more than {MAX_RANKED_PAGES} pages: another word would find fewer"
        )
    elif count > len(hits):
        console.print_line(f"{len(hits)} of {count} pages; --limit shows more")
    else:
        console.print_line(plural(count, "page"))
