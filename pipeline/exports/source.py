"""What the export writers are given, and the few lines of XML that they share."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import quote

from lxml import etree

from pipeline.record.record import Record, RecordPage, Reference
from pipeline.references.archives import Archive, find_archive
from pipeline.text import Box, PageText, Role
from pipeline.wording import UNWRITABLE

XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
XML_LANG = f"{{{XML}}}lang"
XML_ID = f"{{{XML}}}id"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line as the engine read it, where it stands: pixels of the page image, origin top left."""

    text: str
    box: Box
    role: Role
    starts_block: bool  #: of its block


@dataclass(frozen=True, slots=True)
class VersionFile:
    """A file of the version, by its path in the bag."""

    path: str  #: as on disk, e.g. ``data/original/скан 1.pdf``
    sha256: str
    size: int  #: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class ExportSource:
    """A record with what of it lies outside ``record.json``."""

    record: Record
    lines: tuple[tuple[PlacedLine, ...], ...]  #: of each page, in order
    base_url: str  #: where the records are, or will be, served; no slash at its end
    files: tuple[VersionFile, ...] = ()  #: of the published version; only METS needs them

    @property
    def url(self) -> str:
        """The permanent address of this version."""
        return f"{self.base_url}/id/{self.record.id}/v{self.record.version}"

    def url_of(self, path: str) -> str:
        """The permanent address of a file in ``data/``."""
        return f"{self.url}/{quote(path)}"


def placed_lines(text: PageText, roles: Iterable[Role]) -> tuple[PlacedLine, ...]:
    """Return the lines of a page that was read, with what each is on its page."""
    return tuple(
        PlacedLine(line.text, line.box, line.role, place == 0)
        for block in text.with_roles(roles).blocks
        for place, line in enumerate(block.lines)
    )


def page_label(page: RecordPage) -> str:
    """Return what the archive stamped; of a page without a leaf its place, in brackets."""
    return page.leaf or f"[{page.number}]"


def archive_of(reference: Reference) -> Archive | None:
    """Return the archive that a reference names; None where it is not known."""
    return find_archive(reference.archive or "")


def qname_in(namespace: str) -> Callable[[str], str]:
    """Return the function that puts a name into a namespace, in Clark notation.

    >>> qname_in("http://a.test/")("title")
    '{http://a.test/}title'
    """
    return f"{{{{{namespace}}}}}{{}}".format


def xml_safe(text: str) -> str:
    r"""Return a text that XML can hold; a mark stands for each character that it cannot.

    >>> xml_safe("a\x0bb")
    'a�b'
    """
    return UNWRITABLE.sub("\ufffd", text)


def element(
    parent: etree._Element | None, name: str, text: str = "", /, **attributes: str
) -> etree._Element:
    """Make an element, inside a parent if one is given; ``name`` is in Clark notation."""
    made = etree.Element(name) if parent is None else etree.SubElement(parent, name)
    for key, value in attributes.items():
        made.set(key, xml_safe(value))
    if text:
        made.text = xml_safe(text)
    return made


def serialize(root: etree._Element) -> bytes:
    """Return the file: UTF-8, declared, indented, a newline at the end."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


@contextmanager
def xml_stream(
    content: BytesIO, root: str, attributes: dict[str, str], prefixes: dict[str | None, str]
) -> Iterator[Any]:
    """Open a file that is written piece by piece, so that a long one is never a whole tree.

    Args:
        content: what it goes into.
        root: the name of its root, in Clark notation. Where its namespace is that of no prefix, the
            elements inside are made and written without one.
        attributes: of the root.
        prefixes: namespaces by the prefix that the root declares; ``xml`` too where it is used, for
            ``xmlfile`` makes up another.

    Yields:
        what ``etree.xmlfile`` gives, whose class has no public name.
    """
    with etree.xmlfile(content, encoding="UTF-8") as file:
        file.write_declaration()
        with file.element(root, attributes, prefixes):
            yield file
    content.write(b"\n")


def write_elements(file: Any, elements: Iterable[etree._Element]) -> None:
    """Write elements into a file one after the other, each made when it is its turn.

    Args:
        file: what `xml_stream` yields.
        elements: the elements.
    """
    for part in elements:
        file.write(part, pretty_print=True)
