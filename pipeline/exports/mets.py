"""METS 1.12 (https://www.loc.gov/standards/mets/): binds all files of a version, page by page.

MODS lies inside, PREMIS beside it; files are named by their addresses relative to the folder of the
version, with their SHA-256. It is made of what is published, so no version holds its own.
"""

from urllib.parse import quote

from lxml import etree

from pipeline.exports.mods import mods_element
from pipeline.exports.source import XLINK, FileAt, Material, element, label_of, writable, written

METS = "http://www.loc.gov/METS/"
_USES = {
    "original": "archival",
    "pages": "layout",
    "sidecar": "description",
    "translation": "translation",
    "export": "export",
    "searchable.pdf": "access",
    "text.txt": "text",
}
_TYPES = {
    "pdf": "application/pdf", "xml": "application/xml", "json": "application/json",
    "txt": "text/plain", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png",
    "tif": "image/tiff", "tiff": "image/tiff", "jp2": "image/jp2",
    "yaml": "application/yaml", "yml": "application/yaml", "csv": "text/csv",
    "bib": "text/x-bibtex", "ris": "application/x-research-info-systems",
}  # fmt: skip


def to_mets(made: Material) -> bytes:
    """Return the file."""
    record = made.record
    root = etree.Element(_t("mets"), nsmap={None: METS, "xlink": XLINK})
    root.set("OBJID", f"{record.id}/v{record.version}")
    root.set("LABEL", writable(record.name))
    ended = max(activity.ended for activity in record.provenance.activities)
    header = element(root, _t("metsHdr"), CREATEDATE=ended.isoformat())
    agent = element(header, _t("agent"), ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    opis = record.provenance.agents["opis"]
    element(agent, _t("name"), f"{opis.name} {opis.version}")
    _wrap(element(root, _t("dmdSec"), ID="dmd"), "MODS", mods_element(made))
    events = element(element(root, _t("amdSec"), ID="amd"), _t("digiprovMD"), ID="events")
    log = element(
        events, _t("mdRef"), LOCTYPE="URL", MDTYPE="PREMIS", MDTYPEVERSION="3.0",
        MIMETYPE="application/xml",
    )  # fmt: skip
    _point(log, "data/export/premis.xml")
    _files(root, made)
    _structure(root, made)
    return written(root)


def _wrap(parent: etree._Element, kind: str, inner: etree._Element) -> None:
    wrap = element(parent, _t("mdWrap"), MDTYPE=kind)
    element(wrap, _t("xmlData")).append(inner)


def _files(root: etree._Element, made: Material) -> None:
    section = element(root, _t("fileSec"))
    groups: dict[str, etree._Element] = {}
    for file in made.files:
        use = _USES.get(file.path.removeprefix("data/").partition("/")[0], "record")
        if use not in groups:
            groups[use] = element(section, _t("fileGrp"), USE=use)
        _file(groups[use], file)


def _file(group: etree._Element, file: FileAt) -> None:
    media_type = _TYPES.get(file.path.rpartition(".")[2].lower(), "application/octet-stream")
    made = element(
        group, _t("file"), ID=_id(file.path), MIMETYPE=media_type, SIZE=str(file.size),
        CHECKSUM=file.sha256, CHECKSUMTYPE="SHA-256",
    )  # fmt: skip
    _point(element(made, _t("FLocat"), LOCTYPE="URL"), file.path)


def _point(element_: etree._Element, path: str) -> None:
    element_.set(f"{{{XLINK}}}type", "simple")
    element_.set(f"{{{XLINK}}}href", quote(path))


def _structure(root: etree._Element, made: Material) -> None:
    physical = element(root, _t("structMap"), TYPE="physical")
    whole = element(physical, _t("div"), TYPE="document", DMDID="dmd", ADMID="events")
    known = {file.path for file in made.files}
    for path in sorted(path for path in known if not path.startswith("data/pages/")):
        element(whole, _t("fptr"), FILEID=_id(path))
    for page in made.record.pages:
        label = label_of(page)
        div = element(whole, _t("div"), TYPE="page", ORDER=str(page.number), LABEL=label)
        if page.leaf:
            div.set("ORDERLABEL", page.leaf)
        alto = f"data/pages/{page.number:04d}.alto.xml"
        if alto in known:
            element(div, _t("fptr"), FILEID=_id(alto))


def _id(path: str) -> str:
    """Return an XML name for a path: letters and digits stay, all else is its number."""
    safe = (c if c.isascii() and c.isalnum() else f"-{ord(c):x}." for c in path)
    return "f-" + "".join(safe)


def _t(name: str) -> str:
    return f"{{{METS}}}{name}"
