"""The command that exports records."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from flows import house, show
from pipeline.errors import SetupError
from pipeline.exports.ead import to_ead
from pipeline.exports.formats import FORMATS
from pipeline.exports.material import Material
from pipeline.holdings.catalog import Catalog
from pipeline.holdings.material import material_of
from pipeline.settings import Settings

_EAD = "ead3"


def export(
    record: Annotated[str | None, typer.Argument(help="The record's id.")] = None,
    form: Annotated[str, typer.Option("--format", help=", ".join(FORMATS))] = "oai_dc",
    every: Annotated[bool, typer.Option("--all", help="Every record, a file each.")] = False,
    to: Annotated[Path | None, typer.Option(help="File to write, or with --all a folder.")] = None,
    output: Annotated[Path | None, typer.Option(help="Where records are published.")] = None,
) -> None:
    """Write a record, or all, in a format that archives and libraries exchange.

    EAD3 has one file for each delo, the others one for each record.
    """
    if form not in FORMATS:
        msg = f"There is no format {form!r}. Known are: {', '.join(FORMATS)}."
        raise SetupError(msg)
    settings = house.load_settings({} if output is None else {"output": output})
    with Catalog(settings.catalog, settings.records) as catalog:
        if every:
            _all(catalog, settings, form, to)
            return
        if record is None:
            msg = "Say which record to export, or --all with a folder to write --to."
            raise SetupError(msg)
        made = _material(catalog, settings, record)
    content = FORMATS[form][0](made)
    if to is None:
        show.line(content.decode().rstrip("\n"))
    else:
        to.write_bytes(content)


def _all(catalog: Catalog, settings: Settings, form: str, to: Path | None) -> None:
    if to is None:
        msg = "With --all, say in which folder to write: --to FOLDER."
        raise SetupError(msg)
    to.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, content in _contents(catalog, settings, form):
        (to / f"{name}{FORMATS[form][1]}").write_bytes(content)
        count += 1
    show.line(f"{count} file{'' if count == 1 else 's'} written to {to}")


def _contents(catalog: Catalog, settings: Settings, form: str) -> Iterator[tuple[str, bytes]]:
    made = (_material(catalog, settings, entry.id) for entry in catalog.entries())
    if form == _EAD:
        for place, several in groupby(made, key=_delo):
            yield place, to_ead(list(several))
        return
    for one in made:
        yield one.record.id, FORMATS[form][0](one)


def _delo(made: Material) -> str:
    """Return a name for the file that a record lies in."""
    held = made.record.references[0] if made.record.references else None
    steps: Iterable[tuple[str, str]] = held.path if held else ()
    return "-".join([held.archive or "" if held else "", *(value for _, value in steps)]) or (
        made.record.id
    )


def _material(catalog: Catalog, settings: Settings, record_id: str) -> Material:
    entry = catalog.entry(record_id)
    folder = settings.records / entry.folder / f"v{entry.version}"
    return material_of(folder, catalog.load(record_id, None), settings.base_url)
