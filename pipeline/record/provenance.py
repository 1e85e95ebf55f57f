"""Provenance of a record: one event log for each version, in the terms of W3C PROV.

Entities are the scan, each page image and each text, named by role and page and identified by
SHA-256; activities are processing steps; agents are programs and people. The log in
``record.json`` is authoritative; ``provenance.json`` is the same log as PROV-JSON
(https://www.w3.org/submissions/prov-json/). Times (``arrived``, ``started``, ``ended``) are the
only part that differs between two runs.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field

from pipeline.model import FrozenModel, ProcessingStep

PARTY = "person or organization"  #: kind of an agent that may be either
#: relations of PROV-JSON that are checked, with the types of their two ends
_RELATION_ENDS = {
    "used": ("activity", "entity"),
    "wasGeneratedBy": ("entity", "activity"),
    "wasAssociatedWith": ("activity", "agent"),
}


class SourceFile(FrozenModel):
    """A file as it arrived; the record contains its bytes unchanged."""

    name: str
    size: int  #: bytes
    sha256: str
    media_type: str
    arrived: AwareDatetime
    producer: str = ""  #: the software that the scan names as its producer


class Agent(FrozenModel):
    """A program, with the versions that its results depend on; or a person or organization."""

    name: str
    version: str
    details: dict[str, str] = Field({})


class Activity(FrozenModel):
    """A step by an agent: the digests of its inputs and outputs, and its times."""

    id: str  #: e.g. ``read-0001``; the number is the page's
    agent: str  #: key of ``Provenance.agents``
    plan: str  #: key of ``Provenance.plans``
    page: int | None = None
    steps: tuple[ProcessingStep, ...] = ()  #: operations on this page
    used: dict[str, str]  #: entity name to SHA-256, as in ``generated``
    generated: dict[str, str]
    started: AwareDatetime
    ended: AwareDatetime


class Provenance(FrozenModel):
    """The event log from the bytes that arrived to each text."""

    source: SourceFile
    sidecar: SourceFile | None
    agents: dict[str, Agent]
    plans: dict[str, dict[str, str]]  #: settings, shared by the activities of a plan
    activities: tuple[Activity, ...]


def group_by_page(activities: Iterable[Activity]) -> dict[int | None, list[Activity]]:
    """Return activities by page number; key None for activities on the whole record."""
    pages: dict[int | None, list[Activity]] = defaultdict(list)
    for activity in activities:
        pages[activity.page].append(activity)
    return pages


def to_prov_json(provenance: Provenance, record_id: str) -> dict[str, Any]:
    """Return the log as a PROV-JSON document; ``record_id`` is part of all names in it."""
    base = f"urn:opis:{record_id}:"
    document: dict[str, Any] = {
        "prefix": {
            "o": base,
            "opis": "urn:opis:terms:",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "entity": _source_entities(provenance) | _plan_entities(provenance),
        "agent": {
            f"o:{name}": {
                **_prov_type(agent),
                "prov:label": f"{agent.name} {agent.version}".strip(),
                **{f"opis:{key}": value for key, value in agent.details.items()},
            }
            for name, agent in provenance.agents.items()
        },
        "activity": {},
        "used": {},
        "wasGeneratedBy": {},
        "wasAssociatedWith": {},
        "wasDerivedFrom": {},
        "wasAttributedTo": {},
        "wasInfluencedBy": {},
    }
    _add_attributions(document, provenance.agents)
    for activity in provenance.activities:
        _add_activity(document, activity)
    return document


def _source_entities(provenance: Provenance) -> dict[str, Any]:
    files = {"scan": provenance.source, "sidecar": provenance.sidecar}
    return {
        f"o:{name}": {
            "prov:label": file.name,
            "opis:sha256": file.sha256,
            "opis:size": str(file.size),
            "opis:mediaType": file.media_type,
            "opis:arrived": _iso_time(file.arrived),
        }
        for name, file in files.items()
        if file is not None
    }


def _plan_entities(provenance: Provenance) -> dict[str, Any]:
    return {
        f"o:plan-{name}": {
            "prov:type": {"$": "prov:Plan", "type": "xsd:QName"},
            **{f"opis:{key}": value for key, value in settings.items()},
        }
        for name, settings in provenance.plans.items()
    }


def _add_activity(document: dict[str, Any], activity: Activity) -> None:
    """Add an activity with its relations, whose ids are blank nodes named after it."""
    key = f"o:{activity.id}"
    document["activity"][key] = {
        "prov:startTime": _iso_time(activity.started),
        "prov:endTime": _iso_time(activity.ended),
        **{f"opis:step-{position}": str(step) for position, step in enumerate(activity.steps, 1)},
    }
    document["wasAssociatedWith"][f"_:{activity.id}-by"] = {
        "prov:activity": key,
        "prov:agent": f"o:{activity.agent}",
        "prov:plan": f"o:plan-{activity.plan}",
    }
    for name, digest in activity.used.items():
        document["entity"].setdefault(f"o:{name}", {"opis:sha256": digest})
        usage = {"prov:activity": key, "prov:entity": f"o:{name}"}
        document["used"][f"_:{activity.id}-used-{name}"] = usage
    for name, digest in activity.generated.items():
        document["entity"].setdefault(f"o:{name}", {"opis:sha256": digest})
        generation = {"prov:entity": f"o:{name}", "prov:activity": key}
        document["wasGeneratedBy"][f"_:{name}-from"] = generation
        for source in activity.used:
            document["wasDerivedFrom"][f"_:{name}-of-{source}"] = {
                "prov:generatedEntity": f"o:{name}",
                "prov:usedEntity": f"o:{source}",
                "prov:activity": key,
            }


def _iso_time(when: datetime) -> str:
    return when.isoformat()


def _prov_type(agent: Agent) -> dict[str, Any]:
    """Return the PROV type of an agent; none for one that may be a person or an organization."""
    kinds = {"person": "Person", "": "SoftwareAgent"}
    kind = kinds.get(agent.details.get("kind", ""))
    return {"prov:type": {"$": f"prov:{kind}", "type": "xsd:QName"}} if kind else {}


def _add_attributions(document: dict[str, Any], agents: dict[str, Agent]) -> None:
    """Add the attribution of the scan to its contributors, and the influence of its funder."""
    for name, agent in agents.items():
        match agent.details.get("role"):
            case "contributor":
                relation = {"prov:entity": "o:scan", "prov:agent": f"o:{name}"}
                document["wasAttributedTo"][f"_:scan-from-{name}"] = relation
            case "funder":
                relation = {"prov:influencee": "o:scan", "prov:influencer": f"o:{name}"}
                document["wasInfluencedBy"][f"_:scan-paid-by-{name}"] = relation


def broken_prov_rules(content: bytes, provenance: Provenance) -> Iterator[str]:
    """Yield a sentence for each rule that ``provenance.json`` breaks.

    The file must contain all activities and digests of the log, and relations only between things
    in the file.
    """
    try:
        document = json.loads(content)
        known = {kind: _without_prefix(document[kind]) for kind in ("entity", "activity", "agent")}
        yield from _broken_relations(document, known)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield f"is no PROV-JSON: {type(error).__name__} {error}"
        return
    for activity in provenance.activities:
        if activity.id not in known["activity"]:
            yield f"the activity {activity.id} is missing"
        for entity, digest in (activity.used | activity.generated).items():
            if known["entity"].get(entity, {}).get("opis:sha256") != digest:
                yield f"the digest of {entity} is missing or wrong"


def _broken_relations(prov: dict[str, Any], known: dict[str, dict[str, Any]]) -> Iterator[str]:
    for relation, ends in _RELATION_ENDS.items():
        for instance in prov.get(relation, {}).values():
            for end in ends:
                name = instance[f"prov:{end}"].partition(":")[2]
                if name not in known[end]:
                    yield f"{relation} names {name}, which is not there"


def _without_prefix(values: dict[str, Any]) -> dict[str, Any]:
    """Return values by their names without the prefix."""
    return {name.partition(":")[2]: value for name, value in values.items()}
