import io
import os
import zipfile
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pikepdf
import pytest
from PIL import Image

from pipeline.errors import (
    BrokenScanError,
    EmptyScanError,
    EncryptedScanError,
    IngestError,
    NotAScanError,
    TooLargeError,
    UnreadableError,
)
from pipeline.imaging.inspect import inspect_scan
from pipeline.model import IssueType, Limits

LIMITS = Limits()


def picture(width: int = 60, height: int = 40) -> Image.Image:
    """Return noise, which does not compress, so that a cut is felt."""
    noise = np.random.default_rng(1).integers(0, 256, (height, width), dtype=np.uint8)
    return Image.fromarray(noise)


def pdf(path: Path, pages: int = 3, **how: Any) -> Path:
    """Write a PDF of empty pages."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(200, 300))
    document.docinfo["/Producer"] = "A scanner"
    document.save(path, **how)
    return path


def tiff(path: Path, pages: int = 3, compression: str | None = None) -> Path:
    """Write a TIFF."""
    first, *others = [picture() for _ in range(pages)]
    first.save(path, save_all=True, append_images=others, compression=compression)
    return path


def is_scan_or_named(path: Path) -> bool:
    """Return whether a file is a scan with pages, or refused by its name."""
    try:
        return inspect_scan(path, LIMITS).page_count >= 1
    except IngestError as refusal:
        return str(refusal).startswith(f"{path.name} ")


def test_a_pdf_is_known_by_its_bytes_and_its_pages_are_counted(tmp_path: Path) -> None:
    facts = inspect_scan(pdf(tmp_path / "scan.jpg"), LIMITS)
    assert (facts.media_type, facts.page_count, facts.issues) == ("application/pdf", 3, ())
    assert facts.producer == "A scanner"


def test_a_pdf_may_begin_after_other_bytes(tmp_path: Path) -> None:
    path = pdf(tmp_path / "scan.pdf")
    path.write_bytes(b"HTTP/1.1 200 OK\r\n\r\n" + path.read_bytes())
    assert inspect_scan(path, LIMITS).page_count == 3


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("TIFF", "image/tiff"),
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("JPEG2000", "image/jp2"),
    ],
)
def test_an_image_is_known_by_its_bytes(tmp_path: Path, name: str, media_type: str) -> None:
    picture().save(tmp_path / "scan.pdf", name)
    facts = inspect_scan(tmp_path / "scan.pdf", LIMITS)
    assert (facts.media_type, facts.page_count) == (media_type, 1)


def test_a_bare_jpeg_2000_code_stream_is_an_image(tmp_path: Path) -> None:
    picture().save(tmp_path / "scan.j2k", "JPEG2000", no_jp2=True)
    assert inspect_scan(tmp_path / "scan.j2k", LIMITS).media_type == "image/jp2"


def test_a_camera_jpeg_with_a_preview_inside_is_one_page(tmp_path: Path) -> None:
    picture().save(tmp_path / "photo.jpg", "MPO", save_all=True, append_images=[picture(30, 20)])
    facts = inspect_scan(tmp_path / "photo.jpg", LIMITS)
    assert (facts.media_type, facts.page_count) == ("image/jpeg", 1)


def test_the_pages_of_a_tiff_are_counted(tmp_path: Path) -> None:
    assert inspect_scan(tiff(tmp_path / "scan.tif", pages=12), LIMITS).page_count == 12


def test_a_file_without_bytes_is_empty(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").touch()
    with pytest.raises(EmptyScanError, match=r"^scan\.pdf is empty"):
        inspect_scan(tmp_path / "scan.pdf", LIMITS)


def test_a_pdf_without_pages_is_empty(tmp_path: Path) -> None:
    with pytest.raises(EmptyScanError, match=r"^scan\.pdf has no pages\."):
        inspect_scan(pdf(tmp_path / "scan.pdf", pages=0), LIMITS)


def test_text_that_calls_itself_a_pdf_is_no_scan(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_text("Дорогой товарищ!\n" * 50, "utf-8")
    with pytest.raises(NotAScanError, match=r"^scan\.pdf is no scan"):
        inspect_scan(tmp_path / "scan.pdf", LIMITS)


def test_a_word_file_is_no_scan(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "letter.docx", "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    with pytest.raises(NotAScanError):
        inspect_scan(tmp_path / "letter.docx", LIMITS)


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"\0\0\0\x1cftypheic", "a HEIC picture (to convert it: heif-convert "),
        (b"\0\0\0\x1cftypavif", "an AVIF picture (to convert it: avifdec "),
        (b"\0\0\0\x18ftypisom", "a film."),
        (b"AT&TFORM\0\0\1\0DJVU", "a DjVu document (to convert it: ddjvu "),
        (b"\xff\x0a\x10", "a JPEG XL picture"),
        (b"8BPS\0\1", "a Photoshop picture"),
        (b"%!PS-Adobe-3.0", "a PostScript document (to convert it: ps2pdf "),
        (b"P5\n9 9\n255\n", "a picture in a PNM format"),
        (b"PK\3\4" + b"x" * 26 + b"word/document.xml", "an Office document"),
        (b"PK\3\4" + b"x" * 26 + b"leaf 1.tif", "a packed archive (to convert it: unpack"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "a web page"),
        (b"II*\0\x08\0\0\0\0\0\0\0\0\0", "a TIFF whose pixels are of a kind that"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_what_it_is(
    tmp_path: Path, head: bytes, what: str
) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(head + b"\0more of it" * 50)
    with pytest.raises(NotAScanError) as refusal:
        inspect_scan(path, LIMITS)
    assert str(refusal.value).startswith(f"scan.jpg is {what}")
    assert "no scan" not in str(refusal.value)


@pytest.mark.parametrize("kind", ["BMP", "GIF", "WEBP"])
def test_a_picture_of_the_web_is_a_scan(tmp_path: Path, kind: str) -> None:
    picture().save(tmp_path / "scan.png", kind)
    facts = inspect_scan(tmp_path / "scan.png", LIMITS)
    assert (facts.media_type, facts.page_count) == (f"image/{kind.lower()}", 1)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_the_frames_of_a_picture_are_pages(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "scan"
    others = [picture().rotate(90, expand=False), picture().rotate(180)]
    picture().convert("RGB").save(path, kind, save_all=True, append_images=others)
    assert inspect_scan(path, LIMITS).page_count == 3
    with pytest.raises(TooLargeError, match="OPIS_MAX_PAGES"):
        inspect_scan(path, Limits(max_pages=2))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(BrokenScanError):
        inspect_scan(path, LIMITS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "JPEG2000", "BMP", "GIF"])
def test_qpdf_is_advised_for_a_pdf_only(tmp_path: Path, kind: str) -> None:
    picture(300, 200).save(tmp_path / "scan", kind)
    whole = (tmp_path / "scan").read_bytes()
    (tmp_path / "scan").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BrokenScanError) as refusal:
        inspect_scan(tmp_path / "scan", LIMITS)
    assert str(refusal.value).endswith("Copy it again from its source, or scan it again.")
    assert "qpdf" not in str(refusal.value)
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7\n" + os.urandom(5000))
    with pytest.raises(BrokenScanError, match=r"`qpdf IN\.pdf OUT\.pdf` may mend a copy"):
        inspect_scan(tmp_path / "scan.pdf", LIMITS)


def test_a_folder_is_no_scan(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").mkdir()
    with pytest.raises(NotAScanError, match="folder, pipe or device"):
        inspect_scan(tmp_path / "scan.pdf", LIMITS)


@pytest.mark.timeout(120)  # opened, it would wait for ever
def test_a_pipe_is_no_scan_and_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "scan.pdf")
    with pytest.raises(NotAScanError):
        inspect_scan(tmp_path / "scan.pdf", LIMITS)


def test_a_link_that_leads_nowhere_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").symlink_to(tmp_path / "gone.pdf")
    with pytest.raises(UnreadableError, match=r"^scan\.pdf cannot be read"):
        inspect_scan(tmp_path / "scan.pdf", LIMITS)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = pdf(tmp_path / "scan.pdf")
    path.chmod(0)
    with pytest.raises(UnreadableError):
        inspect_scan(path, LIMITS)


def test_an_owner_password_is_an_issue_only(tmp_path: Path) -> None:
    lock = pikepdf.Encryption(owner="secret", user="", allow=pikepdf.Permissions(extract=False))
    facts = inspect_scan(pdf(tmp_path / "scan.pdf", encryption=lock), LIMITS)
    assert facts.page_count == 3
    assert [issue.concern for issue in facts.issues] == [IssueType.ENCRYPTION]
    assert facts.producer == "A scanner"


@pytest.mark.parametrize("strength", [3, 4, 6])
def test_a_user_password_is_a_refusal(tmp_path: Path, strength: Literal[3, 4, 6]) -> None:
    modern = strength > 3
    lock = pikepdf.Encryption(
        owner="secret", user="secret", R=strength, aes=modern, metadata=modern
    )
    with pytest.raises(EncryptedScanError, match=r"^scan\.pdf asks for a password.*qpdf"):
        inspect_scan(pdf(tmp_path / "scan.pdf", encryption=lock), LIMITS)


def test_a_certificate_is_a_refusal(tmp_path: Path) -> None:
    path = pdf(tmp_path / "scan.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    lock = b"<< /Filter /Adobe.PubSec /SubFilter /adbe.pkcs7.s4 /V 2 /R 131104 >>"
    path.write_bytes(path.read_bytes().replace(b"trailer <<", b"trailer << /Encrypt " + lock))
    with pytest.raises(EncryptedScanError, match=r"^scan\.pdf is encrypted in a way"):
        inspect_scan(path, LIMITS)


def test_garbage_behind_a_pdf_header_is_broken(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7\n" + os.urandom(5000))
    with pytest.raises(BrokenScanError, match=r"scan\.pdf cannot be read as a PDF"):
        inspect_scan(tmp_path / "scan.pdf", LIMITS)


@pytest.mark.parametrize("linearize", [False, True])
@pytest.mark.parametrize("pages", [1, 40])
def test_a_pdf_that_was_cut_off_is_refused(tmp_path: Path, linearize: bool, pages: int) -> None:
    path = pdf(tmp_path / "scan.pdf", pages=pages, linearize=linearize)
    whole = path.read_bytes()
    for length in range(100, len(whole) - 10, len(whole) // 40):
        path.write_bytes(whole[:length])
        with pytest.raises(BrokenScanError):
            inspect_scan(path, LIMITS)


def test_a_pdf_that_was_changed_by_appending_must_have_its_last_end(tmp_path: Path) -> None:
    path = pdf(tmp_path / "scan.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    path.write_bytes(path.read_bytes() + b"2 0 obj\n<< /Producer (Another) >>\nendobj\nxr")
    with pytest.raises(BrokenScanError, match="cut off"):
        inspect_scan(path, LIMITS)


def test_a_copy_whose_second_half_is_nothing_yet_is_refused(tmp_path: Path) -> None:
    path = pdf(tmp_path / "scan.pdf", pages=40)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    with pytest.raises(BrokenScanError):
        inspect_scan(path, LIMITS)


def test_a_pdf_with_a_broken_index_is_repaired_and_says_so(tmp_path: Path) -> None:
    path = pdf(tmp_path / "scan.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    head, _, _ = path.read_bytes().rpartition(b"startxref")
    path.write_bytes(head + b"startxref\n7\n%%EOF\n")
    facts = inspect_scan(path, LIMITS)
    assert facts.page_count == 3
    assert [issue.concern for issue in facts.issues] == [IssueType.REPAIRED]


def test_zero_bytes_behind_the_end_of_a_pdf_are_no_fault(tmp_path: Path) -> None:
    path = pdf(tmp_path / "scan.pdf")
    path.write_bytes(path.read_bytes() + bytes(5000))
    assert inspect_scan(path, LIMITS).page_count == 3


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"/Count 3", b"/Count 5"),
        (b"/Kids [ 4 0 R 5", b"/Kids [ 4 0 R 9"),
        (b"<< /Contents", b"(gone)   (x "),
    ],
    ids=["the count", "a reference", "a page"],
)
def test_a_pdf_that_lost_a_page_is_refused(tmp_path: Path, was: bytes, becomes: bytes) -> None:
    path = pdf(tmp_path / "scan.pdf", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert was in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(was, becomes, 1))
    with pytest.raises(BrokenScanError, match=r"only \d"):
        inspect_scan(path, LIMITS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "JPEG2000"])
@pytest.mark.parametrize("share", [0.1, 0.4, 0.6, 0.9])
def test_an_image_that_was_cut_off_is_refused(tmp_path: Path, kind: str, share: float) -> None:
    whole = io.BytesIO()
    picture(300, 200).save(whole, kind)
    path = tmp_path / "scan.img"
    path.write_bytes(whole.getvalue()[: int(len(whole.getvalue()) * share)])
    with pytest.raises(BrokenScanError, match=r"^scan\.img is"):
        inspect_scan(path, LIMITS)


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
def test_a_tiff_of_several_pages_that_was_cut_off_is_refused(
    tmp_path: Path, compression: str | None
) -> None:
    whole = tiff(tmp_path / "whole.tif", 4, compression).read_bytes()
    cut = tmp_path / "cut.tif"
    for length in range(20, len(whole) - 1, len(whole) // 30):
        cut.write_bytes(whole[:length])
        with pytest.raises(IngestError):
            inspect_scan(cut, LIMITS)


@pytest.mark.parametrize(
    ("limits", "setting"),
    [
        (Limits(max_pages=2), "OPIS_MAX_PAGES"),
        (Limits(max_bytes=100), "OPIS_MAX_BYTES"),
        (Limits(max_pixels=100), "OPIS_MAX_PIXELS"),
    ],
)
def test_a_scan_beyond_a_limit_is_refused_by_the_name_of_the_setting(
    tmp_path: Path, limits: Limits, setting: str
) -> None:
    with pytest.raises(TooLargeError, match=setting):
        inspect_scan(tiff(tmp_path / "scan.tif"), limits)


def test_a_pdf_with_too_many_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLargeError, match="OPIS_MAX_PAGES"):
        inspect_scan(pdf(tmp_path / "scan.pdf"), Limits(max_pages=2))


def test_flipped_bytes_end_in_facts_or_a_refusal_and_nothing_else(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    lock = pikepdf.Encryption(owner="secret", user="")
    pdfs = [pdf(tmp_path / "a.pdf"), pdf(tmp_path / "b.pdf", encryption=lock)]
    for path in [*pdfs, tiff(tmp_path / "c.tif", 2, "tiff_lzw")]:
        whole = np.frombuffer(path.read_bytes(), dtype=np.uint8)
        for _ in range(60):
            damaged = whole.copy()
            damaged[random.integers(0, len(damaged), 12)] = random.integers(0, 256, 12)
            (tmp_path / "hurt").write_bytes(damaged.tobytes())
            assert is_scan_or_named(tmp_path / "hurt")
