"""Composed and decomposed names (й as one character or two, as a Mac writes it) are one name."""

import unicodedata
from pathlib import Path

import pytest

from pipeline.description.check_folder import check_folder
from pipeline.description.merge import find_sources, merge_sources
from pipeline.description.nested_fields import GivenTranslation
from pipeline.description.sources import find_sidecars
from pipeline.description.translations import find_translations
from pipeline.inbox.files import list_inbox, move_to_refused, remove_refusal_reason
from pipeline.ingest.arrivals import companions_of
from pipeline.ingest.selection import orphan_sidecars

STEM = "Войсковой отчёт"
PARTLY = "Войсковои\u0306 отчёт"  # one letter decomposed, the other composed
FORMS = {
    "composed": unicodedata.normalize("NFC", STEM),
    "decomposed": unicodedata.normalize("NFD", STEM),
    "partly decomposed": PARTLY,
}


@pytest.fixture(params=list(FORMS.values()), ids=list(FORMS))
def scan_stem(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(FORMS.values()), ids=list(FORMS))
def beside_stem(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def drop(inbox: Path, scan_stem: str, beside_stem: str) -> Path:
    scan = inbox / f"{scan_stem}.png"
    scan.write_bytes(b"\x89PNG")
    (inbox / f"{beside_stem}.yaml").write_text("title: Отчёт\n", encoding="utf-8")
    (inbox / f"{beside_stem}.en.txt").write_text("A report\n", encoding="utf-8")
    (inbox / f"{beside_stem}1.yaml").write_text("title: another\n", encoding="utf-8")
    return scan


def test_files_beside_a_scan_are_its_own(tmp_path: Path, scan_stem: str, beside_stem: str) -> None:
    scan = drop(tmp_path, scan_stem, beside_stem)
    assert merge_sources(find_sources(scan, tmp_path)).description.title == "Отчёт"
    assert [t.language for t in find_translations(scan, ())] == ["en"]
    assert orphan_sidecars(list_inbox(tmp_path).descriptions, [scan]) == [
        tmp_path / f"{beside_stem}1.yaml"
    ]
    assert [fault.code for fault in check_folder(tmp_path)] == ["sidecar-without-scan"]


def test_files_beside_a_refused_scan_move_with_it(
    tmp_path: Path, scan_stem: str, beside_stem: str
) -> None:
    scan = drop(tmp_path, scan_stem, beside_stem)
    refused = move_to_refused(scan, companions_of(scan), tmp_path, "No.")
    names = {path.name for path in refused.parent.iterdir()}
    assert names == {f"{scan_stem}{end}" for end in (".png", ".yaml", ".en.txt", ".reason.txt")}
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [f"{beside_stem}1.yaml"]


def test_a_scan_that_is_published_at_last_loses_its_reason(
    tmp_path: Path, scan_stem: str, beside_stem: str
) -> None:
    reason = tmp_path / "refused" / f"{beside_stem}.reason.txt"
    reason.parent.mkdir()
    reason.write_text("No.", encoding="utf-8")
    remove_refusal_reason(tmp_path / f"{scan_stem}.png", tmp_path)
    assert not reason.exists()


def test_two_forms_of_one_sidecar_are_two_sidecars(tmp_path: Path) -> None:
    scan = drop(tmp_path, FORMS["composed"], FORMS["composed"])
    (tmp_path / f"{FORMS['decomposed']}.yml").write_text("title: x\n", encoding="utf-8")
    assert len(find_sidecars(scan)) == 2
    assert "two-sidecars" in {fault.code for fault in check_folder(tmp_path)}


def test_a_translation_that_a_sidecar_names_may_be_of_another_form(tmp_path: Path) -> None:
    scan = tmp_path / "scan.png"
    (tmp_path / f"{FORMS['decomposed']}.txt").write_text("A report\n", encoding="utf-8")
    translation = GivenTranslation(language="en", file=f"{FORMS['composed']}.txt")
    assert [t.text for t in find_translations(scan, [translation])] == ["A report"]
