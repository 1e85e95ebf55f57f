"""Two documents on the same leaves are two records; another scan of one document asks first."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from pipeline.description.check_folder import check_folder
from pipeline.description.document_marks import marks_of_description
from pipeline.description.merge import merge_sources
from pipeline.description.sources import DescriptionSource
from pipeline.errors import DescriptionError, DuplicateError
from pipeline.ingest.admission import assign_version, find_published
from pipeline.ingest.same_place import marks_of_record, scans_sharing_place
from pipeline.ingest.steps import admit_scan, publish_scan
from pipeline.repository.audit import check_archive
from pipeline.repository.catalog import Catalog
from pipeline.repository.publish import PublishResult, publish_record
from pipeline.scan import AdmittedScan
from pipeline.workers.page_runs import read_pages
from pipeline.workers.pool import WorkerPool
from tests.factories import CLOCK, admitted_scan, pages, record, scan_pdf, settings_in
from tests.workspace import Workspace

CASES: dict[str, list[list[dict[str, Any]]]] = json.loads(
    (Path(__file__).parent / "cases" / "same-place.json").read_text("utf-8")
)
PAIRS = [(pair, kind == "two_documents") for kind, pairs in CASES.items() for pair in pairs]
PLACE = "RGASPI, f. 558, op. 11, d. 330, l. 0112"
PLAIN = "rgaspi-f558-op11-d330-l0112"


@pytest.mark.parametrize(("pair", "is_apart"), PAIRS, ids=lambda value: str(value)[:70])
def test_descriptions_tell_documents_apart(
    pair: list[dict[str, Any]], is_apart: bool, tmp_path: Path
) -> None:
    described = [merge_sources([DescriptionSource("sidecar", "a.yaml", one)]) for one in pair]
    one, other = map(marks_of_description, described)
    assert (one.contradict(other), other.contradict(one)) == (is_apart, is_apart)
    assert not one.contradict(one)
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"a scan")
    scan = replace(admitted_scan(path), described=described[0])
    published = marks_of_record(record(scan))
    assert not published.contradict(one)
    assert published.contradict(other) == is_apart


def scan_at_place(folder: Path, name: str, **values: Any) -> AdmittedScan:
    """Return a scan of one page; its bytes differ from those of other names."""
    path = scan_pdf(folder / "inbox" / f"{name}.pdf", 1)
    path.write_bytes(path.read_bytes() + f"% {name}\n".encode())
    given = {"title": name, "date": "", "references": PLACE} | values
    return admitted_scan(path, 1, **given)


def take(folder: Path, scan: AdmittedScan) -> PublishResult:
    """Publish a scan as ingestion does, without an engine."""
    settings = settings_in(folder)
    with Catalog(settings.catalog, settings.records) as catalog:
        published = find_published(scan, catalog, settings)
        if published:
            return published
        assigned = assign_version(scan, catalog, settings)
    texts = (f"The text of {scan.name}.",)
    return publish_record(assigned, record(assigned, texts), lambda: pages(texts), settings, CLOCK)


def with_suffix(scan: AdmittedScan) -> str:
    return f"{PLAIN}-doc-{scan.sha256[:6]}"


@pytest.mark.parametrize("order", list(permutations(["one", "two", "three"])))
def test_each_document_has_an_id_that_depends_on_no_other(
    order: tuple[str, ...], tmp_path: Path
) -> None:
    scans = [scan_at_place(tmp_path, name) for name in order]
    ids = [take(tmp_path, scan).record_id for scan in scans]
    assert ids == [PLAIN, *map(with_suffix, scans[1:])]
    again = [take(tmp_path, scan_at_place(tmp_path, name)) for name in reversed(order)]
    assert [(one.record_id, one.already_published) for one in again] == [
        (record_id, True) for record_id in reversed(ids)
    ]
    assert check_archive(settings_in(tmp_path), []) == (3, [])


@pytest.mark.parametrize("order", list(permutations(["one", "two"])))
def test_two_of_one_batch_have_the_same_ids_in_either_order(
    order: tuple[str, ...], tmp_path: Path
) -> None:
    scans = [replace(scan_at_place(tmp_path, name), shares_place=True) for name in order]
    assert [take(tmp_path, scan).record_id for scan in scans] == list(map(with_suffix, scans))
    third = scan_at_place(tmp_path, "three")
    assert take(tmp_path, third).record_id == with_suffix(third)


def sharing(folder: Path, names: Iterable[str]) -> set[str]:
    inbox = folder / "inbox"
    paths = [inbox / name for name in names]
    return {path.name for path in scans_sharing_place(paths, settings_in(folder))}


def test_a_batch_knows_which_scans_share_a_place(tmp_path: Path) -> None:
    rows = {
        "a.pdf": ("RGASPI, f. 558, op. 11, d. 330, l. 0112", "One", ""),
        "b.pdf": ("РГАСПИ. Ф. 558. Оп. 11. Д. 330. Л. 112", "Two", ""),
        "same.pdf": ("RGASPI, f. 558, op. 11, d. 330, l. 112", "", ""),
        "better.pdf": ("RGASPI, f. 558, op. 11, d. 330, l. 112", "Three", PLAIN),
        "c.pdf": ("RGASPI, f. 558, op. 11, d. 330, l. 113", "One", ""),
        "d.pdf": ("RGASPI, f. 558, op. 11, d. 330, l. 113", "one.", ""),
        "e.pdf": ("RGASPI, f. 558, op. 11, d. 330, l. 114", "E", ""),
        "copy.pdf": ("RGASPI, f. 558, op. 11, d. 330, l. 114", "F", ""),
        "g.pdf": ("Box 9", "G", ""),
        "h.pdf": ("Box 9", "H", ""),
    }
    table = ["file;references;title;replaces"]
    for number, (name, cells) in enumerate(rows.items(), 1):
        scan_pdf(tmp_path / "inbox" / name, number)
        table.append(";".join([name, *cells]))
    shutil.copy(tmp_path / "inbox" / "e.pdf", tmp_path / "inbox" / "copy.pdf")
    (tmp_path / "inbox" / "index.csv").write_text("\n".join(table), "utf-8")
    assert sharing(tmp_path, rows) == {"a.pdf", "b.pdf"}
    assert sharing(tmp_path, reversed(rows)) == {"a.pdf", "b.pdf"}
    assert sharing(tmp_path, ["a.pdf", "c.pdf", "gone.pdf"]) == set()


def test_another_scan_of_one_document_asks_what_it_is(tmp_path: Path) -> None:
    first = take(tmp_path, scan_at_place(tmp_path, "one"))
    other = scan_at_place(tmp_path, "two", title="One.")
    with pytest.raises(DuplicateError) as caught:
        take(tmp_path, other)
    assert f"`replaces: {first.record_id}`" in str(caught.value)
    assert f"`distinct_from: {first.record_id}`" in str(caught.value)
    better = take(tmp_path, scan_at_place(tmp_path, "two", title="One.", replaces=PLAIN))
    assert (better.record_id, better.version) == (PLAIN, 2)


def test_a_person_can_say_that_it_is_another_document(tmp_path: Path) -> None:
    take(tmp_path, scan_at_place(tmp_path, "one", title="Telegram"))
    scan = scan_at_place(tmp_path, "two", title="Telegram", distinct_from=PLAIN)
    second = take(tmp_path, scan)
    assert (second.record_id, second.version) == (with_suffix(scan), 1)
    third = scan_at_place(tmp_path, "three", title="Telegram", distinct_from=PLAIN)
    with pytest.raises(DuplicateError, match=f"`replaces: {second.record_id}`"):
        take(tmp_path, third)
    unknown = scan_at_place(tmp_path, "four", title="Telegram", distinct_from="rgaspi-f1")
    with pytest.raises(DescriptionError, match="`distinct_from` rgaspi-f1, but there is no such"):
        take(tmp_path, unknown)


def test_zeros_and_alphabets_make_no_other_place(tmp_path: Path) -> None:
    take(tmp_path, scan_at_place(tmp_path, "one"))
    cited = "РГАСПИ. Ф. 558. Оп. 11. Д. 330. Л. 112"
    scan = scan_at_place(tmp_path, "two", references=cited)
    assert take(tmp_path, scan).record_id == f"rgaspi-f558-op11-d330-l112-doc-{scan.sha256[:6]}"
    with pytest.raises(DuplicateError, match=PLAIN):
        take(tmp_path, scan_at_place(tmp_path, "again", title="one", references=cited))


def test_a_record_keeps_its_id_when_its_place_is_corrected(tmp_path: Path) -> None:
    """The id that the reference gives is taken, though the record lies elsewhere now."""
    take(tmp_path, scan_at_place(tmp_path, "one"))
    place = "RGASPI, f. 558, op. 11, d. 330, l. 0111"
    moved = take(tmp_path, scan_at_place(tmp_path, "better", references=place, replaces=PLAIN))
    assert (moved.record_id, moved.version) == (PLAIN, 2)
    scan = scan_at_place(tmp_path, "two")
    assert take(tmp_path, scan).record_id == with_suffix(scan)


def test_a_document_with_a_suffix_is_described_anew_as_itself(tmp_path: Path) -> None:
    take(tmp_path, scan_at_place(tmp_path, "one"))
    scan = scan_at_place(tmp_path, "two")
    first = take(tmp_path, scan)
    settings = settings_in(tmp_path)
    sidecar = scan.path.with_suffix(".yaml")
    sidecar.write_text("title: The second of two\n")
    anew = replace(
        scan_at_place(tmp_path, "two", title="The second of two"),
        sidecar=sidecar, sidecar_sha256="0" * 64, sidecar_size=1,
    )  # fmt: skip
    with Catalog(settings.catalog, settings.records) as catalog:
        assert find_published(anew, catalog, settings) is None
        assigned = assign_version(anew, catalog, settings)
    assert (assigned.record_id, assigned.version) == (first.record_id, 2)
    assert assigned.published_folder == first.folder.path


def test_the_check_tells_only_scans_that_nothing_tells_apart(tmp_path: Path) -> None:
    names = ("one", "two", "again")
    for name, title in zip(names, ("One", "Two", "one"), strict=True):
        scan_pdf(tmp_path / f"{name}.pdf", 1)
        (tmp_path / f"{name}.yaml").write_text(f"title: {title}\nreferences: {PLACE}\n")
    faults = [(fault.file, fault.code) for fault in check_folder(tmp_path)]
    assert faults in ([("again.pdf", "same-reference")], [("one.pdf", "same-reference")])


@pytest.mark.tesseract
def test_one_that_was_overtaken_at_its_place_has_a_suffix(tmp_path: Path) -> None:
    """Another run published its document after both were admitted."""
    settings = settings_in(tmp_path).model_copy(update={"languages": ("eng",)})
    pool = WorkerPool(1)
    try:
        admitted = []
        for name in ("one", "two"):
            path = scan_at_place(tmp_path, name).path
            path.with_suffix(".yaml").write_text(f"title: {name}\nreferences: {PLACE}\n")
            scan = admit_scan(path, settings, pool, CLOCK)
            assert isinstance(scan, AdmittedScan)
            read_pages(scan, range(1, 2), settings, pool, CLOCK)
            admitted.append(scan)
        assert [scan.record_id for scan in admitted] == [PLAIN, PLAIN]
        outcomes = [publish_scan(scan, settings, pool, CLOCK) for scan in admitted]
    finally:
        pool.close()
    assert [one.record for one in outcomes] == [PLAIN, with_suffix(admitted[1])]
    assert outcomes[0].finding == ""
    assert f"lies on the same leaves as {PLAIN}." in outcomes[1].finding
    assert check_archive(settings, []) == (2, [])


@pytest.mark.tesseract
def test_a_batch_publishes_both_documents_of_a_leaf(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    scans = [scan_at_place(tmp_path, name) for name in ("one", "two")]
    for scan in scans:
        sidecar = f"title: {scan.path.stem}\nreferences: {PLACE}\n"
        scan.path.with_suffix(".yaml").write_text(sidecar)
    result = workspace.opis("ingest", "--direct", "--languages", "eng")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "lies on the same leaves as" in " ".join(result.stdout.split())
    listed = workspace.opis("list").stdout
    assert all(with_suffix(scan) in listed for scan in scans)
    shown = workspace.opis("show", with_suffix(scans[0])).stdout
    assert f"At the same place: {with_suffix(scans[1])} (two)" in shown


@pytest.mark.tesseract
def test_two_documents_of_a_scan_may_share_a_leaf(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    scan = scan_pdf(tmp_path / "inbox" / "RGASPI_f558_op11_d330_ll0112-0113.pdf", 2)
    documents = (
        "leaves: 0112, title: One",
        "leaves: 0112, title: Two",
        "leaves: 0113, title: Three",
    )
    lines = ["title: The whole", "documents:", *(f"- {{{one}}}" for one in documents)]
    scan.with_suffix(".yaml").write_text("\n".join(lines))
    result = workspace.opis("ingest", "--direct", "--languages", "eng")
    assert result.returncode == 0, result.stdout + result.stderr
    ids = [row["id"] for row in json.loads(workspace.opis("list", "--json").stdout)]
    shared = [one for one in ids if one.startswith(f"{PLAIN}-doc-")]
    assert len(shared) == 2
    assert set(ids) - set(shared) == {
        "rgaspi-f558-op11-d330-l0112-0113", "rgaspi-f558-op11-d330-l0113",
    }  # fmt: skip
    assert not list((tmp_path / "inbox").rglob("*.pdf"))
    assert "4 versions checked, 0 findings" in workspace.opis("verify").stdout
    whole = workspace.opis("show", "rgaspi-f558-op11-d330-l0112-0113").stdout
    assert all(
        f"Has part: {one}" in whole for one in set(ids) - {"rgaspi-f558-op11-d330-l0112-0113"}
    )
    assert "Part of: rgaspi-f558-op11-d330-l0112-0113" in workspace.opis("show", shared[0]).stdout
