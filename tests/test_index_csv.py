from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.description.index_csv import parse_table, to_csv
from pipeline.description.merge import find_sources, merge_sources
from pipeline.description.sources import DEFAULTS, INDEX, SIDECAR, DescriptionSource
from pipeline.errors import DescriptionError

law = settings(deadline=None)  # a busy machine is not a broken law
HELD = "RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113"
SCAN = "RGASPI_f558_op11_d330_ll0110-0113.pdf"


@pytest.mark.parametrize(
    "content",
    [
        "file;title;subjects\na.pdf;Cable;x|y\n",
        "file,title,subjects\r\na.pdf,Cable,x|y\r\n",
        "\ufefffile\ttitle\tsubjects\na.pdf\tCable\tx | y",
        "sep=;\nfile;title;subjects\na.pdf;Cable;x|y|\n",
        'scan;title;subjects;\n"a.pdf";"Cable";"x|y";\n;;;\n',
        "file;title;subjects\na;Cable;x|y\n",
    ],
)
def test_a_table_is_read_as_spreadsheets_write_it(content: str) -> None:
    table = parse_table(content.encode(), "index.csv")
    assert table.error is None
    (row,) = table.rows_of("a.pdf")
    assert row.values == {"title": "Cable", "subjects": ["x", "y"]}
    assert row.error is None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("title\nA\n", "line 1 has no column, or two, that name the scan"),
        ("file;scan\na;b\n", "line 1 has no column, or two, that name the scan"),
        ("file;titel\na;A\n", "line 1: `titel` is not a field. Did you mean `title`?"),
        ("file;title;title\na;A;B\n", "line 1 has the column `title` twice"),
        ("file;reference;references\na;A;B\n", "line 1 has the column `references` twice"),
        ("file;names\na;A\n", "line 1: `names` has keys of its own"),
        ("file;title\na;A\nb;\u0416".encode("utf-8") + b"\xff", "line 3 is not UTF-8"),
        ('file;title\na;"A\n', "line 2 cannot be read"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_relied_on_is_refused(content: str | bytes, problem: str) -> None:
    raw = content if isinstance(content, bytes) else content.encode()
    fault = parse_table(raw, "index.csv").error
    assert fault is not None
    assert problem in str(fault)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('file;title\na;"A" B\nb;C\nc;D\n', 2),
        ('sep=;\nfile;title\na;A\nb;"B\nc;C\n', 4),
        ('file;title\na;"two\nlines" B\nb;C\n', 2),
    ],
)
def test_a_row_that_is_no_csv_is_named_by_its_first_line(content: str, line: int) -> None:
    error = parse_table(content.encode(), "index.csv").error
    assert error is not None
    assert error.line == line
    assert str(error).startswith(f"index.csv, line {line} cannot be read: ")


def test_a_row_knows_its_line_and_its_number() -> None:
    table = parse_table(b'file;note\n\na;"two\nlines"\nb;x\n', "index.csv")
    assert [(row.scan, row.number, row.line) for row in table.rows] == [("a", 3, 3), ("b", 4, 5)]


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_row_is_nearer_than_the_folder_and_farther_than_name_and_sidecar(tmp_path: Path) -> None:
    folder(
        tmp_path,
        **{
            SCAN: "",
            "_defaults.yaml": "funder: A\ncollection: A\nnote: A\n",
            "index.csv": f"file;funder;note;reference\n{SCAN};B;B;{HELD} | CAB 123/246\n",
            f"{Path(SCAN).stem}.yaml": "note: C\n",
        },
    )
    described = merge_sources(find_sources(tmp_path / SCAN, tmp_path))
    assert described.description.references == (HELD, "CAB 123/246")
    assert (described.description.collection, described.description.funder) == ("A", "B")
    assert described.description.note == "C"
    assert described.origins == {
        "collection": "folder defaults (_defaults.yaml)",
        "funder": "index.csv, row 2",
        "note": "sidecar",
        "references": "index.csv, row 2",
    }


def test_a_row_that_names_another_place_than_the_file_name_is_refused(tmp_path: Path) -> None:
    row = f"file;reference\n{SCAN};RGASPI, f. 558, op. 11, d. 331, ll. 0110-0113\n"
    folder(tmp_path, **{SCAN: "", "index.csv": row})
    with pytest.raises(DescriptionError, match=r"index\.csv, line 2 says"):
        merge_sources(find_sources(tmp_path / SCAN, tmp_path))


def test_a_fault_of_another_row_stops_nobody(tmp_path: Path) -> None:
    folder(tmp_path, **{"a.pdf": "", "b.pdf": "", "index.csv": "file;title\na;A\nb;B;C\n"})
    assert merge_sources(find_sources(tmp_path / "a.pdf", tmp_path)).description.title == "A"
    with pytest.raises(DescriptionError, match="line 3 has more cells"):
        find_sources(tmp_path / "b.pdf", tmp_path)


def test_a_table_that_changed_is_read_again(tmp_path: Path) -> None:
    folder(tmp_path, **{"a.pdf": "", "index.csv": "file;title\na;A\n"})
    assert merge_sources(find_sources(tmp_path / "a.pdf", tmp_path)).description.title == "A"
    folder(tmp_path, **{"index.csv": "file;title\na;Another\n"})
    assert merge_sources(find_sources(tmp_path / "a.pdf", tmp_path)).description.title == "Another"


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)


@law
@given(cells.filter(str.strip), cells.filter(str.strip))
def test_what_is_written_is_read(title: str, note: str) -> None:
    content = to_csv(["file", "title", "note"], ["a", title, note])
    (row,) = parse_table(content.encode(), "index.csv").rows
    assert row.values == {"title": title.strip(), "note": note.strip()}


PLACES = (DEFAULTS, INDEX, SIDECAR)
values = st.dictionaries(
    st.sampled_from(["title", "document_type", "funder", "note"]), st.sampled_from(["a", "b", ""])
)


@law
@given(st.lists(st.tuples(st.sampled_from(PLACES), values), max_size=6))
def test_the_nearest_source_with_a_value_wins(pairs: list[tuple[str, Any]]) -> None:
    pairs.sort(key=lambda pair: PLACES.index(pair[0]))
    sources = [
        DescriptionSource(place, f"f{number}", value_set, row=number)
        for number, (place, value_set) in enumerate(pairs)
    ]
    described = merge_sources(sources)
    for name in ("title", "document_type", "funder", "note"):
        speaking = [source for source in sources if source.values.get(name)]
        nearest = speaking[-1] if speaking else None
        value = getattr(described.description, name)
        assert value == (nearest.values[name] if nearest else None)
        assert described.origins.get(name) == (nearest.origin if nearest else None)
