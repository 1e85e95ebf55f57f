"""``_levels.yaml``: what is known of the levels of archives, by their references.

RGASPI, f. 558:
  title: Сталин (Джугашвили) Иосиф Виссарионович
  dates: 1866–1986
RGASPI, f. 558, op. 11: Документы, полученные из Архива Президента РФ
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from pipeline.description.level_descriptions import (
    DescribedLevel,
    LevelDescription,
    LevelReading,
    read_once,
)
from pipeline.description.sources import DescriptionSource
from pipeline.description.statement import statements_of, validate_as, validation_errors_as
from pipeline.description.yaml_file import FieldValue, Sidecar, read_sidecar
from pipeline.errors import DescriptionError, IngestError
from pipeline.inbox.files import LEVELS_STEM, SIDECAR_SUFFIXES
from pipeline.references import parse_reference
from pipeline.references.level_place import parse_level

_SOURCE = "levels"


def is_levels_file(path: Path) -> bool:
    """Return whether a file of the inbox describes levels, by its name."""
    return path.stem == LEVELS_STEM and path.suffix.lower() in SIDECAR_SUFFIXES


def read_levels_file(path: Path, label: str) -> LevelReading:
    """Read a file of levels; what cannot be read is an error with its line, the rest counts.

    Args:
        path: of the file.
        label: its name in messages.
    """
    errors: list[DescriptionError] = []
    try:
        sidecar = read_sidecar(path, label, errors.append)
    except DescriptionError as error:
        return LevelReading((), (error,))
    except IngestError as error:
        return LevelReading((), (DescriptionError(str(error), file=label),))
    levels = [
        level
        for key, value in sidecar.values.items()
        for level in _described_levels(key, value, sidecar, label, errors)
    ]
    return LevelReading(read_once(levels), tuple(sorted(errors, key=lambda error: error.line or 0)))


def _described_levels(
    key: str, value: FieldValue, sidecar: Sidecar, label: str, errors: list[DescriptionError]
) -> Iterator[DescribedLevel]:
    """Yield the level of one key, or add what is wrong with it to the errors."""
    line, place = sidecar.lines[key], parse_level(key)
    fields = {"title": value} if isinstance(value, str) else value
    if place is None:
        errors.append(_reference_error(key, line, label))
    elif not isinstance(fields, dict | None):
        problem = f"{label}, line {line}: write the fields of {key}, such as `title: …`."
        errors.append(DescriptionError(problem, file=label, line=line))
    else:
        lines = {name.removeprefix(f"{key}."): number for name, number in sidecar.lines.items()}
        source = DescriptionSource(_SOURCE, label, fields or {}, {"title": line} | lines)
        statements = statements_of(source, errors.append)
        wrong = validation_errors_as(LevelDescription, statements)
        errors += wrong
        if not wrong:
            yield DescribedLevel(place.normal, validate_as(LevelDescription, statements))


def _reference_error(key: str, line: int, label: str) -> DescriptionError:
    leaf = parse_reference(key)
    problem = "names leaves, and a document is described in its sidecar"
    if leaf is None or not leaf.leaves:
        problem = "is no level of an archive that can be read. Write it as RGASPI, f. 558, op. 11"
    msg = f"{label}, line {line}: “{key}” {problem}."
    return DescriptionError(msg, file=label, line=line, code="unread-reference")


def levels_as_yaml(levels: Mapping[str, LevelDescription]) -> str:
    """Return levels, by their references, in the form of ``_levels.yaml``."""
    values = {
        reference: description.model_dump(mode="json", exclude_defaults=True)
        for reference, description in levels.items()
    }
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=88) if values else ""
