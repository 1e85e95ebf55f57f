"""Corrections of people: kept, published, and found again after every new reading."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.clock import RealClock
from pipeline.cleaning.edits import Change, replay, undo
from pipeline.cleaning.word_edits import merge_words
from pipeline.corrections.corrected_text import apply_fitted, correct_page, correcting_edits
from pipeline.corrections.correction import Correction, CorrectionAction
from pipeline.corrections.fit import fit_corrections
from pipeline.exports.alto import read_page_text
from pipeline.ingest.revisions import Revision, prepare_corrected, prepare_reclean
from pipeline.record.assemble import reassemble_record
from pipeline.record.record import Record
from pipeline.record.trace import describe_trace, trace_word
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.acceptance import accept_archive
from pipeline.repository.audit import check_archive
from pipeline.repository.catalog import Catalog
from pipeline.repository.correction_log import (
    corrections_by_record,
    read_corrections,
    select_corrected,
    with_corrections,
)
from pipeline.repository.record_selection import RecordSelection
from pipeline.repository.replication import check_mirror, push_versions
from pipeline.repository.version_reader import readmit
from pipeline.review.line_decisions import (
    LineDecision,
    LinePlace,
    OvertakenError,
    ReviewError,
    decide_line,
    last_entry_id,
    undo_correction,
)
from pipeline.review.page_lines import load_newest, load_review_page
from pipeline.review.queue import QueueFilter, build_queue
from pipeline.scan import ReadPage
from pipeline.settings import Settings
from pipeline.text import PageText, Role, WordSource
from tests.factories import CLOCK, SIGNATURE, pages, publish_sample, settings_in, text

LETTER = ("Товарищу Мао Цзэ-дуну.\nМы лумаем, что слелует\nпередать лело.", "Филиппов")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def record_id(tmp_path: Path) -> str:
    return publish_sample(tmp_path, LETTER).record_id


def decide(
    settings: Settings, record: str, line: int, typed: str = "", *, by: str = "Anna",
    action: CorrectionAction = CorrectionAction.TYPED, page: int = 1,
) -> Correction:  # fmt: skip
    """Decide on a line as it stands now."""
    log = read_corrections(settings.output)
    shown = load_review_page(record, page, log, settings).line(line)
    seen = last_entry_id(log, record, shown.box)
    place = LinePlace(record, page, line, shown.text, seen)
    return decide_line(LineDecision(place, action, by, typed), settings, CLOCK)


def publish(record: str, settings: Settings) -> tuple[VersionFolder, Record]:
    prepare_corrected(record, settings, CLOCK).publish_if_changed(settings, CLOCK)
    return load_newest(record, settings)


def reread(record: str, texts: Sequence[str], settings: Settings) -> Record:
    """Publish a new reading of the same images by an engine that reads these texts."""
    folder, old = load_newest(record, settings)
    corrections = corrections_by_record(settings.output)[record]

    def made() -> Iterator[ReadPage]:
        return with_corrections(pages(texts), corrections)

    new = reassemble_record(old, made(), replace(SIGNATURE, version="2"), CLOCK)
    revision = Revision(readmit(folder, old, ()), old, new, made, ("reread", "another engine"))
    revision.publish_if_changed(settings, CLOCK)
    return load_newest(record, settings)[1]


def test_a_typed_line_is_published_and_says_who_typed_it(
    settings: Settings, record_id: str
) -> None:
    decide(settings, record_id, 2, "Мы думаем, что следует")
    assert select_corrected(RecordSelection(), settings) == [record_id]
    folder, record = publish(record_id, settings)
    assert record.version == 2
    assert "Мы думаем, что следует" in record.reading_text
    page = record.pages[0]
    assert "лумаем" in page.raw_text, "what the machine read is kept"
    assert page.cleaning[0].step == "correct"
    assert replay(page.raw_text, page.cleaning) == page.reading_text
    assert (record.status, page.review) == ("in-part", "in-part")
    (one,) = page.corrections
    assert (one.by, one.read, one.text) == (
        "Anna", "Мы лумаем, что слелует", "Мы думаем, что следует",
    )  # fmt: skip
    alto = read_page_text(folder.alto(1).read_bytes())
    words = {word.text: word for word in alto.words()}
    assert words["думаем,"].source is WordSource.PERSON
    assert [other.text for other in words["думаем,"].alternatives] == ["лумаем,"]
    assert words["что"].source is WordSource.ENGINE
    assert "лумаем" in folder.alto_as_read(1).read_text("utf-8")
    changes = json.loads(folder.changes_file.read_bytes())
    assert changes["kind"] == "corrected"
    people = {agent.name for agent in record.provenance.agents.values()}
    assert "Anna" in people
    assert select_corrected(RecordSelection(), settings) == []
    assert check_archive(settings, [])[1] == []


def test_a_reviewed_record_needs_no_review(settings: Settings, record_id: str) -> None:
    for page, line in ((1, 1), (1, 2), (1, 3), (2, 1)):
        decide(settings, record_id, line, page=page, action=CorrectionAction.ACCEPTED)
    _, record = publish(record_id, settings)
    assert record.status == "reviewed"
    assert {page.review for page in record.pages} == {"reviewed"}
    assert not any(page.doubts for page in record.pages)
    decide(settings, record_id, 1, page=2, action=CorrectionAction.ACCEPTED, by="Boris")
    _, record = publish(record_id, settings)
    assert [page.review for page in record.pages] == ["reviewed", "checked"]
    with Catalog(settings.catalog, settings.records) as catalog:
        assert catalog.get_entry(record_id).status == "reviewed"
    assert check_archive(settings, [])[1] == []


def test_a_place_without_text_is_left_out(settings: Settings, record_id: str) -> None:
    decide(settings, record_id, 3, action=CorrectionAction.NOT_TEXT)
    _, record = publish(record_id, settings)
    assert "передать" not in record.reading_text
    assert record.pages[0].line_roles[2] is Role.NOISE
    assert check_archive(settings, [])[1] == []


def test_a_line_in_the_wrong_place_is_an_issue(settings: Settings, record_id: str) -> None:
    decide(settings, record_id, 3, action=CorrectionAction.WRONG_ORDER)
    _, record = publish(record_id, settings)
    assert any("not in reading order: line 3" in issue.detail for issue in record.issues)
    assert record.needs_review


@pytest.mark.parametrize(
    ("read", "stands", "lost"),
    [
        ("Мы лумаем, что слелует", "Мы думаем, что следует", 0),  # as before
        ("Мы думаем, что следует", "Мы думаем, что следует", 0),  # as corrected
        ("Мы думаем, что слелует", "Мы думаем, что следует", 0),  # of both something
        ("Мы лумаем. что слелует", "Мы лумаем. что слелует", 1),  # a third thing
    ],
)
def test_a_new_reading_keeps_what_still_fits(
    settings: Settings, record_id: str, read: str, stands: str, lost: int
) -> None:
    decide(settings, record_id, 2, "Мы думаем, что следует")
    publish(record_id, settings)
    lines = LETTER[0].split("\n")
    new = reread(record_id, ["\n".join([lines[0], read, lines[2]]), LETTER[1]], settings)
    assert stands in new.reading_text
    assert sum(issue.concern == "lost-correction" for issue in new.issues) == lost
    queue = build_queue(QueueFilter(), read_corrections(settings.output), settings)
    shown = load_review_page(record_id, 1, read_corrections(settings.output), settings).line(2)
    if lost:
        assert (queue[0].line, shown.text) == (2, read)
        assert shown.lost is not None
        assert shown.lost.after == "Мы думаем, что следует"
        decide(settings, record_id, 2, "Мы думаем, что следует")
        _, decided = publish(record_id, settings)
        assert "Мы думаем, что следует" in decided.reading_text
        assert not any(issue.concern == "lost-correction" for issue in decided.issues)
    assert check_archive(settings, [])[1] == []


def test_a_line_with_fewer_words_that_a_new_reading_changes_is_published(
    tmp_path: Path, settings: Settings
) -> None:
    record_id = publish_sample(tmp_path, ("Мы с лелует этому делу",)).record_id
    decide(settings, record_id, 1, "Мы следует этому делу")
    folder, record = publish(record_id, settings)
    (word,) = trace_word(record.pages[0], read_page_text(folder.alto(1).read_bytes()), "этому")
    assert [one.text for one in word.words] == ["этому"]
    new = reread(record_id, ["Мы с лелует этому дфлу"], settings)
    assert new.pages[0].reading_text == "Мы следует этому дфлу"
    assert [doubt.word for doubt in new.pages[0].doubts or () if doubt.text == "дфлу"] == [4]
    assert new.pages[0].review == "in-part"
    assert check_archive(settings, [])[1] == []


def test_a_word_of_a_person_is_traced_to_the_person(settings: Settings, record_id: str) -> None:
    decide(settings, record_id, 2, "Мы думаем, что следует")
    folder, record = publish(record_id, settings)
    page = record.pages[0]
    traced = list(trace_word(page, read_page_text(folder.alto(1).read_bytes()), "следует"))
    lines = "\n".join(describe_trace(record, page, traced))
    assert "typed by a person as “следует”, read as “слелует” by machine, in line 2" in lines
    assert "correct-0001-1: Anna, 1949" in lines


def test_cleaning_again_keeps_corrections_and_words_of_people(
    settings: Settings, record_id: str
) -> None:
    decide(settings, record_id, 2, "Мы лумаeм, что с ледует —")  # with a Latin e, on purpose
    _, record = publish(record_id, settings)
    assert "Мы лумаeм, что с ледует —" in record.reading_text
    again = prepare_reclean(record_id, settings, CLOCK)
    assert again.preview().differences == ()
    assert again.new.pages == record.pages


def test_two_people_do_not_overwrite_each_other(settings: Settings, record_id: str) -> None:
    seen = load_review_page(record_id, 1, [], settings).line(2)
    place = LinePlace(record_id, 1, 2, seen.text)
    typed = CorrectionAction.TYPED
    decide_line(LineDecision(place, typed, "Anna", "Мы думаем, что слелует"), settings, CLOCK)
    with pytest.raises(OvertakenError, match="Anna changed this line") as caught:
        decide_line(LineDecision(place, typed, "Boris", "Мы лумаем, что следует"), settings, CLOCK)
    assert caught.value.mine == "Мы лумаем, что следует"
    assert caught.value.theirs.text == "Мы думаем, что слелует"
    assert [one.by for one in read_corrections(settings.output)] == ["Anna"]


def test_what_is_taken_back_does_not_count_and_stays_in_the_log(
    settings: Settings, record_id: str
) -> None:
    first = decide(settings, record_id, 2, "Мы думаем, что следует")
    publish(record_id, settings)
    undo_correction(first.id, "Boris", settings, CLOCK)
    assert select_corrected(RecordSelection(), settings) == [record_id]
    _, record = publish(record_id, settings)
    assert record.version == 3
    assert "лумаем" in record.reading_text
    assert len(read_corrections(settings.output)) == 2
    with pytest.raises(ReviewError, match="taken back before"):
        undo_correction(first.id, "Boris", settings, CLOCK)
    assert check_archive(settings, [])[1] == []


def test_the_log_is_checked(settings: Settings, record_id: str) -> None:
    decide(settings, record_id, 2, "Мы думаем, что следует")
    decide(settings, record_id, 3, "передать дело.")
    publish(record_id, settings)
    log = settings.output / "corrections.jsonl"
    content = log.read_bytes()
    for changed in (
        content.replace("дело".encode(), "тело".encode()),
        content[: content.index(b"\n") + 1],
        content[content.index(b"\n") + 1 :],
        b"",
    ):
        log.write_bytes(changed)
        assert check_archive(settings, [])[1] != []
    log.unlink()
    assert check_archive(settings, [])[1] != []
    log.write_bytes(content)
    assert check_archive(settings, [])[1] == []


@pytest.mark.parametrize("damage", ["changed", "cut", "gone"])
def test_a_damaged_log_without_a_copy_is_accepted(
    settings: Settings, record_id: str, damage: str
) -> None:
    decide(settings, record_id, 2, "Мы думаем, что следует")
    decide(settings, record_id, 3, "передать дело.")
    publish(record_id, settings)
    log = settings.output / "corrections.jsonl"
    content = log.read_bytes()
    if damage == "gone":
        log.unlink()
    else:
        first = content[: content.index(b"\n") + 1]
        log.write_bytes(first if damage == "cut" else content.replace(b"Anna", b"Inna"))
    assert check_archive(settings, [])[1] != []
    receipts = accept_archive("No copy.", settings, RealClock())
    assert [one.fate for one in receipts if one.scan == log.name] == ["accepted"]
    assert check_archive(settings, [])[1] == []
    decide(settings, record_id, 1, "Товарищу Мао!")
    assert check_archive(settings, [])[1] == []
    log.write_bytes(log.read_bytes().replace("Мао!".encode(), "Мао?".encode()))
    assert check_archive(settings, [])[1] != []


def test_corrections_are_pushed_with_the_records(
    tmp_path: Path, settings: Settings, record_id: str
) -> None:
    decide(settings, record_id, 2, "Мы думаем, что следует")
    url = (tmp_path / "copies").as_uri()
    push_versions(settings, url, lambda _: None)
    log = settings.output / "corrections.jsonl"
    assert (tmp_path / "copies" / log.name).read_bytes() == log.read_bytes()
    decide(settings, record_id, 3, "передать дело.")
    assert check_mirror(settings, url)[1] == []  # the copy is a beginning of it
    (tmp_path / "copies" / log.name).write_bytes(b"x\n")
    assert [one.path for one in check_mirror(settings, url)[1]] == [log.name]


def test_a_corrected_word_is_doubtful_elsewhere(tmp_path: Path, settings: Settings) -> None:
    record_id = publish_sample(tmp_path, ("Мы лумаем.\nОни лумаем.",)).record_id
    decide(settings, record_id, 1, "Мы думаем.")
    _, record = publish(record_id, settings)
    (doubt,) = [one for one in record.pages[0].doubts or () if one.text == "лумаем."]
    assert (doubt.line, doubt.suggestions[0]) == (2, "думаем.")
    assert doubt.chance > 0.5


WORD = st.sampled_from(["мир", "лумаем", "дело,", "и", "1949", "Berlin.", "—"])
WORDS = st.lists(WORD, min_size=1)
LINES = st.lists(WORDS.map(" ".join), min_size=1, max_size=5)


@given(LINES, st.data())
def test_any_corrections_replay_and_undo(lines: list[str], data: st.DataObject) -> None:
    read = text("\n".join(lines))
    made = [
        _correction(number, read, data.draw(WORDS.map(" ".join)))
        for number in data.draw(st.sets(st.integers(1, len(lines))))
    ]
    corrected = correct_page(read, "0" * 64, made)
    if corrected is None:
        assert not made
        return
    after = {one.line: one.text for one in corrected.lines}
    expected = [after.get(number, line) for number, line in enumerate(lines, 1)]
    assert [line.text for line in corrected.text.lines()] == expected
    assert all(one.after == after[number] for one, number in zip(made, after, strict=True))
    edits = correcting_edits(read, corrected.text)
    change = [Change("correct", edits)]
    assert replay(read.raw_text, change) == corrected.text.raw_text
    assert undo(corrected.text.raw_text, change) == read.raw_text
    _assert_inside(read, corrected.text)
    again = fit_corrections(corrected.text, "0" * 64, made)
    assert not again.unfit, "a reading that reads what people typed keeps all corrections"
    assert [line.text for line in apply_fitted(corrected.text, again).text.lines()] == expected


def _correction(number: int, read: PageText, after: str) -> Correction:
    line = list(read.lines())[number - 1]
    return Correction(
        id=f"c{number}", when=CLOCK.now(), by="Anna", via="review", record="r", version=1, page=1,
        image="0" * 64, box=line.box, before=line.text, after=after,
        action=CorrectionAction.TYPED if after != line.text else CorrectionAction.ACCEPTED,
    )  # fmt: skip


def _assert_inside(read: PageText, corrected: PageText) -> None:
    """Check that no word of a person lies outside of its line."""
    for line, other in zip(read.lines(), corrected.lines(), strict=True):
        for word in other.words:
            assert word.box.x >= line.box.x
            assert word.box.right <= line.box.right


@given(WORDS.map(" ".join), WORDS.map(" ".join))
def test_a_correction_fits_what_it_found_and_what_it_made(before: str, after: str) -> None:
    made = _correction(1, text(before), after)
    for read in (before, after):
        fitted = fit_corrections(text(read), "0" * 64, [made])
        assert not fitted.unfit
        assert [placed.text for placed in fitted.placed] == [after]


def test_what_settles_no_line_hides_no_lost_correction() -> None:
    lost = _correction(1, text("one two"), "one 2")
    read = text("one too")
    for action in (CorrectionAction.REPORTED, CorrectionAction.TRANSCRIBED):
        later = _correction(1, read, "one too").model_copy(update={"id": "c2", "action": action})
        fitted = fit_corrections(read, "0" * 64, [lost, later])
        assert fitted.unfit == (lost,)
        assert [placed.correction for placed in fitted.placed] == [later]
    accepted = _correction(1, read, "one too")
    assert not fit_corrections(read, "0" * 64, [lost, accepted]).unfit


def test_a_line_of_which_every_word_was_removed_waits_for_a_person() -> None:
    """The person left only the first word, and the new reading has only the second."""
    made = _correction(1, text("one two"), "one")
    corrected = correct_page(text("two"), "0" * 64, [made])
    assert corrected is not None
    assert corrected.unfit == (made,)
    assert corrected.text.raw_text == "two"


def test_a_line_that_was_typed_for_a_sample_still_waits(settings: Settings, record_id: str) -> None:
    decide(settings, record_id, 2, "somebody doubts it", action=CorrectionAction.REPORTED)
    sampled = decide(settings, record_id, 2, action=CorrectionAction.TRANSCRIBED)
    log = read_corrections(settings.output)
    line = load_review_page(record_id, 1, log, settings).line(2)
    assert log[-1].id == sampled.id
    assert line.report is not None
    assert line.latest is None
    assert not line.is_settled


@given(WORDS, WORDS, WORDS)
def test_both_changes_are_in_a_merged_line(
    base: list[str], mine: list[str], theirs: list[str]
) -> None:
    merged = merge_words(" ".join(base), " ".join(mine), " ".join(theirs))
    assert merge_words(" ".join(base), " ".join(theirs), " ".join(mine)) == merged
    if mine == base:
        assert merged == " ".join(theirs)
    if merged is not None:
        assert set(merged.split()) <= {*base, *mine, *theirs}
