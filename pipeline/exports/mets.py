"""METS 1.12 (https://www.loc.gov/standards/mets/): binds all files of a version, page by page.

It contains MODS and points to PREMIS; files have addresses relative to the folder of the version,
and their SHA-256. It is made from a published version, so no version contains its own METS file.
"""

from urllib.parse import quote

from lxml import etree

from pipeline.exports.mods import mods_element
from pipeline.exports.source import (
    XLINK,
    ExportSource,
    VersionFile,
    element,
    page_label,
    qname_in,
    serialize,
    xml_safe,
)
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


def to_mets(source: ExportSource) -> bytes:
    """Return the METS file of a published version, whose files ``source`` lists."""
    record = source.record
    root = etree.Element(_qname("mets"), nsmap={None: METS, "xlink": XLINK})
    root.set("OBJID", f"{record.id}/v{record.version}")
    root.set("LABEL", xml_safe(record.name))
    ended = max(activity.ended for activity in record.provenance.activities)
    header = element(root, _qname("metsHdr"), CREATEDATE=ended.isoformat())
    agent = element(header, _qname("agent"), ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    opis = record.provenance.agents["opis"]
    element(agent, _qname("name"), f"{opis.name} {opis.version}")
    _wrap_metadata(element(root, _qname("dmdSec"), ID="dmd"), "MODS", mods_element(source))
    events = element(element(root, _qname("amdSec"), ID="amd"), _qname("digiprovMD"), ID="events")
    log = element(
        events, _qname("mdRef"), LOCTYPE="URL", MDTYPE="PREMIS", MDTYPEVERSION="3.0",
        MIMETYPE="application/xml",
    )  # fmt: skip
    _set_link(log, "data/export/premis.xml")
    _add_files(root, source)
    _add_structure(root, source)
    return serialize(root)


def _wrap_metadata(parent: etree._Element, kind: str, inner: etree._Element) -> None:
    wrap = element(parent, _qname("mdWrap"), MDTYPE=kind)
    element(wrap, _qname("xmlData")).append(inner)


def _add_files(root: etree._Element, source: ExportSource) -> None:
    section = element(root, _qname("fileSec"))
    groups: dict[str, etree._Element] = {}
    for file in source.files:
        use = _GROUP_USES.get(file.path.removeprefix("data/").partition("/")[0], "record")
        if use not in groups:
            groups[use] = element(section, _qname("fileGrp"), USE=use)
        _add_file(groups[use], file)


def _add_file(group: etree._Element, file: VersionFile) -> None:
    node = element(
        group, _qname("file"), ID=_file_id(file.path), MIMETYPE=_basic_media_type(file.media_type),
        SIZE=str(file.size), CHECKSUM=file.sha256, CHECKSUMTYPE="SHA-256",
    )  # fmt: skip
    _set_link(element(node, _qname("FLocat"), LOCTYPE="URL"), file.path)


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


def _add_structure(root: etree._Element, source: ExportSource) -> None:
    physical = element(root, _qname("structMap"), TYPE="physical")
    whole = element(physical, _qname("div"), TYPE="document", DMDID="dmd", ADMID="events")
    paths = {file.path for file in source.files}
    for path in sorted(path for path in paths if not path.startswith("data/pages/")):
        element(whole, _qname("fptr"), FILEID=_file_id(path))
    for page in source.record.pages:
        label = page_label(page)
        div = element(whole, _qname("div"), TYPE="page", ORDER=str(page.number), LABEL=label)
        if page.leaf:
            div.set("ORDERLABEL", page.leaf)
        alto = f"data/{alto_file_name(page.number)}"
        if alto in paths:
            element(div, _qname("fptr"), FILEID=_file_id(alto))


def _file_id(path: str) -> str:
    """Return an XML name for a path: ASCII letters and digits stay, others become their code."""
    safe = (c if c.isascii() and c.isalnum() else f"-{ord(c):x}." for c in path)
    return "f-" + "".join(safe)
