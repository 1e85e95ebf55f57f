import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.description.alignment import align_paragraphs, split_paragraphs
from pipeline.description.nested_fields import GivenTranslation
from pipeline.description.translations import (
    decode_translation,
    find_translations,
    translation_files,
)
from pipeline.errors import ChangedScanError, DescriptionError
from pipeline.record.record import dump_json, parse_record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.bag import close_bag
from pipeline.repository.publish import publish_record
from pipeline.repository.verify_version import check_version
from pipeline.scan import AdmittedScan
from pipeline.settings import Settings
from tests.factories import CLOCK, admitted_scan, pages, record, scan_pdf
from tests.workspace import Workspace, data

law = settings(deadline=None)  # a busy machine is not a broken law


def put(path: Path, text: str = "Dear comrade.") -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_translation_lies_beside_its_scan_by_language(tmp_path: Path) -> None:
    scan = put(tmp_path / "a.pdf")
    for name in ("a.en.txt", "a.zh-Hant.txt", "a.gt.txt", "a.old.txt", "a.txt", "a.b.en.txt"):
        put(tmp_path / name)
    put(tmp_path / "b.fr.txt")
    found = {tag: path.name for tag, path in translation_files(scan).items()}
    assert found == {"en": "a.en.txt", "zh-Hant": "a.zh-Hant.txt"}


def test_a_sidecar_says_who_translated_the_file_beside_the_scan(tmp_path: Path) -> None:
    scan = put(tmp_path / "a.pdf")
    (tmp_path / "a.en.txt").write_bytes(b"\xef\xbb\xbfDear\r\ncomrade.\r\n")
    entries = [GivenTranslation(language="eng", translator="S. Radchenko")]
    (translation,) = find_translations(scan, entries)
    assert (translation.language, translation.translator) == ("en", "S. Radchenko")
    assert (translation.text, translation.origin) == ("Dear\ncomrade.", "a.en.txt")


def test_a_translation_may_stand_in_the_sidecar_or_in_a_file_it_names(tmp_path: Path) -> None:
    scan = put(tmp_path / "a.pdf")
    put(tmp_path / "german.txt", "Genosse!")
    entries = [
        GivenTranslation(language="fr", text="Camarade!"),
        GivenTranslation(language="de", file="german.txt"),
    ]
    translations = find_translations(scan, entries)
    assert [(one.language, one.text, one.origin) for one in translations] == [
        ("de", "Genosse!", "german.txt"),
        ("fr", "Camarade!", "sidecar"),
    ]


def test_a_translation_that_is_not_there_or_twice_is_refused(tmp_path: Path) -> None:
    scan = put(tmp_path / "a.pdf")
    with pytest.raises(DescriptionError, match=r"Put it into a\.en\.txt"):
        find_translations(scan, [GivenTranslation(language="en")])
    put(tmp_path / "a.en.txt")
    with pytest.raises(DescriptionError, match="two translations in en"):
        find_translations(scan, [GivenTranslation(language="en", text="Dear comrade.")])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"one\n\xd2\xee", "line 2 is not UTF-8"),
        (b"one\ntwo\x00", "line 2 holds a control character"),
        (b" \n", "is empty"),
        (b"PK\x03\x04\x14", "line 1 holds a control character"),
    ],
)
def test_what_is_no_plain_text_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(DescriptionError, match=problem):
        decode_translation(content, "a.en.txt")


@pytest.mark.parametrize("name", ["../a.txt", "a/b.txt", ".hidden.txt", "a.docx", "c:\\a.txt"])
def test_a_file_is_named_without_a_path(name: str) -> None:
    with pytest.raises(ValueError, match=r"names a \.txt file in the folder of the scan"):
        GivenTranslation(language="en", file=name)


def test_points_are_paired_with_points() -> None:
    ours = "Тов. Мао!\n\n1. Да.\n\nЕщё.\n\n2. Нет.\n\n3. Мир.\n\nФилиппов"
    theirs = "1. Yes.\n\nMore.\n\n2. No.\n\nMuch more.\n\n3. Peace.\n\nFilippov"
    assert align_paragraphs(ours, theirs) == ((2, 1), (3, 2), (4, 3), (5, 5))


def test_a_page_end_may_have_cut_a_paragraph_so_nothing_across_it_is_paired() -> None:
    theirs = "1. Yes.\n\nMore.\n\n2. No."
    assert align_paragraphs("1. Да.\n\nЕщё.\n\n2. Нет.", theirs) == ((1, 1), (2, 2), (3, 3))
    assert align_paragraphs("1. Да,\fконечно.\n\n2. Нет.", theirs) == ((1, 1), (3, 3))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Да.\n\nНет.", "Yes.\n\nNo."),
        ("1. Да.\n\n2. Нет.", "1. Yes.\n\nNo."),
        ("1. Да.", "Yes."),
        ("", "1. Yes."),
    ],
)
def test_without_matching_numbers_nothing_is_paired(ours: str, theirs: str) -> None:
    assert align_paragraphs(ours, theirs) == ()


parts = st.lists(st.sampled_from(["a", "b c", "1. x", "2. y", "3. z"]), max_size=8)


@law
@given(parts, parts)
def test_pairs_run_forward_in_both_texts(ours: list[str], theirs: list[str]) -> None:
    pairs = align_paragraphs("\n\n".join(ours), "\n\n".join(theirs))
    assert [a for a, _ in pairs] == sorted({a for a, _ in pairs})
    assert [b for _, b in pairs] == sorted({b for _, b in pairs})
    assert all(1 <= a <= len(ours) and 1 <= b <= len(theirs) for a, b in pairs)
    if pairs:  # the first point is paired with the first point
        assert (ours.index("1. x") + 1, theirs.index("1. x") + 1) in pairs


@law
@given(parts)
def test_a_text_is_paired_with_itself_one_by_one(ours: list[str]) -> None:
    text = "\n\n".join(ours)
    assert all(a == b <= len(split_paragraphs(text)) for a, b in align_paragraphs(text, text))


@pytest.mark.tesseract
def test_translation_and_row_are_kept_in_the_record_and_the_spreadsheet_stays(
    workspace: Workspace,
) -> None:
    scan_pdf(workspace.inbox / "a.pdf", 1)
    content = "\ufeff1. Dear comrade.\r\n"
    (workspace.inbox / "a.en.txt").write_bytes(content.encode())
    put(workspace.inbox / "index.csv", "file,title,date\na.pdf,Телеграмма,14.01.1949\n")
    result = workspace.opis("ingest", "--direct")
    assert result.returncode == 0, result.stdout + result.stderr
    assert [path.name for path in workspace.inbox.iterdir()] == ["index.csv"]
    (version,) = workspace.versions()
    record = parse_record(data(version, "record.json").read_bytes())
    assert record.origins["title"] == "index.csv, row 2"
    assert (record.date, record.date_as_given) == ("1949-01-14", "14.01.1949")
    assert [form.value for form in record.titles] == ["Telegramma"]
    assert record.translations[0].text == "1. Dear comrade."
    assert record.translations[0].origin == "a.en.txt"
    assert data(version, "translation/a.en.txt").read_bytes() == content.encode()
    table = data(version, "sidecar/index.csv").read_text("utf-8")
    assert table == "file;title;date\na.pdf;Телеграмма;14.01.1949\n"
    assert workspace.opis("verify").returncode == 0


@pytest.mark.tesseract
def test_the_same_scan_with_another_translation_is_its_next_version(workspace: Workspace) -> None:
    put(scan_pdf(workspace.inbox / "a.pdf", 1).with_name("a.en.txt"))
    assert workspace.opis("ingest", "--direct").returncode == 0
    put(scan_pdf(workspace.inbox / "a.pdf", 1).with_name("a.en.txt"), "Dear friend.")
    assert workspace.opis("ingest", "--direct").returncode == 0
    (version,) = workspace.output.rglob("v2")
    kept = version / "data" / "translation" / "a.en.txt"
    assert kept.read_text("utf-8") == "Dear friend."
    put(scan_pdf(workspace.inbox / "a.pdf", 1).with_name("a.en.txt"), "Dear friend.")
    assert "published before" in workspace.opis("ingest", "--direct").stdout
    assert list(workspace.inbox.iterdir()) == []
    assert workspace.opis("verify").returncode == 0


def translated_scan(tmp_path: Path) -> AdmittedScan:
    path = scan_pdf(tmp_path / "inbox" / "a.pdf")
    put(path.with_name("a.en.txt"))
    scan = admitted_scan(path, creator="Филиппов [Сталин]")
    return replace(scan, translations=find_translations(path, []))


def publish_translated(tmp_path: Path) -> VersionFolder:
    """Publish a translated record; return its version, whose files can be overwritten."""
    scan = translated_scan(tmp_path)
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    folder = publish_record(scan, record(scan), pages, settings, CLOCK).folder
    for path in [folder.path, *folder.path.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def test_a_translation_that_is_not_the_one_in_the_record_is_found(tmp_path: Path) -> None:
    version = publish_translated(tmp_path)
    assert check_version(version) == []
    for content in ("Dear enemy.", ""):
        put(version.translation("a.en.txt"), content)
        close_bag(version.path, {"External-Identifier": version.record_id})
        assert "data/translation/a.en.txt" in {found.path for found in check_version(version)}


def _undated(document: dict[str, Any]) -> None:
    document["date"] = "1900-02-29"


def _speechless(document: dict[str, Any]) -> None:
    document["translations"][0]["language"] = "english"


def _half_latin(document: dict[str, Any]) -> None:
    document["names"][0]["forms"][-1]["value"] = "Stаlin"  # with a Cyrillic а


def _astray(document: dict[str, Any]) -> None:
    document["translations"][0]["aligned"] = [[1, 9]]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_undated, "is not EDTF"),
        (_speechless, "is no language"),
        (_half_latin, "is no transliteration"),
        (_astray, "is paired with no paragraph"),
    ],
)
def test_impossible_values_in_a_record_are_found(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], message: str
) -> None:
    version = publish_translated(tmp_path)
    path = version.record_file
    document = json.loads(path.read_text("utf-8"))
    spoil(document)
    put(path, dump_json(document))
    close_bag(version.path, {"External-Identifier": version.record_id})
    assert any(message in finding.detail for finding in check_version(version))


def test_a_translation_that_changes_while_the_scan_is_read_is_not_published(
    tmp_path: Path,
) -> None:
    scan = translated_scan(tmp_path)
    put(scan.path.with_name("a.en.txt"), "Dear friend.")
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    with pytest.raises(ChangedScanError, match=r"a\.en\.txt changed while it was read"):
        publish_record(scan, record(scan), pages, settings, CLOCK)
