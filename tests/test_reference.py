import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.references import (
    ArchivalReference,
    Leaf,
    LeafRange,
    ReferenceStyle,
    format_reference,
    parse_reference,
    parse_references,
)
from pipeline.references.archives import find_archive, known_archives
from pipeline.references.regional_archives import all_kinds, all_regions

law = settings(deadline=None)  # a busy machine is not a broken law

HERE = Path(__file__).parent
LEVELS = [
    ("fond", "opis", "delo"),
    ("fond", "perechen", "delo"),
    ("fond", "opis", "part", "delo"),
    ("fond", "opis", "papka", "delo", "volume"),
]


def cases(name: str) -> list[Any]:
    read = json.loads((HERE / "cases" / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=case.get("label") or case["name"]) for case in read]


@st.composite
def leaf(draw: st.DrawFn) -> Leaf:
    number = draw(st.integers(0, 99_999))
    suffix = draw(st.sampled_from(["", "", "a", "б", "в", "о"]))
    verso = draw(st.booleans())
    padded = draw(st.sampled_from(["{}", "0{}", "{:04d}"])).format(number)
    return Leaf(number, suffix, verso, f"{padded}{suffix}{'v' * verso}")


@st.composite
def leaf_range(draw: st.DrawFn) -> LeafRange:
    first, further, last = draw(leaf()), draw(st.integers(0, 40)), draw(leaf())
    last = Leaf(first.number + further, last.suffix, last.verso)
    return LeafRange(first, last if first.sort_key < last.sort_key else first)


value = st.from_regex(r"0?[1-9][0-9]{0,4}(-os|-[0-9]{1,2}|[abаБ]|сч)?", fullmatch=True)
fond = st.one_of(value, value.map("R-{}".format))


@st.composite
def reference(draw: st.DrawFn) -> ArchivalReference:
    code = draw(st.sampled_from([one.code for one in known_archives() if one.system == "ru"]))
    levels = draw(st.sampled_from(LEVELS))
    path = tuple((level, draw(fond if level == "fond" else value)) for level in levels)
    leaves = tuple(draw(st.lists(leaf_range(), max_size=4)))
    years = any(re.match(r"(1[5-9]|20)..(?!\w)", part.unpadded_label) for part in leaves[1:])
    kept = leaves[:1] if years else leaves
    return ArchivalReference(code, path, draw(st.sampled_from("lp")) if kept else "", kept)


@law
@given(reference())
def test_both_printed_forms_read_back_as_the_same_place(original: ArchivalReference) -> None:
    assert parse_reference(original.normal) == original
    assert parse_reference(original.as_stamped) == original


@law
@given(reference())
def test_labels_survive_being_printed(original: ArchivalReference) -> None:
    read = parse_reference(original.as_stamped)
    assert read is not None
    assert read.leaf_labels() == original.leaf_labels()
    assert read.slug == original.slug


@law
@given(reference())
def test_a_credit_after_it_changes_nothing(original: ArchivalReference) -> None:
    assert parse_reference(f"{original.normal}. Contributed by Sergey Radchenko.") == original


@law
@given(reference())
def test_ids_and_folders_are_safe_everywhere(original: ArchivalReference) -> None:
    for name in (original.slug, *original.folder_names):
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name)
        assert len(name) <= 130


ODDS = [
    "РГАСПИ", "AVP RF", ". Ф. 17", ", f. R-5", ", оп. 1а", ", op. 3", ", П. 9", ", p. 9", ", д. 5",
    ", d. 12-3", ", dd. 54-5", ", т. 2", ", ч. 1", ", лл. 1–3", ", l. 5", ", pp. 11-3", "об.", "v",
    "-7", ", 9", " and 11", " и ", "; ", ", 1949", " г.", " 14 January", " Копия", "/2", "(", ")",
]  # fmt: skip


@law
@given(st.lists(st.sampled_from(ODDS), max_size=8), st.integers(0, 4))
def test_whatever_is_read_reads_back(odds: list[str], level_count: int) -> None:
    start = ["RGANI", ", f. 1", ", op. 2", ", d. 3", ", ll. 4-5"][: level_count + 1]
    text = "".join(start + odds)
    for reference in parse_references(text):
        assert parse_reference(reference.as_stamped) == reference
        assert reference.as_cited == text


@pytest.mark.parametrize("case", cases("references.json"))
def test_a_reference_is_read(case: dict[str, Any]) -> None:
    assert [found.as_stamped for found in parse_references(case["text"])] == case["read"]


@pytest.mark.parametrize("case", cases("no-references.json"))
def test_what_is_no_reference_or_in_doubt_is_not_read(case: dict[str, str]) -> None:
    assert parse_references(case["text"]) == ()
    assert parse_reference(case["text"]) is None


def test_padding_of_leaves_is_not_identity() -> None:
    padded = parse_reference("RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113")
    plain = parse_reference("РГАСПИ, ф. 558, оп. 11, д. 330, лл. 110–113")
    assert padded == plain
    assert hash(padded) == hash(plain)


def test_padding_of_a_fond_is_identity() -> None:
    assert parse_reference("AVPRF, f. 0129, op. 1, d. 1") != parse_reference(
        "AVPRF, f. 129, op. 1, d. 1"
    )


def test_the_levels_are_a_path() -> None:
    found = parse_reference("RGASPI, f. 558, op. 11, d. 330, ll. 0110-0113")
    assert found is not None
    assert found.folder_names == ("rgaspi", "f558", "op11", "d330")
    assert found.normal == "RGASPI, f. 558, op. 11, d. 330, ll. 110-113"
    assert found.leaf_labels() == ("0110", "0111", "0112", "0113")


def test_values_beyond_ascii_have_a_digest_because_the_table_loses_information() -> None:
    cyrillic, latin = (
        parse_reference("РГВА, ф. 1, оп. 1, д. 15А"),
        parse_reference("РГВА, ф. 1, оп. 1, д. 15A"),
    )
    assert cyrillic is not None
    assert latin is not None
    assert re.fullmatch("rgva-f1-op1-d15a-[0-9a-f]{6}", cyrillic.slug)
    assert latin.slug == "rgva-f1-op1-d15a"
    assert cyrillic != latin
    assert cyrillic.agrees_with(latin)


def test_two_references_in_one_text_are_not_one() -> None:
    both = "APRF, f. 45, op. 1, d. 330, pp. 110-113, and RGASPI, f. 558, op. 11, d. 330"
    assert parse_reference(both) is None
    assert len(parse_references(both)) == 2


@pytest.mark.parametrize(
    ("archive", "path"),
    [
        ("XYZ", (("fond", "1"), ("opis", "1"), ("delo", "1"))),
        ("rgaspi", (("fond", "1"), ("opis", "1"), ("delo", "1"))),
        ("RGASPI", (("fond", "1"), ("opis", "1"))),
        ("RGASPI", (("fond", "../1"), ("opis", "1"), ("delo", "1"))),
        ("RGASPI", (("fond", "1"), ("opis", "1"), ("box", "1"))),
        ("RGASPI", ()),
    ],
)
def test_a_reference_that_cannot_be_is_refused_when_it_is_created(
    archive: str, path: tuple[tuple[str, str], ...]
) -> None:
    with pytest.raises(ValueError, match=r"place in an archive|not a value"):
        ArchivalReference(archive, path)


@pytest.mark.parametrize(("suffix", "label"), [("v", "12v"), ("", "13"), ("", "12v"), ("../", "")])
def test_a_label_says_what_the_leaf_is(suffix: str, label: str) -> None:
    with pytest.raises(ValueError, match="label"):
        Leaf(12, suffix, label=label)


def test_no_spelling_stands_for_two_archives() -> None:
    for archive in known_archives():
        for spelling in archive.spellings:
            assert find_archive(spelling) == archive


def test_every_archive_of_a_region_is_found_by_each_of_its_spellings() -> None:
    for kind in all_kinds():
        for region in filter(kind.is_of, all_regions()):
            for name in (*kind.name, kind.letters):
                for place in (*region.name, *region.initials):
                    archive = find_archive(f"{name} {place}")
                    assert archive is not None, (name, place)
                    found = [find_archive(spelling) for spelling in archive.spellings]
                    assert {one and one.code for one in found} == {archive.code}


@pytest.mark.parametrize("word", ["ЦГАРФ", "ГАЩЖ", "НКВД", "НАТО", "га ко", "ГА", "области", ""])
def test_letters_of_no_region_name_no_archive(word: str) -> None:
    assert find_archive(word) is None


@law
@given(st.data())
def test_a_place_in_an_archive_of_a_region_reads_back(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(all_kinds()))
    region = data.draw(st.sampled_from([one for one in all_regions() if kind.is_of(one)]))
    spelling = data.draw(st.sampled_from([*region.name, *region.initials]))
    archive = find_archive(f"{kind.letters} {spelling}")
    assert archive is not None
    path = (("fond", data.draw(fond)), ("opis", data.draw(value)), ("delo", data.draw(value)))
    place = ArchivalReference(archive.code, path)
    for style in ReferenceStyle:
        found = parse_reference(format_reference(place, style))
        assert found is not None
        assert found.agrees_with(place)
        # A legend is Cyrillic to the letter: 1-ос for 1-os.
        assert style is ReferenceStyle.LEGEND or found == place
