import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.description.index_csv import parse_table
from pipeline.description.translations import decode_translation
from pipeline.description.yaml_file import parse_sidecar, read_sidecar
from pipeline.errors import DescriptionError, UnreadableError
from pipeline.exports.source import xml_safe

law = settings(deadline=None)  # a busy machine is not a broken law


@pytest.mark.parametrize(
    "text", ["0110", "no", "1949-01-14", "1e3", "0x10", "1_000", "true", "12:30", ".5", "null1"]
)
def test_every_scalar_is_the_text_it_is(text: str) -> None:
    assert parse_sidecar(f"note: {text}\n".encode(), "scan.yaml").values == {"note": text}
    assert parse_sidecar(f"leaves: [{text}]".encode(), "scan.yaml").values == {"leaves": [text]}


def test_a_null_is_no_value_unless_it_is_quoted() -> None:
    read = parse_sidecar(b'leaves: [null, ~, "null"]\ntitle:\n', "scan.yaml")
    assert read.values == {"leaves": [None, None, "null"], "title": None}


def test_lines_are_known() -> None:
    assert parse_sidecar(b"title: A\n\ndate: 1949\n", "scan.yaml").lines == {"title": 1, "date": 3}


@law
@given(st.integers(0, 9999), st.integers(4, 8))
def test_padded_labels_survive(number: int, width: int) -> None:
    label = f"{number:0{width}d}"
    assert parse_sidecar(f"leaves:\n- {label}\n".encode(), "s.yml").values == {"leaves": [label]}


def test_json_is_read_alike() -> None:
    content = b'{\n\t"title": "\\ud83d\\ude00 a/b",\n\t"leaves": [110, null, 1.50, true]\n}'
    read = parse_sidecar(content, "scan.JSON")
    assert read.values == {"title": "😀 a/b", "leaves": ["110", None, "1.50", "true"]}
    assert (read.lines["title"], read.lines["leaves"], read.lines["leaves.3"]) == (2, 3, 3)


def test_an_empty_one_says_nothing() -> None:
    for content in (b"", b"# to do\n", b"\xef\xbb\xbf"):
        assert parse_sidecar(content, "scan.yaml").values == {}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"title: A\ndate: B\ntitle: C", "line 3 says `title` twice"),
        (b"title: &a A", "line 1 has an anchor"),
        (b"a: [&a [1], *a, *a]", "line 1 has an anchor"),
        (b"title: *a", "line 1 has an anchor"),
        (b"title: !!python/object:os.system x", "line 1 has a tag"),
        (b"title: !x y", "line 1 has a tag"),
        (b"title: A\n---\ntitle: B", "line 2 starts a second document"),
        ("a: 1\ntitle: письмо".encode("cp1251"), "line 2 is not UTF-8"),
        ("title: A".encode("utf-16"), "line 1 is not UTF-8"),
        (b"a: " + b"[" * 21 + b"]" * 21, "nested more than 20 deep"),
        (b"a: " + b"[" * 500_000, "nested more than 20 deep"),
        (b"#" * (1024 * 1024 + 1), "larger than 1 MiB"),
        (b"- title", "line 1 does not say what is what"),
        (b"only prose", "line 1 does not say what is what"),
        (b"title: Cable: Filippov", "line 1 cannot be read"),
        (b"title: A\n\tdate: B", "line 2 cannot be read"),
        (b"title: A\nnote: \x00", "line 2 holds a control character"),
        (b'title: A\nnote: "\\x00"', "line 2 holds a control character"),
        (b'note: "\\ud83d"', "half a character"),
        (b'note: "\\UFFFFFFFF"', "no character"),
        (b"[a]: b", "line 1 has a key that is no word"),
    ],
)
def test_what_a_sidecar_never_needs_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(DescriptionError) as caught:
        parse_sidecar(content, "scan.yaml")
    assert str(caught.value).startswith("scan.yaml")
    assert problem in str(caught.value)
    assert str(caught.value).endswith((".", ")"))


@law
@given(
    st.one_of(st.binary(max_size=99), st.text("ab:-[]{}&*!|>'\"%@#,? \n\t~0\\xU").map(str.encode))
)
def test_anything_is_read_or_refused_in_one_line(content: bytes) -> None:
    message = ""
    try:
        parse_sidecar(content, "scan.yaml")
    except DescriptionError as refusal:
        message = str(refusal)
    assert "\n" not in message


def test_a_file_that_cannot_be_opened_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"scan\.yaml"):
        read_sidecar(tmp_path / "scan.yaml")


def _is_refused(character: str) -> dict[str, bool]:
    """Return which kinds of description refuse a text with a character in its middle."""
    text = f"a{character}b"

    def fails(read: Callable[[], object]) -> bool:
        try:
            read()
        except DescriptionError as error:
            return "control character" in str(error)
        return False

    return {
        "yaml": fails(lambda: parse_sidecar(_escaped(text).encode(), "a.yaml")),
        "json": fails(lambda: parse_sidecar(json.dumps({"title": text}).encode(), "a.json")),
        "translation": fails(lambda: decode_translation(text.encode(), "a.en.txt")),
        "csv": "control character"
        in str(parse_table(f'file;title\na;"{text}"\n'.encode(), "index.csv").rows[0].error),
    }


def _escaped(text: str) -> str:
    return "title: " + '"' + "".join(f"\\U{ord(character):08x}" for character in text) + '"'


@pytest.mark.parametrize("character", [*"\x00\x08\x0b\x1b\x1f\x7f\ufffe\uffff"])
def test_no_description_holds_what_xml_cannot_hold(character: str) -> None:
    assert set(_is_refused(character).values()) == {True}


@pytest.mark.parametrize("character", [*"\t\n\x85\u00ad\u200b\ue000\ufffd\U0001f600\U0001fffe"])
def test_every_description_holds_what_xml_holds(character: str) -> None:
    assert set(_is_refused(character).values()) == {False}
    assert xml_safe(character) == character


def test_only_a_spreadsheet_and_a_text_end_lines_with_a_carriage_return() -> None:
    refused = {"yaml": True, "json": True, "translation": False, "csv": False}
    assert _is_refused("\r") == _is_refused("\r\n") == refused
