"""Corrections that people made in other programs, and those that leave for other programs."""

import csv
import random
from pathlib import Path

import pytest

from flows.cli import corrections as command
from pipeline.corrections.correction import Correction
from pipeline.ingest.revisions import prepare_corrected, prepare_reclean
from pipeline.repository.audit import check_archive
from pipeline.repository.correction_log import read_corrections
from pipeline.review.exported import corrections_table, transcription
from pipeline.review.imported import ImportReport, ImportSource, import_corrections
from pipeline.review.layout_files import CorrectionFileError, read_layout_file
from pipeline.review.page_lines import load_newest, load_review_page
from pipeline.settings import Settings
from pipeline.text import Box
from tests.factories import CLOCK, HEIGHT, WIDTH, publish_sample, settings_in
from tests.test_corrections import decide, publish, reread

TEXT = ("Товарищу Мао.\nМы лумаем, что слелует\nпередать дело.", "Филиппов")
RIGHT = ["Товарищу Мао.", "Мы думаем, что следует", "передать дело."]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def record_id(tmp_path: Path) -> str:
    return publish_sample(tmp_path, TEXT).record_id


def boxes(record_id: str, settings: Settings) -> list[Box]:
    return [line.box for line in load_review_page(record_id, 1, [], settings).lines]


def page_xml(lines: list[tuple[str, Box]], scale: float = 1.0) -> bytes:
    """Return a page as eScriptorium exports it: polygons around lines, larger than their words."""
    written = "".join(
        f'<TextLine id="eSc_line_{number}"><Coords points="{_polygon(box, scale)}"/>'
        f'<Baseline points="{box.x},{box.bottom}"/><TextEquiv><Unicode>{text}</Unicode></TextEquiv>'
        "</TextLine>"
        for number, (text, box) in enumerate(lines, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><PcGts xmlns='
        '"http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"><Metadata>'
        "<Creator>escriptorium</Creator></Metadata>"
        f'<Page imageFilename="letter_0001.jpg" imageWidth="{WIDTH * scale:.0f}" '
        f'imageHeight="{HEIGHT * scale:.0f}"><TextRegion id="eSc_dummyblock_">{written}'
        "</TextRegion></Page></PcGts>"
    ).encode()


def _polygon(box: Box, scale: float) -> str:
    left, top = (box.x - 4) * scale, (box.y - 3) * scale
    right, bottom = (box.right + 5) * scale, (box.bottom + 6) * scale
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in corners)


def alto(lines: list[tuple[str, Box]], scale: float = 1.0) -> bytes:
    """Return a page as eScriptorium exports it: one String a line, no confidences."""
    written = "".join(
        f'<TextLine ID="l{number}" HPOS="{box.x * scale:.0f}" VPOS="{box.y * scale:.0f}" '
        f'WIDTH="{box.width * scale:.0f}" HEIGHT="{box.height * scale:.0f}">'
        f'<String CONTENT="{text}" HPOS="{box.x * scale:.0f}" VPOS="{box.y * scale:.0f}" '
        f'WIDTH="{box.width * scale:.0f}" HEIGHT="{box.height * scale:.0f}"/></TextLine>'
        for number, (text, box) in enumerate(lines, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v4#">'
        "<Description><MeasurementUnit>pixel</MeasurementUnit><sourceImageInformation>"
        "<fileName>letter_0001.jpg</fileName></sourceImageInformation></Description><Layout>"
        f'<Page WIDTH="{WIDTH * scale:.0f}" HEIGHT="{HEIGHT * scale:.0f}" PHYSICAL_IMG_NR="0" '
        f'ID="eSc_dummypage_"><PrintSpace><TextBlock ID="b">{written}</TextBlock></PrintSpace>'
        "</Page></Layout></alto>"
    ).encode()


def take_in(content: bytes, record: str, settings: Settings, name: str = "a.xml") -> ImportReport:
    source = ImportSource(name, content, "Vera", record)
    return import_corrections(source, settings, CLOCK)


@pytest.mark.parametrize("scale", [1.0, 0.5, 3.1])
@pytest.mark.parametrize("write", [page_xml, alto])
def test_a_page_that_was_corrected_elsewhere_comes_back(
    settings: Settings, record_id: str, write: object, scale: float
) -> None:
    assert callable(write)
    lines = list(zip(RIGHT, boxes(record_id, settings), strict=True))
    random.Random(7).shuffle(lines)  # another program may order them otherwise
    report = take_in(write(lines, scale), record_id, settings)
    assert (report.corrected, report.same, report.problems) == (1, 2, [])
    _, record = publish(record_id, settings)
    assert "Мы думаем, что следует" in record.reading_text
    (one,) = record.pages[0].corrections
    assert (one.by, one.read) == ("Vera", "Мы лумаем, что слелует")
    assert read_corrections(settings.output)[0].via == "a.xml"
    assert take_in(write(lines, scale), record_id, settings).corrected == 0
    assert check_archive(settings, [])[1] == []


def test_what_does_not_fit_is_named(settings: Settings, record_id: str) -> None:
    first, second, _ = boxes(record_id, settings)
    elsewhere = Box(10, 700, 300, 20)
    content = page_xml([("Товарищу Мао.", first), ("Приписка", elsewhere), ("Ещё", second)])
    report = take_in(content, record_id, settings)
    assert report.corrected == 1
    assert report.problems == [
        "Left out, because there is no line in its place: “Приписка”",
        "Not in a.xml: “передать дело.”",
    ]


@pytest.mark.parametrize(
    "content",
    [b"<html/>", b"<PcGts/>", b"<alto/>", b"<a", b'<alto><Layout><Page WIDTH="x"/></Layout></alto>',
     b'<PcGts><Page imageWidth="0" imageHeight="0"/></PcGts>', b"<a>&b;</a>",
     b'<alto><Layout><Page WIDTH="nan" HEIGHT="9"/></Layout></alto>',
     alto([("a", Box(1, 1, 9, 9))]).replace(b'HPOS="1"', b'HPOS="1e999"', 1),
     b'<PcGts><Page imageWidth="5" imageHeight="5"><TextLine><Coords points="' + b"9" * 400
     + b',1 2,3"/><TextEquiv><Unicode>a</Unicode></TextEquiv></TextLine></Page></PcGts>'],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(CorrectionFileError, match=r"^a\.xml "):
        read_layout_file(content, "a.xml")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "has no column after, before, line, page"),
        (b"page;line;before;after\n1;1;a;b\n", "has no column after, before, line, page"),
        (b"page,line\n1,1\n", "has no column after, before"),
        (b"page,line,before,after\n1,1,a," + b"x" * 200_000, "cannot be read as CSV"),
    ],
)
def test_a_table_that_is_none_is_refused(settings: Settings, content: bytes, why: str) -> None:
    with pytest.raises(CorrectionFileError, match=rf"^a\.csv {why}"):
        take_in(content, "", settings, "a.csv")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("x,1,a,b,typed", "its page or its line is no number."),
        ("1,,a,b,typed", "its page or its line is no number."),
        ("1,1,a,b,reported", "its action “reported” is none of those that settle a line."),
        ("1,1,a,b,rubbish", "its action “rubbish” is none of those that settle a line."),
        ("1,1,a, ,", "it has no text in the column after."),
        ("1,1,a,b,", "there stands “Товарищу Мао.” now."),
    ],
)
def test_a_row_that_cannot_be_is_named(
    settings: Settings, record_id: str, row: str, why: str
) -> None:
    content = f"page,line,before,after,action\r{row}\r".encode()
    report = take_in(content, record_id, settings, "a.csv")
    assert (report.corrected, report.same) == (0, 0)
    assert report.problems == [f"a.csv, line 2 was left out: {why}"]


def test_a_table_of_corrections_comes_back_elsewhere(tmp_path: Path, settings: Settings) -> None:
    record_id = publish_sample(tmp_path, TEXT).record_id
    decide(settings, record_id, 2, RIGHT[1])
    table = corrections_table([record_id], settings)
    (row,) = csv.DictReader(table.splitlines())
    assert (row["read"], row["after"], row["by"]) == (TEXT[0].split("\n")[1], RIGHT[1], "Anna")
    other = tmp_path / "other"
    assert publish_sample(other, TEXT).record_id == record_id
    there = settings_in(other)
    report = take_in(table.encode("utf-8-sig"), "", there, "table.csv")
    assert (report.corrected, report.problems) == (1, [])
    broken = table.replace("лумаем", "бумаем") + "nobody,1,,1,a,b,c,typed,,\nx,y\n"
    report = take_in(broken.encode(), "", there, "table.csv")
    assert (report.corrected, report.same, len(report.problems)) == (0, 1, 2)


def test_a_transcription_corrects_the_lines_that_are_like_its_own(
    settings: Settings, record_id: str
) -> None:
    text = "\n".join([RIGHT[1], "Это написано от руки", RIGHT[2]]) + "\n\fФилиппов"
    report = take_in(text.encode(), "", settings, f"{record_id}.gt.txt")
    assert (report.corrected, report.same) == (1, 2)
    assert report.problems == ["Left out, because no line is like it: “Это написано от руки”"]
    _, record = publish(record_id, settings)
    assert RIGHT[1] in record.reading_text


def test_a_compared_record_is_a_sample_for_evaluation(
    tmp_path: Path, settings: Settings, record_id: str
) -> None:
    decide(settings, record_id, 2, RIGHT[1])
    publish(record_id, settings)
    assert transcription(record_id, settings) is None
    for page, line in ((1, 1), (1, 3), (2, 1)):
        shown = load_review_page(record_id, page, [], settings).line(line).text
        decide(settings, record_id, line, shown, page=page)
    publish(record_id, settings)
    assert transcription(record_id, settings) == "\n".join(RIGHT) + "\n\fФилиппов\n"
    command._export([record_id], tmp_path / "truth", settings)
    assert sorted(path.name for path in (tmp_path / "truth").iterdir()) == [
        f"{record_id}.gt.txt", f"{record_id}.pdf",
    ]  # fmt: skip


LINES = [f"строка {number} слелует {number * 7} лумаем" for number in range(1, 13)]


@pytest.mark.slow
def test_200_corrections_survive_another_reading_and_another_cleaning(
    tmp_path: Path, settings: Settings
) -> None:
    draw, made, lost = random.Random(11), dict[str, list[Correction]](), 0
    for record in _twenty_records(tmp_path, settings):
        numbers = draw.sample(range(2, 14), 10)
        right = {number: LINES[number - 2].replace("слелует", "следует") for number in numbers}
        made[record] = [decide(settings, record, *line) for line in right.items()]
        publish(record, settings)
    for record, corrections in made.items():
        changed = draw.choice(corrections)
        blank = [""] * (len(load_newest(record, settings)[1].pages) - 1)
        new = reread(record, ["\n".join(_other_reading(changed)), *blank], settings)
        assert {one.id for one in new.pages[0].corrections} == {
            one.id for one in corrections if one is not changed
        }
        assert new.reading_text.count("следует") == 9
        lost += sum("1 correction no longer fits" in issue.detail for issue in new.issues)
        assert prepare_reclean(record, settings, CLOCK).preview().differences == ()
        prepare_corrected(record, settings, CLOCK).publish_if_changed(settings, CLOCK)
        assert load_newest(record, settings)[1].version == 3
    assert lost == 20
    assert len(read_corrections(settings.output)) == 200
    findings = check_archive(settings, [])[1]
    assert {one.path for one in findings} <= {"receipts.jsonl"}  # the samples came without any


def _other_reading(changed: Correction) -> list[str]:
    """Return lines in which another word is read rightly, and one place holds a third thing."""
    third = changed.before.replace("слел", "сдсд")
    read = [third if line == changed.before else line for line in LINES]
    return ["дело", *(line.replace("лумаем", "думаем") for line in read)]


def _twenty_records(tmp_path: Path, settings: Settings) -> list[str]:
    records = []
    for place in range(20):
        leaf, folder = f"RGASPI, f. 558, op. 11, d. {place + 1}, l. 1", tmp_path / str(place)
        texts = ("\n".join(["дело", *LINES]), *[""] * place)  # no two scans are the same
        published = publish_sample(folder, texts, references=leaf)
        _move_record(published.folder.record_folder, folder, settings)
        records.append(published.record_id)
    return records


def _move_record(folder: Path, home: Path, settings: Settings) -> None:
    """Move a record that was published in an archive of its own into the archive of the test."""
    target = settings.records / folder.relative_to(home / "output" / "records")
    target.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(target)
