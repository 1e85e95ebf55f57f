"""Writes a person's decision about a scan into the scan's sidecar."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from pipeline.description.nested_fields import GivenDecision
from pipeline.description.sources import find_sidecar
from pipeline.description.yaml_file import Sidecar, parse_sidecar
from pipeline.errors import DescriptionError
from pipeline.inbox.files import SIDECAR_SUFFIXES

_KEY = "decisions"


def write_decision(scan: Path, decision: GivenDecision) -> Path:
    """Add a decision to the sidecar of a scan, which is made if there is none; return its path.

    An earlier decision on the same field is replaced. What else the sidecar says stays as it was
    written, comments too.

    Raises:
        DescriptionError: the sidecar cannot be parsed, or there are two.
        OSError: it cannot be written; it is as it was.
    """
    path = find_sidecar(scan) or scan.with_suffix(SIDECAR_SUFFIXES[0])
    content = path.read_bytes() if path.exists() else b""
    sidecar = parse_sidecar(content, path.name)
    new = decision.model_dump(mode="json", exclude_defaults=True)
    if len(decision.value) == 1 and decision.value[0]:  # a language takes one text, no list
        new["value"] = decision.value[0]
    earlier = sidecar.values.get(_KEY)
    kept = [
        item
        for item in (earlier if isinstance(earlier, list) else [])
        if not isinstance(item, dict) or item.get("field") != decision.field
    ]
    text = _with_decisions(content.decode("utf-8-sig"), sidecar, [*kept, new], path)
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)
    return path


def _with_decisions(text: str, sidecar: Sidecar, decisions: list[Any], path: Path) -> str:
    """Return the text of a sidecar with these decisions."""
    values = {**sidecar.values, _KEY: decisions}
    if path.suffix.lower() == ".json":
        return json.dumps(values, ensure_ascii=False, indent=2) + "\n"
    block = _dump({_KEY: decisions})
    edited = _replace_block(text, block)
    with suppress(DescriptionError):
        if parse_sidecar(edited.encode(), path.name).values == _as_read(values):
            return edited
    return _dump(values)


def _replace_block(text: str, block: str) -> str:
    """Return a YAML text with the block in the place of its decisions, or at its end."""
    node = yaml.compose(text, yaml.BaseLoader)
    for key, value in node.value if isinstance(node, yaml.MappingNode) else []:
        if key.value == _KEY:
            return text[: key.start_mark.index] + block + text[value.end_mark.index :]
    before = text.rstrip()
    return f"{before}\n\n{block}" if before else block


def _as_read(values: dict[str, Any]) -> dict[str, Any]:
    return dict(parse_sidecar(_dump(values).encode(), "sidecar.yaml").values)


def _dump(values: dict[str, Any]) -> str:
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=88)
