"""The part of the event log that people have: the corrections of each page."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pipeline.corrections.correction import LineCorrection
from pipeline.fixity import text_sha256
from pipeline.model import ProcessingStep
from pipeline.record.provenance import Activity, Agent
from pipeline.record.record import RecordPage

UNNAMED_CORRECTOR = "a person who is not named"


def corrector_agents(pages: Iterable[RecordPage]) -> dict[str, Agent]:
    """Return the people who corrected pages as agents of the log, by their keys."""
    names = sorted({one.by for page in pages for one in page.corrections})
    details = {"kind": "person", "role": "corrector"}
    return {
        f"corrector-{number}": Agent(name=name or UNNAMED_CORRECTOR, version="", details=details)
        for number, name in enumerate(names, 1)
    }


def correction_activities(page: RecordPage, correctors: Mapping[str, Agent]) -> Iterator[Activity]:
    """Yield an activity for each person who corrected a page.

    The last one produces the corrected text of the page, if a word was changed.

    Args:
        page: of the record.
        correctors: all people who corrected the record, as agents by key.
    """
    keys = {agent.name: key for key, agent in correctors.items()}
    by_person = dict[str, list[LineCorrection]]()
    for one in sorted(page.corrections, key=lambda one: (one.when, one.line)):
        by_person.setdefault(one.by or UNNAMED_CORRECTOR, []).append(one)
    suffix = f"{page.number:04d}"
    for number, (name, lines) in enumerate(by_person.items(), 1):
        counts = sorted(Counter(str(one.action) for one in lines).items())
        makes_text = number == len(by_person) and page.has_corrected_words
        yield Activity(
            id=f"correct-{suffix}-{number}", agent=keys[name], plan="correct", page=page.number,
            steps=(ProcessingStep("correct", {kind: str(count) for kind, count in counts}),),
            used={f"raw-text-{suffix}": page.raw_sha256},
            generated={f"corrected-text-{suffix}": text_sha256(page.corrected_text)}
            if makes_text else {},
            started=lines[0].when, ended=lines[-1].when,
        )  # fmt: skip
