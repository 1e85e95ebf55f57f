"""The archival reference systems Opis knows: those that archives.toml names, from ``systems/``."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from pipeline.references import systems
from pipeline.references.archives import find_archive, known_archives
from pipeline.references.system import ReferenceSystem


@cache
def known_systems() -> Mapping[str, ReferenceSystem]:
    """Return all of them by their keys, in the order in which archives.toml first names them.

    Where two read the same words and neither is sure, the reading of the first is reported.
    """
    names = [f"{systems.__name__}.{module.name}" for module in iter_modules(systems.__path__)]
    found = {system.key: system for name in names for system in import_module(name).SYSTEMS}
    wanted = dict.fromkeys(archive.system for archive in known_archives())
    unknown = wanted.keys() - found.keys()
    if unknown:
        msg = f"archives.toml names systems that no module of systems/ has: {sorted(unknown)}"
        raise LookupError(msg)
    return MappingProxyType({key: found[key] for key in wanted})


def system_of(code: str) -> ReferenceSystem:
    """Return the system of the archive with this code.

    Raises:
        ValueError: Opis knows no such archive; names and aliases are no codes.
    """
    archive = find_archive(code)
    if archive is None or archive.code != code:
        msg = f"no place in an archive that we know: {code}"
        raise ValueError(msg)
    return known_systems()[archive.system]


@cache
def description_level(name: str) -> str:
    """Return the level in the words of EAD3; a file where no system has a level of this name.

    >>> description_level("record_group")
    'recordgrp'
    """
    levels = (level for system in known_systems().values() for level in system.levels)
    return next((level.description_level for level in levels if level.name == name), "file")
