"""Statements: the values of the sources by field, and errors in them, with file and line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pipeline.description.fields import PLURAL_NAMES, Description
from pipeline.description.near_fields import suggest_field
from pipeline.description.nested_fields import (
    GivenDecision,
    GivenForm,
    GivenName,
    GivenTranslation,
)
from pipeline.description.sources import DescriptionSource
from pipeline.description.yaml_file import FieldValue, OnError, raise_error
from pipeline.errors import DescriptionError
from pipeline.model import Extraction

NESTED_MODELS: dict[str, type[BaseModel]] = {
    "names": GivenName,
    "titles": GivenForm,
    "forms": GivenForm,
    "translations": GivenTranslation,
    "decisions": GivenDecision,
    "extracted_from": Extraction,
}
_Model = TypeVar("_Model", bound=BaseModel)
_ERROR_CODES = {"language": "bad-language", "rights": "bad-rights", "ids": "bad-authority"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A value of a field, and the source that gives it."""

    value: FieldValue
    key: str  #: as written
    source: DescriptionSource

    def find_line(self, *within: str | int) -> int | None:
        """Return the line of the value, or of the innermost key within it that has one."""
        path = [self.key, *map(str, within)]
        for length in range(len(path), 0, -1):
            line = self.source.lines.get(".".join(path[:length]))
            if line is not None:
                return line
        return None

    def format_location(self, *within: str | int) -> str:
        """Return file and line for a message."""
        line = self.find_line(*within)
        return self.source.file_label if line is None else f"{self.source.file_label}, line {line}"

    def make_error(self, problem: str, code: str, *within: str | int) -> DescriptionError:
        """Return an error that begins with file and line."""
        return DescriptionError(
            f"{self.format_location(*within)}: {problem}",
            file=self.source.file_label,
            line=self.find_line(*within),
            code=code,
        )


def statements_of(
    source: DescriptionSource, on_error: OnError = raise_error
) -> dict[str, Statement]:
    """Return the statements of a source by field, without empty values."""
    statements: dict[str, Statement] = {}
    for key, value in source.values.items():
        statement = Statement(value, key, source)
        name = PLURAL_NAMES.get(key, key)
        if name in statements:
            problem = f"`{statements[name].key}` and `{key}` are one. Keep one of the two."
            on_error(statement.make_error(problem, "duplicate-key"))
            continue
        if value not in (None, "", [], {}):
            statements[name] = statement
    return statements


def validate(statements: Mapping[str, Statement]) -> Description:
    """Return the description that statements make.

    Raises:
        DescriptionError: a value is invalid; the first one, by line.
    """
    return validate_as(Description, statements)


def validate_as(model: type[_Model], statements: Mapping[str, Statement]) -> _Model:
    """Return the instance of a model that statements make; errors as above."""
    values = {name: statement.value for name, statement in statements.items()}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise next(iter(_errors_in_words(error, statements, model))) from error


def validation_errors(statements: Mapping[str, Statement]) -> list[DescriptionError]:
    """Return the errors of all invalid values, by line."""
    return validation_errors_as(Description, statements)


def validation_errors_as(
    model: type[BaseModel], statements: Mapping[str, Statement]
) -> list[DescriptionError]:
    """Return the errors of all values that a model does not take, by line."""
    try:
        validate_as(model, statements)
    except DescriptionError as first:
        cause = first.__cause__
        if not isinstance(cause, ValidationError):
            return [first]
        return _errors_in_words(cause, statements, model)
    return []


def _errors_in_words(
    error: ValidationError, statements: Mapping[str, Statement], model: type[BaseModel]
) -> list[DescriptionError]:
    """Return the errors as sentences, by line; an unknown key before what it should have been."""
    pairs = [(details, statements[str(details["loc"][0])]) for details in error.errors()]
    pairs.sort(
        key=lambda pair: (pair[1].find_line(*pair[0]["loc"][1:]) or 0, pair[0]["type"] == "missing")
    )
    return [_statement_error(details, statement, model) for details, statement in pairs]


def _statement_error(
    error: ErrorDetails, statement: Statement, model: type[BaseModel]
) -> DescriptionError:
    within = error["loc"][1:]
    name = str(within[-1]) if within and isinstance(within[-1], str) else statement.key
    problem, code = _problem_sentence(error, name, statement.key, model)
    return statement.make_error(problem, _ERROR_CODES.get(name, code), *within)


def _problem_sentence(
    error: ErrorDetails, name: str, field: str, model: type[BaseModel]
) -> tuple[str, str]:
    context: dict[str, Any] = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        parts = [part for part in error["loc"][:-1] if isinstance(part, str)]
        nested = NESTED_MODELS.get(parts[-1], model) if parts else model
        return f"`{name}` is not a field. {suggest_field(name, nested)}", "unknown-key"
    if error["type"] == "missing":
        return f"`{field}` lacks `{name}`.", "missing-key"
    if error["type"] == "literal_error":
        return f"`{name}` takes {context['expected']}, not “{error['input']}”.", "bad-value"
    if "error" in context:
        return f"`{name}` {context['error']}.", "bad-value"
    kind = "a list" if error["type"] == "tuple_type" else "keys of its own, or one text"
    return f"`{name}` takes {kind}.", "bad-value"
