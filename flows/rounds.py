"""Records read or cleaned again, one after the other: on Prefect, or without it."""

import importlib
from collections.abc import Sequence

from flows import prefect_env, runtime
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.revisions import reclean_record, reread_record, revision_failure
from pipeline.settings import Settings


def revise_record(name: str, record: str, settings: Settings, reason: str) -> Outcome:
    """Do one record; what goes wrong with it stops no other."""
    try:
        if name == "reclean":
            return reclean_record(record, settings, runtime.get_clock(), reason)
        readers = runtime.worker_pool(settings)
        return reread_record(record, settings, readers, runtime.get_clock(), reason)
    except Exception as error:  # one bad record stops nobody, whatever is wrong with it
        return revision_failure(record, error)


def revise_directly(
    name: str, records: Sequence[str], settings: Settings, reason: str
) -> list[Outcome]:
    """Do them all here and now."""
    return [revise_record(name, record, settings, reason) for record in records]


def revise_on_prefect(
    name: str, records: Sequence[str], settings: Settings, reason: str
) -> list[Outcome]:
    """Do them as a run of the flow ``reread_record``."""
    prefect_env.prepare_prefect(settings)
    flow = importlib.import_module("flows.reread")
    done: list[Outcome] = flow.run_reread(name, records, settings, reason)
    return done
