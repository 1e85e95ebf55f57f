"""METS 1.12 (https://www.loc.gov/standards/mets/): binds the files of a version, page by page.

It contains MODS. Files have addresses relative to the METS file, and their SHA-256. Groups, the
places of files and the physical structure are as OCR-D wants them
(https://ocr-d.de/en/spec/mets).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from lxml import etree

from pipeline.exports.mods import MODS, mods_element
from pipeline.exports.source import (
    XLINK,
    ExportSource,
    element,
    page_label,
    qname_in,
    serialize,
    xml_safe,
)
from pipeline.record.record import RecordPage
from pipeline.record.version_folder import alto_file_name

METS = "http://www.loc.gov/METS/"
_qname = qname_in(METS)
_GROUP_USES = {
    "original": "archival",
    "pages": "layout",
    "sidecar": "description",
    "translation": "translation",
    "export": "export",
    "searchable.pdf": "access",
    "text.txt": "text",
}


@dataclass(frozen=True, slots=True)
class MetsFile:
    """A file that METS lists."""

    id: str  #: an XML name
    use: str  #: of its group
    path: str  #: relative to the METS file
    media_type: str
    size: int  #: bytes
    sha256: str
    page: int = 0  #: of the page that it is about, from 1; 0: of the whole document


def to_mets(source: ExportSource) -> bytes:
    """Return the METS file of a published version, whose files ``source`` lists.

    It points to PREMIS. It is made from a published version, so no version contains its own.
    """
    root = _new_mets(source)
    events = element(element(root, _qname("amdSec"), ID="amd"), _qname("digiprovMD"), ID="events")
    log = element(
        events, _qname("mdRef"), LOCTYPE="URL", MDTYPE="PREMIS", MDTYPEVERSION="3.0",
        MIMETYPE="application/xml",
    )  # fmt: skip
    _set_link(log, "data/export/premis.xml")
    whole = _add_files(root, source.record.pages, _published_files(source))
    whole.set("ADMID", "events")
    return serialize(root)


def to_workspace_mets(source: ExportSource, files: Sequence[MetsFile]) -> bytes:
    """Return the METS file of files that were made from a version.

    Args:
        source: the version.
        files: in the order of their groups and pages.
    """
    root = _new_mets(source)
    numbers = {file.page for file in files}
    _add_files(root, [page for page in source.record.pages if page.number in numbers], files)
    return serialize(root)


def _new_mets(source: ExportSource) -> etree._Element:
    """Return METS with its header and the description of the document."""
    record = source.record
    root = etree.Element(_qname("mets"), nsmap={None: METS, "xlink": XLINK})
    root.set("OBJID", f"{record.id}/v{record.version}")
    root.set("LABEL", xml_safe(record.name))
    ended = max(activity.ended for activity in record.provenance.activities)
    header = element(root, _qname("metsHdr"), CREATEDATE=ended.isoformat())
    agent = element(header, _qname("agent"), ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    opis = record.provenance.agents["opis"]
    element(agent, _qname("name"), f"{opis.name} {opis.version}")
    mods = mods_element(source)
    element(mods, qname_in(MODS)("identifier"), source.url, type="url")  # OCR-D knows no `uri`
    wrap = element(element(root, _qname("dmdSec"), ID="dmd"), _qname("mdWrap"), MDTYPE="MODS")
    element(wrap, _qname("xmlData")).append(mods)
    return root


def _published_files(source: ExportSource) -> list[MetsFile]:
    pages = {f"data/{alto_file_name(page.number)}": page.number for page in source.record.pages}
    return [
        MetsFile(
            _file_id(file.path),
            _GROUP_USES.get(file.path.removeprefix("data/").partition("/")[0], "record"),
            file.path, _basic_media_type(file.media_type), file.size, file.sha256,
            pages.get(file.path, 0),
        )
        for file in source.files
    ]  # fmt: skip


def _add_files(
    root: etree._Element, pages: Iterable[RecordPage], files: Sequence[MetsFile]
) -> etree._Element:
    """Add files and physical structure; return the element of the whole document."""
    section = element(root, _qname("fileSec"))
    groups: dict[str, etree._Element] = {}
    for file in files:
        if file.use not in groups:
            groups[file.use] = element(section, _qname("fileGrp"), USE=file.use)
        _add_file(groups[file.use], file)
    physical = element(root, _qname("structMap"), TYPE="PHYSICAL")
    whole = element(physical, _qname("div"), ID="PHYS_0000", TYPE="physSequence", DMDID="dmd")
    _add_pointers(whole, sorted(files, key=lambda file: file.path), 0)
    for page in pages:
        div = element(
            whole, _qname("div"), ID=f"PHYS_{page.number:04d}", TYPE="page",
            ORDER=str(page.number), LABEL=page_label(page),
        )  # fmt: skip
        if page.leaf:
            div.set("ORDERLABEL", page.leaf)
        _add_pointers(div, files, page.number)
    return whole


def _add_file(group: etree._Element, file: MetsFile) -> None:
    node = element(
        group, _qname("file"), ID=file.id, MIMETYPE=file.media_type, SIZE=str(file.size),
        CHECKSUM=file.sha256, CHECKSUMTYPE="SHA-256",
    )  # fmt: skip
    place = element(node, _qname("FLocat"), LOCTYPE="OTHER", OTHERLOCTYPE="FILE")
    _set_link(place, file.path)


def _add_pointers(div: etree._Element, files: Iterable[MetsFile], page: int) -> None:
    for file in files:
        if file.page == page:
            element(div, _qname("fptr"), FILEID=file.id)


def _basic_media_type(media_type: str) -> str:
    """Return a media type without its parameters; for XML and JSON formats, the general type.

    >>> _basic_media_type('application/ld+json;profile="https://a.test"')
    'application/json'
    """
    plain = media_type.partition(";")[0]
    syntax = plain.partition("+")[2]
    return f"application/{syntax}" if syntax else plain


def _set_link(link: etree._Element, path: str) -> None:
    link.set(f"{{{XLINK}}}type", "simple")
    link.set(f"{{{XLINK}}}href", quote(path))


def _file_id(path: str) -> str:
    """Return an XML name for a path: ASCII letters and digits stay, others become their code."""
    safe = (c if c.isascii() and c.isalnum() else f"-{ord(c):x}." for c in path)
    return "f-" + "".join(safe)
