"""The activities, agents and plans that a version takes over from the log of the version before.

An agent Opis other than the current one gets a key of its own, ``opis-1``.
"""

from collections.abc import Collection
from dataclasses import dataclass

from pipeline.model import EngineSignature
from pipeline.ocr.recipes import EXTRACTION, PREPARATION
from pipeline.record.provenance import Activity, Agent, Provenance

READING_PLANS = frozenset(["extract", "read"])  #: plans of the activities before cleaning
TEXT_PLANS = READING_PLANS | {
    "correct",
    "clean",
    "doubt",
    "join",
}  #: plans of activities from a scan to its text


@dataclass(frozen=True, slots=True)
class ProvenancePart:
    """A part of a log: activities with their agents and plans."""

    agents: dict[str, Agent]
    plans: dict[str, dict[str, str]]
    activities: tuple[Activity, ...] = ()

    def __or__(self, other: "ProvenancePart") -> "ProvenancePart":
        return ProvenancePart(
            self.agents | other.agents, self.plans | other.plans, self.activities + other.activities
        )


def reading_part(signature: EngineSignature) -> ProvenancePart:
    """Return agent and plans of reading with this engine, without the activities of the pages."""
    models = {f"model-{code}-sha256": digest for code, digest in signature.models.items()}
    engine = Agent(name=signature.name, version=signature.version, details=models)
    plans = {
        "extract": {"recipe": EXTRACTION},
        "read": {
            "prepare": PREPARATION,
            "languages": "+".join(signature.languages),
            **signature.settings,
        },
    }
    return ProvenancePart({"engine": engine}, plans)


def inherit(old: Provenance, plans: Collection[str], opis: Agent) -> ProvenancePart:
    """Return the activities of these plans from the log of the version before, with their agents.

    Args:
        old: the log of the version before.
        plans: keys of the plans whose activities are kept.
        opis: the current Opis.
    """
    activities = [activity for activity in old.activities if activity.plan in plans]
    keys: dict[str, str] = {}
    for key in dict.fromkeys(activity.agent for activity in activities):
        count = sum(name.startswith("opis-") for name in keys.values())
        is_older_opis = key.partition("-")[0] == "opis" and old.agents[key] != opis
        base_key = "opis" if key.startswith("opis") else key
        keys[key] = f"opis-{count + 1}" if is_older_opis else base_key
    return ProvenancePart(
        {"engine": old.agents["engine"]} | {keys[key]: old.agents[key] for key in keys},
        {name: plan for name, plan in old.plans.items() if name in plans},
        tuple(item.model_copy(update={"agent": keys[item.agent]}) for item in activities),
    )
