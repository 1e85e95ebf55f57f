"""Validate files against the schemas of their formats, without network access.

Most schemas are beside the checkout, in ``../shared/schemas``.
"""

import json
from functools import cache
from importlib.resources import files
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
#: By name, of each format and of the other files of a version: its ``schema``, if it has one;
#: replacements that make it invalid (``breaks_schema``) or break a rule of Opis (``breaks_rules``,
#: with the expected message); its ``file`` if it is not a format of the registry. A replacement has
#: ``good``, which stands in the export of ``of_a_publication`` (tests/test_exports.py), ``bad``
#: instead of it, and ``told``, a regular expression for the message. A schema of our own lies in
#: ``tests/cases``; a format without a schema must have ``breaks_rules``.
EXPORT_CASES: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((_CASES / "exports").glob("*.json"))
}


def _schema_path(format_name: str) -> Path:
    """Return the path of a format's schema: in ``tests/cases``, a package, or the checkout's side.

    ``package:path`` is a file of an installed package.
    """
    package, colon, name = str(EXPORT_CASES[format_name]["schema"]).rpartition(":")
    if colon:
        return Path(str(files(package).joinpath(name)))
    own = _CASES / name
    return own if own.is_file() else SCHEMAS / name


def has_schema(format_name: str) -> bool:
    """Return whether a format has a schema and the file exists."""
    return "schema" in EXPORT_CASES.get(format_name, {}) and _schema_path(format_name).is_file()


#: Test parameters: each format of the registry that has a schema.
FORMATS_WITH_SCHEMA = [
    pytest.param(name, marks=(needs_schemas,) if _schema_path(name).is_relative_to(SCHEMAS) else ())
    for name in FORMATS_BY_NAME
    if "schema" in EXPORT_CASES.get(name, {})
]


class _Offline(etree.Resolver):
    """Resolves imported schemas in the folder; other addresses fail."""

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:
        del public_id
        path = next(SCHEMAS.rglob((system_url or "").rpartition("/")[2]), None)
        assert path is not None, system_url
        return self.resolve_filename(str(path), context)


@cache
def _grammar(path: Path) -> etree.XMLSchema | etree.RelaxNG | etree.DTD:
    """Return a compiled XML schema; TEI's takes seven seconds to compile."""
    if path.suffix == ".rng":
        return etree.RelaxNG(etree.parse(path))
    if path.suffix == ".dtd":
        return etree.DTD(path)
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline())
    return etree.XMLSchema(etree.parse(path, parser))


@cache
def _json_schema(path: Path) -> Any:
    schema = json.loads(path.read_text("utf-8"))
    return validator_for(schema, jsonschema.Draft7Validator)(schema)


def schema_errors(format_name: str, content: bytes) -> list[str]:
    """Return the errors of a file in the schema of its format."""
    path = _schema_path(format_name)
    if path.suffix == ".json":
        return [error.message for error in _json_schema(path).iter_errors(json.loads(content))]
    grammar = _grammar(path)
    try:
        is_valid = grammar.validate(etree.fromstring(content))
    except etree.XMLSyntaxError as error:
        return [str(error)]
    return [] if is_valid else [entry.message for entry in grammar.error_log]


def oai_errors(content: bytes) -> list[str]:
    """Return the errors of an OAI-PMH response in its schema and those of its metadata formats."""
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline())
    grammar = etree.XMLSchema(etree.parse(SCHEMAS / "oai" / "oai-all.xsd", parser))
    return [] if grammar.validate(etree.fromstring(content)) else [str(grammar.error_log)]
