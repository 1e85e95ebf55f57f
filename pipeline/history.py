"""Writes the event log of a record: who did what to which bytes, and when."""

import hashlib
import platform
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from importlib.metadata import version as installed

from pipeline.cleaning.clean import names
from pipeline.layout.page import LAYOUT
from pipeline.model import Clock, EngineSignature
from pipeline.provenance import Activity, Agent, Provenance, SourceFile
from pipeline.reading.recipes import EXTRACTION, PREPARATION
from pipeline.record import RecordPage
from pipeline.values import Admitted, ReadPage

#: libraries that touch pixels or text: their versions are part of how a record was made
_LIBRARIES = ("numpy", "opencv-python-headless", "pillow", "pikepdf", "pypdf", "pypdfium2")


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_activities(scan: Admitted, page: ReadPage, clock: Clock) -> Iterator[Activity]:
    """Tell how a page was read: its image got, then its text.

    Args:
        scan: the scan it is a page of.
        page: as it was read.
        clock: says what the record tells of past moments.
    """
    if page.source is None:
        return
    nth, embedded = f"{page.number:04d}", page.source.embedded
    begun, ended = (
        clock.moment(m or clock.now()) for m in (page.reading.started, page.reading.ended)
    )
    image = {f"image-{nth}": page.source.image.sha256}
    layer = {f"embedded-text-{nth}": text_digest(embedded.text)} if embedded else {}
    yield Activity(
        id=f"extract-{nth}", agent="opis", plan="extract", page=page.number,
        used={"scan": scan.sha256}, generated=image | layer, started=begun, ended=ended,
    )  # fmt: skip
    yield Activity(
        id=f"read-{nth}", agent="engine", plan="read", page=page.number, steps=page.reading.steps,
        used=image, generated={f"raw-text-{nth}": text_digest(page.reading.text.raw)},
        started=begun, ended=ended,
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


def history(
    scan: Admitted,
    signature: EngineSignature,
    activities: Iterable[Activity],
    text: str,
    when: datetime,
) -> Provenance:
    """Return the whole log.

    Args:
        scan: the scan and its sidecar.
        signature: of the engine that read the pages.
        activities: of the pages, in order.
        text: the reading text of the whole.
        when: now.
    """
    done = tuple(activities)
    parts = {k: v for a in done for k, v in a.generated.items() if k.startswith("reading-text-")}
    join = Activity(
        id="join", agent="opis", plan="join", used=parts,
        generated={"reading-text": text_digest(text)}, started=when, ended=when,
    )  # fmt: skip
    return Provenance(
        source=SourceFile(
            name=scan.name,
            size=scan.size,
            sha256=scan.sha256,
            media_type=scan.facts.media_type,
            arrived=scan.arrived,
            producer=scan.facts.producer,
        ),
        sidecar=_sidecar(scan),
        agents={"opis": _opis(), "engine": _engine(signature)},
        plans=_plans(signature),
        activities=(*done, join),
    )


def _sidecar(scan: Admitted) -> SourceFile | None:
    if scan.sidecar is None or scan.sidecar_sha256 is None:
        return None
    return SourceFile(
        name=scan.sidecar.name,
        size=scan.sidecar_size,
        sha256=scan.sidecar_sha256,
        media_type="application/yaml",
        arrived=scan.arrived,
    )


@cache
def _opis() -> Agent:
    details = {name: installed(name) for name in _LIBRARIES}
    details |= {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "unicode": unicodedata.unidata_version,
    }
    return Agent(name="opis", version=installed("opis"), details=details)


def _engine(signature: EngineSignature) -> Agent:
    models = {f"model-{code}-sha256": digest for code, digest in signature.models.items()}
    return Agent(name=signature.name, version=signature.version, details=models)


def _plans(signature: EngineSignature) -> dict[str, dict[str, str]]:
    return {
        "extract": {"recipe": EXTRACTION},
        "read": {
            "prepare": PREPARATION,
            "languages": "+".join(signature.languages),
            **signature.settings,
        },
        "clean": {"layout": LAYOUT, "steps": " ".join(names())},
        "join": {"between-pages": "form feed"},
    }
