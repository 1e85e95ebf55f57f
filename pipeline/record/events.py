"""Builds the event log of a record: activities, agents, digests and times."""

import platform
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import version as installed

from pipeline.cleaning.clean import step_names
from pipeline.description.nested_fields import GivenDecision
from pipeline.doubt.record_doubts import DOUBT_VERSION
from pipeline.fixity import text_sha256
from pipeline.layout.page import LAYOUT_VERSION
from pipeline.model import Clock, Extraction, ProcessingStep
from pipeline.record.inherited_events import ProvenancePart
from pipeline.record.provenance import PARTY, Activity, Agent, Provenance, SourceFile
from pipeline.record.record import RecordPage, Translation
from pipeline.scan import AdmittedScan, ReadPage

EXTRACTION_PLAN = "extract-document"  #: of taking a document out of a scan of many
#: libraries that process pixels or text; the log states their versions
_LIBRARIES = (
    "numpy", "opencv-python-headless", "pillow", "pikepdf", "pypdf", "pypdfium2", "wordfreq",
)  # fmt: skip


def reading_activities(scan_sha256: str, page: ReadPage, clock: Clock) -> Iterator[Activity]:
    """Yield the activities of reading a page: extraction of the image, then OCR.

    Args:
        scan_sha256: of the scan.
        page: the page that was read.
        clock: gives the times that the record states.
    """
    if page.source is None:
        return
    suffix, embedded = f"{page.number:04d}", page.source.embedded
    moments = (page.reading.started, page.reading.ended)
    started, ended = (clock.moment(moment or clock.now()) for moment in moments)
    duration = timedelta(seconds=sum(page.reading.seconds.values()))
    # the end of extraction and the start of OCR
    extracted = max(started, ended - (timedelta() if clock.is_fixed else duration))
    image = {f"image-{suffix}": page.source.image.sha256}
    layer = {f"embedded-text-{suffix}": text_sha256(embedded.text)} if embedded else {}
    yield Activity(
        id=f"extract-{suffix}", agent="opis", plan="extract", page=page.number,
        used={"scan": scan_sha256}, generated=image | layer, started=started, ended=extracted,
    )  # fmt: skip
    yield Activity(
        id=f"read-{suffix}", agent="engine", plan="read", page=page.number,
        steps=page.reading.steps, used=image,
        generated={f"raw-text-{suffix}": text_sha256(page.reading.text.raw_text)},
        started=extracted, ended=ended,
    )  # fmt: skip


def cleaning_activity(
    record_page: RecordPage, others: Iterable[RecordPage], started: datetime, ended: datetime
) -> Activity:
    """Return the activity that made the reading text of a page.

    Args:
        record_page: the page.
        others: pages with which it shares a word across a page end.
        started: start of cleaning.
        ended: end of cleaning.
    """
    used = dict(_text_before_cleaning(page) for page in (record_page, *others))
    suffix = f"{record_page.number:04d}"
    return Activity(
        id=f"clean-{suffix}", agent="opis", plan="clean", page=record_page.number, used=used,
        generated={f"reading-text-{suffix}": text_sha256(record_page.reading_text)},
        started=started, ended=ended,
    )  # fmt: skip


def _text_before_cleaning(page: RecordPage) -> tuple[str, str]:
    """Return name and digest of the text that cleaning begins with."""
    if not page.has_corrected_words:
        return f"raw-text-{page.number:04d}", page.raw_sha256
    return f"corrected-text-{page.number:04d}", text_sha256(page.corrected_text)


def doubt_activity(
    record_pages: Iterable[RecordPage], started: datetime, ended: datetime
) -> Activity:
    """Return the activity that found misread letters and doubtful words in the raw texts."""
    pages = [page for page in record_pages if page.image is not None]
    used = {f"raw-text-{page.number:04d}": page.raw_sha256 for page in pages}
    return Activity(
        id="doubt", agent="opis", plan="doubt", used=used, generated={},
        started=started, ended=ended,
    )  # fmt: skip


def translation_activities(
    translations: Sequence[Translation], when: datetime, previous: Iterable[Activity] = ()
) -> Iterator[Activity]:
    """Yield an activity for each translation by a person, with the time of its arrival.

    Args:
        translations: of the record.
        when: arrival of the new translations.
        previous: activities of the version before; its translations keep their time of arrival.
    """
    arrivals = {tuple(a.generated.values()): a.started for a in previous if a.plan == "supply"}
    keys = _translator_keys(translations)
    for number, translation in enumerate(translations, 1):
        digest = text_sha256(translation.text)
        arrived = arrivals.get((digest,), when)
        yield Activity(
            id=f"supply-{number:04d}", agent=keys[translation.translator or _UNNAMED_TRANSLATOR],
            plan="supply", used={}, generated={f"translation-{number:04d}": digest},
            started=arrived, ended=arrived,
        )  # fmt: skip


def extraction_activities(
    extraction: Extraction | None, document_sha256: str, when: datetime
) -> Iterator[Activity]:
    """Yield the activity that took a document out of a scan, if one did.

    Args:
        extraction: the scan, and the pages that were taken.
        document_sha256: of the file that they became, which is the scan of the record.
        when: it was done.
    """
    if extraction is not None:
        taken = {"scan": extraction.scan, "pages": extraction.pages}
        yield Activity(
            id=EXTRACTION_PLAN, agent="opis", plan=EXTRACTION_PLAN,
            steps=(ProcessingStep("take-pages", taken),),
            used={"whole-scan": extraction.sha256}, generated={"scan": document_sha256},
            started=when, ended=when,
        )  # fmt: skip


def description_activity(
    sidecar: SourceFile | None, origins: Iterable[str], when: datetime
) -> Activity:
    """Return the activity that merged the description from its sources."""
    sources = "; ".join(sorted(set(origins))) or "nothing"
    return Activity(
        id="describe", agent="opis", plan="describe",
        steps=(ProcessingStep("merge", {"from": sources}),),
        used={} if sidecar is None else {"sidecar": sidecar.sha256}, generated={},
        started=when, ended=when,
    )  # fmt: skip


def decision_activities(
    decisions: Sequence[GivenDecision], sidecar: SourceFile | None, when: datetime
) -> Iterator[Activity]:
    """Yield an activity for each question about the scan that a person answered.

    Args:
        decisions: as the sidecar has them.
        sidecar: in which they stand.
        when: arrival of the scan, for a decision that does not say when it was made.
    """
    keys = _keys_of([decision.by for decision in decisions], "decider")
    for number, decision in enumerate(decisions, 1):
        given = datetime.fromisoformat(decision.when) if decision.when else when
        moment = given if given.tzinfo else given.replace(tzinfo=UTC)
        settings = {
            "field": decision.field, "value": decision.value_in_words,
            "question": decision.question or "", "note": decision.note or "",
        }  # fmt: skip
        step = ProcessingStep("decide", {name: text for name, text in settings.items() if text})
        yield Activity(
            id=f"decide-{number:04d}", agent=keys[decision.by], plan="decide", steps=(step,),
            used={} if sidecar is None else {"sidecar": sidecar.sha256}, generated={},
            started=moment, ended=moment,
        )  # fmt: skip


def joining_activity(activities: Iterable[Activity], text: str, when: datetime) -> Activity:
    """Return the activity that joined the reading texts of the pages."""
    outputs = (item for activity in activities for item in activity.generated.items())
    return Activity(
        id="join", agent="opis", plan="join",
        used={name: digest for name, digest in outputs if name.startswith("reading-text-")},
        generated={"reading-text": text_sha256(text)}, started=when, ended=when,
    )  # fmt: skip


def people_of(
    contributors: Iterable[str],
    funder: str | None,
    translations: Sequence[Translation],
    decisions: Sequence[GivenDecision] = (),
) -> dict[str, Agent]:
    """Return contributors, funder, translators and deciders as agents of the log, by their keys."""
    named_contributors = {f"contributor-{n}": name for n, name in enumerate(contributors, 1)}
    parties = named_contributors | ({"funder": funder} if funder else {})
    deciders = _keys_of([decision.by for decision in decisions], "decider")
    named_persons = (*_translator_keys(translations).items(), *deciders.items())
    persons = {key: name for name, key in named_persons}
    return {
        key: Agent(
            name=name, version="",
            details={"kind": "person" if key in persons else PARTY, "role": key.split("-")[0]},
        )
        for key, name in (parties | persons).items()
    }  # fmt: skip


def _translator_keys(translations: Sequence[Translation]) -> dict[str, str]:
    """Return the key of each translator in the log, by name."""
    return _keys_of([item.translator or _UNNAMED_TRANSLATOR for item in translations], "translator")


def _keys_of(names: Iterable[str], role: str) -> dict[str, str]:
    """Return a key for each name: the role with a number."""
    return {name: f"{role}-{number}" for number, name in enumerate(dict.fromkeys(names), 1)}


def build_provenance(
    sources: tuple[SourceFile, SourceFile | None],
    part: ProvenancePart,
    activities: Iterable[Activity],
    people: dict[str, Agent],
) -> Provenance:
    """Return the whole log.

    Args:
        sources: the scan and its sidecar, as they arrived.
        part: agents and plans of reading, and those of the version before.
        activities: all activities, each after those whose outputs it uses.
        people: agents as `people_of` returns them.
    """
    done = tuple(activities)
    used = {activity.plan for activity in done}
    plans = _OWN_PLANS | part.plans
    return Provenance(
        source=sources[0],
        sidecar=sources[1],
        agents={"opis": opis_agent(), **part.agents, **people},
        plans={name: plans[name] for name in plans if name in used | part.plans.keys()},
        activities=done,
    )


def source_files_of(scan: AdmittedScan) -> tuple[SourceFile, SourceFile | None]:
    """Return the scan and its sidecar as entries of the log."""
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
    """Return this Opis as an agent, with the versions that its results depend on."""
    details = {name: installed(name) for name in _LIBRARIES}
    details |= {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "unicode": unicodedata.unidata_version,
    }
    return Agent(name="opis", version=installed("opis"), details=details)


_UNNAMED_TRANSLATOR = "a translator who is not named"
#: plans of the activities after reading, and of people
_OWN_PLANS = {
    "clean": {"layout": LAYOUT_VERSION, "steps": " ".join(step_names())},
    "doubt": {"method": DOUBT_VERSION},
    "join": {"between-pages": "form feed"},
    "correct": {"by": "people, line by line on the page image"},
    EXTRACTION_PLAN: {"images": "as stored"},
    "describe": {"nearest": "wins"},
    "supply": {"by": "people, outside Opis"},
    "decide": {"by": "people, in the sidecar"},
}
