"""Records read or cleaned again, one after the other: on Prefect, or without it."""

import importlib
from collections.abc import Sequence

from flows import prefect_env, runtime
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.revisions import reclean, reread, trouble
from pipeline.settings import Settings


def once(name: str, record: str, settings: Settings, reason: str) -> Outcome:
    """Do one record; what goes wrong with it stops no other."""
    try:
        if name == "reclean":
            return reclean(record, settings, runtime.clock(), reason)
        readers = runtime.readers(settings)
        return reread(record, settings, readers, runtime.clock(), reason)
    except Exception as error:  # one bad record stops nobody, whatever is wrong with it
        return trouble(record, error)


def direct(name: str, records: Sequence[str], settings: Settings, reason: str) -> list[Outcome]:
    """Do them all here and now."""
    return [once(name, record, settings, reason) for record in records]


def on_prefect(name: str, records: Sequence[str], settings: Settings, reason: str) -> list[Outcome]:
    """Do them as a run of the flow ``reread``."""
    prefect_env.prepare_prefect(settings)
    flow = importlib.import_module("flows.reread")
    done: list[Outcome] = flow.run(name, records, settings, reason)
    return done
