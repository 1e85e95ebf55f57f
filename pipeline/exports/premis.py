"""PREMIS 3 (https://www.loc.gov/standards/premis/): the events of the log in its words.

The log in ``record.json`` is the truth; this is an export of it. Event types are terms of
id.loc.gov/vocabulary/preservation/eventType.
"""

from lxml import etree

from pipeline.exports.material import XSI, Material, element, written
from pipeline.provenance import Activity, Provenance, SourceFile

PREMIS = "http://www.loc.gov/premis/v3"
_TYPES = {
    "ingestion": "ingestion",
    "extract": "normalization",
    "read": "transcription",
    "clean": "modification",
    "join": "modification",
}


def to_premis(made: Material) -> bytes:
    """Return the file."""
    log = made.record.provenance
    root = etree.Element(_t("premis"), nsmap={None: PREMIS, "xsi": XSI})
    root.set("version", "3.0")
    for name, file in {"scan": log.source, "sidecar": log.sidecar}.items():
        if file is not None:
            _object(root, name, file)
    arrived = Activity(
        id="ingestion", agent="opis", plan="ingestion", used={"scan": log.source.sha256},
        generated={}, started=log.source.arrived, ended=log.source.arrived,
    )  # fmt: skip
    for activity in (arrived, *log.activities):
        _event(root, log, activity)
    for name, agent in log.agents.items():
        made_agent = element(root, _t("agent"))
        _identifier(made_agent, "agent", name)
        element(made_agent, _t("agentName"), agent.name)
        element(made_agent, _t("agentType"), "software")
        element(made_agent, _t("agentVersion"), agent.version)
    return written(root)


def _object(root: etree._Element, name: str, file: SourceFile) -> None:
    made = element(root, _t("object"))
    made.set(f"{{{XSI}}}type", "file")
    _identifier(made, "object", name)
    facts = element(made, _t("objectCharacteristics"))
    fixity = element(facts, _t("fixity"))
    element(fixity, _t("messageDigestAlgorithm"), "SHA-256")
    element(fixity, _t("messageDigest"), file.sha256)
    element(facts, _t("size"), str(file.size))
    form = element(element(facts, _t("format")), _t("formatDesignation"))
    element(form, _t("formatName"), file.media_type)
    if file.producer:
        creator = element(facts, _t("creatingApplication"))
        element(creator, _t("creatingApplicationName"), file.producer)
    element(made, _t("originalName"), file.name)


def _event(root: etree._Element, log: Provenance, activity: Activity) -> None:
    event = element(root, _t("event"))
    _identifier(event, "event", activity.id)
    kind = activity.id.partition("-")[0]
    element(event, _t("eventType"), _TYPES.get(kind, "modification"))
    element(event, _t("eventDateTime"), activity.ended.isoformat())
    told = element(event, _t("eventDetailInformation"))
    element(told, _t("eventDetail"), _detail(log, activity))
    made = "; ".join(f"{name} sha256:{digest}" for name, digest in activity.generated.items())
    if made:
        outcome = element(event, _t("eventOutcomeInformation"))
        detail_of = element(outcome, _t("eventOutcomeDetail"))
        element(detail_of, _t("eventOutcomeDetailNote"), made)
    link = element(event, _t("linkingAgentIdentifier"))
    element(link, _t("linkingAgentIdentifierType"), "local")
    element(link, _t("linkingAgentIdentifierValue"), activity.agent)
    for entity in activity.used:
        if entity in {"scan", "sidecar"}:
            link = element(event, _t("linkingObjectIdentifier"))
            element(link, _t("linkingObjectIdentifierType"), "local")
            element(link, _t("linkingObjectIdentifierValue"), entity)


def _detail(log: Provenance, activity: Activity) -> str:
    settings = " ".join(f"{key}={value}" for key, value in log.plans.get(activity.plan, {}).items())
    steps = [
        " ".join([step.name, *(f"{key}={value}" for key, value in step.settings.items())])
        for step in activity.steps
    ]
    return "; ".join(filter(None, [activity.plan, settings, *steps]))


def _identifier(parent: etree._Element, what: str, value: str) -> None:
    made = element(parent, _t(f"{what}Identifier"))
    element(made, _t(f"{what}IdentifierType"), "local")
    element(made, _t(f"{what}IdentifierValue"), value)


def _t(name: str) -> str:
    return f"{{{PREMIS}}}{name}"
