"""What a version takes over from the log of the one before, told with whoever did it then.

An Opis that is not the one of today keeps its part under a key of its own, ``opis-1``.
"""

from collections.abc import Collection
from dataclasses import dataclass

from pipeline.model import EngineSignature
from pipeline.ocr.recipes import EXTRACTION, PREPARATION
from pipeline.record.provenance import Activity, Agent, Provenance

READING_PLANS = frozenset(["extract", "read"])  #: plans of what is done before cleaning
TEXT_PLANS = READING_PLANS | {"clean", "join"}  #: plans of all that leads from a scan to its text


@dataclass(frozen=True, slots=True)
class ProvenancePart:
    """A part of a log: what was done, by whom, and with which settings."""

    agents: dict[str, Agent]
    plans: dict[str, dict[str, str]]
    activities: tuple[Activity, ...] = ()

    def __or__(self, other: "ProvenancePart") -> "ProvenancePart":
        return ProvenancePart(
            self.agents | other.agents,
            self.plans | other.plans,
            self.activities + other.activities,
        )


def reading_part(signature: EngineSignature) -> ProvenancePart:
    """Return how pages are read by this engine; what was done to each is not told here."""
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
    """Return what was done by these plans for the version before.

    Args:
        old: its log.
        plans: keys of the plans whose activities still hold.
        opis: the Opis of today.
    """
    activities = [activity for activity in old.activities if activity.plan in plans]
    keys: dict[str, str] = {}
    for key in dict.fromkeys(activity.agent for activity in activities):
        earlier = sum(name.startswith("opis-") for name in keys.values())
        other = key.partition("-")[0] == "opis" and old.agents[key] != opis
        ours = "opis" if key.startswith("opis") else key
        keys[key] = f"opis-{earlier + 1}" if other else ours
    return ProvenancePart(
        {"engine": old.agents["engine"]} | {keys[key]: old.agents[key] for key in keys},
        {name: plan for name, plan in old.plans.items() if name in plans},
        tuple(one.model_copy(update={"agent": keys[one.agent]}) for one in activities),
    )
