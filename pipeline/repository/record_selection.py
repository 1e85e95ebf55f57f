"""A selection of records by what the catalogue knows of them, and by how they were read."""

import sqlite3

from pydantic import Field

from pipeline.model import FrozenModel, ReviewState

#: References that continue with a comma and a blank sort below `,!`.
_AT_PLACE = """
    (reference = :place OR reference >= :place || ', ' AND reference < :place || ',!')
"""
_QUERY = f"""
SELECT id FROM record
WHERE status <> 'withdrawn'
    AND (:place = '' OR {_AT_PLACE})
    AND (:status IS NULL OR status = :status)
    AND (:needs_review IS NULL OR needs_review = :needs_review)
    AND (:from_year IS NULL OR year >= :from_year)
    AND (:to_year IS NULL OR year <= :to_year)
ORDER BY folder, id
"""


class RecordSelection(FrozenModel):
    """Which records are meant: those that fulfil every condition; withdrawn ones never are.

    The descriptions are shown in forms of the Prefect UI.
    """

    records: tuple[str, ...] = Field(
        (), title="Records", description="Ids of records; empty: all of the archive."
    )
    place: str = Field(
        "",
        title="Place",
        description="The beginning of a reference, such as `RGASPI, f. 558, op. 11`.",
    )
    status: ReviewState | None = Field(None, title="Status")
    needs_review: bool | None = Field(
        None, title="Needs review", description="Only records that need review, or only others."
    )
    from_year: int | None = Field(
        None, title="From year", description="The first year of the document's date or later."
    )
    to_year: int | None = Field(
        None, title="To year", description="The first year of the document's date or earlier."
    )
    engine_before: str = Field(
        "",
        title="Engine before",
        description="Only records that an older version of the engine read, such as `5.5.0`.",
        pattern=r"^([0-9]+(\.[0-9]+)*)?$",
    )
    not_as_today: bool = Field(
        False,
        title="Not read as today",
        description="Only records that another engine, model or way of reading than today's read.",
    )

    @property
    def has_condition(self) -> bool:
        """Whether anything but names of records limits it."""
        return self != RecordSelection(records=self.records)

    @property
    def depends_on_reading(self) -> bool:
        """Whether the catalogue alone does not decide."""
        return bool(self.engine_before) or self.not_as_today


def select_from_catalog(db: sqlite3.Connection, selection: RecordSelection) -> list[str]:
    """Return the ids of the records that fulfil the conditions of description and state.

    Args:
        db: an open catalogue.
        selection: its conditions on the reading are left out.

    Returns:
        Ids in the order of the archive; of named records only those that fulfil the conditions.
    """
    fields = ("place", "status", "needs_review", "from_year", "to_year")
    conditions = selection.model_dump(include=set(fields))
    found = [str(row["id"]) for row in db.execute(_QUERY, conditions)]
    named = set(selection.records)
    return [record for record in found if record in named] if named else found


def select_below(db: sqlite3.Connection, place: str) -> list[str]:
    """Return the ids of the records of a file or of leaves of it, ordered by folder.

    Args:
        db: an open catalogue.
        place: the printed form of a reference without leaves.
    """
    query = f"SELECT id FROM record WHERE {_AT_PLACE} ORDER BY folder, id"
    return [str(row["id"]) for row in db.execute(query, {"place": place})]


def version_key(version: str) -> tuple[int, ...]:
    """Return the numbers of an engine's version, for comparison; zeros at the end do not count.

    >>> version_key("5.3.0-46-g1569") < version_key("5.10") < version_key("5.10.1")
    True
    >>> version_key("5.0") == version_key("5")
    True
    """
    numbers = [int(part) for part in version.partition("-")[0].split(".") if part.isdigit()]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
