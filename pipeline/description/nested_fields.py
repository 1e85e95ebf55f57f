"""Fields of a sidecar whose items have keys of their own: names, titles, decisions."""

from datetime import datetime
from typing import Any, Literal, Self, TypeAlias

from pydantic import Field, field_validator, model_validator

from pipeline.description.authorities import check_authority_uri
from pipeline.description.field_types import (
    DecidedValue,
    Language,
    OptionalLanguage,
    OptionalText,
    TextList,
)
from pipeline.description.transliteration import SCHEMES, has_cyrillic
from pipeline.model import FrozenModel

#: fields on which a person may be asked to decide
DecidedField: TypeAlias = Literal["references", "leaves", "language"]
NO_LEAF = "-"  #: in words: a page that is no leaf


class GivenForm(FrozenModel):
    """Another form of a title or a name."""

    language: OptionalLanguage = Field(None, description="BCP 47.", examples=["en"])
    value: str = Field(min_length=1, description="The form itself.", examples=["Мао Цзэ-дун"])
    kind: Literal["given", "supplied", "transliterated", "translated"] = Field(
        "given", description="Origin of the form.", examples=["translated"]
    )
    scheme: OptionalText = Field(None, description="Of a transliteration.", examples=["ala-lc"])

    @model_validator(mode="before")
    @classmethod
    def _value_from_text(cls, given: Any) -> Any:
        return {"value": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _check_scheme(self) -> Self:
        if (self.kind == "transliterated") != (self.scheme is not None):
            msg = "names a scheme where, and only where, its kind is transliterated"
            raise ValueError(msg)
        if self.scheme in SCHEMES and has_cyrillic(self.value):
            msg = f"is {self.scheme}, but holds Cyrillic letters: “{self.value}”"
            raise ValueError(msg)
        return self


class GivenName(FrozenModel):
    """A person or body connected with the document."""

    name: str = Field(
        min_length=1,
        description="As the document or its editors give it.",
        examples=["Filippov [Stalin]"],
    )
    role: str = Field(
        "mentioned",
        min_length=1,
        description="Part of the person in the document.",
        examples=["creator", "recipient", "mentioned", "copied to"],
    )
    kind: Literal["person", "body"] | None = Field(
        None, description="Whether it is a person or a body.", examples=["body"]
    )
    family: OptionalText = Field(
        None, description="Family name, if the form does not tell it.", examples=["Mao"]
    )
    given: OptionalText = Field(None, description="Given names.", examples=["Zedong"])
    forms: tuple[GivenForm, ...] = Field((), description="Other forms of the name.")
    ids: TextList = Field(
        (),
        description="URIs of authority files; nothing is looked up.",
        examples=["https://www.wikidata.org/entity/Q855"],
    )

    @model_validator(mode="before")
    @classmethod
    def _name_from_text(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _check_parts(self) -> Self:
        if self.given is not None and self.family is None:
            msg = "has a given name without a family name. Add `family`"
            raise ValueError(msg)
        if self.kind == "body" and self.family is not None:
            msg = "is a body with a family name. Take away `family` and `given`, or `kind: body`"
            raise ValueError(msg)
        return self

    @field_validator("ids")
    @classmethod
    def _check_ids(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(check_authority_uri(uri) for uri in given)


class GivenTranslation(FrozenModel):
    """The text in another language: here, in a file beside the scan, or named by its language."""

    language: Language = Field(description="BCP 47.", examples=["en"])
    translator: OptionalText = Field(
        None, description="Who translated it.", examples=["Sergey Radchenko"]
    )
    text: OptionalText = Field(
        None, description="The translation; an empty line separates paragraphs."
    )
    file: OptionalText = Field(
        None,
        description="Name of a plain text file beside the scan, in UTF-8.",
        examples=["letter-english.txt"],
    )

    @field_validator("file")
    @classmethod
    def _check_file_name(cls, given: str | None) -> str | None:
        if given is None or (
            not {"/", "\\"} & set(given) and given[0] != "." and given.lower().endswith(".txt")
        ):
            return given
        msg = "names a .txt file in the folder of the scan, without a path"
        raise ValueError(msg)

    @model_validator(mode="after")
    def _check_single_text(self) -> Self:
        if self.text is not None and self.file is not None:
            msg = "has a text and a file. Keep one of the two"
            raise ValueError(msg)
        return self


class GivenDecision(FrozenModel):
    """A person's answer to a question that the scan raised; it outweighs all other sources."""

    field: DecidedField = Field(description="The field that was decided.", examples=["leaves"])
    value: DecidedValue = Field(
        (),
        description="Its value; empty: the scan is published as it is.",
        examples=[["0110", "0111", None]],
    )
    by: str = Field(min_length=1, description="Who decided.", examples=["Anna Petrova"])
    when: OptionalText = Field(None, description="When, in ISO 8601.", examples=["2026-11-30"])
    question: OptionalText = Field(None, description="What was asked.")
    note: OptionalText = Field(None, description="Why it was decided so.")

    @property
    def value_in_words(self) -> str:
        """The value in a line, as a person may write it; what an empty one means."""
        return ", ".join(item or NO_LEAF for item in self.value) or "published as it is"

    @field_validator("when")
    @classmethod
    def _check_time(cls, given: str | None) -> str | None:
        if given is not None:
            datetime.fromisoformat(given)
        return given
