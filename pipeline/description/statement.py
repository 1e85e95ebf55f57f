"""What the sources say, field by field, and what is wrong with a value, in words with its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pipeline.description.fields import ONE_OF, Description, nearest_field
from pipeline.description.nested_fields import GivenForm, GivenName, GivenTranslation
from pipeline.description.sources import Source
from pipeline.description.yaml_file import Complain, Value, stop
from pipeline.errors import DescriptionError

PARTS: dict[str, type[BaseModel]] = {
    "names": GivenName,
    "titles": GivenForm,
    "forms": GivenForm,
    "translations": GivenTranslation,
}
_CODES = {"language": "bad-language", "rights": "bad-rights", "ids": "bad-authority"}


@dataclass(frozen=True, slots=True)
class Said:
    """A value, and who said it where."""

    value: Value
    key: str  #: as written
    source: Source

    def line(self, *within: str | int) -> int | None:
        """Return the line of the value, or of the innermost key within it that has one."""
        path = [self.key, *map(str, within)]
        for length in range(len(path), 0, -1):
            line = self.source.lines.get(".".join(path[:length]))
            if line is not None:
                return line
        return None

    def place(self, *within: str | int) -> str:
        """Return file and line, as messages tell them."""
        line = self.line(*within)
        return self.source.where if line is None else f"{self.source.where}, line {line}"

    def fault(self, problem: str, code: str, *within: str | int) -> DescriptionError:
        """Return an error that begins with file and line."""
        return DescriptionError(
            f"{self.place(*within)}: {problem}",
            file=self.source.where,
            line=self.line(*within),
            code=code,
        )


def said_by(source: Source, complain: Complain = stop) -> dict[str, Said]:
    """Return what a source says, field by field; what it leaves empty it does not say."""
    said: dict[str, Said] = {}
    for key, value in source.values.items():
        value_said = Said(value, key, source)
        name = ONE_OF.get(key, key)
        if name in said:
            problem = f"`{said[name].key}` and `{key}` are one. Keep one of the two."
            complain(value_said.fault(problem, "duplicate-key"))
            continue
        if value not in (None, "", [], {}):
            said[name] = value_said
    return said


def checked(said: Mapping[str, Said]) -> Description:
    """Return the description, or refuse it in words for the first value that cannot be."""
    try:
        return Description.model_validate({name: value.value for name, value in said.items()})
    except ValidationError as error:
        raise next(iter(_in_words(error, said))) from error


def faults_of(said: Mapping[str, Said]) -> list[DescriptionError]:
    """Return everything that is wrong with the values, by line."""
    try:
        checked(said)
    except DescriptionError as first:
        cause = first.__cause__
        return _in_words(cause, said) if isinstance(cause, ValidationError) else [first]
    return []


def _in_words(error: ValidationError, said: Mapping[str, Said]) -> list[DescriptionError]:
    """Return the errors as sentences, by line; an unknown key before what it should have been."""
    told = [(one, said[str(one["loc"][0])]) for one in error.errors()]
    told.sort(
        key=lambda pair: (pair[1].line(*pair[0]["loc"][1:]) or 0, pair[0]["type"] == "missing")
    )
    return [_fault(one, value) for one, value in told]


def _fault(error: ErrorDetails, value: Said) -> DescriptionError:
    within = error["loc"][1:]
    name = str(within[-1]) if within and isinstance(within[-1], str) else value.key
    problem, code = _sentence(error, name, value.key)
    return value.fault(problem, _CODES.get(name, code), *within)


def _sentence(error: ErrorDetails, name: str, field: str) -> tuple[str, str]:
    context: dict[str, Any] = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        parts = [part for part in error["loc"][:-1] if isinstance(part, str)]
        model = PARTS.get(parts[-1], Description) if parts else Description
        return f"`{name}` is not a field. {nearest_field(name, model)}", "unknown-key"
    if error["type"] == "missing":
        return f"`{field}` lacks `{name}`.", "missing-key"
    if error["type"] == "literal_error":
        return f"`{name}` takes {context['expected']}, not “{error['input']}”.", "bad-value"
    if "error" in context:
        return f"`{name}` {context['error']}.", "bad-value"
    kind = "a list" if error["type"] == "tuple_type" else "keys of its own, or one text"
    return f"`{name}` takes {kind}.", "bad-value"
