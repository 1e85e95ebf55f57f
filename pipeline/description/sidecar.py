"""Sidecars: YAML or JSON that an archivist wrote, read with every scalar as the text it is.

A YAML reader that guesses types makes the number 72 of leaf ``0110``. What a sidecar never needs
is refused, because it is a slip or worse: a key twice, anchors, tags, a second document.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

from pipeline.errors import DescriptionError, UnreadableError

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"

_MOST_BYTES = 1024 * 1024
_DEEPEST = 20  # lists within lists
_NOTHING = ("", "~", "null")  # without quotation marks
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # XML cannot hold them
_KINDS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map", None)


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a sidecar says, and on which line it says it."""

    values: dict[str, Value]
    lines: dict[str, int] = field(default_factory=dict)  #: of each key, 1-based


def read_sidecar(path: Path, name: str = "") -> Sidecar:
    """Read a ``.yaml``, ``.yml`` or ``.json`` file; messages call it ``name``, or by its own."""
    name = name or path.name
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        msg = f"{name} cannot be read ({error.strerror})."
        raise UnreadableError(msg) from error
    return parse_sidecar(content, name)


def parse_sidecar(content: bytes, name: str) -> Sidecar:
    """Read the bytes of a sidecar, JSON where ``name`` says so; an empty one says nothing.

    >>> parse_sidecar(b"leaves: [0110, no, ~]", "scan.yaml").values
    {'leaves': ['0110', 'no', None]}
    """
    text = _decoded(content, name)
    if name.lower().endswith(".json"):
        text = text.replace("\t", " ")  # may indent JSON, not YAML; in JSON's strings it is \t
    try:
        node = _Loader(text, name).get_single_node()
        if node is None:
            return Sidecar({})
        if not isinstance(node, yaml.MappingNode):
            raise _refusal(name, node.start_mark, "does not say what is what. Write `title: …`")
        return Sidecar(_mapping(node, name), _lines(node))
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(name, error) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        msg = f"{name}, line {line} holds a control character. Write the line again."
        raise DescriptionError(msg) from error
    except (ValueError, OverflowError) as error:  # PyYAML on "\UFFFFFFFF"
        msg = f"{name} has an escape (\\U…) that is no character. Write the character itself."
        raise DescriptionError(msg) from error


class _Loader(yaml.BaseLoader):
    """Composes nodes, refusing anchors, aliases and what is nested too deeply."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self._file = name
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose the next node, if it is one that a sidecar may hold."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            problem = (
                "has an anchor or an alias (& or *). Put a text that starts with one in quotes"
            )
            raise _refusal(self._file, event.start_mark, problem)
        if self._depth > _DEEPEST:
            problem = f"is nested more than {_DEEPEST} deep. Write plain keys and lists"
            raise _refusal(self._file, event.start_mark, problem)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _value(node: yaml.Node, name: str) -> Value:
    if node.tag not in _KINDS:
        problem = f"has a tag ({node.tag}). Put a text that starts with ! in quotes"
        raise _refusal(name, node.start_mark, problem)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, name)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, name) for item in node.value]
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return None if plain and node.value in _NOTHING else _whole(node, name)


def _mapping(node: yaml.MappingNode, name: str) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _refusal(name, key.start_mark, "has a key that is no word. Write `title: …`")
        word = _whole(key, name)
        if word in values:
            raise _refusal(name, key.start_mark, f"says `{word}` twice. Keep one of the two")
        values[word] = _value(value, name)
    return values


def _lines(node: yaml.MappingNode) -> dict[str, int]:
    return {key.value: key.start_mark.line + 1 for key, _ in node.value}


def _whole(node: yaml.Node, name: str) -> str:
    r"""Return the text of a scalar, joining the halves that JSON writes as ``\ud83d\ude00``."""
    try:
        text = str(node.value).encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        problem = "has half a character (\\ud800 to \\udfff). Write the character itself"
        raise _refusal(name, node.start_mark, problem) from error
    if _CONTROL.search(text):
        raise _refusal(name, node.start_mark, "holds a control character. Leave it out")
    return text


def _decoded(content: bytes, name: str) -> str:
    if len(content) > _MOST_BYTES:
        msg = f"{name} is larger than 1 MiB. A sidecar describes a scan; it does not hold its text."
        raise DescriptionError(msg)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = f"{name}, line {line} is not UTF-8. Save the file as UTF-8 (in Notepad: Encoding)."
        raise DescriptionError(msg) from error


def _not_yaml(name: str, error: yaml.MarkedYAMLError) -> DescriptionError:
    mark = error.problem_mark or error.context_mark
    line = 1 if mark is None else mark.line + 1
    if error.context == "expected a single document in the stream":
        msg = f"{name}, line {line} starts a second document (---). Make it a file of its own."
        return DescriptionError(msg)
    msg = (
        f"{name}, line {line} cannot be read: {error.problem}. Put a text that holds a colon, a #"
        " or quotation marks in quotes, and indent with spaces."
    )
    return DescriptionError(msg)


def _refusal(name: str, mark: yaml.Mark | None, problem: str) -> DescriptionError:
    line = 1 if mark is None else mark.line + 1
    return DescriptionError(f"{name}, line {line} {problem}.")
