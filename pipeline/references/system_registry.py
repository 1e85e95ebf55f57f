"""The registry of reference systems: those of ``systems/`` that archives.toml names."""

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
    """Return the systems by key, in the order in which archives.toml first names them.

    If two of them read the same words and neither is certain, the first one's match is reported.

    Raises:
        LookupError: archives.toml names a system that no module has.
    """
    names = [f"{systems.__name__}.{module.name}" for module in iter_modules(systems.__path__)]
    by_key = {system.key: system for name in names for system in import_module(name).SYSTEMS}
    keys = dict.fromkeys(archive.system for archive in known_archives())
    unknown = keys.keys() - by_key.keys()
    if unknown:
        msg = f"archives.toml names systems that no module of systems/ has: {sorted(unknown)}"
        raise LookupError(msg)
    return MappingProxyType({key: by_key[key] for key in keys})


def system_of(code: str) -> ReferenceSystem:
    """Return the system of the archive with this code.

    Raises:
        ValueError: no archive has this code; names and aliases are not codes.
    """
    archive = find_archive(code)
    if archive is None or archive.code != code:
        msg = f"no place in an archive that we know: {code}"
        raise ValueError(msg)
    return known_systems()[archive.system]


@cache
def description_level(name: str) -> str:
    """Return EAD3's term for a level; "file" if no system has a level of this name.

    >>> description_level("record_group")
    'recordgrp'
    """
    levels = (level for system in known_systems().values() for level in system.levels)
    return next((level.description_level for level in levels if level.name == name), "file")
