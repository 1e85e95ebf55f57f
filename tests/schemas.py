"""Schemas of the formats and what breaks them; most are beside the checkout, none is fetched."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from jsonschema.validators import validator_for
from lxml import etree

from pipeline.exports.registry import FORMATS_BY_NAME

SCHEMAS = Path(__file__).parents[2] / "shared" / "schemas"
needs_schemas = pytest.mark.skipif(
    not SCHEMAS.is_dir(), reason="the schemas are not beside the checkout (../shared/schemas)"
)
_CASES = Path(__file__).parent / "cases"
#: Of each format, and of what else a version holds, by name: its ``schema``, if it has one; what
#: is put for what to make it invalid (``breaks_schema``), or to break a rule of ours
#: (``breaks_rules``, with what is then said); its ``file`` where it is no format of the registry.
EXPORT_CASES: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((_CASES / "exports").glob("*.json"))
}


def _schema_path(form: str) -> Path:
    """Return the schema of a format: one of ours, or one beside the checkout."""
    name = str(EXPORT_CASES[form]["schema"])
    own = _CASES / name
    return own if own.is_file() else SCHEMAS / name


def has_schema(form: str) -> bool:
    """Return whether a format has a schema, and it is at hand."""
    return "schema" in EXPORT_CASES.get(form, {}) and _schema_path(form).is_file()


#: Parameters of tests: each format of the registry that has a schema.
FORMATS_WITH_SCHEMA = [
    pytest.param(form, marks=() if _schema_path(form).parent == _CASES else (needs_schemas,))
    for form in FORMATS_BY_NAME
    if "schema" in EXPORT_CASES.get(form, {})
]


class _Offline(etree.Resolver):
    """Finds the W3C schemas in the folder; anything else would go to the network."""

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:
        del public_id
        found = next(SCHEMAS.rglob((system_url or "").rpartition("/")[2]), None)
        assert found is not None, system_url
        return self.resolve_filename(str(found), context)


@cache
def _grammar(path: Path) -> etree.XMLSchema | etree.RelaxNG:
    """Return a grammar of XML; that of TEI takes seven seconds, once."""
    if path.suffix == ".rng":
        return etree.RelaxNG(etree.parse(path))
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline())
    return etree.XMLSchema(etree.parse(path, parser))


@cache
def _json_schema(path: Path) -> Any:
    schema = json.loads(path.read_text("utf-8"))
    return validator_for(schema, jsonschema.Draft7Validator)(schema)


def faults(form: str, content: bytes) -> list[str]:
    """Return what the schema of a format finds wrong with a file."""
    path = _schema_path(form)
    if path.suffix == ".json":
        return [error.message for error in _json_schema(path).iter_errors(json.loads(content))]
    grammar = _grammar(path)
    try:
        valid = grammar.validate(etree.fromstring(content))
    except etree.XMLSyntaxError as error:
        return [str(error)]
    return [] if valid else [entry.message for entry in grammar.error_log]


def oai_faults(content: bytes) -> list[str]:
    """Return what the schemas of OAI-PMH and of what it carries find wrong with an answer."""
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline())
    grammar = etree.XMLSchema(etree.parse(SCHEMAS / "oai" / "oai-all.xsd", parser))
    return [] if grammar.validate(etree.fromstring(content)) else [str(grammar.error_log)]
