"""Say what a file is that Opis does not read, and how it becomes one that it reads."""

import re

_PRINT = "print it to PDF from its program"
_UNPACK = "unpack it, and drop the scans in it"
DEVELOP = "develop it to TIFF with the camera's program, darktable or RawTherapee"
#: pattern of the first bytes; what the file is; how to convert it, or nothing
_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (rb"....ftyp(hei|hev|mif1|msf1)", "a HEIC picture", "heif-convert IN.heic OUT.png"),
    (rb"....ftypavi[fs]", "an AVIF picture", "avifdec IN.avif OUT.png"),
    (rb"....ftypcrx|FUJIFILMCCD", "the raw file of a camera", DEVELOP),
    (rb"....ftyp", "a film", ""),
    (rb"AT&TFORM....DJV[UM]", "a DjVu document", "ddjvu -format=pdf IN.djvu OUT.pdf"),
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "a JPEG XL picture", "djxl IN.jxl OUT.png"),
    (rb"II\xbc", "a JPEG XR picture", "JxrDecApp -i IN.jxr -o OUT.tif"),
    (rb"8BPS", "a Photoshop picture", "magick IN.psd[0] OUT.tif"),
    (rb"gimp xcf", "a GIMP picture", "xcf2png IN.xcf -o OUT.png"),
    (rb"P[1-7]\s", "a picture in a PNM format", "magick IN OUT.tif"),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "a PostScript document", "ps2pdf IN.ps OUT.pdf"),
    (rb"(<\?xml[^>]*>)?\s*<svg", "an SVG drawing", "rsvg-convert -f pdf -o OUT.pdf IN.svg"),
    (rb"PK\x03\x04.{26}(\[Content_Types\]|_rels/|docProps/|word/|xl/|ppt/)",
     "an Office document", _PRINT),
    (rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis", "an OpenDocument file", _PRINT),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document of before 2007", _PRINT),
    (rb"\{\\rtf", "a text in RTF", _PRINT),
    (rb"PK\x03\x04|Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ|.{257}ustar",
     "a packed archive", _UNPACK),
    (rb"\s*<(!doctype html|html)", "a web page", _PRINT),
    (rb"II\*\0|MM\0\*|II\+\0|MM\0\+", "a TIFF whose pixels are of a kind that cannot be decoded",
     "magick IN.tif OUT.png"),
    (rb"\xff\xd8\xff|\x89PNG|\0\0\0\x0cjP  |\xff\x4f\xff\x51|BM|GIF8|RIFF....WEBP",
     "a picture that cannot be decoded", ""),
)  # fmt: skip


def what_it_is(head: bytes) -> str:
    """Return what a file is that is no scan, by its first bytes, as the rest of a sentence.

    >>> what_it_is(b"AT&TFORM....DJVM")
    'is a DjVu document (to convert it: ddjvu -format=pdf IN.djvu OUT.pdf).'
    >>> what_it_is(b"Dear Sir")
    'is no scan: its bytes are those of no kind of image or PDF that Opis knows.'
    """
    head = head.removeprefix(b"\xef\xbb\xbf")  # a byte order mark
    for pattern, kind, way in _KINDS:
        if re.match(pattern, head, re.DOTALL | re.IGNORECASE):
            return f"is {kind} (to convert it: {way})." if way else f"is {kind}."
    return "is no scan: its bytes are those of no kind of image or PDF that Opis knows."
