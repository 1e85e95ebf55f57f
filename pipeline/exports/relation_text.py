"""The relation of a document to another one in words, for finding aids and tables."""

from pipeline.description.relations import Relation
from pipeline.exports.source import ExportSource
from pipeline.record.relation_wording import relation_label


def relation_text(relation: Relation, source: ExportSource) -> str:
    """Return a relation with the address of the other document if that leads somewhere."""
    is_reachable = source.has_public_address or not relation.record
    url = source.url_of_relation(relation) if is_reachable else ""
    link = f" ({url})" if url and url != relation.as_given else ""
    return f"{relation_label(relation)} {relation.as_given}{link}"
