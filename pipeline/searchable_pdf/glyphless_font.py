"""The font of the invisible text layer: extents and Unicode values without shapes.

One Type 0 font serves a whole document. A code stands for one grapheme cluster and is assigned at
its first use, so the tables contain only clusters that occur. All codes draw the same glyph without
ink, half an em wide and one em tall above the base line: in every viewer, the box of a word is then
as high as its font size.

Formats: ISO 32000-2, 9.7 (composite fonts) and 9.10.3 (ToUnicode); OpenType 1.9 (the font file).
"""

import struct
import zlib

import regex
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

ADVANCE = 0.5  #: em; width of every character before scaling
_EM = 1000  #: font units
_GLYPH_TOP = 985  #: font units; pdfium adds a 64th and then selects the whole em
_FONT_NAME = Name("/GlyphLessFont")  # Tesseract's name, by which tools recognize an OCR layer
_LAST_CODE = 0xFFFF  #: two bytes a code (Identity-H)
_MAX_CLUSTER = 100  #: code points of one cluster; a ToUnicode target holds 512 bytes
_MAX_BFCHARS = 100  #: entries of one bfchar block, by the format
_CLUSTERS = regex.compile(r"\X")


class GlyphlessFont:
    """Assigns codes to a document's grapheme clusters; ``finish`` writes their meanings."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._codes = {"\ufffd": "0001", " ": "0002"}  # in order of first use
        #: the font's object, for the pages' resources; complete only after ``finish``
        self.reference: Object = pdf.make_indirect(Dictionary(Type=Name.Font))

    def encode(self, text: str) -> tuple[str, int]:
        """Return the hexadecimal string that shows ``text``, and its number of clusters."""
        clusters = _CLUSTERS.findall(text)
        known = self._codes
        return "".join([known.get(c) or self._new_code(c) for c in clusters]), len(clusters)

    def finish(self) -> None:
        """Complete the font object, after all text of the document is encoded."""
        last = len(self._codes)
        glyphs = b"\0\0" + b"\0\1" * last  # code 0 has no meaning and draws .notdef
        self.reference.update(
            Dictionary(
                Subtype=Name.Type0,
                BaseFont=_FONT_NAME,
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([self._descendant_font(glyphs)]),
                ToUnicode=self._add_stream(to_unicode(self._codes)),
            )
        )

    def _new_code(self, cluster: str) -> str:
        if len(self._codes) == _LAST_CODE or len(cluster) > _MAX_CLUSTER:
            return self._codes["\ufffd"]
        return self._codes.setdefault(cluster, f"{len(self._codes) + 1:04x}")

    def _descendant_font(self, glyphs: bytes) -> Object:
        return self._pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.CIDFontType2,
                BaseFont=_FONT_NAME,
                CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
                FontDescriptor=self._font_descriptor(),
                DW=round(ADVANCE * _EM),
                CIDToGIDMap=self._add_stream(glyphs),
            )
        )

    def _font_descriptor(self) -> Object:
        program = font_program()
        return self._pdf.make_indirect(
            Dictionary(
                Type=Name.FontDescriptor,
                FontName=_FONT_NAME,
                Flags=5,  # fixed pitch, symbolic
                FontBBox=Array([0, 0, round(ADVANCE * _EM), _EM]),
                ItalicAngle=0,
                Ascent=_EM,
                Descent=-1,  # readers take 0 for "not given" and guess
                CapHeight=_EM,
                StemV=80,
                FontFile2=self._add_stream(program, Length1=len(program)),
            )
        )

    def _add_stream(self, data: bytes, **entries: int) -> Object:
        packed = zlib.compress(data, 9)
        return self._pdf.make_indirect(
            Stream(self._pdf, packed, Filter=Name.FlateDecode, **entries)
        )


def to_unicode(codes: dict[str, str]) -> bytes:
    """Return the ToUnicode CMap.

    Args:
        codes: text to code (four hexadecimal digits).

    >>> cmap = to_unicode({"й": "0003"}).decode()
    >>> print(cmap.split("endcodespacerange")[1].split("endbfchar")[0])
    <BLANKLINE>
    1 beginbfchar
    <0003> <0439>
    <BLANKLINE>
    """
    rows = [
        f"<{code}> <{text.encode('utf-16-be', 'replace').hex()}>" for text, code in codes.items()
    ]
    blocks: list[str] = []
    for first in range(0, len(rows), _MAX_BFCHARS):
        batch = rows[first : first + _MAX_BFCHARS]
        blocks += [f"{len(batch)} beginbfchar", *batch, "endbfchar"]
    return "\n".join([*_CMAP_HEAD, *blocks, *_CMAP_TAIL]).encode("ascii")


_CMAP_HEAD = (
    "/CIDInit /ProcSet findresource begin",
    "12 dict begin",
    "begincmap",
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
    "/CMapName /Adobe-Identity-UCS def",
    "/CMapType 2 def",
    "1 begincodespacerange",
    "<0000> <ffff>",
    "endcodespacerange",
)
_CMAP_TAIL = ("endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end", "")


def font_program() -> bytes:
    """Return the TrueType file: ``.notdef`` and a glyph of two separate points.

    Points without a line between them leave no ink, even in a viewer that ignores the rendering
    mode, but give the glyph its extent, which pdfium uses as the extent of a selection.
    """
    wide = round(ADVANCE * _EM)
    extent = (0, 0, wide, _GLYPH_TOP)
    points = (1, 1, 0, wide, 0, _GLYPH_TOP)  # both on the curve; x and y steps from point to point
    glyph = struct.pack(">5h3H2B4h", 2, *extent, 0, 1, 0, *points)
    head = (0x10000, 0x10000, 0, 0x5F0F3CF5, 0, _EM, 0, 0, *extent, 0, 8, 2, 0, 0)
    return _build_sfnt(
        {
            b"glyf": glyph,
            b"head": struct.pack(">4I2H2q4h2H3h", *head),
            b"hhea": struct.pack(">I3hH11hH", 0x10000, _EM, -1, 0, wide, *[0] * 11, 2),
            b"hmtx": struct.pack(">HhHh", wide, 0, wide, 0),
            b"loca": struct.pack(">3H", 0, 0, len(glyph) // 2),
            b"maxp": struct.pack(">I14H", 0x10000, 2, 2, 2, 0, 0, 1, *[0] * 8),
        }
    )


def _build_sfnt(tables: dict[bytes, bytes]) -> bytes:
    """Build a font file with checksums from tables that are in the order of their tags."""
    count = len(tables)
    power = count.bit_length() - 1
    search = 16 << power
    head = struct.pack(">I4H", 0x10000, count, search, power, 16 * count - search)
    directory, body = b"", b""
    for tag, table in tables.items():
        offset = len(head) + 16 * count + len(body)
        directory += struct.pack(">4s3I", tag, _table_checksum(table), offset, len(table))
        body += _pad_table(table)
    font = head + directory + body
    adjustment = (0xB1B0AFBA - _table_checksum(font)) & 0xFFFFFFFF
    start = font.index(tables[b"head"]) + 8  # checkSumAdjustment, third field of `head`
    return font[:start] + struct.pack(">I", adjustment) + font[start + 4 :]


def _pad_table(table: bytes) -> bytes:
    return table + b"\0" * (-len(table) % 4)


def _table_checksum(data: bytes) -> int:
    padded = _pad_table(data)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
