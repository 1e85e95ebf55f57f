"""The schemas of the formats, which lie beside the checkout; nothing is fetched."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

SCHEMAS = Path(__file__).parents[2] / "shared" / "schemas"
needs_schemas = pytest.mark.skipif(
    not SCHEMAS.is_dir(), reason="the schemas are not beside the checkout (../shared/schemas)"
)
#: by the name that a person asks for
XSDS = {
    "alto": "alto/alto-4-4.xsd",
    "ead3": "ead3/ead3.xsd",
    "mets": "mets/mets-1.12.1.xsd",
    "mods": "mods/mods-3-8.xsd",
    "oai_dc": "oai/oai_dc.xsd",
    "premis": "premis/premis-v3-0.xsd",
}
JSONS = {"iiif": "iiif/iiif_3_0.json", "csl-json": "csl/csl-data.json"}


class _Offline(etree.Resolver):
    """Finds the W3C schemas in the folder; anything else would go to the network."""

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:
        del public_id
        found = next(SCHEMAS.rglob((system_url or "").rpartition("/")[2]), None)
        assert found is not None, system_url
        return self.resolve_filename(str(found), context)


@cache
def _grammar(form: str) -> etree.XMLSchema | etree.RelaxNG:
    """Return the grammar of a format; that of TEI takes seven seconds, once."""
    if form == "tei":
        return etree.RelaxNG(etree.parse(SCHEMAS / "tei" / "tei_all-4.9.0.rng"))
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline())
    return etree.XMLSchema(etree.parse(SCHEMAS / XSDS[form], parser))


@cache
def _json_schema(form: str) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json.loads((SCHEMAS / JSONS[form]).read_text("utf-8")))


def faults(form: str, content: bytes) -> list[str]:
    """Return what the schema of a format finds wrong with a file."""
    if form in JSONS:
        return [error.message for error in _json_schema(form).iter_errors(json.loads(content))]
    grammar = _grammar(form)
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
