"""Writes a reference as people cite it. Law: what is rendered reads back as the same place."""

import re
from enum import StrEnum

from pipeline.references.archives import find_archive, system_of
from pipeline.references.leaves import join_leaves
from pipeline.references.levels import FILE_WORDS, FOND_LEVELS, FOND_SYSTEMS
from pipeline.references.reference import ArchivalReference


class ReferenceStyle(StrEnum):
    """Who cites so."""

    NORMAL = "normal"  #: our own: RGASPI, f. 558, op. 11, d. 330, ll. 110-113
    CHICAGO = "chicago"  #: the same with an en dash in ranges
    LEGEND = "legend"  #: a Russian legend: РГАСПИ. Ф. 558. Оп. 11. Д. 330. Л. 110–113 об.
    WILSON = "wilson"  #: leaves as stamped


def format_reference(
    reference: ArchivalReference, style: ReferenceStyle = ReferenceStyle.NORMAL
) -> str:
    """Return the reference in a style.

    >>> from pipeline.references.parse import parse_reference
    >>> reference = parse_reference("RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113v")
    >>> format_reference(reference, ReferenceStyle.LEGEND)
    'РГАСПИ. Ф. 558. Оп. 11. Д. 330. Л. 110–113 об.'
    """
    match style:
        case ReferenceStyle.WILSON:
            return reference.as_stamped
        case ReferenceStyle.CHICAGO:
            return reference.format_with_leaves(
                [_with_en_dashes(part.unpadded_label) for part in reference.leaves]
            )
        case ReferenceStyle.LEGEND if system_of(reference.archive) in FOND_SYSTEMS:
            return _format_legend(reference)
        case _:
            return reference.normal


def _format_legend(reference: ArchivalReference) -> str:
    words = {level: known.legend_prefix for level, known in FOND_LEVELS.items()}
    words["delo"] = FILE_WORDS.get(system_of(reference.archive), ("", words["delo"]))[1]
    steps = [f"{words[level]}. {value}" for level, value in reference.path]
    sides = [
        re.sub("v$", " об.", _with_en_dashes(part.unpadded_label)) for part in reference.leaves
    ]
    inner = [re.sub("v(?=–)", " об.", side) for side in sides]
    unit = {"l": "Л", "p": "С"}.get(reference.unit, "Л")
    tail = [f"{unit}. {join_leaves(inner)}"] if inner else []
    return ". ".join([_cyrillic_alias(reference.archive), *steps, *tail])


def _cyrillic_alias(code: str) -> str:
    """Return the letters by which Russian legends cite an archive: its first Cyrillic alias."""
    archive = find_archive(code)
    aliases = archive.aliases if archive else ()
    return next((alias for alias in aliases if re.match("[А-ЯІ]", alias)), code)


def _with_en_dashes(leaves: str) -> str:
    return leaves.replace("-", "–")
