"""How the relations of documents are called, from both sides."""

from pipeline.description.relations import Relation, RelationKind

#: at the document that states the relation, and at the other one; Russian is in site/words.toml
RELATION_LABELS: dict[RelationKind, tuple[str, str]] = {
    "reply-to": ("Reply to", "Answered by"),
    "enclosure-of": ("Enclosure of", "Encloses"),
    "translation-of": ("Translation of", "Translated as"),
    "copy-of": ("Copy of", "Copied as"),
    "part-of": ("Part of", "Has part"),
    "continues": ("Continues", "Continued by"),
    "related": ("Related to", "Related to"),
}


def relation_label(relation: Relation) -> str:
    """Return what a relation is called at the document that states it."""
    return RELATION_LABELS[relation.kind][0]
