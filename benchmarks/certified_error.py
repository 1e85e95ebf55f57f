"""Whether the interval of a certified error holds the truth, on pages that have a transcription.

    python benchmarks/certified_error.py FOLDER --output ARCHIVE [--draws 100] [--lines 200]

ARCHIVE is the output of Opis for the scans of FOLDER. Each line of a record is paired with the
transcribed line that is most like it; a line that is like none is a stamp that the transcriber left
out. Then samples are drawn as `opis sample` draws them, and "typed" from the transcription.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from pipeline.certification.drawing import divide_lines, draw_lines
from pipeline.certification.estimate import CountedLine, CountedStratum, estimate_rate
from pipeline.evaluation.samples import GROUND_TRUTH_SUFFIX
from pipeline.repository.record_selection import RecordSelection
from pipeline.review.page_lines import load_newest
from pipeline.review.selected_lines import PopulationLine, population
from pipeline.settings import Settings
from pipeline.text_metrics import in_one_style

_MOST_DIFFERENT = 0.5  #: 0..1, of a line; beyond it the two are not the same line


def main() -> None:
    """Draw samples, and print how often each interval holds the true rate."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--lines", type=int, default=200)
    options = parser.parse_args()
    settings = Settings(output=options.output)
    pairs = dict(_transcribed_lines(options.folder, settings))
    strata = divide_lines(list(pairs))
    print(len(pairs), "lines;", ", ".join(f"{len(one.lines)} {one.name}" for one in strata))
    for unit in ("characters", "words"):
        counts = {line: _count(unit, *texts) for line, texts in pairs.items()}
        truth = sum(one.wrong for one in counts.values()) / sum(
            one.units for one in counts.values()
        )
        held, width = 0, 0.0
        for seed in range(options.draws):
            drawn = draw_lines(strata, options.lines, seed)
            rate = estimate_rate(
                [
                    CountedStratum(len(stratum.lines), tuple(counts[line] for line in chosen))
                    for stratum, chosen in zip(strata, drawn, strict=True)
                ]
            )
            held += rate.low <= truth <= rate.high
            width += (rate.high - rate.low) / options.draws
        print(
            f"{unit}: {100 * truth:.2f} % are wrong; {held} of {options.draws} intervals hold it; "
            f"mean width {100 * width:.2f} points"
        )


def _transcribed_lines(
    folder: Path, settings: Settings
) -> Iterator[tuple[PopulationLine, tuple[str, str]]]:
    """Yield the lines of the archive with the transcription and the reading."""
    truths = {
        file.name.removesuffix(GROUND_TRUTH_SUFFIX): file.read_text("utf-8").split("\f")
        for file in folder.rglob(f"*{GROUND_TRUTH_SUFFIX}")
    }
    for line in population(RecordSelection(), [], settings):
        _, record = load_newest(line.record, settings)
        pages = truths.get(Path(record.provenance.source.name).stem, [])
        page = pages[line.page - 1] if line.page <= len(pages) else ""
        lines = [in_one_style(" ".join(one.split())) for one in page.splitlines() if one.strip()]
        text = in_one_style(line.text)
        best = min(lines, key=lambda one: Levenshtein.distance(one, text), default="")
        if best and Levenshtein.distance(best, text) <= _MOST_DIFFERENT * len(best):
            yield line, (best, text)


def _count(unit: str, truth: str, text: str) -> CountedLine:
    if unit == "words":
        return CountedLine(Levenshtein.distance(truth.split(), text.split()), len(truth.split()))
    return CountedLine(Levenshtein.distance(truth, text), len(truth))


if __name__ == "__main__":
    main()
