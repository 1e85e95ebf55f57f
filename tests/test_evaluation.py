"""Error rates of pages with transcriptions: which files are paired, and how rates add up."""

import json
from collections import Counter
from pathlib import Path

import pytesseract
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SetupError
from pipeline.evaluation.bootstrap import interval_of_mean
from pipeline.evaluation.error_kinds import ErrorKind
from pipeline.evaluation.judged_words import JudgedWord, judge_words
from pipeline.evaluation.line_alignment import align_transcription
from pipeline.evaluation.report import build_report
from pipeline.evaluation.results import (
    EvaluatedPage,
    PageResult,
    pages_above_bare,
    review_rankings,
    summarize_series,
    summarize_sets,
)
from pipeline.evaluation.samples import find_samples, samples_of_series
from pipeline.evaluation.series import read_series
from pipeline.evaluation.tables import flag_sentence, report_tables
from pipeline.evaluation.word_flags import count_words, report_flags
from pipeline.evaluation.word_table import words_table
from pipeline.model import PageState
from pipeline.ocr.engine import Engine
from pipeline.ocr.recipes import Recipe
from pipeline.ocr.tesseract import Tesseract
from pipeline.text_metrics import ErrorRates
from tests.factories import fake_tesseract
from tests.factories import text as page_text
from tests.workspace import LETTER, PATIENCE, Workspace

READINGS = ("vom 11. Mai", "vom 11. Mei")
INSTALLED = ("deu", "eng", "osd", "rus")


def folder_of(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Мао" if path.suffix == ".txt" else "")
    return root


def result(name: str, error: float, characters: int = 100, **other: object) -> PageResult:
    rates = ErrorRates(error, error, error, error)
    values: dict[str, object] = {
        "set": "letters", "series": "letters", "page": 1, "recipe": Recipe.EVIDENCE,
        "state": PageState.OK, "languages": "rus", "told": "option", "readings": 1, "seconds": 2.0,
        "expected_error": 0.0, "raw": rates, "cleaned": rates,
        "kinds": {}, "words": count_words([]),
    }  # fmt: skip
    return PageResult(**(values | {"name": name, "characters": characters} | other))  # type: ignore[arg-type]


def judge_line(truth: str, read: str, confidence: float) -> list[JudgedWord]:
    return judge_words(align_transcription(truth, read), page_text(read, confidence))


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A Tesseract with models of some languages, and one of none."""
    program = fake_tesseract(tmp_path_factory.mktemp("tesseract"), *INSTALLED)
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(program))
    return Tesseract(("rus",), PATIENCE)


def test_a_scan_is_paired_with_its_transcription_and_what_stands_alone_is_named(
    tmp_path: Path, engine: Engine
) -> None:
    folder = folder_of(tmp_path, "a/1.jpg", "a/1.gt.txt", "b/2.PDF", "b/2.gt.txt", "3.png")
    folder_of(folder, "a/4.gt.txt")
    samples, amiss = find_samples(folder, (), engine)
    assert [(sample.set, sample.scan.name) for sample in samples] == [
        ("a", "1.jpg"),
        ("b", "2.PDF"),
    ]
    assert amiss == [
        f"{folder / '3.png'} has no transcription 3.gt.txt",
        f"{folder / 'a/4.gt.txt'} has no scan beside it",
    ]


def test_pages_of_a_transcription_are_parted_by_form_feeds(tmp_path: Path, engine: Engine) -> None:
    folder = folder_of(tmp_path, "1.pdf")
    (folder / "1.gt.txt").write_text("раз\fдва\f\fчетыре\f")
    (sample,), _ = find_samples(folder, (), engine)
    assert sample.transcriptions == ("раз", "два", "", "четыре")
    assert sample.set == tmp_path.name


def test_a_folder_without_transcriptions_is_refused(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(SetupError, match=r"no scan with a transcription NAME\.gt\.txt"):
        find_samples(folder_of(tmp_path, "1.jpg"), (), engine)


def test_languages_come_from_the_option_then_from_defaults_then_from_the_pages(
    tmp_path: Path, engine: Engine
) -> None:
    folder = folder_of(tmp_path, "de/1.jpg", "de/1.gt.txt", "who/2.jpg", "who/2.gt.txt")
    (folder / "de" / "_defaults.yaml").write_text("language: de\n")
    languages = [(s.languages, s.languages_from) for s in find_samples(folder, (), engine)[0]]
    assert languages == [(("deu",), "defaults"), (("rus", "eng", "deu"), "found")]
    languages = [(s.languages, s.languages_from) for s in find_samples(folder, ("rus",), engine)[0]]
    assert languages == [(("rus",), "option")] * 2


def test_a_long_page_weighs_more_than_a_short_one() -> None:
    results = [result("long", 0.1, 300), result("short", 0.5, 100), result("x", 0.9, set="other")]
    letters, other, everything = summarize_sets(results)
    assert [found.set for found in (letters, other, everything)] == ["letters", "other", "all"]
    assert [letters.raw.cer, other.raw.wer] == pytest.approx([0.2, 0.9])
    assert everything.raw.line_error == pytest.approx(170 / 500)


def test_recipes_are_summed_apart_and_failures_counted() -> None:
    results = [
        result("1", 0.1),
        result("2", 1.0, state=PageState.TIMEOUT),
        result("1", 0.3, recipe=Recipe.UNTOUCHED, readings=3),
    ]
    evidence, untouched, *_ = summarize_sets(results)
    assert (evidence.recipe, evidence.pages, evidence.failed) == (Recipe.EVIDENCE, 2, 1)
    assert (untouched.recipe, untouched.failed, untouched.readings) == (Recipe.UNTOUCHED, 0, 3.0)


def test_the_worst_tenth_is_compared_with_the_pages_marked_for_review() -> None:
    results = [result(str(n), n / 100, expected_error=n / 100) for n in range(18)]
    results += [result("lost", 1.0, state=PageState.ERROR), result("unseen", 0.9)]
    (ranking,) = review_rankings(results)
    assert (ranking.worst, ranking.worst_flagged) == (2, 1)
    assert "1 of the 2 with the highest CER" in ranking.sentence


def test_a_scan_belongs_to_its_series_or_to_its_set(tmp_path: Path, engine: Engine) -> None:
    folder = folder_of(tmp_path, "a/1.jpg", "a/1.gt.txt", "a/2.jpg", "a/2.gt.txt")
    table = folder / "series.tsv"
    table.write_text('file\tpage\tseries\ttext\nx\t1\tminutes\t"\nx\t1\tminutes\t\n')
    samples, _ = find_samples(folder, (), engine, read_series(table))
    assert [sample.series for sample in samples] == ["minutes", "a"]
    assert samples_of_series(samples, []) == samples
    assert samples_of_series(samples, ["minutes"]) == samples[:1]
    with pytest.raises(SetupError, match=r"no series letters.*a, minutes"):
        samples_of_series(samples, ["minutes", "letters"])


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("page\n1\n", "has no column series"),
        ("", "has no column page and no column series"),
        ("page\tseries\n1\ta\n1\tb\n", "puts 1 into two series, a and b"),
        (None, "cannot be read"),
    ],
)
def test_a_table_of_series_is_refused(tmp_path: Path, table: str | None, reason: str) -> None:
    path = tmp_path / "series.tsv"
    if table is not None:
        path.write_text(table)
    with pytest.raises(SetupError, match=reason):
        read_series(path)


def test_the_table_of_words_has_a_row_for_each_word() -> None:
    words = tuple(judge_line("vom 11. März", "vom 11.Marz", 0.5))
    heads, *rows = words_table([EvaluatedPage(result("1", 0.1), words)]).splitlines()
    first, second = (dict(zip(heads.split("\t"), row.split("\t"), strict=True)) for row in rows)
    assert (first["series"], first["line"], first["word"]) == ("letters", "1", "1")
    assert (first["truth"], first["verdict"], first["confidence"]) == ("vom", "right", "0.5")
    assert (second["text"], second["truth"], second["verdict"], second["is_flagged"]) == (
        "11.Marz", "11. März", "wrong", "1",
    )  # fmt: skip


def test_a_series_is_summed_over_sets() -> None:
    results = [
        result("1", 0.1, series="minutes"),
        result("2", 0.3, series="minutes", set="other"),
        result("3", 0.5, kinds={ErrorKind.CASE: 2}),
    ]
    letters, minutes = summarize_series(results)
    assert (minutes.series, minutes.set, minutes.pages) == ("minutes", "all", 2)
    assert minutes.raw.cer == pytest.approx(0.2)
    assert (letters.kinds[ErrorKind.CASE], letters.kinds[ErrorKind.DIGIT]) == (2, 0)


def test_pages_read_worse_than_by_the_engine_alone_are_named() -> None:
    errors = {"rubbish": (0.9, 0.04), "near": (0.07, 0.041), "better": (0.01, 0.5)}
    results = [
        result(name, error, recipe=recipe)
        for name, pair in errors.items()
        for recipe, error in zip((Recipe.EVIDENCE, Recipe.UNTOUCHED), pair, strict=True)
    ]
    (page,) = pages_above_bare([*results, result("alone", 1.0)])
    assert (page.name, page.recipe, page.cer, page.bare_cer) == (
        "rubbish", Recipe.EVIDENCE, 0.9, 0.04,
    )  # fmt: skip


def test_flags_are_compared_with_the_words_that_are_wrong() -> None:
    pages = [judge_line("vom 11. Mai", f"СЕКРЕТНО {read}", 0.5) for read in READINGS]
    sure = judge_line("vom 11. Mai", "von 11. Mai", 0.99)
    flags = report_flags(Recipe.EVIDENCE, [*pages, sure])
    words = flags.words
    assert (words.right, words.right_flagged, words.wrong, words.wrong_flagged) == (7, 5, 2, 1)
    chances = [[word.chance for word in page if word.is_judged] for page in (*pages, sure)]
    expected = [sum(page) for page in chances]
    assert words.untranscribed == 2
    assert words.expected_wrong == pytest.approx(sum(expected), abs=0.01)
    assert [flags.wrong_flagged_share, flags.right_flagged_share] == [0.5, 0.7143]
    real = [sum(word.is_wrong for word in page) for page in (*pages, sure)]
    differences = [abs(left - right) for left, right in zip(expected, real, strict=True)]
    assert flags.page_difference == pytest.approx(sum(differences) / 3, abs=0.01)
    assert sum(band.words for band in flags.bands) == 9
    assert sum(band.words * band.real for band in flags.bands) == pytest.approx(2, abs=0.01)
    assert "1 of 2 wrong words flagged (50.0 %)" in flag_sentence(flags)


def test_a_report_without_words_or_series_has_tables_all_the_same() -> None:
    report = build_report([EvaluatedPage(result("1", 0.1), ())])
    assert [table.title for table in report_tables(report)] == [
        "Pages", "Error rates of pages", "Sets",
        "Edits of line error by kind: evidence, before cleaning",
    ]  # fmt: skip
    for table in report_tables(report):
        assert {len(row) for row in table.rows} <= {len(table.heads)}


@given(
    st.lists(st.tuples(st.floats(0, 2), st.integers(0, 500)), min_size=2, max_size=9),
)
def test_an_interval_lies_within_the_rates_and_is_always_the_same(
    pages: list[tuple[float, int]],
) -> None:
    rates = [(ErrorRates(rate, rate, rate, rate), weight) for rate, weight in pages if weight]
    found = interval_of_mean(rates)
    assert found == interval_of_mean(rates)
    assert (found is None) == (len(rates) < 2)
    if found:
        low, high = found
        values = [rate.cer for rate, _ in rates]
        assert min(values) - 1e-9 <= low.cer <= high.cer <= max(values) + 1e-9


def test_an_interval_is_narrower_for_more_pages() -> None:
    few = [(ErrorRates(rate, rate, rate, rate), 100) for rate in (0.0, 0.1)]
    interval, of_many = interval_of_mean(few), interval_of_mean(few * 40)
    assert interval
    assert of_many
    (low, high), (low_of_many, high_of_many) = interval, of_many
    assert [low.cer, high.cer] == pytest.approx([0.0, 0.1])
    assert 0.03 < low_of_many.cer < 0.05 < high_of_many.cer < 0.07


@pytest.mark.tesseract
def test_the_bundled_letter_is_evaluated_from_the_command_line(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.drop(LETTER)
    (workspace.inbox / f"{LETTER.stem}.gt.txt").write_text(
        LETTER.with_suffix(".gt.txt").read_text()
    )
    recipes = ("--recipe", "evidence", "--recipe", "untouched", "--words", "words.tsv")
    result = workspace.opis("evaluate", "inbox", "--json", *recipes)
    assert (result.returncode, result.stderr) == (0, "")
    report = json.loads(result.stdout)
    assert [(page["page"], page["recipe"]) for page in report["pages"]] == [
        (page, recipe) for page in (1, 2, 3, 4) for recipe in ("evidence", "untouched")
    ]
    assert {page["languages"] for page in report["pages"]} == {"rus"}
    sums = {s["recipe"]: s for s in report["sets"] if s["set"] == "all"}
    ours, bare = sums["evidence"], sums["untouched"]
    assert 0 < ours["raw"]["line_error"] < 0.01
    assert 0 < ours["cleaned"]["line_error"] < 0.01
    assert ours["raw"]["line_error"] <= bare["raw"]["line_error"] + 0.01
    assert ours["raw"]["lenient_line_error"] <= ours["raw"]["line_error"]
    assert sum(ours["kinds"].values()) > 0
    (flags, _) = report["word_flags"]
    assert flags["words"]["right"] > 4 * flags["words"]["wrong"] > 0
    heads, *rows = (workspace.folder / "words.tsv").read_text("utf-8").splitlines()
    words = [dict(zip(heads.split("\t"), row.split("\t"), strict=True)) for row in rows]
    verdicts = Counter(word["verdict"] for word in words if word["recipe"] == "evidence")
    assert verdicts["wrong"] == flags["words"]["wrong"]
    assert not list(workspace.output.rglob("*"))


@pytest.mark.tesseract
def test_a_transcription_of_other_length_is_named(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.drop(LETTER)
    (workspace.inbox / f"{LETTER.stem}.gt.txt").write_text("одна страница")
    result = workspace.opis("evaluate", "inbox")
    assert result.returncode == 2
    assert "has 4 pages, its transcription has 1" in result.stderr
