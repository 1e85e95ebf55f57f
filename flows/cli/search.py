"""The command ``opis search``."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import JsonOption, OutputOption, StatusOption
from pipeline.repository.catalog import Catalog
from pipeline.repository.full_text import MAX_RANKED_PAGES, Hit
from pipeline.wording import plural

if TYPE_CHECKING:  # a query of words waits for none of these
    from pipeline.references.reference_query import ReferenceQuery
    from pipeline.repository.place_search import PlaceHit

_MAY_BE_REFERENCE = re.compile(r"(?<!\w)[^\W\d_]{1,5}[.\s№-]{0,3}[0-9]|[0-9][^0-9]+[0-9]")


def search(
    query: Annotated[
        str, typer.Argument(help='Words, in any form; "a phrase"; a prefix*; or a reference.')
    ],
    output: OutputOption = None,
    limit: Annotated[int, typer.Option(help="Hits to show at the most.", min=1)] = 50,
    status: StatusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search the text of all pages, and what is suggested for doubtful words; or a reference.

    A reference, to a fond or to any level below it, with or without the archive, finds the records
    there.
    """
    settings = runtime.archive_settings(output)
    place = _reference_query(query)
    with Catalog(settings.catalog, settings.records) as catalog:
        places = catalog.find_places(place, limit, status) if place else []
        if place and (places or place.is_sure):
            _print_places(places, limit, as_json=as_json)
            return
        hits = catalog.search(query, limit, status)
        _print_hits(hits, catalog.count_hits(query, status), as_json=as_json)


def _reference_query(query: str) -> "ReferenceQuery | None":
    """Return the reference that a query is: with two numbers, or with one after a mark."""
    if not _MAY_BE_REFERENCE.search(query):
        return None
    from pipeline.references.reference_query import read_reference_query  # noqa: PLC0415  see above

    return read_reference_query(query)


def _print_places(hits: Sequence["PlaceHit"], limit: int, *, as_json: bool) -> None:
    """Print each record at a place, or the page of its leaf."""
    if as_json:
        console.print_json([asdict(hit) for hit in hits])
        return
    for hit in hits:
        page = "" if hit.page is None else f", page {hit.page}, leaf {hit.leaf}"
        console.print_line(f"{hit.record}{page}: {hit.title}")
        console.print_line(f"    {hit.reference}")
    more = "; --limit may show more" if len(hits) == limit else ""
    console.print_line(f"{plural(len(hits), 'record')} at this place{more}")


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
