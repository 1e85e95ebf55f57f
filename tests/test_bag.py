from pathlib import Path

import bagit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.repository.bag import Damage, check_bag, close_bag

AWKWARD = ["лист 110.txt", "100%.txt", "two\nlines.txt", "sub/deep.bin"]


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    folder = tmp_path / "v1"
    for number, name in enumerate(AWKWARD):
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes([number]) * 100)
    close_bag(folder, {"External-Identifier": "rgaspi\nf558", "Bagging-Date": "2026-11-23"})
    return folder


def test_the_reference_validator_accepts_it_as_version_1(bag: Path) -> None:
    # It does not decode %25, which RFC 8493 asks for, so that name is left out here.
    (bag / "data" / "100%.txt").unlink()
    close_bag(bag, {"External-Identifier": "rgaspi\nf558"})
    opened = bagit.Bag(str(bag))
    assert opened.validate()
    assert opened.version_info == (1, 0)
    assert opened.info["External-Identifier"] == "rgaspi f558"
    assert opened.info["Payload-Oxum"] == "300.3"


def test_a_whole_bag_has_no_findings(bag: Path) -> None:
    assert check_bag(bag) == []


@pytest.mark.parametrize("name", [f"data/{name}" for name in AWKWARD] + ["bag-info.txt"])
def test_a_flipped_byte_is_found_and_named(bag: Path, name: str) -> None:
    content = bytearray((bag / name).read_bytes())
    content[len(content) // 2] ^= 1
    (bag / name).write_bytes(content)
    assert [(f.path, f.damage) for f in check_bag(bag)] == [(name, Damage.CHANGED)]


def test_a_missing_file_and_a_stranger_are_found_and_named(bag: Path) -> None:
    (bag / "data" / "100%.txt").unlink()
    (bag / "data" / "stranger").touch()
    found = [(finding.path, finding.damage) for finding in check_bag(bag)]
    assert found == [("data/100%.txt", Damage.MISSING), ("data/stranger", Damage.UNLISTED)]


def test_a_malformed_manifest_line_is_a_finding_and_not_skipped(bag: Path) -> None:
    manifest = bag / "manifest-sha256.txt"
    manifest.write_text(manifest.read_text("utf-8").replace("  data/100", "\tdata/100"), "utf-8")
    damages = {(finding.path, finding.damage) for finding in check_bag(bag)}
    assert ("manifest-sha256.txt", Damage.MALFORMED) in damages
    assert ("manifest-sha256.txt", Damage.CHANGED) in damages
    assert ("data/100%25.txt", Damage.UNLISTED) not in damages
    assert ("data/100%.txt", Damage.UNLISTED) in damages


def test_a_lost_manifest_is_found(bag: Path) -> None:
    (bag / "manifest-sha256.txt").unlink()
    assert ("manifest-sha256.txt", Damage.MISSING) in {(f.path, f.damage) for f in check_bag(bag)}


@given(st.binary(max_size=300))
def test_any_manifest_is_read_without_a_crash(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("bag")
    (folder / "manifest-sha256.txt").write_bytes(content)
    assert check_bag(folder)
