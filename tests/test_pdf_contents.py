"""What a PDF contains besides its pages: reported, refused, or left out of searchable.pdf."""

import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from pipeline.errors import PagesElsewhereError
from pipeline.fixity import file_sha256
from pipeline.imaging.inspect import inspect_scan
from pipeline.imaging.pdf_active import find_active_content
from pipeline.model import IssueType, Limits
from pipeline.searchable_pdf.compare import pdf_differences
from pipeline.searchable_pdf.pdfa import pdfa_violations
from pipeline.searchable_pdf.write import LayerPage, PdfMetadata, write_searchable_pdf
from pipeline.text import PageText
from tests.factories import scan_pdf

Change = Callable[[pikepdf.Pdf], None]
SECRET = "app.alert('payload')"


def pdf(path: Path, *changes: Change, pages: int = 1) -> Path:
    scan_pdf(path, pages)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        for change in changes:
            change(document)
        document.save(path)
    return path


def issues(path: Path) -> dict[IssueType, str]:
    return {issue.concern: issue.detail for issue in inspect_scan(path, Limits()).issues}


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(SECRET))


def annotation(kind: str, **entries: object) -> Dictionary:
    document = Dictionary(Type=Name.Annot, Subtype=Name("/" + kind), Rect=Array([0, 0, 9, 9]))
    for key, value in entries.items():
        document["/" + key] = value
    return document


def attached(document: pikepdf.Pdf, name: str, data: bytes = SECRET.encode()) -> pikepdf.Object:
    file = document.make_indirect(Stream(document, data, Type=Name.EmbeddedFile))
    files = Dictionary(F=file)
    entries = Dictionary(Type=Name.Filespec, F=String(name), UF=String(name), EF=files)
    return document.make_indirect(entries)


def add_opening_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = script()


def add_opening_address(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.URI, URI=String("https://example.org/payload"))


def add_named_script(document: pikepdf.Pdf) -> None:
    names = Array([String("a"), document.make_indirect(script())])
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=names))


def add_closing_script(document: pikepdf.Pdf) -> None:
    document.Root.AA = Dictionary(WC=document.make_indirect(script()))


def add_script_of_a_page(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.AA = Dictionary(O=script())


def add_launching_link(document: pikepdf.Pdf) -> None:
    launch = Dictionary(S=Name.Launch, F=String("payload.exe"))
    document.pages[0].obj.Annots = Array([annotation("Link", A=launch)])


def add_script_after_a_jump(document: pikepdf.Pdf) -> None:
    jump = Dictionary(
        S=Name.GoTo, D=Array([document.pages[0].obj, Name.Fit]), Next=Array([script()])
    )
    document.pages[0].obj.Annots = Array([annotation("Link", A=document.make_indirect(jump))])


def add_script_to_the_outline(document: pikepdf.Pdf) -> None:
    with document.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Press here", action=script()))


def add_form_with_a_script(document: pikepdf.Pdf) -> None:
    keys = Dictionary(K=script())
    field = document.make_indirect(Dictionary(FT=Name.Tx, T=String("name"), AA=keys))
    document.Root.AcroForm = Dictionary(Fields=Array([field]))


def add_form_in_xfa(document: pikepdf.Pdf) -> None:
    field = document.make_indirect(Dictionary(FT=Name.Tx, T=String("name")))
    xfa = document.make_indirect(Stream(document, SECRET.encode()))
    document.Root.AcroForm = Dictionary(Fields=Array([field]), XFA=xfa)


def add_attachment(document: pikepdf.Pdf) -> None:
    document.attachments["payload.exe"] = SECRET.encode()


def add_associated_file(document: pikepdf.Pdf) -> None:
    document.Root.AF = Array([attached(document, "payload.exe")])


def add_file_on_a_page(document: pikepdf.Pdf) -> None:
    note = annotation("FileAttachment", FS=attached(document, "payload.exe"))
    document.pages[0].obj.Annots = document.make_indirect(Array([note, annotation("Link")]))


def add_film(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.Annots = Array([annotation("RichMedia", Contents=String(SECRET))])


ACTIVE: dict[Change, str] = {
    add_opening_script: "a script or an action that runs",
    add_opening_address: "a script or an action that runs",
    add_named_script: "a script or an action that runs",
    add_closing_script: "a script or an action that runs",
    add_script_of_a_page: "a script or an action that runs",
    add_form_with_a_script: "a script or an action that runs",
    add_launching_link: "a link that starts a program",
    add_script_after_a_jump: "a link that starts a program",
    add_script_to_the_outline: "a link that starts a program",
    add_form_in_xfa: "a form in XFA",
    add_attachment: "attached files",
    add_associated_file: "attached files",
    add_file_on_a_page: "attached files",
    add_film: "films, sounds or models",
}


def searchable(original: Path) -> Path:
    target = original.with_name("searchable.pdf")
    with pikepdf.open(original) as pages:
        layers = [LayerPage(None, PageText(), keep_own=True) for _ in pages.pages]
    write_searchable_pdf(
        original, "application/pdf", layers, target, PdfMetadata("Title", "en", None)
    )
    return target


def contains(path: Path, words: str) -> bool:
    """Return whether any object of a PDF contains words."""
    with pikepdf.open(path) as document:
        return any(words.encode() in written(value) for value in document.objects)


def written(value: pikepdf.Object) -> bytes:
    if not isinstance(value, Stream):
        return value.unparse(resolved=True)
    is_image = value.get("/Subtype") == Name.Image
    return value.read_raw_bytes() if is_image else value.read_bytes()


@pytest.mark.parametrize("add", ACTIVE, ids=lambda add: add.__name__)
def test_what_a_viewer_runs_or_opens_is_reported_and_left_out_of_the_copy(
    tmp_path: Path, add: Change
) -> None:
    original = pdf(tmp_path / "scan.pdf", add)
    digest = file_sha256(original)
    detail = issues(original)[IssueType.ACTIVE_CONTENT]
    assert ACTIVE[add] in detail
    assert "searchable.pdf leaves it out; the original keeps it" in detail
    copy = searchable(original)
    with pikepdf.open(copy) as document:
        assert list(find_active_content(document)) == []
        assert list(pdfa_violations(document)) == []
    assert contains(original, "payload")
    assert not contains(copy, "payload")
    assert file_sha256(original) == digest
    assert list(pdf_differences(original, copy)) == []


def test_all_of_it_at_once_is_left_out(tmp_path: Path) -> None:
    original = pdf(tmp_path / "scan.pdf", *ACTIVE)
    kinds = issues(original)[IssueType.ACTIVE_CONTENT]
    assert all(kind in kinds for kind in ACTIVE.values() if "starts" not in kind)
    assert not contains(searchable(original), "payload")


def test_links_notes_and_names_that_look_like_keys_stay(tmp_path: Path) -> None:
    def add(document: pikepdf.Pdf) -> None:
        address = Dictionary(S=Name.URI, URI=String("https://example.org/"))
        jump = Dictionary(S=Name.GoTo, D=Array([document.pages[0].obj, Name.Fit]))
        look = document.make_indirect(
            Stream(document, b"0 0 9 9 re f", Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
        )
        links = [annotation("Link", A=address), annotation("Link", A=jump)]
        note = annotation("Stamp", AP=Dictionary(N=look))
        document.pages[0].obj.Annots = Array([*links, note])
        document.pages[0].obj.Resources.Pattern = Dictionary(AA=look, A=look, EF=look, AF=look)
        document.Root.OpenAction = Array([document.pages[0].obj, Name.Fit])

    original = pdf(tmp_path / "scan.pdf", add)
    assert issues(original) == {}
    with pikepdf.open(searchable(original)) as document:
        page = document.pages[0].obj
        assert [str(one.Subtype) for one in page.Annots] == ["/Link", "/Link", "/Stamp"]
        assert [str(one.A.S) for one in list(page.Annots)[:2]] == ["/URI", "/GoTo"]
        assert set(page.Resources.Pattern.keys()) == {"/AA", "/A", "/EF", "/AF"}
        assert isinstance(document.Root.OpenAction, Array)


@pytest.mark.parametrize("add", [add_attachment, add_associated_file, add_file_on_a_page])
def test_attached_files_are_named_as_not_read(tmp_path: Path, add: Change) -> None:
    detail = issues(pdf(tmp_path / "scan.pdf", add))[IssueType.UNREAD_CONTENT]
    assert detail.startswith("1 attached file of the PDF not read: payload.exe.")


def test_names_of_attached_files_cannot_write_lines_and_many_are_counted(tmp_path: Path) -> None:
    def add(document: pikepdf.Pdf) -> None:
        files = [attached(document, f"лист {number}\r\n\x1b.pdf") for number in range(30)]
        document.Root.AF = Array(files)

    detail = issues(pdf(tmp_path / "scan.pdf", add))[IssueType.UNREAD_CONTENT]
    assert detail.startswith(r"30 attached files of the PDF not read: лист 0 \x1b.pdf, ")
    assert "and 10 more" in detail


def make_portfolio(document: pikepdf.Pdf) -> None:
    document.Root.Collection = Dictionary(Type=Name.Collection, View=Name.D)


def test_a_portfolio_is_refused_by_the_names_of_its_documents(tmp_path: Path) -> None:
    def add(document: pikepdf.Pdf) -> None:
        document.attachments["leaf110.pdf"] = b"%PDF-1.7"
        document.attachments["лист111.tif"] = b"II*"

    path = pdf(tmp_path / "scan.pdf", add, make_portfolio)
    with pytest.raises(PagesElsewhereError, match=r"(?s)portfolio.*leaf110\.pdf, лист111\.tif"):
        inspect_scan(path, Limits())


def test_a_portfolio_of_nothing_is_read(tmp_path: Path) -> None:
    assert inspect_scan(pdf(tmp_path / "scan.pdf", make_portfolio), Limits()).page_count == 1


def make_dynamic(document: pikepdf.Pdf) -> None:
    document.Root.NeedsRendering = True


def make_form_without_fields(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=String("<xdp/>"))


@pytest.mark.parametrize("make", [make_dynamic, make_form_without_fields])
def test_a_form_that_is_drawn_when_it_is_opened_is_refused(tmp_path: Path, make: Change) -> None:
    with pytest.raises(PagesElsewhereError, match=r"form in XFA.*print it to PDF"):
        inspect_scan(pdf(tmp_path / "scan.pdf", make), Limits())


def test_a_form_in_xfa_whose_pages_are_there_is_read_and_reported(tmp_path: Path) -> None:
    found = issues(pdf(tmp_path / "scan.pdf", add_form_in_xfa))
    assert "its pages as drawn were read" in found[IssueType.UNREAD_CONTENT]


@pytest.mark.parametrize("between", [b"", b"\r\n", b"\0" * 500, b"\x1b%-12345X@PJL\r\n"])
@pytest.mark.parametrize("count", [2, 3])
def test_pdfs_that_were_joined_end_to_end_are_refused(
    tmp_path: Path, between: bytes, count: int
) -> None:
    single = pdf(tmp_path / "single.pdf").read_bytes()
    path = tmp_path / "scan.pdf"
    path.write_bytes(between.join([single] * count))
    with pytest.raises(PagesElsewhereError, match=rf"is {count} PDFs in one file") as refusal:
        inspect_scan(path, Limits())
    offset = len(single) + len(between)
    assert f"head -c {offset} IN.pdf > FIRST.pdf; tail -c +{offset + 1} " in str(refusal.value)


def test_a_pdf_that_holds_pdfs_or_was_changed_by_appending_is_one(tmp_path: Path) -> None:
    single = pdf(tmp_path / "single.pdf").read_bytes()

    def add(document: pikepdf.Pdf) -> None:
        for name in ("a.pdf", "b.pdf"):
            document.attachments[name] = single

    path = pdf(tmp_path / "scan.pdf", add)
    with pikepdf.open(path) as document:
        document.save(
            tmp_path / "plain.pdf",
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
        )
    assert (tmp_path / "plain.pdf").read_bytes().count(b"%PDF-") == 3
    assert set(issues(tmp_path / "plain.pdf")) == {
        IssueType.ACTIVE_CONTENT, IssueType.UNREAD_CONTENT,
    }  # fmt: skip
    table = int(single[single.rindex(b"startxref") + 10 :].split()[0])
    update = b"xref\n0 0\ntrailer << /Size 99 /Root 1 0 R /Prev %d >>\n" % table
    path.write_bytes(single + update + b"startxref\n%d\n%%%%EOF\n" % len(single))
    assert inspect_scan(path, Limits()).page_count == 1


def test_nonsense_where_active_content_stands_stops_nothing(tmp_path: Path) -> None:
    def add(document: pikepdf.Pdf) -> None:
        document.Root.Names = Dictionary(EmbeddedFiles=String("no tree"), JavaScript=7)
        document.Root.AcroForm, document.Root.AF = String("no form"), Array([7, String("x")])
        document.pages[0].obj.Annots = Array([7, Name.Link, Array([])])
        document.Root.OpenAction = Dictionary(S=7, Next=Array([7]))
        packed = zlib.compress(b"1 0 R")
        document.Root.AA = document.make_indirect(Stream(document, packed, Filter=Name.FlateDecode))

    path = pdf(tmp_path / "scan.pdf", add)
    assert inspect_scan(path, Limits()).page_count == 1
    searchable(path)
