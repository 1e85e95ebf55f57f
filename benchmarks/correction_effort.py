"""Keys and seconds for a corrected word at the desk, with the transcription as the hand.

    python benchmarks/correction_effort.py FOLDER --output ARCHIVE [--pages 10]

ARCHIVE is the output of Opis for the scans of FOLDER; corrections are written into it, so give a
copy. Every line of the chosen pages is worked through in the order of the queue, by the forms of
the desk itself. Keys: a suggestion is two (Alt and its digit), a wrong word is reached and selected
by four and then typed, and Enter ends the line. The seconds are those of the server alone.
"""

import argparse
import html
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from flows.clock import RealClock
from flows.serve.desk_app import build_desk_app
from pipeline.evaluation.samples import GROUND_TRUTH_SUFFIX
from pipeline.repository.correction_log import read_corrections
from pipeline.repository.record_selection import RecordSelection
from pipeline.review.desk_pages import offered_texts
from pipeline.review.page_lines import ReviewLine, load_newest, load_review_page
from pipeline.review.page_pictures import PagePictures
from pipeline.review.queue import QueueFilter, build_queue
from pipeline.settings import Settings
from pipeline.text_metrics import in_one_style

_MOST_DIFFERENT = 0.5  #: 0..1, of a line; beyond it the two are not the same line
_TOO_MANY = 429  #: the answer to more lines a minute than a person reads
_REACH_KEYS = 4  #: to reach a word and select it


@dataclass(slots=True)
class Effort:
    """What it took."""

    lines: int = 0
    wrong_words: int = 0
    keys: int = 0
    seconds: float = 0.0


def main() -> None:
    """Correct pages, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=10)
    options = parser.parse_args()
    settings, effort = Settings(output=options.output), Effort()
    truths = {
        file.name.removesuffix(GROUND_TRUTH_SUFFIX): file.read_text("utf-8").split("\f")
        for file in options.folder.rglob(f"*{GROUND_TRUTH_SUFFIX}")
    }
    pictures = PagePictures(lambda: None, settings)  # type: ignore[arg-type, return-value]
    app = build_desk_app(settings, pictures, RealClock(), lambda _: "published")
    client = TestClient(Starlette(routes=[Mount("/desk", app)]), follow_redirects=False)
    records = _records(settings, options.pages)
    wrong = [
        _work_on(client, address, shown, right, languages, effort)
        for address, shown, right, languages in _lines(records, truths, settings)
    ]
    first = sum(wrong[: len(wrong) // 5])
    print(
        f"{len(records)} pages, {effort.lines} lines, {effort.wrong_words} wrong words\n"
        f"first fifth of the queue: {100 * first / max(effort.wrong_words, 1):.0f} % of them\n"
        f"{effort.keys / max(effort.wrong_words, 1):.1f} keys for a corrected word, "
        f"{effort.seconds / max(effort.lines, 1):.3f} s of the server for a line"
    )


def _records(settings: Settings, count: int) -> list[str]:
    """Return records of one page, spread over the archive."""
    queue = build_queue(QueueFilter(), [], settings)
    records = sorted({one.record for one in queue})
    step = max(len(records) // count, 1)
    return records[::step][:count]


def _lines(
    records: list[str], truths: dict[str, list[str]], settings: Settings
) -> Iterator[tuple[str, ReviewLine, str, tuple[str, ...]]]:
    """Yield address, line and right text: those of the queue first, then all others."""
    chosen = QueueFilter(RecordSelection(records=tuple(records)))
    places = [(one.record, one.page, one.line) for one in build_queue(chosen, [], settings)]
    for record in records:
        newest = load_newest(record, settings)[1]
        for page in newest.pages:
            if page.image is not None and page.line_roles:
                numbers = range(1, len(page.line_roles) + 1)
                every = [(record, page.number, number) for number in numbers]
                places += [place for place in every if place not in places]
    for record, number, line in places:
        log = read_corrections(settings.output)
        shown_page = load_review_page(record, number, log, settings)
        shown = shown_page.line(line)
        name = Path(load_newest(record, settings)[1].provenance.source.name).stem
        pages = truths.get(name, [])
        page_text = pages[number - 1] if number <= len(pages) else ""
        right = [" ".join(one.split()) for one in page_text.splitlines() if one.strip()]
        text = in_one_style(shown.text)
        best = min(right, key=lambda one: Levenshtein.distance(in_one_style(one), text), default="")
        is_same = best and Levenshtein.normalized_distance(best, shown.text) <= _MOST_DIFFERENT
        text = best if is_same else shown.text
        yield f"/desk/{record}/{number}/{line}", shown, text, shown_page.page.languages


def _work_on(
    client: TestClient, address: str, line: ReviewLine, right: str, languages: tuple[str, ...],
    effort: Effort,
) -> int:  # fmt: skip
    """Correct a line by its form, and count what it took; return its wrong words."""
    if in_one_style(right) == in_one_style(line.text):
        right = line.text
    started = time.perf_counter()
    page = client.get(address).text
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    sent = {name: html.unescape(value) for name, value in hidden} | {"text": right}
    while (answer := client.post(address, data=sent)).status_code == _TOO_MANY:
        time.sleep(5)  # no hand is so fast
        started += 5
    effort.seconds += time.perf_counter() - started
    if answer.status_code != 303:
        msg = f"{address}: {answer.status_code}"
        raise SystemExit(msg)
    wrong = _count_keys(line, right, languages, effort)
    effort.lines += 1
    effort.wrong_words += wrong
    return wrong


def _count_keys(line: ReviewLine, right: str, languages: tuple[str, ...], effort: Effort) -> int:
    words, wanted, wrong = line.text.split(), right.split(), 0
    offered = {(one.place, one.text) for one in offered_texts(line, languages)}
    effort.keys += 1  # Enter
    for step in Levenshtein.opcodes(words, wanted):
        if step.tag == "equal":
            continue
        typed = wanted[step.dest_start : step.dest_end]
        wrong += max(step.src_end - step.src_start, len(typed))
        is_offered = len(typed) == 1 and (step.src_start, typed[0]) in offered
        effort.keys += 2 if is_offered else _REACH_KEYS + len(" ".join(typed))
    return wrong


if __name__ == "__main__":
    main()
