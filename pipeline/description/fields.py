"""The fields of a sidecar, each optional.

The meaning of each field and an example stand here once, for the template and the JSON Schema.
"""

import json
from typing import Any

from pydantic import Field, field_validator

from pipeline.dates.parse import Calendar
from pipeline.description.field_types import LeafLabels, OptionalLanguage, OptionalText, TextList
from pipeline.description.nested_fields import (
    GivenDecision,
    GivenForm,
    GivenName,
    GivenTranslation,
)
from pipeline.description.rights import COPYRIGHT_NOT_EVALUATED, check_rights_uri
from pipeline.model import Extraction, FrozenModel

__all__ = [
    "COPYRIGHT_NOT_EVALUATED",
    "PLURAL_NAMES",
    "Description",
    "sidecar_json_schema",
]

#: singular names that a list may have too, with its own name
PLURAL_NAMES = {"reference": "references", "contributor": "contributors", "subject": "subjects"}


class Description(FrozenModel):
    """The description of a scan as given; nothing is guessed."""

    title: OptionalText = Field(
        None,
        description="As the document is known; editors' words in square brackets.",
        examples=["Cable, Filippov [Stalin] to Cde. Mao Zedong"],
    )
    titles: tuple[GivenForm, ...] = Field(
        (),
        description="The title in other languages or alphabets.",
        examples=[[{"value": "Телеграмма Филиппова Мао Цзэ-дуну", "language": "ru"}]],
    )
    date: OptionalText = Field(
        None,
        description="In EDTF, or as written in any of many languages; kept as given, too.",
        examples=["1949-01-14", "14 января 1949 г.", "14/27 January 1917", "not before 1949"],
    )
    date_calendar: Calendar | None = Field(
        None,
        description="Calendar of the date as given; `julian` is Old Style.",
        examples=["julian"],
    )
    language: OptionalLanguage = Field(
        None, description="Language of the document, BCP 47.", examples=["ru", "en"]
    )
    creator: TextList = Field(
        (),
        description="Who wrote or sent it, as given; several as a list.",
        examples=["Filippov [Stalin]", ["Сталин И. В.", "Молотов В. М."]],
    )
    recipient: TextList = Field(
        (), description="To whom it went, as given; several as a list.", examples=["Mao Zedong"]
    )
    names: tuple[GivenName, ...] = Field(
        (),
        description="More on the people, creator and recipient too: roles, forms, authorities.",
        examples=[[{"name": "Mao Zedong", "role": "recipient"}]],
    )
    document_type: OptionalText = Field(
        None, description="What kind of document it is.", examples=["cable", "protocol"]
    )
    references: TextList = Field(
        (),
        description="Archival references, as cited; first the one that this scan was made from.",
        examples=[["RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113"]],
    )
    leaves: LeafLabels = Field(
        (),
        description="A leaf for each page, if the reference gives none; null for a page without.",
        examples=["0110-0113", ["0110", "0110v", None]],
    )
    contributors: TextList = Field(
        (), description="Who gave the copy to the collection.", examples=["Sergey Radchenko"]
    )
    funder: OptionalText = Field(None, description="Who paid.", examples=["Leon Levy Foundation"])
    collection: OptionalText = Field(
        None,
        description="Collection that it was published in.",
        examples=["History and Public Policy Program Digital Archive"],
    )
    subjects: TextList = Field((), description="What it is about.", examples=["Chinese Civil War"])
    summary: OptionalText = Field(
        None,
        description="What it says, in a few sentences.",
        examples=["Stalin advises Mao on the peace talks."],
    )
    rights: OptionalText = Field(
        COPYRIGHT_NOT_EVALUATED,
        description="URI of a rights statement or licence; by default, copyright not evaluated.",
        examples=[COPYRIGHT_NOT_EVALUATED, "http://creativecommons.org/licenses/by/4.0/"],
    )
    reply_to: TextList = Field(
        (),
        description="What it answers: record ids, references or links of the other documents.",
        examples=[["RGASPI, f. 558, op. 11, d. 330, l. 0109"]],
    )
    enclosure_of: TextList = Field(
        (),
        description="What it was enclosed with, named as in `reply_to`.",
        examples=[["rgaspi-f558-op11-d330-l0109"]],
    )
    translation_of: TextList = Field(
        (),
        description="The document that it is a translation of, named as in `reply_to`.",
        examples=[["RGASPI, f. 558, op. 11, d. 330, l. 0108"]],
    )
    copy_of: TextList = Field(
        (),
        description="The original or other copy that it was copied from, named as in `reply_to`.",
        examples=[["APRF, f. 45, op. 1, d. 330, p. 110"]],
    )
    part_of: TextList = Field(
        (),
        description="What it is a part of, such as a protocol or a file, named as in `reply_to`.",
        examples=[["RGASPI, f. 558, op. 11, d. 330"]],
    )
    continues: TextList = Field(
        (),
        description="What it goes on from, named as in `reply_to`.",
        examples=[["rgaspi-f558-op11-d329-l0098-0102"]],
    )
    related: TextList = Field(
        (),
        description="Other documents that belong to it in some way, named as in `reply_to`.",
        examples=[["https://digitalarchive.example.org/document/110393"]],
    )
    translations: tuple[GivenTranslation, ...] = Field(
        (),
        description="The text in other languages; `NAME.en.txt` beside the scan is one, too.",
        examples=[[{"language": "en", "translator": "Sergey Radchenko"}]],
    )
    note: OptionalText = Field(
        None, description="What else should be known.", examples=["Carbon copy."]
    )
    decisions: tuple[GivenDecision, ...] = Field(
        (),
        description="Answers to questions that the scan raised; Opis writes them.",
        examples=[[{"field": "leaves", "value": ["0110", None], "by": "Anna Petrova"}]],
    )
    extracted_from: Extraction | None = Field(
        None,
        description="The scan that this document was taken out of; Opis writes it.",
        examples=[
            {
                "scan": "box 3.pdf",
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "pages": "3-5",
            }
        ],
    )
    replaces: OptionalText = Field(
        None,
        description="Id of the record whose next version this scan becomes.",
        examples=["rgaspi-f558-op11-d330-l0110-0113"],
    )
    distinct_from: OptionalText = Field(
        None,
        description="Id of a record of another document on the same leaves, if nothing else tells"
        " the two apart.",
        examples=["rgaspi-f558-op11-d330-l0110-0113"],
    )

    @field_validator("rights")
    @classmethod
    def _check_rights(cls, given: str | None) -> str | None:
        return None if given is None else check_rights_uri(given)


def sidecar_json_schema() -> str:
    """Return the JSON Schema of a sidecar, as published in ``docs/``."""
    schema: dict[str, Any] = Description.model_json_schema(mode="validation")
    for singular, plural in PLURAL_NAMES.items():
        schema["properties"][singular] = schema["properties"][plural]
    for name in ("names", "titles"):
        items = schema["properties"][name]["items"]
        schema["properties"][name]["items"] = {"anyOf": [{"type": "string"}, items]}
    pages = {"description": "Pages of the scan, from 1.", "type": ["string", "array"]}
    schema["properties"]["documents"] = {
        "description": "The documents in the scan, each with its pages or its leaves.",
        "type": "array",
        "items": {
            "type": "object",
            "properties": {**schema["properties"], "pages": pages},
            "additionalProperties": False,
        },
    }
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(schema, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
