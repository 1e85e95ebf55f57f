"""Relations of a document to others, as a description names them.

The other side is named by the id of its record, by its archival reference, or by a link. References
are compared as places, so their spelling does not matter. What the other record says of the
relation is not stored: the catalogue finds both sides when somebody asks (``related_records``).
"""

import re
from typing import Literal, TypeAlias
from urllib.parse import quote

from pipeline.model import FrozenModel
from pipeline.references import ArchivalReference, parse_reference, parse_references

RelationKind: TypeAlias = Literal[
    "reply-to", "enclosure-of", "translation-of", "copy-of", "part-of", "continues", "related"
]
#: kinds of relations by the field of a sidecar that states them
RELATION_KINDS: dict[str, RelationKind] = {
    "reply_to": "reply-to",
    "enclosure_of": "enclosure-of",
    "translation_of": "translation-of",
    "copy_of": "copy-of",
    "part_of": "part-of",
    "continues": "continues",
    "related": "related",
}
_RECORD_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_URI_SIGNS = "%:/?#[]@!$&'()*+,;=~"  #: reserved ones, and % of what is quoted already
_LINK = re.compile(r"https?://[^\s/]+[^\s]*")


class Relation(FrozenModel):
    """A relation to another document; it is named in one way, or in none if it was not read."""

    kind: RelationKind
    as_given: str
    record: str | None = None  #: id
    references: tuple[str, ...] = ()  #: in normal form; several are holdings of one document
    url: str | None = None

    @property
    def is_read(self) -> bool:
        """Whether it is known what the text names."""
        return bool(self.record or self.references or self.url)

    @property
    def places(self) -> tuple[ArchivalReference, ...]:
        """The parsed references."""
        parsed = map(parse_reference, self.references)
        return tuple(place for place in parsed if place is not None)


def parse_relation(kind: RelationKind, text: str, base_url: str = "") -> Relation:
    """Return a relation, whose other side a text names.

    Args:
        kind: of the relation.
        text: a record id, one or more references of one document, or a link.
        base_url: of the site of this archive; a link to a record there names the record.

    >>> parse_relation("reply-to", "РГАСПИ. Ф. 558. Оп. 11. Д. 330. Л. 0109").references
    ('RGASPI, f. 558, op. 11, d. 330, l. 109',)
    >>> parse_relation("copy-of", "https://a.test/ru/id/gaks-f1/v2/", "https://a.test").record
    'gaks-f1'
    """
    if _RECORD_ID.fullmatch(text):
        return Relation(kind=kind, as_given=text, record=text)
    if _LINK.fullmatch(text):
        own = re.match(rf"{re.escape(base_url)}(?:/[a-z]{{2}})?/id/([a-z0-9-]+)(?=[/#?]|\Z)", text)
        if base_url and own:
            return Relation(kind=kind, as_given=text, record=own[1])
        return Relation(kind=kind, as_given=text, url=quote(text, safe=_URI_SIGNS))
    references = tuple(reference.normal for reference in parse_references(text))
    return Relation(kind=kind, as_given=text, references=references)
