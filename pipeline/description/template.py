"""A sidecar to fill in: every field with its meaning and an example, commented out."""

import textwrap
from collections.abc import Iterator

import yaml

from pipeline.description.fields import Description
from pipeline.description.statement import NESTED_MODELS

_HEAD = """\
# What is known of this scan. Take away the # before a field and write what you know; leave out
# the rest. Nothing is guessed: 0110 stays 0110. Put a text that holds a colon, a # or quotation
# marks in quotes. Check it with: opis describe --check FOLDER"""

_DOCUMENTS = """\
# If the scan holds several documents: each with its pages or its leaves, and any field above.
#documents:
#- {pages: 1-2, title: "Cable, Filippov [Stalin] to Cde. Mao Zedong", date: 1949-01-14}
#- {pages: 3-4, title: Reply}"""


def sidecar_template(reference: str = "") -> str:
    """Return the template; the reference that a file name spells is shown, not filled in."""
    parts = [_HEAD]
    if reference:
        parts.append(f"# The file name says: {reference}")
    parts += [_format_field(name) for name in Description.model_fields]
    parts.append(_DOCUMENTS)
    return "\n\n".join(parts) + "\n"


def _format_field(name: str) -> str:
    field = Description.model_fields[name]
    lines = [f"# {line}" for line in textwrap.wrap(field.description or "", 96)]
    lines += list(_nested_field_lines(name))
    first, *others = [example_yaml(name, example) for example in field.examples or []]
    if others:
        lines.append("# Other examples:")
        lines += [f"#   {line}" for other in others for line in other.splitlines()]
    return "\n".join([*lines, *(f"#{line}" for line in first.splitlines())])


def _nested_field_lines(name: str) -> Iterator[str]:
    """Yield the keys of an item with their meaning, for a list whose items have keys."""
    if name in NESTED_MODELS:
        for key, field in NESTED_MODELS[name].model_fields.items():
            yield f"#   {key}: {field.description}"


def example_yaml(name: str, example: object) -> str:
    r"""Return a field with an example of its value, as YAML.

    >>> example_yaml("leaves", ["0110", None])
    "leaves:\n- '0110'\n- null\n"
    """
    return yaml.safe_dump({name: example}, allow_unicode=True, sort_keys=False, width=88)
