"""Writes the event log of a record: who did what to which bytes, and when."""

import hashlib
import platform
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version as installed

from pipeline.cleaning.clean import step_names
from pipeline.layout.page import LAYOUT_VERSION
from pipeline.model import Clock, ProcessingStep
from pipeline.record.inherited_events import ProvenancePart
from pipeline.record.provenance import PARTY, Activity, Agent, Provenance, SourceFile
from pipeline.record.record import RecordPage, Translation
from pipeline.scan import AdmittedScan, ReadPage

#: libraries that touch pixels or text: their versions are part of how a record was made
_LIBRARIES = ("numpy", "opencv-python-headless", "pillow", "pikepdf", "pypdf", "pypdfium2")


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def reading_activities(scan_sha256: str, page: ReadPage, clock: Clock) -> Iterator[Activity]:
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
    got = max(begun, ended - (timedelta() if clock.is_fixed else spent))  # the image, then its text
    image = {f"image-{nth}": page.source.image.sha256}
    layer = {f"embedded-text-{nth}": text_digest(embedded.text)} if embedded else {}
    yield Activity(
        id=f"extract-{nth}", agent="opis", plan="extract", page=page.number,
        used={"scan": scan_sha256}, generated=image | layer, started=begun, ended=got,
    )  # fmt: skip
    yield Activity(
        id=f"read-{nth}", agent="engine", plan="read", page=page.number, steps=page.reading.steps,
        used=image, generated={f"raw-text-{nth}": text_digest(page.reading.text.raw_text)},
        started=got, ended=ended,
    )  # fmt: skip


def cleaning_activity(
    record_page: RecordPage, others: Iterable[RecordPage], begun: datetime, ended: datetime
) -> Activity:
    """Tell how the reading text of a page came to be.

    Args:
        record_page: the page.
        others: pages with which it shares a word that goes on over the page end.
        begun: when cleaning began.
        ended: when it ended.
    """
    used = {f"raw-text-{page.number:04d}": page.raw_sha256 for page in (record_page, *others)}
    nth = f"{record_page.number:04d}"
    return Activity(
        id=f"clean-{nth}", agent="opis", plan="clean", page=record_page.number, used=used,
        generated={f"reading-text-{nth}": text_digest(record_page.reading_text)},
        started=begun, ended=ended,
    )  # fmt: skip


def translation_activities(
    translations: Sequence[Translation], when: datetime, previous: Iterable[Activity] = ()
) -> Iterator[Activity]:
    """Tell that people made translations; when they did, nobody knows: it came at this moment.

    Args:
        translations: of the record.
        when: they came.
        previous: what was done for the version before; what came with it did not come anew.
    """
    came = {tuple(a.generated.values()): a.started for a in previous if a.plan == "supply"}
    names = _translator_keys(translations)
    for number, translation in enumerate(translations, 1):
        made = text_digest(translation.text)
        then = came.get((made,), when)
        yield Activity(
            id=f"supply-{number:04d}", agent=names[translation.translator or _UNNAMED_TRANSLATOR],
            plan="supply", used={}, generated={f"translation-{number:04d}": made},
            started=then, ended=then,
        )  # fmt: skip


def description_activity(
    sidecar: SourceFile | None, origins: Iterable[str], when: datetime
) -> Activity:
    """Tell from which sources the description was put together, and when."""
    sources = "; ".join(sorted(set(origins))) or "nothing"
    return Activity(
        id="describe", agent="opis", plan="describe",
        steps=(ProcessingStep("merge", {"from": sources}),),
        used={} if sidecar is None else {"sidecar": sidecar.sha256}, generated={},
        started=when, ended=when,
    )  # fmt: skip


def joining_activity(activities: Iterable[Activity], text: str, when: datetime) -> Activity:
    """Tell that the reading texts of the pages were joined to that of the whole."""
    made = (item for activity in activities for item in activity.generated.items())
    return Activity(
        id="join", agent="opis", plan="join",
        used={name: digest for name, digest in made if name.startswith("reading-text-")},
        generated={"reading-text": text_digest(text)}, started=when, ended=when,
    )  # fmt: skip


def people_of(
    contributors: Iterable[str], funder: str | None, translations: Sequence[Translation]
) -> dict[str, Agent]:
    """Return who gave something to a record, as agents of its log."""
    given = {f"contributor-{n}": name for n, name in enumerate(contributors, 1)}
    parties = given | ({"funder": funder} if funder else {})
    translators = {key: name for name, key in _translator_keys(translations).items()}
    return {
        key: Agent(
            name=name, version="",
            details={"kind": "person" if key in translators else PARTY, "role": key.split("-")[0]},
        )
        for key, name in (parties | translators).items()
    }  # fmt: skip


def _translator_keys(translations: Sequence[Translation]) -> dict[str, str]:
    """Return the name of each translator with its key in the log."""
    names = dict.fromkeys(one.translator or _UNNAMED_TRANSLATOR for one in translations)
    return {name: f"translator-{number}" for number, name in enumerate(names, 1)}


def build_provenance(
    sources: tuple[SourceFile, SourceFile | None],
    part: ProvenancePart,
    activities: Iterable[Activity],
    people: dict[str, Agent],
) -> Provenance:
    """Return the whole log.

    Args:
        sources: the scan and its sidecar, as they arrived.
        part: how its pages were read, and what was taken over.
        activities: all of them, each after what it uses.
        people: who gave something, as `people_of` names them.
    """
    done = tuple(activities)
    used = {activity.plan for activity in done}
    plans = _OWN_PLANS | part.plans
    return Provenance(
        source=sources[0],
        sidecar=sources[1],
        agents={"opis": opis_agent(), **part.agents, **people},
        plans={
            name: settings for name, settings in plans.items() if name in used | part.plans.keys()
        },
        activities=done,
    )


def source_files_of(scan: AdmittedScan) -> tuple[SourceFile, SourceFile | None]:
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
def opis_agent() -> Agent:
    """Return this Opis, with all of it that can change what it does."""
    details = {name: installed(name) for name in _LIBRARIES}
    details |= {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "unicode": unicodedata.unidata_version,
    }
    return Agent(name="opis", version=installed("opis"), details=details)


_UNNAMED_TRANSLATOR = "a translator who is not named"
#: what Opis does with what was read, and what people do
_OWN_PLANS = {
    "clean": {"layout": LAYOUT_VERSION, "steps": " ".join(step_names())},
    "join": {"between-pages": "form feed"},
    "describe": {"nearest": "wins"},
    "supply": {"by": "people, outside Opis"},
}
