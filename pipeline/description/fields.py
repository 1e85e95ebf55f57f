"""What an archivist may say of a scan: the fields of a sidecar, each optional.

What a field means and an example of it are told here once: for the template, the JSON Schema and
whoever reads the code.
"""

import json
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, Field, field_validator

from pipeline.dates.parse import Calendar
from pipeline.description.field_types import LeafLabels, OptionalLanguage, OptionalText, TextList
from pipeline.description.nested_fields import GivenForm, GivenName, GivenTranslation
from pipeline.description.rights import COPYRIGHT_NOT_EVALUATED, check_rights_uri
from pipeline.model import FrozenModel

__all__ = [
    "COPYRIGHT_NOT_EVALUATED",
    "PLURAL_NAMES",
    "Description",
    "sidecar_json_schema",
    "suggest_field",
]

#: the singular of a list is its name too
PLURAL_NAMES = {"reference": "references", "contributor": "contributors", "subject": "subjects"}


class Description(FrozenModel):
    """All that was said; nothing here is guessed, and what is missing is missing."""

    title: OptionalText = Field(
        None, description="As the document is known; editors' words in square brackets.",
        examples=["Cable, Filippov [Stalin] to Cde. Mao Zedong"],
    )  # fmt: skip
    titles: tuple[GivenForm, ...] = Field(
        (), description="The title in other languages or alphabets.",
        examples=[[{"value": "Телеграмма Филиппова Мао Цзэ-дуну", "language": "ru"}]],
    )  # fmt: skip
    date: OptionalText = Field(
        None, description="In EDTF, or as written in Russian or English; kept as given, too.",
        examples=["1949-01-14", "14 января 1949 г.", "14/27 January 1917", "not before 1949"],
    )  # fmt: skip
    date_calendar: Calendar | None = Field(
        None, description="Of the date as given; `julian` is Old Style.", examples=["julian"]
    )
    language: OptionalLanguage = Field(
        None, description="Of the document, BCP 47.", examples=["ru", "en"]
    )
    creator: OptionalText = Field(
        None, description="Who wrote or sent it, as given.", examples=["Filippov [Stalin]"]
    )
    recipient: OptionalText = Field(
        None, description="To whom it went, as given.", examples=["Mao Zedong"]
    )
    names: tuple[GivenName, ...] = Field(
        (), description="More on the people, creator and recipient too: roles, forms, authorities.",
        examples=[[{"name": "Mao Zedong", "role": "recipient"}]],
    )  # fmt: skip
    document_type: OptionalText = Field(
        None, description="What kind of document it is.", examples=["cable", "protocol"]
    )
    references: TextList = Field(
        (), description="Where it lies, as cited; first the place where this scan was made.",
        examples=[["RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113"]],
    )  # fmt: skip
    leaves: LeafLabels = Field(
        (), description="A leaf for each page, where the reference does not tell; null is no leaf.",
        examples=["0110-0113", ["0110", "0110v", None]],
    )  # fmt: skip
    contributors: TextList = Field(
        (), description="Who gave the copy to the collection.", examples=["Sergey Radchenko"]
    )
    funder: OptionalText = Field(None, description="Who paid.", examples=["Leon Levy Foundation"])
    collection: OptionalText = Field(
        None, description="What it was published in.",
        examples=["History and Public Policy Program Digital Archive"],
    )  # fmt: skip
    subjects: TextList = Field((), description="What it is about.", examples=["Chinese Civil War"])
    summary: OptionalText = Field(
        None, description="What it says, in a few sentences.",
        examples=["Stalin advises Mao on the peace talks."],
    )  # fmt: skip
    rights: OptionalText = Field(
        COPYRIGHT_NOT_EVALUATED,
        description="URI of a rights statement or licence; nothing said is not evaluated.",
        examples=[COPYRIGHT_NOT_EVALUATED, "http://creativecommons.org/licenses/by/4.0/"],
    )
    translations: tuple[GivenTranslation, ...] = Field(
        (), description="The text in other languages; `NAME.en.txt` beside the scan is one, too.",
        examples=[[{"language": "en", "translator": "Sergey Radchenko"}]],
    )  # fmt: skip
    note: OptionalText = Field(
        None, description="What else should be known.", examples=["Carbon copy."]
    )
    replaces: OptionalText = Field(
        None, description="Id of the record whose next version this scan becomes.",
        examples=["rgaspi-f558-op11-d330-l0110-0113"],
    )  # fmt: skip

    @field_validator("rights")
    @classmethod
    def _check_rights(cls, given: str | None) -> str | None:
        return None if given is None else check_rights_uri(given)


def suggest_field(word: str, model: type[BaseModel] = Description) -> str:
    """Return advice for a key that is none of the fields of a model."""
    fields = list(model.model_fields)
    near = get_close_matches(word.lower(), fields, n=1, cutoff=0.5)
    return f"Did you mean `{near[0]}`?" if near else f"Known are: {', '.join(fields)}."


def sidecar_json_schema() -> str:
    """Return the JSON Schema of a sidecar, as published in ``docs/``."""
    schema: dict[str, Any] = Description.model_json_schema(mode="validation")
    for one, several in PLURAL_NAMES.items():
        schema["properties"][one] = schema["properties"][several]
    for parts in ("names", "titles"):
        items = schema["properties"][parts]["items"]
        schema["properties"][parts]["items"] = {"anyOf": [{"type": "string"}, items]}
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(schema, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
