"""Writes the event log of a record: who did what to which bytes, and when."""

import hashlib
import platform
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version as installed

from pipeline.cleaning.clean import names
from pipeline.layout.page import LAYOUT
from pipeline.model import Clock, EngineSignature
from pipeline.provenance import Activity, Agent, Provenance, SourceFile
from pipeline.reading.recipes import EXTRACTION, PREPARATION
from pipeline.record import RecordPage, Translation
from pipeline.values import Admitted, ReadPage

#: libraries that touch pixels or text: their versions are part of how a record was made
_LIBRARIES = ("numpy", "opencv-python-headless", "pillow", "pikepdf", "pypdf", "pypdfium2")


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_activities(scan_sha256: str, page: ReadPage, clock: Clock) -> Iterator[Activity]:
    """Tell how a page was read: its image got, then its text.

    Args:
        scan_sha256: of the scan it is a page of.
        page: as it was read.
        clock: says what the record tells of past moments.
    """
    if page.source is None:
        return
    nth, embedded = f"{page.number:04d}", page.source.embedded
    begun, ended = (
        clock.moment(m or clock.now()) for m in (page.reading.started, page.reading.ended)
    )
    spent = timedelta(seconds=sum(page.reading.seconds.values()))
    got = max(begun, ended - (timedelta() if clock.still else spent))  # the image, then its text
    image = {f"image-{nth}": page.source.image.sha256}
    layer = {f"embedded-text-{nth}": text_digest(embedded.text)} if embedded else {}
    yield Activity(
        id=f"extract-{nth}", agent="opis", plan="extract", page=page.number,
        used={"scan": scan_sha256}, generated=image | layer, started=begun, ended=got,
    )  # fmt: skip
    yield Activity(
        id=f"read-{nth}", agent="engine", plan="read", page=page.number, steps=page.reading.steps,
        used=image, generated={f"raw-text-{nth}": text_digest(page.reading.text.raw)},
        started=got, ended=ended,
    )  # fmt: skip


def clean_activity(
    made: RecordPage, others: Iterable[RecordPage], begun: datetime, ended: datetime
) -> Activity:
    """Tell how the reading text of a page came to be.

    Args:
        made: the page.
        others: pages with which it shares a word that goes on over the page end.
        begun: when cleaning began.
        ended: when it ended.
    """
    used = {f"raw-text-{page.number:04d}": page.raw_sha256 for page in (made, *others)}
    nth = f"{made.number:04d}"
    return Activity(
        id=f"clean-{nth}", agent="opis", plan="clean", page=made.number, used=used,
        generated={f"reading-text-{nth}": text_digest(made.reading_text)},
        started=begun, ended=ended,
    )  # fmt: skip


def supply_activities(translations: Sequence[Translation], when: datetime) -> Iterator[Activity]:
    """Tell that people made translations; when they did, nobody knows: it came at this moment."""
    for number, translation in enumerate(translations, 1):
        yield Activity(
            id=f"supply-{number:04d}", agent=translation.translator or _UNNAMED, plan="supply",
            used={}, generated={f"translation-{number:04d}": text_digest(translation.text)},
            started=when, ended=when,
        )  # fmt: skip


def history(
    sources: tuple[SourceFile, SourceFile | None],
    engine: Agent,
    plans: dict[str, dict[str, str]],
    activities: Iterable[Activity],
    text: str,
    when: datetime,
) -> Provenance:
    """Return the whole log.

    Args:
        sources: the scan and its sidecar, as they arrived.
        engine: that read the pages.
        plans: how it read them.
        activities: of the pages, in order, and of people.
        text: the reading text of the whole.
        when: now.
    """
    done = tuple(activities)
    parts = {k: v for a in done for k, v in a.generated.items() if k.startswith("reading-text-")}
    join = Activity(
        id="join", agent="opis", plan="join", used=parts,
        generated={"reading-text": text_digest(text)}, started=when, ended=when,
    )  # fmt: skip
    people = {
        a.agent: Agent(name=a.agent, version="", details={"kind": "person"})
        for a in done
        if a.plan == "supply"
    }
    supplied = {"supply": {"by": "people, outside Opis"}} if people else {}
    return Provenance(
        source=sources[0],
        sidecar=sources[1],
        agents={"opis": _opis(), "engine": engine, **people},
        plans={**plans, **_OWN, **supplied},
        activities=(*done, join),
    )


def sources_of(scan: Admitted) -> tuple[SourceFile, SourceFile | None]:
    """Return the scan and its sidecar as the log names them."""
    source = SourceFile(
        name=scan.name,
        size=scan.size,
        sha256=scan.sha256,
        media_type=scan.facts.media_type,
        arrived=scan.arrived,
        producer=scan.facts.producer,
    )
    if scan.sidecar is None or scan.sidecar_sha256 is None:
        return source, None
    sidecar = SourceFile(
        name=scan.sidecar.name,
        size=scan.sidecar_size,
        sha256=scan.sidecar_sha256,
        media_type="application/yaml",
        arrived=scan.arrived,
    )
    return source, sidecar


@cache
def _opis() -> Agent:
    details = {name: installed(name) for name in _LIBRARIES}
    details |= {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "unicode": unicodedata.unidata_version,
    }
    return Agent(name="opis", version=installed("opis"), details=details)


def engine_of(signature: EngineSignature) -> Agent:
    """Return the engine as an agent, with the digests of its models."""
    models = {f"model-{code}-sha256": digest for code, digest in signature.models.items()}
    return Agent(name=signature.name, version=signature.version, details=models)


def read_plans(signature: EngineSignature) -> dict[str, dict[str, str]]:
    """Return how page images are got and read."""
    return {
        "extract": {"recipe": EXTRACTION},
        "read": {
            "prepare": PREPARATION,
            "languages": "+".join(signature.languages),
            **signature.settings,
        },
    }


_UNNAMED = "a translator who is not named"
#: how Opis makes texts of what was read
_OWN = {
    "clean": {"layout": LAYOUT, "steps": " ".join(names())},
    "join": {"between-pages": "form feed"},
}
