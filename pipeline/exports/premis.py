"""PREMIS 3 (https://www.loc.gov/standards/premis/): the event log of a record.

The log in ``record.json`` is authoritative; this is an export of it. Every file, page image and
text is an object with its digest, every activity an event with its inputs (source) and outputs
(outcome). Event types are terms of id.loc.gov/vocabulary/preservation/eventType; it has none for
reading a text from an image and for translating it, so those two are our own, without an authority.
Elements are made without the namespace, because they are written where it is the default.
"""

from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from pipeline.exports.source import XSI, ExportSource, element, write_elements, xml_stream
from pipeline.exports.xml_rules import iter_elements
from pipeline.record.provenance import Activity, Agent, Provenance, SourceFile
from pipeline.record.record import Record

PREMIS = "http://www.loc.gov/premis/v3"
_EVENT_VOCABULARY = "http://id.loc.gov/vocabulary/preservation/eventType"
_EVENT_TYPES = {
    "ingestion": ("ingestion", "ing"),
    "extract": ("extraction", "ext"),
    "read": ("transcription", ""),
    "clean": ("normalization", "nor"),
    "doubt": ("quality review", ""),
    "join": ("compiling", "cop"),
    "supply": ("translation", ""),
}
_OTHER_EVENT = ("modification", "mod")
#: The formats of the bytes from which digests are computed.
_IMAGE_FORMAT, _TEXT_FORMAT = "image/x-portable-graymap", "text/plain"


def to_premis(source: ExportSource) -> bytes:
    """Return a record's event log in PREMIS; written piece by piece, because it may be long."""
    log, content = source.record.provenance, BytesIO()
    prefixes = {None: PREMIS, "xsi": XSI}
    with xml_stream(content, f"{{{PREMIS}}}premis", {"version": "3.0"}, prefixes) as file:
        for kind, parts in _list_objects(log):
            with file.element("object", {f"{{{XSI}}}type": kind}):
                write_elements(file, parts)
        write_elements(
            file,
            (
                _event_element(log, activity)
                for activity in (_ingestion_activity(log), *log.activities)
            ),
        )
        write_elements(file, (_agent_element(name, agent) for name, agent in log.agents.items()))
    return content.getvalue()


def _list_objects(log: Provenance) -> Iterator[tuple[str, list[etree._Element]]]:
    """Yield the kind and the parts of each object: files, page images and texts."""
    for name, file in {"scan": log.source, "sidecar": log.sidecar}.items():
        if file is not None:
            yield "file", _file_elements(name, file)
    for name, digest in _entity_digests(log):
        form = _IMAGE_FORMAT if name.startswith("image-") else _TEXT_FORMAT
        yield (
            "bitstream",
            [_identifier_element("object", name), _object_characteristics(digest, form)],
        )


def _entity_digests(log: Provenance) -> Iterator[tuple[str, str]]:
    """Yield the inputs and outputs of activities with their digests, once each; no files."""
    digests: dict[str, str] = {}
    for activity in log.activities:
        digests |= activity.used | activity.generated
    yield from (item for item in digests.items() if item[0] not in {"scan", "sidecar"})


def _ingestion_activity(log: Provenance) -> Activity:
    files = {"scan": log.source, "sidecar": log.sidecar}
    return Activity(
        id="ingestion", agent="opis", plan="ingestion", used={},
        generated={name: file.sha256 for name, file in files.items() if file is not None},
        started=log.source.arrived, ended=log.source.arrived,
    )  # fmt: skip


def _file_elements(name: str, file: SourceFile) -> list[etree._Element]:
    facts = _object_characteristics(file.sha256, file.media_type, file.size)
    if file.producer:
        creator = element(facts, "creatingApplication")
        element(creator, "creatingApplicationName", file.producer)
    return [_identifier_element("object", name), facts, element(None, "originalName", file.name)]


def _object_characteristics(
    digest: str, format_name: str, size: int | None = None
) -> etree._Element:
    facts = element(None, "objectCharacteristics")
    fixity = element(facts, "fixity")
    element(fixity, "messageDigestAlgorithm", "SHA-256")
    element(fixity, "messageDigest", digest)
    if size is not None:
        element(facts, "size", str(size))
    designation = element(element(facts, "format"), "formatDesignation")
    element(designation, "formatName", format_name)
    return facts


def _event_element(log: Provenance, activity: Activity) -> etree._Element:
    event = element(None, "event")
    event.append(_identifier_element("event", activity.id))
    name, code = _EVENT_TYPES.get(activity.id.partition("-")[0], _OTHER_EVENT)
    kind = element(event, "eventType", name)
    if code:
        kind.set("authorityURI", _EVENT_VOCABULARY)
        kind.set("valueURI", f"{_EVENT_VOCABULARY}/{code}")
    element(event, "eventDateTime", activity.ended.isoformat())
    detail = element(event, "eventDetailInformation")
    element(detail, "eventDetail", _event_detail(log, activity))
    _add_link(event, "Agent", activity.agent)
    for entity in activity.used:
        _add_link(event, "Object", entity, "source")
    for entity in activity.generated:
        _add_link(event, "Object", entity, "outcome")
    return event


def _add_link(event: etree._Element, kind: str, value: str, role: str = "") -> None:
    link = element(event, f"linking{kind}Identifier")
    element(link, f"linking{kind}IdentifierType", "local")
    element(link, f"linking{kind}IdentifierValue", value)
    if role:
        element(link, f"linking{kind}Role", role)


def _event_detail(log: Provenance, activity: Activity) -> str:
    settings = " ".join(f"{key}={value}" for key, value in log.plans.get(activity.plan, {}).items())
    return "; ".join(filter(None, [activity.plan, settings, *map(str, activity.steps)]))


def _agent_element(name: str, agent: Agent) -> etree._Element:
    node = element(None, "agent")
    node.append(_identifier_element("agent", name))
    element(node, "agentName", agent.name)
    element(node, "agentType", agent.details.get("kind", "software"))
    if agent.version:
        element(node, "agentVersion", agent.version)
    for key, value in agent.details.items():
        if key != "kind":
            element(node, "agentNote", f"{key}: {value}")
    return node


def _identifier_element(kind: str, value: str) -> etree._Element:
    node = element(None, f"{kind}Identifier")
    element(node, f"{kind}IdentifierType", "local")
    element(node, f"{kind}IdentifierValue", value)
    return node


def broken_premis_rules(content: bytes, record: Record) -> Iterator[str]:
    """Yield a sentence for each broken rule.

    Every activity has an event; every object and agent that an event names is in the file; so is
    the digest of the scan.

    Raises:
        ValueError: the file is not XML, or not PREMIS.
    """
    values = _values_by_element(content)
    for kind in ("Object", "Agent"):
        identified = values[f"{kind.lower()}IdentifierValue"]
        for name in sorted(values[f"linking{kind}IdentifierValue"] - identified):
            yield f"an event names {name}, which is not there"
    activities = {activity.id for activity in record.provenance.activities}
    missing = activities - values["eventIdentifierValue"]
    yield from (f"there is no event {name}" for name in sorted(missing))
    if record.provenance.source.sha256 not in values["messageDigest"]:
        yield "the digest of the scan is not there"


def _values_by_element(content: bytes) -> dict[str, set[str]]:
    """Return the identifiers and digests in a file, by the name of their element."""
    values: dict[str, set[str]] = defaultdict(set)
    for node in iter_elements(content, f"{{{PREMIS}}}premis", "object", "event", "agent"):
        name = str(node.tag).removeprefix(f"{{{PREMIS}}}")
        if name.endswith("IdentifierValue") or name == "messageDigest":
            values[name].add(node.text or "")
    return values
