"""Reads the components of a finding aid in AtoM's CSV for ISAD(G) descriptions.

https://www.accesstomemory.org/en/docs/2.8/user-manual/import-export/csv-import/: a row a level,
which names the row above it by ``parentId``. A row with the ``legacyId`` of another one and another
``culture`` is its translation.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.description.finding_aid import FindingAidComponent
from pipeline.description.languages import is_language_tag, normalize_language_tag
from pipeline.description.level_descriptions import LevelDescription
from pipeline.description.nested_fields import GivenForm
from pipeline.description.text_file import CONTROL_CHARACTER, decode_utf8
from pipeline.errors import DescriptionError

_REQUIRED = ("identifier", "title", "levelOfDescription")
_DATES = ("eventDates", "creationDates", "dates")  #: of AtoM 2.x, and of earlier ones
_NOTES = ("scopeAndContent", "archivalHistory")
_NULL = {"", "NULL"}  #: AtoM writes NULL for a date that an event does not have


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: dict[str, str]

    def get(self, name: str) -> str:
        """Return a cell without the space around it; empty if there is no such column."""
        return self.cells.get(name, "").strip()

    @property
    def culture(self) -> str:
        """The language of the row, BCP 47; empty if it has none."""
        tag = self.get("culture").replace("_", "-")
        return normalize_language_tag(tag) if is_language_tag(tag) else ""


def read_atom_csv(content: bytes, file: str) -> list[FindingAidComponent]:
    """Return the outermost components of an AtoM CSV.

    Args:
        content: of the file.
        file: its name in messages.

    Raises:
        DescriptionError: it is no such table, or a row is wrong; with the line.
    """
    text = decode_utf8(content, file, "Save it as UTF-8.")
    rows = list(_rows(text, file))
    originals, translations = _sort_out(rows)
    components, outermost = dict[str, FindingAidComponent](), list[FindingAidComponent]()
    for row in originals:
        component = _component(row, translations[row.get("legacyId")])
        parent_id = row.get("parentId")
        if parent_id and parent_id not in components:
            problem = f"its parentId {parent_id} is that of no row above it"
            raise _error(file, row.line, problem)
        siblings = components[parent_id].below if parent_id else outermost
        siblings.append(component)
        if row.get("legacyId"):
            components[row.get("legacyId")] = component
    return outermost


def _rows(text: str, file: str) -> Iterator[_Row]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = [name for name in _REQUIRED if name not in (reader.fieldnames or ())]
        if missing:
            columns = ", ".join(missing)
            raise _error(file, 1, f"lacks the columns {columns} of AtoM's ISAD(G) descriptions")
        line = reader.line_num + 1
        for cells in reader:
            if None in cells:
                raise _error(file, line, "has more cells than the heading")
            row = _Row(line, {name: cell or "" for name, cell in cells.items()})
            if any(CONTROL_CHARACTER.search(cell.replace("\r", "")) for cell in row.cells.values()):
                raise _error(file, line, "holds a control character. Leave it out")
            yield row
            line = reader.line_num + 1
    except csv.Error as error:
        raise _error(file, reader.line_num or 1, f"cannot be read: {error}") from error


def _sort_out(rows: list[_Row]) -> tuple[list[_Row], dict[str, list[_Row]]]:
    """Return the rows that describe a level first, and those that translate them by legacyId."""
    known, originals = set[str](), list[_Row]()
    translations = defaultdict[str, list[_Row]](list)
    for row in rows:
        legacy_id = row.get("legacyId")
        if legacy_id and legacy_id in known:
            translations[legacy_id].append(row)
        else:
            originals.append(row)
            known.add(legacy_id)
    return originals, translations


def _component(row: _Row, translations: list[_Row]) -> FindingAidComponent:
    forms = [(one.get("title"), one.culture) for one in (row, *translations)]
    dates = next((row.get(name) for name in _DATES if row.get(name)), "")
    notes = list(filter(None, map(row.get, _NOTES)))
    return FindingAidComponent(
        line=row.line,
        kind=row.get("levelOfDescription"),
        number=row.get("identifier"),
        description=LevelDescription(
            title=row.get("title"),
            titles=tuple(
                GivenForm(value=title, language=culture)
                for title, culture in forms
                if culture and title
            ),
            dates="; ".join(one for one in dates.split("|") if one.strip() not in _NULL) or None,
            extent=row.get("extentAndMedium"),
            note="\n\n".join(notes) or None,
        ),
        archive=row.get("repository"),
    )


def _error(file: str, line: int, problem: str) -> DescriptionError:
    msg = f"{file}, line {line}: {problem}."
    return DescriptionError(msg, file=file, line=line, code="bad-csv")
