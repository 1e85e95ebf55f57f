"""File names that spell a reference: ``RGASPI_f558_op11_d330_ll0110-0113``."""

import re

from pipeline.references.archives import find_archive
from pipeline.references.leaves import LEAF_LIST, normalize_text, parse_leaves
from pipeline.references.levels import FOND_LEVELS, FOND_SYSTEMS, VALUE, normalize_value
from pipeline.references.reference import ArchivalReference

_FILE_NAME = re.compile(
    rf"(?P<archive>[^\W\d_]+(?:[-_ ][^\W\d_]+)*?)_[fф](?P<fond>{VALUE})"
    rf"_(?:op|оп)(?P<opis>{VALUE})(?:_[pп](?P<papka>{VALUE}))?_[dд](?P<delo>{VALUE})"
    rf"(?:_(?:ll?|лл?|(?P<pages>pp?|сс?))(?P<leaves>{LEAF_LIST}))?"
    r"(?:_part\w{0,8}|_[0-9]{1,3}|_[a-z])?",
    re.IGNORECASE,
)


def parse_file_name(stem: str) -> ArchivalReference | None:
    """Read a reference from a file name without its suffix; None where it is of another kind.

    Raises:
        ValueError: it is of this kind and cannot be right: leaves that run backward.
    """
    match = _FILE_NAME.fullmatch(normalize_text(stem))
    archive = None if match is None else find_archive(match["archive"])
    if match is None or archive is None or archive.system not in FOND_SYSTEMS:
        return None
    given = ((level, match.groupdict().get(level)) for level in FOND_LEVELS)
    path = tuple(
        (level, normalize_value(archive.code, level, value)) for level, value in given if value
    )
    if not match["leaves"]:
        return ArchivalReference(archive.code, path, as_cited=stem)
    unit = "p" if match["pages"] else "l"
    leaves = parse_leaves(match["leaves"], unit)
    return ArchivalReference(archive.code, path, unit, leaves, as_cited=stem)
