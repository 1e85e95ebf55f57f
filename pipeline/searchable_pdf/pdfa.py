"""Metadata, page labels and output intent of a PDF, and its claim of PDF/A-2u (ISO 19005-2).

The claim is made only if the checks here find no violation. They check less than veraPDF does. A
claim of the original is never repeated without these checks.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String
from PIL import ImageCms

from pipeline.imaging.pdf_active import nested_dictionaries

_PRODUCER = "Opis"
_PROFILE_DATE = slice(24, 36)  #: bytes of the creation date in an ICC profile (ICC.1:2010, 7.2.8)
_FIXED_DATE = bytes([7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])  #: 1 January 2000
_INFO_KEYS = (
    "/Title", "/Author", "/Subject", "/Keywords", "/Creator", "/Producer", "/CreationDate",
    "/ModDate",
)  # fmt: skip
_EMPTY_XMP = (  # an XMP packet without properties (ISO 16684-1)
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'
    b'<?xpacket end="w"?>'
)
_RGB_CHANNELS = 3
_FORBIDDEN_ACTIONS = {
    "/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide",
    "/Rendition", "/SetOCGState", "/GoTo3DView", "/Trans",
}  # fmt: skip
_FORBIDDEN_KEYS = {
    "/EF": "an embedded file", "/AA": "additional actions", "/XFA": "a form in XFA",
}  # fmt: skip
_FORBIDDEN_ANNOTATIONS = {"/3D", "/Sound", "/Screen", "/Movie", "/RichMedia"}
_EMBEDDABLE_FONTS = {"/Type1", "/MMType1", "/TrueType", "/CIDFontType0", "/CIDFontType2"}
_KNOWN_ENCODINGS = {"/WinAnsiEncoding", "/MacRomanEncoding"}


def set_pdf_metadata(
    pdf: Pdf, title: str, creator: str, language: str, modified: datetime | None
) -> None:
    """Write the document information and XMP; claim PDF/A-2u if no violation is found.

    Args:
        pdf: a document that is complete except for this.
        title: used if the original has none.
        creator: used if the original has no author.
        language: BCP 47, or "" where unknown.
        modified: with a time zone; None leaves the date as it is.
    """
    info = pdf.docinfo
    for name, value in ((Name.Title, title), (Name.Author, creator)):
        if value and not str(info.get(name, "")).strip():
            info[name] = String(value)
    info.Producer = String(_PRODUCER)
    if modified is not None:
        moment = modified.astimezone(UTC)
        info.ModDate = String(moment.strftime("D:%Y%m%d%H%M%SZ"))
    if language:
        pdf.Root.Lang = String(language)
    _add_output_intent(pdf)
    _set_xmp_metadata(pdf, language, claim_pdfa=not any(True for _ in pdfa_violations(pdf)))


def _set_xmp_metadata(pdf: Pdf, language: str, *, claim_pdfa: bool) -> None:
    """Copy the document information to XMP, as PDF/A requires, and make or remove the claim."""
    if Name.Metadata not in pdf.Root:
        packet = Stream(pdf, _EMPTY_XMP, Type=Name.Metadata, Subtype=Name.XML)
        pdf.Root.Metadata = pdf.make_indirect(packet)
    info = pdf.docinfo
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        entries = {name: info[name] for name in _INFO_KEYS if isinstance(info.get(name), String)}
        xmp.load_from_docinfo(Dictionary(entries))
        if language:
            xmp["dc:language"] = {language}
        for claim in ("pdfaid:part", "pdfaid:conformance", "pdfaid:rev"):
            xmp.pop(claim, None)
        if claim_pdfa:
            xmp["pdfaid:part"], xmp["pdfaid:conformance"] = "2", "U"


def label_pages(pdf: Pdf, labels: Sequence[str | None]) -> None:
    """Label pages with their leaves; a page without a leaf shows its position in brackets."""
    if not any(labels):
        return
    numbers: list[Object | int] = []
    for index, label in enumerate(labels):
        numbers += [index, Dictionary(P=String(label or f"[{index + 1}]"))]
    pdf.Root.PageLabels = Dictionary(Nums=Array(numbers))


def pdfa_violations(pdf: Pdf) -> Iterator[str]:
    """Yield a phrase for each violation of PDF/A-2u that can be found without rendering."""
    if pdf.pdf_version > "1.7":
        yield f"PDF {pdf.pdf_version}"
    for intent in pdf.Root.get(Name.OutputIntents, Array()):
        if intent.get(Name.S) != Name.GTS_PDFA1 or _channel_count(intent) != _RGB_CHANNELS:
            yield "colours meant for another use"
    names = pdf.Root.get(Name.Names, Dictionary())
    for key in (Name.JavaScript, Name.EmbeddedFiles):
        if key in names:
            yield f"{key} among the document's names"
    for pdf_object in pdf.objects:
        for dictionary in nested_dictionaries(pdf_object):
            yield from _object_violations(dictionary)


def _object_violations(pdf_object: Dictionary | Stream) -> Iterator[str]:
    kind = str(pdf_object.get(Name.Subtype, ""))
    if str(pdf_object.get(Name.S, "")) in _FORBIDDEN_ACTIONS:
        yield f"an action: {pdf_object.get(Name.S)}"
    yield from (phrase for key, phrase in _FORBIDDEN_KEYS.items() if key in pdf_object)
    if str(pdf_object.get(Name.Type, "")) == "/Font":
        yield from _font_violations(pdf_object, kind)
    if kind == "/Image":
        yield from _image_violations(pdf_object)
    if str(pdf_object.get(Name.Type, "")) == "/Annot":
        yield from _annotation_violations(pdf_object, kind)
    if "/LZWDecode" in str(pdf_object.get(Name.Filter, "")):
        yield "a stream with LZW compression"


def _annotation_violations(annotation: Dictionary | Stream, kind: str) -> Iterator[str]:
    if kind in _FORBIDDEN_ANNOTATIONS:
        yield f"an annotation of the kind {kind}"
    elif kind not in {"/Link", "/Popup"} and Name.AP not in annotation:
        yield "an annotation without an appearance"


def _font_violations(font: Dictionary | Stream, kind: str) -> Iterator[str]:
    descriptor = font.get(Name.FontDescriptor, Dictionary())
    files = (Name.FontFile, Name.FontFile2, Name.FontFile3)
    if kind in _EMBEDDABLE_FONTS and not any(file in descriptor for file in files):
        yield f"a font that is not embedded: {font.get(Name.BaseFont)}"
    has_unicode = Name.ToUnicode in font or str(font.get(Name.Encoding, "")) in _KNOWN_ENCODINGS
    if kind.startswith("/CIDFont") or has_unicode:
        return
    yield f"a font without Unicode values: {font.get(Name.BaseFont)}"


def _image_violations(image: Dictionary | Stream) -> Iterator[str]:
    if bool(image.get(Name.Interpolate, False)):
        yield "an image with interpolation"
    space = image.get(Name.ColorSpace)
    if "/DeviceCMYK" in map(str, space if isinstance(space, Array) else [space]):
        yield "an image in CMYK"


def _channel_count(intent: Object) -> int:
    """Return the number of colour channels of an output intent's profile; 0 if it has none."""
    return int(intent.get(Name.DestOutputProfile, Dictionary()).get(Name.N, 0))


def _add_output_intent(pdf: Pdf) -> None:
    """Declare sRGB as the output intent if the document has none."""
    if Name.OutputIntents in pdf.Root:
        return
    profile = pdf.make_indirect(Stream(pdf, _srgb_profile(), N=_RGB_CHANNELS))
    intent = Dictionary(
        Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB IEC61966-2.1"), DestOutputProfile=profile,
    )  # fmt: skip
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


@cache
def _srgb_profile() -> bytes:
    """Return an ICC profile of sRGB with a fixed creation date."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_PROFILE_DATE] = _FIXED_DATE
    return bytes(profile)
