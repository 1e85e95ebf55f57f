"""What Zotero makes of references and of a page, by the rules of its own translators.

The rules were read in https://github.com/zotero/translators: RIS.js (2023-07-28), BibTeX.js,
Embedded Metadata.js and RDF.js; no registry of packages has them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bibtexparser.entrypoint import parse_string

#: The fields that letters and manuscripts have in Zotero; what else is read is dropped.
FIELDS = {
    "title", "date", "language", "abstractNote", "archive", "archiveLocation", "libraryCatalog",
    "rights", "url", "extra", "letterType", "manuscriptType", "place", "numPages",
}  # fmt: skip
CREATORS = {
    "letter": {"author", "recipient", "contributor"},
    "manuscript": {"author", "translator", "contributor"},
}
RIS_TYPES = {"PCOMM": "letter", "MANSCPT": "manuscript"}
RIS_FIELDS = {
    "TI": "title", "DA": "date", "LA": "language", "AB": "abstractNote", "DB": "archive",
    "AN": "archiveLocation", "DP": "libraryCatalog", "T2": "publicationTitle", "UR": "url",
}  # fmt: skip
RIS_CREATORS = {
    "letter": {"AU": "author", "A2": "recipient", "A4": "translator"},
    "manuscript": {"AU": "author", "A4": "translator"},
}
BIBTEX_TYPES = {"letter": "letter", "unpublished": "manuscript", "misc": "book"}
BIBTEX_FIELDS = {
    "title": "title",
    "date": "date",
    "language": "language",
    "abstract": "abstractNote",
}
PAGE_FIELDS = {
    "dc.title": "title", "dc.date": "date", "dc.language": "language", "dc.rights": "rights",
    "dcterms.abstract": "abstractNote",
}  # fmt: skip
PAGE_CREATORS = {
    "dc.creator": "author",
    "dc.contributor": "contributor",
    "z.recipients": "recipient",
}


@dataclass(frozen=True, slots=True)
class ZoteroItem:
    """An item of a Zotero library."""

    item_type: str
    creators: tuple[tuple[str, str], ...]  #: kind and name, as written
    fields: dict[str, str]
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def named(self, kind: str) -> list[str]:
        """Return the names of the creators of a kind."""
        return [name for each, name in self.creators if each == kind]


def item_of_ris(text: str) -> ZoteroItem:
    """Return the item that "RIS" makes of a reference."""
    rows = [(line[:2], line[6:]) for line in text.splitlines()]
    (item_type,) = [RIS_TYPES[value] for tag, value in rows if tag == "TY"]
    names = {"M3": f"{item_type}Type", **RIS_FIELDS}
    fields = {names[tag]: value for tag, value in rows if tag in names}
    creators = RIS_CREATORS[item_type]
    return ZoteroItem(
        item_type,
        _valid(item_type, ((creators[tag], value) for tag, value in rows if tag in creators)),
        {name: value for name, value in fields.items() if name in FIELDS},
        tuple(tag.strip() for key, value in rows if key == "KW" for tag in value.split(";")),
        tuple(value for tag, value in rows if tag == "N1"),
    )


def item_of_bibtex(text: str) -> ZoteroItem:
    """Return the item that "BibTeX" makes of an entry; it reads neither archive nor recipient."""
    (entry,) = parse_string(text).entries
    item_type = BIBTEX_TYPES[entry.entry_type]
    values = {field.key: field.value for field in entry.fields}
    names = {"type": f"{item_type}Type", **BIBTEX_FIELDS}
    return ZoteroItem(
        item_type,
        tuple(("author", name) for name in values.get("author", "").split(" and ") if name),
        {names[key]: value for key, value in values.items() if key in names},
        notes=(values["note"],),
    )


def item_of_page(metadata: Iterable[tuple[str, str]]) -> ZoteroItem:
    """Return the item that "Embedded Metadata" makes of the meta elements of a page."""
    rows = [(name.replace(":", "."), content) for name, content in metadata]
    types = [content for name, content in rows if name == "z.itemType"]
    guess = "journalArticle" if any(name == "citation_title" for name, _ in rows) else "webpage"
    item_type = types[0] if types else guess
    fields = dict(_page_fields(item_type, rows))
    return ZoteroItem(
        item_type,
        _valid(
            item_type, ((PAGE_CREATORS[name], text) for name, text in rows if name in PAGE_CREATORS)
        ),
        {name: value for name, value in fields.items() if name in FIELDS},
    )


def _page_fields(item_type: str, rows: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, content in rows:
        if name == "dc.type":
            yield f"{item_type}Type", content
        elif name in PAGE_FIELDS:
            yield PAGE_FIELDS[name], content
        elif name.startswith("z."):
            yield name.removeprefix("z."), content


def _valid(item_type: str, creators: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the creators that a type may have."""
    return tuple(each for each in creators if each[0] in CREATORS.get(item_type, {"author"}))
