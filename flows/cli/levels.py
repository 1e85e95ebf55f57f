"""The command ``opis levels``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from flows.cli.options import JsonOption, OutputOption
from pipeline.description.level_descriptions import DescribedLevel, LevelDescription
from pipeline.description.level_import import read_level_file
from pipeline.description.levels_file import levels_as_yaml
from pipeline.errors import SetupError
from pipeline.inbox.mounts import require_mounts
from pipeline.references.archive import Archive
from pipeline.references.archives import find_archive
from pipeline.repository.level_log import add_levels, new_levels, read_levels
from pipeline.settings import Settings, check_folders
from pipeline.wording import plural, printable_line


def levels(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Finding aids (EAD 2002, EAD3, AtoM's CSV) or _levels.yaml to take in.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    archive: Annotated[
        str, typer.Option(help="The archive that holds them, if a finding aid names none.")
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Show what is new; take in nothing.")
    ] = False,
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="Print them in the form of _levels.yaml.")
    ] = False,
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is known of fonds, inventories and files, or take it from a finding aid."""
    settings = runtime.settings_with(output=output)
    if not files:
        _print_levels(read_levels(settings.output), as_yaml=as_yaml, as_json=as_json)
        return
    holder = find_archive(archive)
    if archive and holder is None:
        msg = f"No archive {archive!r} is known. `opis reference` shows how archives are named."
        raise SetupError(msg)
    if not check:
        check_folders(settings)
        require_mounts(settings)
    faults = [_take_file(file, holder, settings, check=check) for file in files]
    if any(faults):
        raise typer.Exit(ExitCode.REFUSALS)


def _take_file(file: Path, holder: Archive | None, settings: Settings, *, check: bool) -> int:
    """Take the levels of a file, say what was new, and return the number of its faults."""
    reading = read_level_file(file, holder)
    if check:
        new = new_levels(reading.levels, settings.output)
    else:
        new = add_levels(reading.levels, file.name, settings.output, runtime.get_clock())
    for level in new:
        console.print_line(printable_line(_level_line(level)))
    for sentence in (*map(str, reading.errors), *reading.left_out):
        console.print_line(printable_line(sentence))
    what = "would be taken in" if check else "taken in"
    known = plural(len(reading.levels) - len(new), "level")
    console.print_line(
        f"{file.name}: {plural(len(new), 'new or changed level')} {what}, {known} known before"
    )
    return len(reading.errors)


def _print_levels(known: Mapping[str, LevelDescription], *, as_yaml: bool, as_json: bool) -> None:
    if as_json:
        values = {
            name: one.model_dump(mode="json", exclude_defaults=True) for name, one in known.items()
        }
        console.print_json(values)
    elif as_yaml:
        console.print_line(levels_as_yaml(known).rstrip("\n"))
    else:
        for reference, description in known.items():
            console.print_line(printable_line(_level_line(DescribedLevel(reference, description))))
        console.print_line(plural(len(known), "level"))


def _level_line(level: DescribedLevel) -> str:
    known = level.description
    parts = filter(None, [known.title_in(""), known.dates_in("en"), known.extent])
    return f"{level.reference}: {', '.join(parts) or '(nothing)'}"
