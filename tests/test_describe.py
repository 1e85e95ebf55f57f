from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.description.fields import COPYRIGHT_NOT_EVALUATED
from pipeline.description.merge import (
    Description,
    DescriptionSource,
    MergedDescription,
    find_sidecar,
    find_sources,
    merge_sources,
    page_labels,
)
from pipeline.description.yaml_file import parse_sidecar
from pipeline.errors import DescriptionError
from pipeline.model import IssueType
from pipeline.references import parse_reference

law = settings(deadline=None)  # a busy machine is not a broken law

REFERENCE = "RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113"
SCAN = "RGASPI_f558_op11_d330_ll0110-0113.pdf"


def sidecar(**values: Any) -> DescriptionSource:
    return DescriptionSource("sidecar", "scan.yaml", values, dict.fromkeys(values, 1))


def file_name_source(reference: str = REFERENCE) -> DescriptionSource:
    return DescriptionSource("file name", SCAN, {"references": reference})


def concerns(described: MergedDescription) -> list[IssueType]:
    return [issue.concern for issue in described.issues]


def inbox(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_without_sources_nothing_is_guessed() -> None:
    described = merge_sources([])
    assert described.description == Description()
    assert described.description.rights == COPYRIGHT_NOT_EVALUATED
    assert described.held_reference is None
    assert described.origins == {}
    assert concerns(described) == [IssueType.NO_REFERENCE]


def test_the_nearest_wins_and_the_record_says_where_from() -> None:
    described = merge_sources(
        [
            DescriptionSource(
                "folder defaults", "_defaults.yaml", {"funder": "B", "language": "en"}
            ),
            DescriptionSource("folder defaults", "stalin/_defaults.yaml", {"funder": "C"}),
            file_name_source(),
            sidecar(title="Cable", language="rus"),
        ]
    )
    assert described.description.funder == "C"
    assert described.description.language == "ru"
    assert described.origins == {
        "funder": "folder defaults (stalin/_defaults.yaml)",
        "language": "sidecar",
        "references": "file name",
        "title": "sidecar",
    }
    assert described.held_reference == parse_reference(REFERENCE)
    assert described.issues == ()


fields = st.dictionaries(
    st.sampled_from(["title", "creator", "funder", "note", "subjects"]),
    st.sampled_from(["a", "b", "", None]),
)


def merged(sources: Sequence[DescriptionSource]) -> dict[str, object]:
    return merge_sources(sources).description.model_dump(exclude_defaults=True)


@law
@given(st.lists(fields, max_size=5), st.integers(0, 5))
def test_merging_in_steps_is_merging_at_once(value_sets: list[dict[str, Any]], cut: int) -> None:
    sources = [
        DescriptionSource(f"place {number}", "", values) for number, values in enumerate(value_sets)
    ]
    first, last = merged(sources[:cut]), merged(sources[cut:])
    steps = [
        DescriptionSource("first", "", {name: plain(value) for name, value in first.items()}),
        DescriptionSource("last", "", {name: plain(value) for name, value in last.items()}),
    ]
    assert merged(steps) == merged(sources)


def plain(value: object) -> Any:
    return list(value) if isinstance(value, tuple) else value


@law
@given(st.lists(fields, max_size=5))
def test_each_value_comes_from_the_nearest_source_that_has_one(
    value_sets: list[dict[str, Any]],
) -> None:
    sources = [
        DescriptionSource(f"place {number}", "", values) for number, values in enumerate(value_sets)
    ]
    described = merge_sources(sources)
    for name, origin in described.origins.items():
        nearest = [number for number, values in enumerate(value_sets) if values.get(name)][-1]
        assert origin == f"place {nearest}"


def test_leaf_labels_survive_from_yaml_to_description() -> None:
    read = parse_sidecar(b"leaves: [null, 0110, 0110 \xd0\xbe\xd0\xb1., cover]\n", "scan.yaml")
    described = merge_sources([DescriptionSource("sidecar", "scan.yaml", read.values, read.lines)])
    assert described.description.leaves == (None, "0110", "0110v", "cover")


def test_one_text_is_a_list_of_one() -> None:
    described = merge_sources(
        [sidecar(references=REFERENCE, contributors="S. Radchenko", leaves="09-11")]
    )
    assert described.description.references == (REFERENCE,)
    assert described.description.contributors == ("S. Radchenko",)
    assert described.description.leaves == ("09", "10", "11")


def test_the_singular_of_a_list_is_its_name_too() -> None:
    described = merge_sources([sidecar(reference=REFERENCE)])
    assert described.held_reference == parse_reference(REFERENCE)
    with pytest.raises(DescriptionError, match="`reference` and `references` are one"):
        merge_sources([sidecar(reference=REFERENCE, references=REFERENCE)])


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"titel": "A"}, "scan.yaml, line 1: `titel` is not a field. Did you mean `title`?"),
        ({"Title": "A"}, "Did you mean `title`?"),
        ({"zzz": "A"}, "Known are: title, titles"),
        ({"title": ["A", "B"]}, "line 1: `title` takes one text"),
        ({"title": {"ru": "A"}}, "`title` takes one text"),
        ({"subjects": {"a": "b"}}, "`subjects` takes a text or a list"),
        ({"subjects": ["a", ["b"]]}, "`subjects` takes texts"),
        ({"leaves": [["a"]]}, "`leaves` takes a leaf"),
        ({"leaves": "0113-0110"}, "`leaves` leaves run backward: 0113-0110"),
        ({"language": "russian"}, "is no language code: “russian”. Write `ru`."),
        ({"language": "русский"}, "Write `ru`."),
        ({"language": "englisch"}, "Write `en`."),
        ({"language": "xx"}, "Write a code such as `ru` or `en`."),
    ],
)
def test_what_cannot_be_is_refused_with_advice(values: dict[str, Any], problem: str) -> None:
    with pytest.raises(DescriptionError) as caught:
        merge_sources([sidecar(**values)])
    assert problem in str(caught.value)
    assert str(caught.value).startswith("scan.yaml, line 1")


@pytest.mark.parametrize(
    ("code", "tag"), [("rus", "ru"), ("RU", "ru"), ("zh-hant", "zh-Hant"), ("ru_RU", "ru-RU")]
)
def test_a_language_has_one_form(code: str, tag: str) -> None:
    assert merge_sources([sidecar(language=code)]).description.language == tag


def test_a_date_is_read_and_kept_as_given() -> None:
    described = merge_sources([sidecar(references=REFERENCE, date=" 14/27 January 1917")])
    assert described.description.date == "14/27 January 1917"
    assert (described.edtf, described.calendar) == ("1917-01-27", "julian")
    assert described.issues == ()


def test_a_sidecar_may_declare_a_date_old_style() -> None:
    values = {"references": REFERENCE, "date": "1917-10-25", "date_calendar": "julian"}
    described = merge_sources([sidecar(**values)])
    assert (described.edtf, described.calendar) == ("1917-11-07", "julian")


def test_an_ambiguous_date_is_an_issue_and_not_a_guess() -> None:
    described = merge_sources([sidecar(references=REFERENCE, date="03/04/1949")])
    assert described.edtf is None
    assert described.description.date == "03/04/1949"
    assert concerns(described) == [IssueType.UNREAD_DATE]
    assert "1949-04-03 or 1949-03-04" in described.issues[0].detail


def test_an_unread_reference_is_kept_and_is_an_issue() -> None:
    described = merge_sources([sidecar(references=[REFERENCE, "Cabinet 9, blue"])])
    assert described.description.references == (REFERENCE, "Cabinet 9, blue")
    assert described.references == (parse_reference(REFERENCE),)
    assert concerns(described) == [IssueType.UNREAD_REFERENCE]


def test_another_holding_is_never_taken_for_the_held_reference() -> None:
    described = merge_sources([sidecar(references=["Cabinet 9, blue", REFERENCE])])
    assert described.held_reference is None
    assert described.references == ()
    assert merge_sources(
        [file_name_source(), sidecar(references=["Cabinet 9, blue"])]
    ).held_reference == parse_reference(REFERENCE)


@pytest.mark.parametrize(
    "reference",
    [
        "GARF, f. 558, op. 11, d. 330, ll. 0110-0113",
        "RGASPI, f. 558, op. 11, d. 331, ll. 0110-0113",
        "RGASPI, f. 558, op. 11, d. 330, ll. 0110-0112",
        "RGASPI, f. 558, op. 11, d. 330, l. 0110",
        "RGASPI, f. 558, op. 11, d. 330",
    ],
)
def test_a_file_name_and_a_sidecar_that_contradict_each_other_are_refused(reference: str) -> None:
    with pytest.raises(DescriptionError) as caught:
        merge_sources([file_name_source(), sidecar(references=reference)])
    assert REFERENCE in str(caught.value)
    assert reference in str(caught.value)
    assert "scan.yaml, line 1" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        (REFERENCE, "РГАСПИ, ф. 558, оп. 11, д. 330, лл. 110–113"),
        (REFERENCE, "RGASPI, f. 558, op. 11, d. 330, pp. 110-113"),
        ("RGASPI, f. 558, op. 11, d. 330", REFERENCE),
        ("GARF, f. 5-os, op. 1, d. 15a", "ГАРФ, ф. 5-ос, оп. 1, д. 15А"),
    ],
)
def test_the_same_place_written_otherwise_is_no_contradiction(name: str, reference: str) -> None:
    described = merge_sources([file_name_source(name), sidecar(references=reference)])
    assert described.held_reference == parse_reference(reference)


def test_of_two_places_in_one_text_the_file_name_says_which_is_held() -> None:
    both = f"APRF, f. 45, op. 1, d. 330, pp. 110-113, and {REFERENCE}. Contributed by S. Radchenko."
    described = merge_sources([file_name_source(), sidecar(references=both)])
    assert [found.archive for found in described.references] == ["RGASPI", "APRF"]
    assert merge_sources([sidecar(references=both)]).references[0].archive == "APRF"


def test_a_folder_default_may_be_overridden() -> None:
    default = DescriptionSource(
        "folder defaults", "_defaults.yaml", {"references": "GARF, f. 1, op. 1, d. 1"}
    )
    assert merge_sources([default, file_name_source()]).held_reference == parse_reference(REFERENCE)


def test_sources_are_found_from_the_inbox_down(tmp_path: Path) -> None:
    box = inbox(
        tmp_path / "inbox",
        **{
            "_defaults.yaml": "funder: A\nlanguage: ru\n",
            "stalin/_defaults.yaml": "funder: B\n",
            f"stalin/{SCAN}": "",
            f"stalin/{Path(SCAN).stem}.yaml": "title: Cable\n",
        },
    )
    (tmp_path / "_defaults.yaml").write_text("funder: outside\n")
    sources = find_sources(box / "stalin" / SCAN, box)
    assert [(source.name, source.file_label) for source in sources] == [
        ("folder defaults", "_defaults.yaml"),
        ("folder defaults", "stalin/_defaults.yaml"),
        ("file name", SCAN),
        ("sidecar", f"stalin/{Path(SCAN).stem}.yaml"),
    ]
    described = merge_sources(sources)
    assert described.description.funder == "B"
    assert described.description.title == "Cable"
    assert described.held_reference == parse_reference(REFERENCE)


def test_a_scan_outside_the_inbox_has_its_own_folder_only(tmp_path: Path) -> None:
    inbox(
        tmp_path,
        **{"_defaults.yaml": "funder: A", "far/_defaults.yaml": "note: B", "far/a.pdf": ""},
    )
    sources = find_sources(tmp_path / "far" / "a.pdf", tmp_path / "inbox")
    assert [dict(source.values) for source in sources] == [{"note": "B"}]


def test_two_sidecars_for_one_scan_are_refused(tmp_path: Path) -> None:
    inbox(tmp_path, **{"a.pdf": "", "a.yaml": "title: A", "a.json": '{"title": "B"}'})
    with pytest.raises(DescriptionError, match=r"a\.yaml and a\.json"):
        find_sources(tmp_path / "a.pdf", tmp_path)


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.json", "a.YAML", None])
def test_a_sidecar_lies_beside_its_scan(tmp_path: Path, name: str | None) -> None:
    if name is not None:
        inbox(tmp_path, **{name: ""})
    found = find_sidecar(tmp_path / "a.pdf")
    assert (found and found.samefile(tmp_path / str(name))) == (None if name is None else True)


def test_a_file_name_that_cannot_be_right_is_refused(tmp_path: Path) -> None:
    scan = tmp_path / "RGASPI_f558_op11_d330_ll0113-0110.pdf"
    with pytest.raises(DescriptionError, match="0113-0110"):
        find_sources(scan, tmp_path)


def test_a_bad_folder_default_is_named_with_its_folder(tmp_path: Path) -> None:
    inbox(tmp_path, **{"stalin/_defaults.yaml": "title: A\nfundr: B\n", "stalin/a.pdf": ""})
    with pytest.raises(
        DescriptionError, match=r"stalin/_defaults\.yaml, line 2: `fundr`.*`funder`"
    ):
        merge_sources(find_sources(tmp_path / "stalin" / "a.pdf", tmp_path))


def test_one_label_for_each_page() -> None:
    assert page_labels(parse_reference(REFERENCE), (), 4) == (
        ("0110", "0111", "0112", "0113"),
        None,
    )
    assert page_labels(None, (), 2) == ((None, None), None)
    assert page_labels(parse_reference(REFERENCE), (None, "0110", "0110v"), 3) == (
        (None, "0110", "0110v"),
        None,
    )


@pytest.mark.parametrize(
    ("reference", "leaves", "pages", "detail"),
    [
        (REFERENCE, (), 5, "5 images for 4 leaves (0110-0113)"),
        (REFERENCE, (), 8, "8 images for 4 leaves (0110-0113)"),
        (REFERENCE, (), 1, "1 image for 4 leaves (0110-0113)"),
        ("RGASPI, f. 1, op. 1, d. 1, l. 07", (), 2, "2 images for 1 leaf (07)"),
        ("APRF, f. 1, op. 1, d. 1, pp. 7-8", (), 3, "3 images for 2 pages (7-8)"),
        (REFERENCE, ("0110", None), 3, "3 images for 2 labels"),
    ],
)
def test_numbers_that_do_not_match_are_an_issue(
    reference: str, leaves: tuple[str | None, ...], pages: int, detail: str
) -> None:
    labels, issue = page_labels(parse_reference(reference), leaves, pages)
    assert labels == (None,) * pages
    assert issue is not None
    assert (issue.concern, issue.detail) == (IssueType.LEAF_COUNT, detail)


@pytest.mark.parametrize(
    ("leaves", "sidecar_labels", "pages", "labels"),
    [
        ("ll. 12v-13", (), 1, ("12v-13",)),
        ("ll. 0012об.-0013", (), 1, ("0012v-0013",)),
        ("ll. 12v-15", (), 3, ("12v-13", "13v-14", "14v-15")),
        ("ll. 12v-13, 20v-21", (), 2, ("12v-13", "20v-21")),
        ("ll. 12v-12a", (), 1, ("12v-12a",)),
        ("ll. 12-14", ("12", "12v-13", "13v-14"), 3, ("12", "12v-13", "13v-14")),
        ("ll. 12-14", ("12v", "13"), 1, ("12v-13",)),
        ("ll. 12v-13", (), 2, ("12v", "13")),  # must not change: an image for each side
        ("ll. 12-13", (), 2, ("12", "13")),
    ],
)
def test_a_spread_has_two_leaves(
    leaves: str, sidecar_labels: tuple[str, ...], pages: int, labels: tuple[str, ...]
) -> None:
    reference = parse_reference(f"RGASPI, f. 17, op. 3, d. 7, {leaves}")
    assert page_labels(reference, sidecar_labels, pages) == (labels, None)


@pytest.mark.parametrize(
    ("leaves", "pages", "labels"),
    [
        ("ll. 12-13", 1, ("12-13",)),  # the only image: whatever shows them, it is this one
        ("pp. 12-13", 1, ("12-13",)),
        ("ll. 12-15", 2, (None, None)),  # two may be missing
        ("ll. 12v-15", 2, (None, None)),
        ("ll. 12v-13v", 1, (None,)),
    ],
)
def test_two_leaves_that_may_be_no_spread_are_an_issue(
    leaves: str, pages: int, labels: tuple[str | None, ...]
) -> None:
    reference = parse_reference(f"RGASPI, f. 17, op. 3, d. 7, {leaves}")
    found, issue = page_labels(reference, (), pages)
    assert found == labels
    assert issue is not None
    assert issue.concern is IssueType.LEAF_COUNT


@pytest.mark.parametrize(
    "label", ["12v-13", "12об-13", " 12 об. – 13", "12v, 13", "12 verso and 13"]
)
def test_a_sidecar_names_the_two_leaves_of_a_spread(label: str) -> None:
    assert merge_sources([sidecar(leaves=[label, None, "cover"])]).description.leaves == (
        "12v-13", None, "cover",
    )  # fmt: skip


def test_a_label_that_is_not_of_the_reference_is_an_issue() -> None:
    spread, outside = page_labels(parse_reference(REFERENCE), ("0112v-0113", "0113v-0114"), 2)
    assert spread == ("0112v-0113", "0113v-0114")
    assert outside is not None
    assert outside.detail == "Not among the leaves of the reference: 0113v-0114"
    labels, issue = page_labels(parse_reference(REFERENCE), ("0113v", "0114", "cover"), 3)
    assert labels == ("0113v", "0114", "cover")
    assert issue is not None
    assert issue.detail == "Not among the leaves of the reference: 0114"


def test_a_description_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Description(title="A").title = "B"  # type: ignore[misc]
