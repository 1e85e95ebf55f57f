"""Reads sidecars: YAML or JSON that an archivist wrote, with every scalar as text.

A YAML reader that guesses types reads leaf ``0110`` as the number 72. Duplicate keys, anchors,
tags and a second document are refused: a sidecar never needs them, so they are mistakes or worse.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

from pipeline.description.text_file import CONTROL_CHARACTER, decode_utf8, read_bounded
from pipeline.errors import DescriptionError

FieldValue: TypeAlias = "str | list[FieldValue] | dict[str, FieldValue] | None"
OnError: TypeAlias = Callable[[DescriptionError], None]

_MAX_BYTES = 1024 * 1024
_MAX_DEPTH = 20  # lists within lists
_NULL_SCALARS = ("", "~", "null")  # without quotation marks
_ALLOWED_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map", None)


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The values of a sidecar and their lines."""

    values: dict[str, FieldValue]
    lines: dict[str, int] = field(default_factory=dict)
    """1-based, by key; nested keys and items as ``names.0.role``."""


def raise_error(error: DescriptionError) -> None:
    """Raise an error: the ``on_error`` of an ingest. A check collects errors instead."""
    raise error


def read_sidecar(path: Path, name: str = "", on_error: OnError = raise_error) -> Sidecar:
    """Read a ``.yaml``, ``.yml`` or ``.json`` file; see ``parse_sidecar``.

    Args:
        path: of the file.
        name: its name in messages; by default, the file name.
        on_error: called with each error that leaves the rest readable.

    Raises:
        DescriptionError: it cannot be parsed.
        UnreadableError: the operating system does not let us read it.
    """
    name = name or path.name
    return parse_sidecar(read_bounded(path, _MAX_BYTES, name), name, on_error)


def parse_sidecar(content: bytes, name: str, on_error: OnError = raise_error) -> Sidecar:
    """Parse the bytes of a sidecar, as JSON if ``name`` ends so; an empty one has no values.

    Each error in a single key goes to ``on_error``.

    Raises:
        DescriptionError: it cannot be parsed.

    >>> parse_sidecar(b"leaves: [0110, no, ~]", "scan.yaml").values
    {'leaves': ['0110', 'no', None]}
    """
    if len(content) > _MAX_BYTES:
        msg = f"{name} is larger than 1 MiB. A sidecar describes a scan; it does not hold its text."
        raise DescriptionError(msg, file=name, code="bad-yaml")
    text = decode_utf8(content, name, "Save the file as UTF-8 (in Notepad: Encoding).")
    if name.lower().endswith(".json"):
        text = text.replace("\t", " ")  # may indent JSON, not YAML; in JSON's strings it is \t
    try:
        node = _Loader(text, name).get_single_node()
        if node is None:
            return Sidecar({})
        if not isinstance(node, yaml.MappingNode):
            raise _error_at(name, node.start_mark, "does not say what is what. Write `title: …`")
        return Sidecar(
            _mapping_values(node, _ErrorReporter(name, on_error)), dict(_key_lines(node))
        )
    except yaml.MarkedYAMLError as error:
        raise _yaml_error(name, error) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        msg = f"{name}, line {line} holds a control character. Write the line again."
        raise DescriptionError(msg, file=name, line=line, code="bad-yaml") from error
    except (ValueError, OverflowError) as error:  # PyYAML on "\UFFFFFFFF"
        msg = f"{name} has an escape (\\U…) that is no character. Write the character itself."
        raise DescriptionError(msg, file=name, code="bad-yaml") from error


@dataclass(frozen=True, slots=True)
class _ErrorReporter:
    """Reports errors at nodes of one file."""

    name: str
    on_error: OnError

    def report(self, node: yaml.Node, problem: str, code: str = "bad-yaml") -> None:
        self.on_error(_error_at(self.name, node.start_mark, problem, code))


class _Loader(yaml.BaseLoader):
    """Composes nodes; refuses anchors, aliases and nesting that is too deep."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self._file = name
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose the next node; DescriptionError if a sidecar may not hold it."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            problem = (
                "has an anchor or an alias (& or *). Put a text that starts with one in quotes"
            )
            raise _error_at(self._file, event.start_mark, problem)
        if self._depth > _MAX_DEPTH:
            problem = f"is nested more than {_MAX_DEPTH} deep. Write plain keys and lists"
            raise _error_at(self._file, event.start_mark, problem)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _node_value(node: yaml.Node, reporter: _ErrorReporter) -> FieldValue:
    if node.tag not in _ALLOWED_TAGS:
        reporter.report(node, f"has a tag ({node.tag}). Put a text that starts with ! in quotes")
    if isinstance(node, yaml.MappingNode):
        return _mapping_values(node, reporter)
    if isinstance(node, yaml.SequenceNode):
        return [_node_value(item, reporter) for item in node.value]
    is_plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return None if is_plain and node.value in _NULL_SCALARS else _scalar_text(node, reporter)


def _mapping_values(node: yaml.MappingNode, reporter: _ErrorReporter) -> dict[str, FieldValue]:
    values: dict[str, FieldValue] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            reporter.report(key, "has a key that is no word. Write `title: …`")
            continue
        word = _scalar_text(key, reporter)
        if word in values:
            reporter.report(key, f"says `{word}` twice. Keep one of the two", "duplicate-key")
            continue
        values[word] = _node_value(value, reporter)
    return values


def _key_lines(node: yaml.Node, path: str = "") -> Iterator[tuple[str, int]]:
    """Yield the path and line of each key and item; a duplicate key yields each of its lines."""
    if isinstance(node, yaml.MappingNode):
        children = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = [(str(index), item, item) for index, item in enumerate(node.value)]
    else:
        return
    for name, key, value in children:
        yield f"{path}{name}", key.start_mark.line + 1
        yield from _key_lines(value, f"{path}{name}.")


def _scalar_text(node: yaml.Node, reporter: _ErrorReporter) -> str:
    r"""Return the text of a scalar, joining the halves that JSON writes as ``\ud83d\ude00``."""
    try:
        text = str(node.value).encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        reporter.report(
            node, "has half a character (\\ud800 to \\udfff). Write the character itself"
        )
        return ""
    if CONTROL_CHARACTER.search(text):
        reporter.report(node, "holds a control character. Leave it out")
    return text


def _yaml_error(name: str, error: yaml.MarkedYAMLError) -> DescriptionError:
    mark = error.problem_mark or error.context_mark
    line = 1 if mark is None else mark.line + 1
    if error.context == "expected a single document in the stream":
        msg = f"{name}, line {line} starts a second document (---). Make it a file of its own."
        return DescriptionError(msg, file=name, line=line, code="bad-yaml")
    msg = (
        f"{name}, line {line} cannot be read: {error.problem}. Put a text that holds a colon, a #"
        " or quotation marks in quotes, and indent with spaces."
    )
    return DescriptionError(msg, file=name, line=line, code="bad-yaml")


def _error_at(
    name: str, mark: yaml.Mark | None, problem: str, code: str = "bad-yaml"
) -> DescriptionError:
    line = 1 if mark is None else mark.line + 1
    return DescriptionError(f"{name}, line {line} {problem}.", file=name, line=line, code=code)
