"""What makes a PDF last: made to the rules of PDF/A-2u (ISO 19005-2), as far as they show here.

Nothing here verifies a file as veraPDF does; what is in the way of the rules is looked for, and
where something is, no claim is made. An original's own claim is never repeated unseen.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String
from PIL import ImageCms

_PRODUCER = "Opis"
_PROFILE_DATE = slice(24, 36)  #: of an ICC profile: when it was made (ICC.1:2010, 7.2.8)
_FIXED_DATE = bytes([7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])  #: the first day of 2000, always
_INFO_KEYS = (
    "/Title", "/Author", "/Subject", "/Keywords", "/Creator", "/Producer", "/CreationDate",
    "/ModDate",
)  # fmt: skip
_EMPTY_XMP = (  # an XMP packet that says nothing (ISO 16684-1)
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'
    b'<?xpacket end="w"?>'
)
_RGB_CHANNELS = 3  #: colours
_FORBIDDEN_ACTIONS = {
    "/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide",
    "/Rendition", "/SetOCGState", "/GoTo3DView", "/Trans",
}  # fmt: skip
_FORBIDDEN_KEYS = {
    "/EF": "an embedded file", "/AA": "actions that no reader asks for", "/XFA": "a form in XFA",
}  # fmt: skip
_FORBIDDEN_ANNOTATIONS = {
    "/3D",
    "/Sound",
    "/Screen",
    "/Movie",
    "/RichMedia",
}  #: annotations that move or sound
_EMBEDDABLE_FONTS = {"/Type1", "/MMType1", "/TrueType", "/CIDFontType0", "/CIDFontType2"}
_KNOWN_ENCODINGS = {"/WinAnsiEncoding", "/MacRomanEncoding"}


def set_pdf_metadata(
    pdf: Pdf, title: str, creator: str, language: str, modified: datetime | None
) -> None:
    """Say in the document's information and in XMP what it is; claim PDF/A-2u where it may.

    Args:
        pdf: all but finished; only saving comes after this.
        title: used where the original has none.
        creator: the same.
        language: BCP 47, or "" where unknown.
        modified: with a time zone; None leaves the date as it is.
    """
    info = pdf.docinfo
    for name, said in ((Name.Title, title), (Name.Author, creator)):
        if said and not str(info.get(name, "")).strip():
            info[name] = String(said)
    info.Producer = String(_PRODUCER)
    if modified is not None:
        moment = modified.astimezone(UTC)
        info.ModDate = String(moment.strftime("D:%Y%m%d%H%M%SZ"))
    if language:
        pdf.Root.Lang = String(language)
    _add_output_intent(pdf)
    _set_xmp_metadata(pdf, language, claim_pdfa=not any(True for _ in pdfa_violations(pdf)))


def _set_xmp_metadata(pdf: Pdf, language: str, *, claim_pdfa: bool) -> None:
    """Say in XMP what the information says, as the standard wants it."""
    if Name.Metadata not in pdf.Root:
        packet = Stream(pdf, _EMPTY_XMP, Type=Name.Metadata, Subtype=Name.XML)
        pdf.Root.Metadata = pdf.make_indirect(packet)
    info = pdf.docinfo
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        kept = {name: info[name] for name in _INFO_KEYS if isinstance(info.get(name), String)}
        xmp.load_from_docinfo(Dictionary(kept))
        if language:
            xmp["dc:language"] = {language}
        for claim in ("pdfaid:part", "pdfaid:conformance", "pdfaid:rev"):
            xmp.pop(claim, None)
        if claim_pdfa:
            xmp["pdfaid:part"], xmp["pdfaid:conformance"] = "2", "U"


def label_pages(pdf: Pdf, labels: Sequence[str | None]) -> None:
    """Give pages the numbers of their leaves; one without a leaf shows its place in brackets."""
    if not any(labels):
        return
    numbers: list[Object | int] = []
    for place, label in enumerate(labels):
        numbers += [place, Dictionary(P=String(label or f"[{place + 1}]"))]
    pdf.Root.PageLabels = Dictionary(Nums=Array(numbers))


def pdfa_violations(pdf: Pdf) -> Iterator[str]:
    """Yield what stands in the way of PDF/A-2u, as far as it can be seen without rendering."""
    if pdf.pdf_version > "1.7":
        yield f"PDF {pdf.pdf_version}"
    for intent in pdf.Root.get(Name.OutputIntents, Array()):
        if intent.get(Name.S) != Name.GTS_PDFA1 or _channel_count(intent) != _RGB_CHANNELS:
            yield "colours meant for another use"
    names = pdf.Root.get(Name.Names, Dictionary())
    for key in (Name.JavaScript, Name.EmbeddedFiles):
        if key in names:
            yield f"{key} among the document's names"
    for each in pdf.objects:
        for part in _nested_dictionaries(each):
            yield from _object_violations(part)


def _nested_dictionaries(whole: Object) -> Iterator[Dictionary | Stream]:
    """Yield the dictionaries that lie in an object; those it only refers to are objects too."""
    waiting = [whole]
    while waiting:
        found = waiting.pop()
        inner: list[object] = []
        if isinstance(found, Array):
            inner = list(found)
        elif isinstance(found, Dictionary | Stream):
            yield found
            inner = [value for _, value in found.items()]
        waiting.extend(one for one in inner if isinstance(one, Object) and not one.is_indirect)


def _object_violations(pdf_object: Dictionary | Stream) -> Iterator[str]:
    kind = str(pdf_object.get(Name.Subtype, ""))
    if str(pdf_object.get(Name.S, "")) in _FORBIDDEN_ACTIONS:
        yield f"an action: {pdf_object.get(Name.S)}"
    yield from (what for key, what in _FORBIDDEN_KEYS.items() if key in pdf_object)
    if str(pdf_object.get(Name.Type, "")) == "/Font":
        yield from _font_violations(pdf_object, kind)
    if kind == "/Image":
        yield from _image_violations(pdf_object)
    if str(pdf_object.get(Name.Type, "")) == "/Annot":
        yield from _annotation_violations(pdf_object, kind)
    if "/LZWDecode" in str(pdf_object.get(Name.Filter, "")):
        yield "a stream packed with LZW"


def _annotation_violations(note: Dictionary | Stream, kind: str) -> Iterator[str]:
    if kind in _FORBIDDEN_ANNOTATIONS:
        yield f"an annotation of the kind {kind}"
    elif kind not in {"/Link", "/Popup"} and Name.AP not in note:
        yield "an annotation without an appearance"


def _font_violations(font: Dictionary | Stream, kind: str) -> Iterator[str]:
    descriptor = font.get(Name.FontDescriptor, Dictionary())
    files = (Name.FontFile, Name.FontFile2, Name.FontFile3)
    if kind in _EMBEDDABLE_FONTS and not any(file in descriptor for file in files):
        yield f"a font that is not embedded: {font.get(Name.BaseFont)}"
    told = Name.ToUnicode in font or str(font.get(Name.Encoding, "")) in _KNOWN_ENCODINGS
    if kind.startswith("/CIDFont") or told:
        return
    yield f"a font whose letters are not told: {font.get(Name.BaseFont)}"


def _image_violations(image: Dictionary | Stream) -> Iterator[str]:
    if bool(image.get(Name.Interpolate, False)):
        yield "an image that asks to be smoothed"
    space = image.get(Name.ColorSpace)
    if "/DeviceCMYK" in map(str, space if isinstance(space, Array) else [space]):
        yield "an image in CMYK"


def _channel_count(intent: Object) -> int:
    """Return how many colours the profile of an output intent has; 0 where there is none."""
    return int(intent.get(Name.DestOutputProfile, Dictionary()).get(Name.N, 0))


def _add_output_intent(pdf: Pdf) -> None:
    """Say which colours are meant, where nothing says so."""
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
    """Return an ICC profile of sRGB that does not tell the second it was made in."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[_PROFILE_DATE] = _FIXED_DATE
    return bytes(made)
