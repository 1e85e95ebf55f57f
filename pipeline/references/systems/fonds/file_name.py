"""File names that spell a reference: ``RGASPI_f558_op11_d330_ll0110-0113``."""

import re
from collections.abc import Collection

from pipeline.references.archives import find_archive
from pipeline.references.leaves import LEAF_LIST, normalize_text, parse_leaves
from pipeline.references.place import ArchivePlace
from pipeline.references.systems.fonds.levels import RANKS, VALUE, normalize_fond_value

_FILE_NAME = re.compile(
    rf"(?P<archive>[^\W\d_]+(?:[-_ ][^\W\d_]+)*?)_[fф](?P<fond>{VALUE})"
    rf"_(?:op|оп)(?P<opis>{VALUE})(?:_[pп](?P<papka>{VALUE}))?_[dд](?P<delo>{VALUE})"
    rf"(?:_(?:ll?|лл?|(?P<pages>pp?|сс?))(?P<leaves>{LEAF_LIST}))?"
    r"(?:_part\w{0,8}|_[0-9]{1,3}|_[a-z])?",
    re.IGNORECASE,
)


def place_of_file_name(stem: str, systems: Collection[str]) -> ArchivePlace | None:
    """Return the place that a file name spells; None if it spells none.

    Args:
        stem: the file name without its suffix.
        systems: keys of the systems whose archives may be named.

    Raises:
        ValueError: the leaves run backward.
    """
    match = _FILE_NAME.fullmatch(normalize_text(stem))
    archive = None if match is None else find_archive(match["archive"])
    if match is None or archive is None or archive.system not in systems:
        return None
    values = ((level, match.groupdict().get(level)) for level in RANKS)
    path = tuple(
        (level, normalize_fond_value(archive.code, level, value))
        for level, value in values
        if value
    )
    if not match["leaves"]:
        return ArchivePlace(archive.code, path)
    unit = "p" if match["pages"] else "l"
    return ArchivePlace(archive.code, path, unit, parse_leaves(match["leaves"], unit))
