"""PREMIS 3 (https://www.loc.gov/standards/premis/): the events of the log in its words.

The log in ``record.json`` is the truth; this is an export of it. Every file, page image and text
is an object with its digest, every activity an event with what went in (source) and came out
(outcome). Types of events are terms of id.loc.gov/vocabulary/preservation/eventType, where reading
a text from an image and translating it have none: those are words of ours, without an authority.
"""

from collections.abc import Iterator

from lxml import etree

from pipeline.exports.material import XSI, Material, element, written
from pipeline.provenance import Activity, Agent, Provenance, SourceFile

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
    """Return the file."""
    log = made.record.provenance
    root = etree.Element(_t("premis"), nsmap={None: PREMIS, "xsi": XSI})
    root.set("version", "3.0")
    files = {"scan": log.source, "sidecar": log.sidecar}
    for name, file in files.items():
        if file is not None:
            _file(root, name, file)
    for name, digest in _things(log):
        _object(root, "bitstream", name, digest, _IMAGE if name.startswith("image-") else _TEXT)
    for activity in (_arrival(log), *log.activities):
        _event(root, log, activity)
    for name, agent in log.agents.items():
        _agent(root, name, agent)
    return written(root)


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


def _file(root: etree._Element, name: str, file: SourceFile) -> None:
    made, facts = _object(root, "file", name, file.sha256, file.media_type, file.size)
    if file.producer:
        creator = element(facts, _t("creatingApplication"))
        element(creator, _t("creatingApplicationName"), file.producer)
    element(made, _t("originalName"), file.name)


def _object(
    root: etree._Element, kind: str, name: str, digest: str, form: str, size: int | None = None
) -> tuple[etree._Element, etree._Element]:
    """Add an object; return it with its characteristics."""
    made = element(root, _t("object"))
    made.set(f"{{{XSI}}}type", kind)
    _identifier(made, "object", name)
    facts = element(made, _t("objectCharacteristics"))
    fixity = element(facts, _t("fixity"))
    element(fixity, _t("messageDigestAlgorithm"), "SHA-256")
    element(fixity, _t("messageDigest"), digest)
    if size is not None:
        element(facts, _t("size"), str(size))
    designation = element(element(facts, _t("format")), _t("formatDesignation"))
    element(designation, _t("formatName"), form)
    return made, facts


def _event(root: etree._Element, log: Provenance, activity: Activity) -> None:
    event = element(root, _t("event"))
    _identifier(event, "event", activity.id)
    name, code = _TYPES.get(activity.id.partition("-")[0], _OTHER)
    kind = element(event, _t("eventType"), name)
    if code:
        kind.set("authorityURI", _TERMS)
        kind.set("valueURI", f"{_TERMS}/{code}")
    element(event, _t("eventDateTime"), activity.ended.isoformat())
    told = element(event, _t("eventDetailInformation"))
    element(told, _t("eventDetail"), _detail(log, activity))
    _link(event, "Agent", activity.agent)
    for entity in activity.used:
        _link(event, "Object", entity, "source")
    for entity in activity.generated:
        _link(event, "Object", entity, "outcome")


def _link(event: etree._Element, what: str, value: str, role: str = "") -> None:
    link = element(event, _t(f"linking{what}Identifier"))
    element(link, _t(f"linking{what}IdentifierType"), "local")
    element(link, _t(f"linking{what}IdentifierValue"), value)
    if role:
        element(link, _t(f"linking{what}Role"), role)


def _detail(log: Provenance, activity: Activity) -> str:
    settings = " ".join(f"{key}={value}" for key, value in log.plans.get(activity.plan, {}).items())
    return "; ".join(filter(None, [activity.plan, settings, *map(str, activity.steps)]))


def _agent(root: etree._Element, name: str, agent: Agent) -> None:
    made = element(root, _t("agent"))
    _identifier(made, "agent", name)
    element(made, _t("agentName"), agent.name)
    element(made, _t("agentType"), agent.details.get("kind", "software"))
    if agent.version:
        element(made, _t("agentVersion"), agent.version)
    for key, value in agent.details.items():
        if key != "kind":
            element(made, _t("agentNote"), f"{key}: {value}")


def _identifier(parent: etree._Element, what: str, value: str) -> None:
    made = element(parent, _t(f"{what}Identifier"))
    element(made, _t(f"{what}IdentifierType"), "local")
    element(made, _t(f"{what}IdentifierValue"), value)


def _t(name: str) -> str:
    return f"{{{PREMIS}}}{name}"
