"""Reads what is known of levels from a file of any form: ``_levels.yaml``, EAD, AtoM's CSV."""

from pathlib import Path

from pipeline.description.atom_file import read_atom_csv
from pipeline.description.ead_file import read_ead
from pipeline.description.finding_aid import compose_levels
from pipeline.description.level_descriptions import LevelReading
from pipeline.description.levels_file import read_levels_file
from pipeline.description.text_file import read_bounded
from pipeline.errors import DescriptionError, IngestError
from pipeline.inbox.files import SIDECAR_SUFFIXES
from pipeline.references.archive import Archive

_MAX_BYTES = 256 * 1024 * 1024  #: of a finding aid


def read_level_file(path: Path, archive: Archive | None = None) -> LevelReading:
    """Return what a file says about levels; errors have lines, and the rest counts.

    Args:
        path: of the file; its ending tells its form.
        archive: that holds the levels of a finding aid, if it does not name one that is known.
    """
    suffix = path.suffix.lower()
    if suffix in SIDECAR_SUFFIXES:
        return read_levels_file(path, path.name)
    try:
        content = read_bounded(path, _MAX_BYTES, path.name)
        if len(content) > _MAX_BYTES:
            msg = f"{path.name} is larger than 256 MiB. Divide it."
            raise DescriptionError(msg, file=path.name)
        if suffix in {".xml", ".ead"}:
            return compose_levels([read_ead(content, path.name)], path.name, archive)
        if suffix == ".csv":
            return compose_levels(read_atom_csv(content, path.name), path.name, archive)
        msg = f"{path.name} is none of .yaml, .json, .xml (EAD) and .csv (AtoM)."
        raise DescriptionError(msg, file=path.name)
    except DescriptionError as error:
        return LevelReading((), (error,))
    except IngestError as error:
        return LevelReading((), (DescriptionError(str(error), file=path.name),))
