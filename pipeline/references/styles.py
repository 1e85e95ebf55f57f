"""Writes a reference as people cite it. Law: what is rendered reads back as the same place."""

import re
from enum import StrEnum

from pipeline.references.archives import archive_named, system_of
from pipeline.references.leaves import write_leaves
from pipeline.references.levels import FILE_WORDS, FOND_LEVELS, FOND_SYSTEMS
from pipeline.references.reference import ArchivalReference


class Style(StrEnum):
    """Who cites so."""

    NORMAL = "normal"  #: our own: RGASPI, f. 558, op. 11, d. 330, ll. 110-113
    CHICAGO = "chicago"  #: the same with an en dash in ranges
    LEGEND = "legend"  #: a Russian legend: РГАСПИ. Ф. 558. Оп. 11. Д. 330. Л. 110–113 об.
    WILSON = "wilson"  #: leaves as stamped


def render(reference: ArchivalReference, style: Style = Style.NORMAL) -> str:
    """Return the reference in a style.

    >>> from pipeline.references.parse import parse
    >>> render(parse("RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113v"), Style.LEGEND)
    'РГАСПИ. Ф. 558. Оп. 11. Д. 330. Л. 110–113 об.'
    """
    match style:
        case Style.WILSON:
            return reference.labelled
        case Style.CHICAGO:
            return reference.printed([_dashed(part.unpadded) for part in reference.leaves])
        case Style.LEGEND if system_of(reference.archive) in FOND_SYSTEMS:
            return _legend(reference)
        case _:
            return reference.normal


def _legend(reference: ArchivalReference) -> str:
    words = {level: known.legend for level, known in FOND_LEVELS.items()}
    words["delo"] = FILE_WORDS.get(system_of(reference.archive), ("", words["delo"]))[1]
    steps = [f"{words[level]}. {value}" for level, value in reference.path]
    sides = [re.sub("v$", " об.", _dashed(part.unpadded)) for part in reference.leaves]
    inner = [re.sub("v(?=–)", " об.", side) for side in sides]
    unit = {"l": "Л", "p": "С"}.get(reference.unit, "Л")
    tail = [f"{unit}. {write_leaves(inner)}"] if inner else []
    return ". ".join([_russian(reference.archive), *steps, *tail])


def _russian(code: str) -> str:
    """Return the letters by which Russian legends cite an archive: its first Cyrillic alias."""
    archive = archive_named(code)
    aliases = archive.aliases if archive else ()
    return next((alias for alias in aliases if re.match("[А-ЯІ]", alias)), code)


def _dashed(leaves: str) -> str:
    return leaves.replace("-", "–")
