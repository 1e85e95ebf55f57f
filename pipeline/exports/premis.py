"""PREMIS 3 (https://www.loc.gov/standards/premis/): the events of the log in its words.

The log in ``record.json`` is the truth; this is an export of it. Every file, page image and text
is an object with its digest, every activity an event with what went in (source) and came out
(outcome). Types of events are terms of id.loc.gov/vocabulary/preservation/eventType, where reading
a text from an image and translating it have none: those are words of ours, without an authority.
Elements are made without the namespace: they are written where it is the default.
"""

from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from pipeline.exports.source import XSI, Material, document, element, write
from pipeline.record.provenance import Activity, Agent, Provenance, SourceFile

PREMIS = "http://www.loc.gov/premis/v3"
_TERMS = "http://id.loc.gov/vocabulary/preservation/eventType"
_TYPES = {
    "ingestion": ("ingestion", "ing"),
    "extract": ("extraction", "ext"),
    "read": ("transcription", ""),
    "clean": ("normalization", "nor"),
    "join": ("compiling", "cop"),
    "supply": ("translation", ""),
}
_OTHER = ("modification", "mod")
_IMAGE, _TEXT = "image/x-portable-graymap", "text/plain"  #: of what a digest is taken


def to_premis(made: Material) -> bytes:
    """Return the file; it is written piece by piece, as the log of a long record is long."""
    log, content = made.record.provenance, BytesIO()
    prefixes = {None: PREMIS, "xsi": XSI}
    with document(content, f"{{{PREMIS}}}premis", {"version": "3.0"}, prefixes) as file:
        for kind, parts in _objects(log):
            with file.element("object", {f"{{{XSI}}}type": kind}):
                write(file, parts)
        write(file, (_event(log, activity) for activity in (_arrival(log), *log.activities)))
        write(file, (_agent(name, agent) for name, agent in log.agents.items()))
    return content.getvalue()


def _objects(log: Provenance) -> Iterator[tuple[str, list[etree._Element]]]:
    """Yield files, page images and texts: what kind of object each is, and its parts."""
    for name, file in {"scan": log.source, "sidecar": log.sidecar}.items():
        if file is not None:
            yield "file", _file(name, file)
    for name, digest in _things(log):
        form = _IMAGE if name.startswith("image-") else _TEXT
        yield "bitstream", [_identifier("object", name), _facts(digest, form)]


def _things(log: Provenance) -> Iterator[tuple[str, str]]:
    """Yield what the activities speak of, files aside, with its digest; each once."""
    told: dict[str, str] = {}
    for activity in log.activities:
        told |= activity.used | activity.generated
    yield from ((name, digest) for name, digest in told.items() if name not in {"scan", "sidecar"})


def _arrival(log: Provenance) -> Activity:
    files = {"scan": log.source, "sidecar": log.sidecar}
    return Activity(
        id="ingestion", agent="opis", plan="ingestion", used={},
        generated={name: file.sha256 for name, file in files.items() if file is not None},
        started=log.source.arrived, ended=log.source.arrived,
    )  # fmt: skip


def _file(name: str, file: SourceFile) -> list[etree._Element]:
    facts = _facts(file.sha256, file.media_type, file.size)
    if file.producer:
        creator = element(facts, "creatingApplication")
        element(creator, "creatingApplicationName", file.producer)
    return [_identifier("object", name), facts, element(None, "originalName", file.name)]


def _facts(digest: str, form: str, size: int | None = None) -> etree._Element:
    facts = element(None, "objectCharacteristics")
    fixity = element(facts, "fixity")
    element(fixity, "messageDigestAlgorithm", "SHA-256")
    element(fixity, "messageDigest", digest)
    if size is not None:
        element(facts, "size", str(size))
    designation = element(element(facts, "format"), "formatDesignation")
    element(designation, "formatName", form)
    return facts


def _event(log: Provenance, activity: Activity) -> etree._Element:
    event = element(None, "event")
    event.append(_identifier("event", activity.id))
    name, code = _TYPES.get(activity.id.partition("-")[0], _OTHER)
    kind = element(event, "eventType", name)
    if code:
        kind.set("authorityURI", _TERMS)
        kind.set("valueURI", f"{_TERMS}/{code}")
    element(event, "eventDateTime", activity.ended.isoformat())
    told = element(event, "eventDetailInformation")
    element(told, "eventDetail", _detail(log, activity))
    _link(event, "Agent", activity.agent)
    for entity in activity.used:
        _link(event, "Object", entity, "source")
    for entity in activity.generated:
        _link(event, "Object", entity, "outcome")
    return event


def _link(event: etree._Element, what: str, value: str, role: str = "") -> None:
    link = element(event, f"linking{what}Identifier")
    element(link, f"linking{what}IdentifierType", "local")
    element(link, f"linking{what}IdentifierValue", value)
    if role:
        element(link, f"linking{what}Role", role)


def _detail(log: Provenance, activity: Activity) -> str:
    settings = " ".join(f"{key}={value}" for key, value in log.plans.get(activity.plan, {}).items())
    return "; ".join(filter(None, [activity.plan, settings, *map(str, activity.steps)]))


def _agent(name: str, agent: Agent) -> etree._Element:
    made = element(None, "agent")
    made.append(_identifier("agent", name))
    element(made, "agentName", agent.name)
    element(made, "agentType", agent.details.get("kind", "software"))
    if agent.version:
        element(made, "agentVersion", agent.version)
    for key, value in agent.details.items():
        if key != "kind":
            element(made, "agentNote", f"{key}: {value}")
    return made


def _identifier(what: str, value: str) -> etree._Element:
    made = element(None, f"{what}Identifier")
    element(made, f"{what}IdentifierType", "local")
    element(made, f"{what}IdentifierValue", value)
    return made
