"""MARC's codes of how a person relates to a document (https://id.loc.gov/vocabulary/relators)."""

_CODES = {
    "creator": "aut",
    "recipient": "rcp",
    "translator": "trl",
    "contributor": "ctb",
    "funder": "fnd",
}


def relator_code(role: str) -> str:
    """Return the code of a role of a record's names; empty if MARC has none."""
    return _CODES.get(role, "")
