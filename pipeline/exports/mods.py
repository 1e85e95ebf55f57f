"""MODS 3.8 (https://www.loc.gov/standards/mods/)."""

from lxml import etree

from pipeline.exports.people import everybody
from pipeline.exports.source import XLINK, XML_LANG, XSI, Material, element, written
from pipeline.record.model import Name, Record, Reference
from pipeline.references.archives import archive_named

MODS = "http://www.loc.gov/mods/v3"
_WHERE = "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"
_ROLES = {"creator": "aut", "recipient": "rcp", "translator": "trl", "contributor": "ctb",
          "funder": "fnd"}  # fmt: skip


def to_mods(made: Material) -> bytes:
    """Return the file."""
    return written(mods_element(made))


def mods_element(made: Material) -> etree._Element:
    """Return the root, for METS to wrap."""
    record = made.record
    root = etree.Element(_t("mods"), nsmap={None: MODS, "xlink": XLINK})
    root.set("version", "3.8")
    root.set(f"{{{XSI}}}schemaLocation", f"{MODS} {_WHERE}")
    _titles(root, record)
    for name in everybody(record):
        _name(root, name)
    element(root, _t("typeOfResource"), "text")
    if record.document_type:
        element(root, _t("genre"), record.document_type)
    _origin(root, record)
    _content(root, record)
    _notes(root, record)
    for subject in record.subjects:
        element(element(root, _t("subject")), _t("topic"), subject)
    if record.collection:
        host = element(root, _t("relatedItem"), type="host")
        element(element(host, _t("titleInfo")), _t("title"), record.collection)
    _places(root, record)
    rights = element(root, _t("accessCondition"), record.rights, type="use and reproduction")
    rights.set(f"{{{XLINK}}}href", record.rights)
    element(root, _t("identifier"), made.url, type="uri")
    element(root, _t("identifier"), record.id, type="local")
    _about(root, record)
    return root


def _content(root: etree._Element, record: Record) -> None:
    if record.language:
        language = element(root, _t("language"))
        element(language, _t("languageTerm"), record.language, type="code", authority="rfc5646")
    physical = element(root, _t("physicalDescription"))
    element(physical, _t("internetMediaType"), record.provenance.source.media_type)
    element(physical, _t("extent"), f"{len(record.pages)} page images")
    element(physical, _t("digitalOrigin"), "reformatted digital")
    if record.summary:
        element(root, _t("abstract"), record.summary)


def _titles(root: etree._Element, record: Record) -> None:
    first = element(root, _t("titleInfo"))  # in which language, nobody says
    if not record.title:
        first.set("supplied", "yes")
    element(first, _t("title"), record.name)
    for form in record.titles:
        kind = "translated" if form.kind == "translated" else "alternative"
        other = element(root, _t("titleInfo"), type=kind)
        if form.language:
            other.set(XML_LANG, form.language)
        if form.scheme:
            other.set("transliteration", form.scheme)
        element(other, _t("title"), form.value)


def _name(root: etree._Element, name: Name) -> None:
    made = element(root, _t("name"))
    if name.ids:
        made.set("valueURI", name.ids[0])
    element(made, _t("namePart"), name.value)
    if name.as_given != name.value:
        element(made, _t("displayForm"), name.as_given)
    role = element(made, _t("role"))
    code = _ROLES.get(name.role)
    if code:
        element(role, _t("roleTerm"), code, type="code", authority="marcrelator")
    element(role, _t("roleTerm"), name.role, type="text")
    for form in name.forms:
        other = element(made, _t("alternativeName"))
        element(other, _t("namePart"), form.value)


def _origin(root: etree._Element, record: Record) -> None:
    if not (record.date or record.date_as_given):
        return
    origin = element(root, _t("originInfo"))
    if record.date:
        element(origin, _t("dateCreated"), record.date, encoding="edtf", keyDate="yes")
    if record.date_as_given and record.date_as_given != record.date:
        given = element(origin, _t("dateCreated"), record.date_as_given)
        given.set("calendar", record.date_calendar.capitalize())


def _notes(root: etree._Element, record: Record) -> None:
    if record.note:
        element(root, _t("note"), record.note)
    if record.funder:
        element(root, _t("note"), record.funder, type="funding")


def _places(root: etree._Element, record: Record) -> None:
    for reference in record.references:
        if reference.relation == "held":
            _location(root, reference)
        else:
            _location(element(root, _t("relatedItem"), type="otherVersion"), reference)


def _location(root: etree._Element, reference: Reference) -> None:
    archive = archive_named(reference.archive or "")
    location = element(root, _t("location"))
    if archive is not None:
        element(location, _t("physicalLocation"), archive.name_en)
    element(location, _t("shelfLocator"), reference.normal or reference.as_cited)


def _about(root: etree._Element, record: Record) -> None:
    about = element(root, _t("recordInfo"))
    element(about, _t("recordContentSource"), "Opis")
    element(about, _t("recordIdentifier"), f"{record.id}/v{record.version}", source="Opis")
    element(about, _t("recordOrigin"), "Described by the sidecar, file name and folders of a scan.")


def _t(name: str) -> str:
    return f"{{{MODS}}}{name}"
