"""What each export must hold of its record: the rules that need neither a schema nor a network.

Formats have schemas, and the tests hold every export against its own. These rules go on where a
schema ends: that the file is about this record, all of it, and that its parts hang together.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.exports import xml_rules
from pipeline.exports.iiif_rules import broken_iiif_rules as iiif
from pipeline.exports.mods import MODS
from pipeline.exports.premis_rules import broken_premis_rules as premis
from pipeline.exports.tei_rules import broken_tei_rules as tei
from pipeline.record.model import Record

_DUBLIN_CORE_ROOT = "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
_PROV_RELATIONS = {
    "used": ("activity", "entity"),
    "wasGeneratedBy": ("entity", "activity"),
    "wasAssociatedWith": ("activity", "agent"),
}


def broken_rules(name: str, content: bytes, record: Record) -> Iterator[str]:
    """Yield a sentence for each rule that a file of ``export/`` breaks.

    Args:
        name: of the file; one that nobody knows has no rules.
        content: of the file.
        record: that it was made from.
    """
    if name not in _RULES:
        return
    try:
        yield from _RULES[name](content, record)
    except ValueError as error:
        yield f"cannot be read: {error}"


def broken_prov_rules(content: bytes, record: Record) -> Iterator[str]:
    """Yield a sentence for each rule that ``provenance.json`` breaks.

    It tells the activities and digests of the record, and names nothing that is not in it.
    """
    try:
        said = json.loads(content)
        there = {kind: _without_prefix(said[kind]) for kind in ("entity", "activity", "agent")}
        yield from _broken_relations(said, there)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield f"is no PROV-JSON: {type(error).__name__} {error}"
        return
    for activity in record.provenance.activities:
        if activity.id not in there["activity"]:
            yield f"it does not tell of the activity {activity.id}"
        for entity, digest in (activity.used | activity.generated).items():
            if there["entity"].get(entity, {}).get("opis:sha256") != digest:
                yield f"it does not tell the digest of {entity}"


def _broken_relations(prov: dict[str, Any], known: dict[str, dict[str, Any]]) -> Iterator[str]:
    for relation, ends in _PROV_RELATIONS.items():
        for each in prov.get(relation, {}).values():
            for end in ends:
                name = each[f"prov:{end}"].partition(":")[2]
                if name not in known[end]:
                    yield f"{relation} names {name}, which is not there"


def _without_prefix(values: dict[str, Any]) -> dict[str, Any]:
    """Return things by their names without the prefix."""
    return {name.partition(":")[2]: value for name, value in values.items()}


def _broken_json_ld_rules(content: bytes, record: Record) -> Iterator[str]:
    said = json.loads(content)
    wanted = {
        "@context": "https://schema.org", "identifier": record.id, "name": record.name,
        "version": record.version, "license": record.rights,
    }  # fmt: skip
    for key, value in wanted.items():
        if not isinstance(said, dict) or said.get(key) != value:
            yield f"its {key} is not that of the record"


def _broken_csl_rules(content: bytes, _: Record) -> Iterator[str]:
    if not isinstance(json.loads(content), list):
        yield "it is no list of what is cited"


def _xml_checker(root: str, rules: xml_rules.XmlRules) -> Callable[[bytes, Record], Iterator[str]]:
    return lambda content, record: rules(xml_rules.parse_root(content, root), record)


_RULES: dict[str, Callable[[bytes, Record], Iterator[str]]] = {
    "citation.csl.json": _broken_csl_rules,
    "dublin-core.xml": _xml_checker(_DUBLIN_CORE_ROOT, xml_rules.broken_dublin_core_rules),
    "iiif-manifest.json": iiif,
    "mods.xml": _xml_checker(f"{{{MODS}}}mods", xml_rules.broken_mods_rules),
    "premis.xml": premis,
    "schema-org.json": _broken_json_ld_rules,
    "tei.xml": tei,
}
