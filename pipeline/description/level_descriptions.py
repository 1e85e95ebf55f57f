"""Descriptions of the levels of archives: what is known of a fond, an opis, a delo.

They come from ``_levels.yaml`` in the inbox or from a finding aid, and are kept in the output.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import Field

from pipeline.dates.edtf import is_edtf
from pipeline.dates.parse import parse_date
from pipeline.dates.words import WordLanguage, date_in_words
from pipeline.description.field_types import OptionalText
from pipeline.description.nested_fields import GivenForm
from pipeline.errors import DescriptionError
from pipeline.model import FrozenModel


class LevelDescription(FrozenModel):
    """What is known of a level, as given."""

    title: OptionalText = Field(
        None, description="Its title.", examples=["Сталин (Джугашвили) Иосиф Виссарионович"]
    )
    titles: tuple[GivenForm, ...] = Field(
        (),
        description="The title in other languages.",
        examples=[[{"value": "Papers of J. V. Stalin", "language": "en", "kind": "translated"}]],
    )
    dates: OptionalText = Field(
        None, description="From when to when its documents are.", examples=["1866–1986"]
    )
    extent: OptionalText = Field(
        None, description="How much it holds.", examples=["16 174 ед. хр."]
    )
    note: OptionalText = Field(
        None, description="Content, history, anything else.", examples=["Transferred in 1999."]
    )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return self == LevelDescription()

    @property
    def edtf(self) -> str | None:
        """The dates in EDTF; None if there are none that can be read."""
        return parse_date(self.dates).edtf if self.dates else None

    def dates_in(self, language: WordLanguage) -> str:
        """Return the dates as given, in words if they are given in EDTF; empty if none are."""
        given = self.dates or ""
        return date_in_words(given, language) if is_edtf(given) else given

    def title_in(self, language: str) -> str:
        """Return the title in a language, or the title as given; empty if there is none."""
        forms = (form for form in self.titles if form.language == language)
        wanted = next((form.value for form in forms), None)
        return wanted or self.title or next((form.value for form in self.titles), "")


@dataclass(frozen=True, slots=True)
class DescribedLevel:
    """A level with its description."""

    reference: str  #: normal printed form, without leaves
    description: LevelDescription


@dataclass(frozen=True, slots=True)
class LevelReading:
    """What a file says about levels, and what of it could not be read."""

    levels: tuple[DescribedLevel, ...]
    errors: tuple[DescriptionError, ...] = ()
    left_out: tuple[str, ...] = field(default=())  #: sentences on parts that describe no level


def read_once(levels: Iterable[DescribedLevel]) -> tuple[DescribedLevel, ...]:
    """Return levels, each once; of two descriptions the last counts."""
    return tuple({level.reference: level for level in levels}.values())
