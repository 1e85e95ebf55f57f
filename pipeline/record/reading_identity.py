"""What a reading depends on: two readings with the same identity give the same text.

The languages that a page might have been in do not count, nor models that read no page: to install
one more language changes no record.
"""

from collections.abc import Collection, Mapping

from pipeline.model import EngineSignature
from pipeline.record.inherited_events import READING_PLANS, reading_part
from pipeline.record.provenance import Agent
from pipeline.record.record import Record

Plans = Mapping[str, dict[str, str]]


def would_read_alike(record: Record, signature: EngineSignature) -> bool:
    """Return whether an engine with this signature would read a record's pages the same way."""
    now, log = reading_part(signature), record.provenance
    before = {name: plan for name, plan in log.plans.items() if name in READING_PLANS}
    used = languages_read(record)
    return comparable_plans(before) == comparable_plans(now.plans) and comparable_engine(
        log.agents["engine"], used
    ) == comparable_engine(now.agents["engine"], used)


def languages_read(record: Record) -> set[str]:
    """Return the codes of the models that read a page of a record."""
    return {code for page in record.pages for code in page.languages}


def comparable_plans(plans: Plans) -> dict[str, dict[str, str]]:
    """Return plans without the languages that pages might have been in."""
    read = {key: value for key, value in plans.get("read", {}).items() if key != "languages"}
    return {**plans, "read": read}


def comparable_engine(engine: Agent, used: Collection[str]) -> Agent:
    """Return an engine with those of its models that are used."""
    details = {
        key: value
        for key, value in engine.details.items()
        if not key.startswith("model-") or key.split("-")[1] in used
    }
    return engine.model_copy(update={"details": details})
