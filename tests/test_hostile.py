"""Many hostile files at once in one inbox: each is refused or read, and no other is affected."""

import json
import os
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary, Name, Stream
from PIL import Image

from pipeline.fixity import file_sha256
from pipeline.wording import escape_unprintable
from tests.factories import scan_pdf
from tests.workspace import Workspace, data

pytestmark = pytest.mark.tesseract

PUBLISHED, REFUSED = "published", "refused"
YAML_BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
)


def _image(path: Path, width: int, height: int, grey: int = 230) -> None:
    Image.new("L", (width, height), grey).save(path, "PNG")


def _pdf(path: Path, change: Callable[[pikepdf.Pdf], None]) -> None:
    scan_pdf(path, 1)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        change(pdf)
        pdf.save(path)


def _bomb(pdf: pikepdf.Pdf) -> None:
    """A page image that declares 40,000 by 40,000 pixels and unpacks to 1.6 GB of zeros."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = (1526 << 20) % 65_521 << 16 | 1  # Adler-32 of so many zeros
    packed = b"\x78\xda" + block * 1526 + b"\x03\x00" + checksum.to_bytes(4, "big")
    image = Stream(
        pdf, packed, Type=Name.XObject, Subtype=Name.Image, Width=40_000, Height=40_000,
        ColorSpace=Name.DeviceGray, BitsPerComponent=8, Filter=Name.FlateDecode,
    )  # fmt: skip
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(image)))
    pdf.pages[0].Contents = Stream(pdf, b"600 0 0 800 0 0 cm /Im0 Do")


def _cycle(pdf: pikepdf.Pdf) -> None:
    """A page tree that holds itself."""
    pdf.Root.Pages.Kids.append(pdf.Root.Pages)


def _script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert('hello')")
    pdf.attachments["payload.exe"] = b"MZ not to be run"


def _endless(path: Path) -> None:
    """Object streams that extend each other in a ring, and an xref that points at itself."""
    body = b"%PDF-1.7\n"
    at = len(body)
    packed = zlib.compress(b"1 0 <</Type/Catalog/Pages 2 0 R>>")
    body += b"5 0 obj<</Type/ObjStm/N 1/First 4/Extends 5 0 R/Filter/FlateDecode/Length %d>>" % len(
        packed
    )
    body += b"stream\n" + packed + b"\nendstream endobj\n"
    table = len(body)
    body += b"xref\n0 1\n0000000000 65535 f \n5 1\n%010d 00000 n \n" % at
    body += b"trailer<</Size 6/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (table, table)
    path.write_bytes(body)


def _hundred_thousand(path: Path, *, shared: bool) -> None:
    """Pages by the hundred thousand: each an object, or one object named again and again."""
    count, first = 100_000, 3
    kids = [first] * count if shared else list(range(first, first + count))
    named = " ".join(f"{number} 0 R" for number in kids)
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {count}/Kids[{named}]>>"]
    objects += ["<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 10]>>"] * (1 if shared else count)
    body, places = b"%PDF-1.7\n", []
    written = [body]
    at = len(body)
    for number, content in enumerate(objects, 1):
        places.append(at)
        line = f"{number} 0 obj{content}endobj\n".encode()
        written.append(line)
        at += len(line)
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{rows}trailer<</Size {size}/Root 1 0 R>>\n"
    written.append(f"{end}startxref\n{at}\n%%EOF\n".encode())
    path.write_bytes(b"".join(written))


Add = Callable[[str, str], Path]


def _fill(inbox: Path) -> dict[str, str]:
    """Put everything in, and return what should become of each."""
    inbox.mkdir()
    expected: dict[str, str] = {}

    def add(name: str, status: str) -> Path:
        expected[name] = status
        return inbox / name

    Image.new("1", (40_000, 40_000)).save(add("bomb.png", REFUSED), "PNG")
    _image(add("one-pixel.png", PUBLISHED), 1, 1)
    _image(add("wide.png", PUBLISHED), 40_000, 90)
    _add_pdfs(add)
    _add_names(add)
    _add_what_is_no_file(add)
    _add_sidecars(add)
    for name in ("..png", "...pdf..png"):  # hidden files
        _image(inbox / name, 300, 400)
    (inbox / "folder named x.pdf").mkdir()
    return expected


def _add_pdfs(add: Add) -> None:
    _pdf(add("bomb.pdf", PUBLISHED), _bomb)
    _pdf(add("cycle.pdf", REFUSED), _cycle)
    _pdf(add("script.pdf", PUBLISHED), _script)
    _endless(add("endless.pdf", REFUSED))
    _hundred_thousand(add("many.pdf", REFUSED), shared=False)
    _hundred_thousand(add("again and again.pdf", REFUSED), shared=True)
    for name, password in (("locked.pdf", "secret"), ("owned.pdf", "")):
        path = scan_pdf(add(name, REFUSED if password else PUBLISHED), 2 + bool(password))
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            pdf.save(path, encryption=pikepdf.Encryption(owner="owner", user=password))


def _add_names(add: Add) -> None:
    scan_pdf(add("a scan that says it is a picture.png", PUBLISHED), 1)
    _image(add("a picture that says it is a scan.pdf", PUBLISHED), 700, 900, 201)
    decomposed = unicodedata.normalize("NFD", "й\N{LATIN SMALL LETTER E WITH ACUTE}.png")
    longest, quoted = "a" * 251 + ".png", 'it\'s "quoted" & <b>.png'
    for number, name in enumerate([quoted, "📜🏛.png", decomposed, longest]):
        _image(add(name, PUBLISHED), 300 + number, 400)
    _image(add("two\nlines.png", REFUSED), 299, 400)


def _add_what_is_no_file(add: Add) -> None:
    os.mkfifo(add("pipe.pdf", REFUSED))
    add("link.pdf", REFUSED).symlink_to("/etc/hostname")
    add("nowhere.pdf", REFUSED).symlink_to("/no/such/file")


def _add_sidecars(add: Add) -> None:
    for stem, content in {
        "yaml-bomb": YAML_BOMB,
        "wrong-types": "title: [a, {b: c}]\nreferences: {x: y}\n",
        "outside": "replaces: ../../../../etc/passwd\n",
    }.items():
        scan = add(f"{stem}.png", REFUSED)
        _image(scan, 500, 600, 100 + len(stem))
        scan.with_suffix(".yaml").write_text(content, encoding="utf-8")
    scan = add("linked-sidecar.png", REFUSED)
    _image(scan, 501, 600)
    scan.with_suffix(".yaml").symlink_to("/etc/hostname")


@pytest.fixture(scope="module")
def batch(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Workspace, dict[str, str], Counter[str]]:
    workspace = Workspace(tmp_path_factory.mktemp("hostile"))
    expected = _fill(workspace.inbox)
    digests = Counter(
        file_sha256(workspace.inbox / name)
        for name in expected
        if (workspace.inbox / name).is_file() and not (workspace.inbox / name).is_symlink()
    )
    result = workspace.opis("ingest", "--direct", OPIS_LANGUAGES="eng", OPIS_PAGE_TIMEOUT="60")
    assert result.returncode == 3, result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert "failed" not in result.stdout
    return workspace, expected, digests


def receipts(workspace: Workspace) -> list[dict[str, object]]:
    receipts: list[dict[str, object]] = json.loads(workspace.opis("receipts", "--json").stdout)
    return receipts


def test_each_is_refused_or_read_and_has_its_receipt(
    batch: tuple[Workspace, dict[str, str], Counter[str]],
) -> None:
    workspace, expected, _ = batch
    by_name = {escape_unprintable(name): status for name, status in expected.items()}
    assert {str(one["scan"]): one["fate"] for one in receipts(workspace)} == by_name
    assert workspace.opis("verify").returncode == 0


def test_every_digest_is_in_exactly_one_place_and_in_the_receipts(
    batch: tuple[Workspace, dict[str, str], Counter[str]],
) -> None:
    workspace, _, before = batch
    refused = [
        path for path in (workspace.inbox / "refused").rglob("*") if path.suffix in {".pdf", ".png"}
    ]
    file_digests = Counter(
        file_sha256(path) for path in refused if path.is_file() and not path.is_symlink()
    )
    file_digests += Counter(
        file_sha256(next(data(version, "original").iterdir())) for version in workspace.versions()
    )
    assert file_digests == before
    receipt_digests = Counter(str(one["sha256"]) for one in receipts(workspace) if one["sha256"])
    assert receipt_digests == before


def test_files_that_are_not_accepted_stay_or_are_refused_with_a_reason(
    batch: tuple[Workspace, dict[str, str], Counter[str]],
) -> None:
    workspace, expected, _ = batch
    left = sorted(path.name for path in workspace.inbox.iterdir() if path.name != "refused")
    assert left == ["...pdf..png", "..png", "folder named x.pdf"]
    reasons = {
        path.name.removesuffix(".reason.txt"): path.read_text("utf-8")
        for path in (workspace.inbox / "refused").glob("*.reason.txt")
    }
    assert len(reasons) == sum(status == REFUSED for status in expected.values())
    for stem, words in {
        "bomb": "OPIS_MAX_PIXELS", "many": "OPIS_MAX_PAGES", "locked": "asks for a password",
        "link": "is a link to another place", "linked-sidecar": "is a link to another place",
        "pipe": "no file but a folder, pipe or device",
    }.items():  # fmt: skip
        assert words in reasons[stem]


def test_nothing_was_written_elsewhere_and_scripts_are_reported(
    batch: tuple[Workspace, dict[str, str], Counter[str]],
) -> None:
    workspace, _, _ = batch
    records = [
        json.loads(data(one, "record.json").read_text("utf-8")) for one in workspace.versions()
    ]
    (script,) = [one for one in records if one["provenance"]["source"]["name"] == "script.pdf"]
    concerns = {issue["concern"]: issue["detail"] for issue in script["issues"]}
    assert "a script or an action" in concerns["active-content"]
    assert "attached files" in concerns["active-content"]
    assert sorted(path.name for path in workspace.folder.iterdir()) == ["inbox", "output"]
    secret = Path("/etc/hostname").read_bytes()
    for path in workspace.output.rglob("*"):
        assert not path.is_symlink()
        assert not path.is_file() or path.read_bytes() != secret
