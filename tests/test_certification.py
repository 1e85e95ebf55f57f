"""A certified error: lines are drawn at random, typed blind, and the interval holds the truth."""

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.certification.certificate import certify
from pipeline.certification.drawing import divide_lines, draw_lines
from pipeline.certification.estimate import CountedLine, CountedStratum, estimate_rate
from pipeline.certification.sample import (
    LineSample,
    load_sample,
    make_sample,
    type_line,
    typed_lines,
)
from pipeline.errors import CatalogError, SetupError
from pipeline.record.record import Record
from pipeline.repository.audit import check_archive
from pipeline.repository.certificates import load_certificates, write_certificate
from pipeline.repository.correction_log import read_corrections, select_corrected
from pipeline.repository.record_selection import RecordSelection
from pipeline.review.page_lines import load_newest
from pipeline.review.selected_lines import PopulationLine
from pipeline.settings import Settings
from tests.factories import CLOCK, publish_sample, settings_in
from tests.test_corrections import publish

TRUTH = [f"строка {number} говорит: {number * 7} следует" for number in range(40)]
READ = [line.replace("следует", "слелует") if n % 5 == 0 else line for n, line in enumerate(TRUTH)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def record_id(tmp_path: Path) -> str:
    texts = ("\n".join(READ[:20]), "\n".join(READ[20:]))
    return publish_sample(tmp_path, texts).record_id


def load_first(record_id: str, settings: Settings) -> Record:
    return load_newest(record_id, settings)[0].other_version(1).load_record()


def draw(settings: Settings, name: str = "spring", seed: int = 3) -> LineSample:
    return make_sample(name, 20, seed, RecordSelection(), settings, CLOCK)


def type_all(sample: LineSample, settings: Settings) -> None:
    for place, line in enumerate(sample.lines):
        right = TRUTH[READ.index(line.text)]
        type_line(sample, place, right, "Anna", settings, CLOCK)


def test_a_collection_is_certified(settings: Settings, record_id: str) -> None:
    sample = draw(settings)
    assert load_sample("spring", settings) == sample
    with pytest.raises(SetupError, match="wait to be typed"):
        certify(sample, read_corrections(settings.output), CLOCK)
    type_all(sample, settings)
    certificate = certify(sample, read_corrections(settings.output), CLOCK)
    true_rate = 8 / sum(len(line.split()) for line in TRUTH)
    assert certificate.words.low <= true_rate <= certificate.words.high
    assert certificate.characters.rate < certificate.words.rate
    assert (certificate.lines, certificate.records, certificate.people) == (40, 1, ("Anna",))
    readme = write_certificate(certificate, settings).read_text("utf-8")
    assert "of the words are wrong" in readme
    assert list(load_certificates(settings)) == [certificate]
    publish(record_id, settings)
    assert check_archive(settings, [])[1] == []


def test_what_is_typed_for_a_sample_changes_no_text(settings: Settings, record_id: str) -> None:
    sample = draw(settings)
    type_all(sample, settings)
    _, record = publish(record_id, settings)
    assert (record.version, record.status) == (2, "sampled")
    assert record.pages[0].reading_text == load_first(record_id, settings).pages[0].reading_text
    assert select_corrected(RecordSelection(), settings) == []
    assert check_archive(settings, [])[1] == []


def test_the_same_seed_draws_the_same_lines(settings: Settings, record_id: str) -> None:
    assert record_id
    first, second, third = draw(settings, "a"), draw(settings, "b"), draw(settings, "c", 4)
    assert first.lines == second.lines
    assert first.lines != third.lines
    with pytest.raises(SetupError, match="There is a sample a already"):
        draw(settings, "a")
    with pytest.raises(SetupError, match="no name of a sample"):
        draw(settings, "../a")
    with pytest.raises(CatalogError, match="There is no sample d"):
        load_sample("d", settings)


def test_a_line_that_is_typed_again_counts_once(settings: Settings, record_id: str) -> None:
    assert record_id
    sample = draw(settings)
    for text in ("раз", "два", ""):
        type_line(sample, 0, text, "Anna", settings, CLOCK)
    typed = typed_lines(sample, read_corrections(settings.output))
    assert [one.after for one in typed.values()] == [""]


def test_two_records_with_the_same_page_image_are_typed_each(
    settings: Settings, record_id: str
) -> None:
    assert record_id
    stratum = draw(settings).strata[0]
    line = stratum.lines[0]
    both = (line, line.model_copy(update={"record": f"{line.record}-copy"}))
    strata = (stratum.model_copy(update={"lines": both}),)
    sample = load_sample("spring", settings).model_copy(update={"strata": strata})
    for place, text in enumerate(("раз", "два")):
        type_line(sample, place, text, "Anna", settings, CLOCK)
    typed = typed_lines(sample, read_corrections(settings.output))
    assert {place: one.after for place, one in typed.items()} == {0: "раз", 1: "два"}


def test_a_damaged_sample_says_so(settings: Settings, record_id: str) -> None:
    assert record_id
    draw(settings)
    file = settings.output / "samples" / "spring.json"
    content = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps(content | {"seed": "x"}))
    with pytest.raises(CatalogError, match="is damaged"):
        load_sample("spring", settings)


def population(generator: random.Random, size: int) -> list[tuple[PopulationLine, CountedLine]]:
    """Return lines of which one in five is wrong, sometimes much; doubt knows a part of it."""
    lines = []
    for number in range(size):
        is_wrong = generator.random() < 0.2
        wrong = min(int(generator.expovariate(0.5)) + 1, 20) if is_wrong else 0
        is_doubted = generator.random() < (0.7 if is_wrong else 0.25)
        doubt = generator.random() * (2 if is_wrong else 1) if is_doubted else 0.0
        place = PopulationLine(f"r{number // 40}", 1, number % 4 + 1, number, "", doubt, False)
        lines.append((place, CountedLine(wrong, generator.randint(30, 70))))
    return lines


def estimate(lines: Sequence[tuple[PopulationLine, CountedLine]], count: int, seed: int) -> bool:
    """Return whether the interval of a draw holds the true rate."""
    counts = dict(lines)
    strata = divide_lines([line for line, _ in lines])
    drawn = draw_lines(strata, count, seed)
    rate = estimate_rate(
        [
            CountedStratum(len(stratum.lines), tuple(counts[line] for line in chosen))
            for stratum, chosen in zip(strata, drawn, strict=True)
        ]
    )
    truth = sum(one.wrong for _, one in lines) / sum(one.units for _, one in lines)
    return rate.low <= truth <= rate.high


@pytest.mark.parametrize("count", [60, pytest.param(200, marks=pytest.mark.slow)])
def test_the_interval_holds_the_truth_in_93_of_100_draws(count: int) -> None:
    lines = population(random.Random(29), 1500)
    held = sum(estimate(lines, count, seed) for seed in range(100))
    assert held >= 93


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 60)), min_size=2, max_size=30))
def test_an_estimate_lies_in_its_interval(lines: list[tuple[int, int]]) -> None:
    counted = tuple(CountedLine(*line) for line in lines)
    rate = estimate_rate([CountedStratum(10 * len(lines), counted)])
    assert 0 <= rate.low <= rate.rate <= rate.high
    whole = estimate_rate([CountedStratum(len(lines), counted)])
    assert whole.low == whole.rate == whole.high
