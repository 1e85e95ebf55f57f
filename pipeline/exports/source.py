"""The input of the export writers, and their helpers for XML."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit

from lxml import etree

from pipeline.corrections.correction import LineCorrection
from pipeline.description.relations import Relation
from pipeline.layout.lists import cells_of
from pipeline.record.level_context import ContextLevel
from pipeline.record.record import Record, RecordPage, Reference
from pipeline.references.archive import Archive
from pipeline.references.archives import find_archive
from pipeline.text import Box, Line, PageText, Role
from pipeline.wording import UNWRITABLE

XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
XML_LANG = f"{{{XML}}}lang"
XML_ID = f"{{{XML}}}id"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line as read and corrected; its box in pixels of the page image, origin top left."""

    text: str
    box: Box
    role: Role
    cells: tuple[str, ...] = ()  #: of a row of a table
    correction: LineCorrection | None = None  #: the last one by a person


@dataclass(frozen=True, slots=True)
class VersionFile:
    """A file of the version, with its path in the bag."""

    path: str  #: as on disk, e.g. ``data/original/скан 1.pdf``
    sha256: str
    size: int  #: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class ExportSource:
    """A record plus its lines and files: the input of every exporter."""

    record: Record
    lines: tuple[tuple[PlacedLine, ...], ...]  #: by page, in page order
    base_url: str  #: of the site that serves the records; no slash at the end
    files: tuple[VersionFile, ...] = ()  #: of the published version; only METS needs them
    context: tuple[ContextLevel, ...] = ()  #: levels of the archive above it, the outermost first

    @property
    def has_public_address(self) -> bool:
        """Whether the addresses of the record lead somewhere."""
        return is_public_address(self.base_url)

    @property
    def url(self) -> str:
        """The permanent address of this version."""
        return f"{self.base_url}/id/{self.record.id}/v{self.record.version}"

    def url_of(self, path: str) -> str:
        """The permanent address of a file in ``data/``."""
        return f"{self.url}/{quote(path)}"

    def url_of_relation(self, relation: Relation) -> str:
        """The address of the other side of a relation; empty if only its place is known."""
        if relation.record:
            return f"{self.base_url}/id/{relation.record}"
        return relation.url or ""


def is_public_address(base_url: str) -> bool:
    """Return whether an address leads somewhere; one below ``.invalid`` never does (RFC 2606)."""
    return not (urlsplit(base_url).hostname or "").endswith(".invalid")


def placed_lines(text: PageText, page: RecordPage) -> tuple[PlacedLine, ...]:
    """Return the lines of a page, each with its box, its role and its last correction.

    Raises:
        ValueError: the page has not exactly one role per line.
    """
    corrections = {one.line: one for one in page.corrections}
    lines = text.with_roles(page.line_roles).lines()
    return tuple(_place_line(line, corrections.get(number)) for number, line in enumerate(lines, 1))


def _place_line(line: Line, correction: LineCorrection | None) -> PlacedLine:
    cells = cells_of(line) if line.role is Role.TABLE_ROW else ()
    texts = tuple(cell.text for cell in cells)
    return PlacedLine(line.text, line.box, line.role, texts, correction)


def page_label(page: RecordPage) -> str:
    """Return the leaf that the archive stamped; without one, the page number in brackets."""
    return page.leaf or f"[{page.number}]"


def archive_of(reference: Reference) -> Archive | None:
    """Return the archive that a reference names; None if it is unknown."""
    return find_archive(reference.archive or "")


def qname_in(namespace: str) -> Callable[[str], str]:
    """Return a function that qualifies names with a namespace, in Clark notation.

    >>> qname_in("http://a.test/")("title")
    '{http://a.test/}title'
    """
    return f"{{{{{namespace}}}}}{{}}".format


def xml_safe(text: str) -> str:
    r"""Return a text with U+FFFD in place of each character that XML cannot hold.

    >>> xml_safe("a\x0bb")
    'a�b'
    """
    return UNWRITABLE.sub("\ufffd", text)


def element(
    parent: etree._Element | None, name: str, text: str = "", /, **attributes: str
) -> etree._Element:
    """Make an element, in the parent if there is one; ``name`` is in Clark notation."""
    node = etree.Element(name) if parent is None else etree.SubElement(parent, name)
    for key, value in attributes.items():
        node.set(key, xml_safe(value))
    if text:
        node.text = xml_safe(text)
    return node


def serialize(root: etree._Element) -> bytes:
    """Return the file: UTF-8 with an XML declaration, indented, with a final newline."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


@contextmanager
def xml_stream(
    content: BytesIO, root: str, attributes: dict[str, str], prefixes: dict[str | None, str]
) -> Iterator[Any]:
    """Open a file that is written piece by piece, so that memory never holds its whole tree.

    Args:
        content: receives the file.
        root: name of the root element, in Clark notation. If its namespace is the default one
            (prefix None), elements inside are made and written without a namespace.
        attributes: of the root.
        prefixes: the namespaces that the root declares, by prefix; include ``xml`` if it is used,
            because ``xmlfile`` invents another prefix for it.

    Yields:
        The writer of ``etree.xmlfile``, whose class has no public name.
    """
    with etree.xmlfile(content, encoding="UTF-8") as file:
        file.write_declaration()
        with file.element(root, attributes, prefixes):
            yield file
    content.write(b"\n")


def write_elements(file: Any, elements: Iterable[etree._Element]) -> None:
    """Write elements one by one; a generator makes each just before it is written.

    Args:
        file: the writer that `xml_stream` yields.
        elements: the elements, in order.
    """
    for node in elements:
        file.write(node, pretty_print=True)
