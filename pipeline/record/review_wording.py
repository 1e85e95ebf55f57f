"""How far people compared a record with its images, in words."""

from pipeline.record.record import Record
from pipeline.wording import join_names, plural

#: of a text that people compared with the images, in citations and titles; ``machine`` has none
REVIEW_WORDS = {
    "sampled": "error measured by a sample",
    "in-part": "corrected in part",
    "reviewed": "compared with the images",
    "checked": "compared with the images by two people",
}


def correctors_of(record: Record) -> tuple[str, ...]:
    """Return the names of the people who corrected a record, in the order of its log."""
    agents = record.provenance.agents.values()
    return tuple(agent.name for agent in agents if agent.details.get("role") == "corrector")


def review_sentence(record: Record) -> str:
    """Return a sentence on how far the text was read by machine, and by whom it was corrected."""
    if record.status not in REVIEW_WORDS:
        return "The text was read by machine and nobody has compared it with the images."
    if record.status == "sampled":
        return (
            "The text was read by machine; lines drawn at random were typed to measure its error."
        )
    people = join_names(correctors_of(record))
    compared = sum(len({one.line for one in page.corrections}) for page in record.pages)
    lines = sum(len(page.line_roles) for page in record.pages)
    return (
        f"The text was read by machine and {REVIEW_WORDS[record.status]}, by {people}: "
        f"{compared} of {plural(lines, 'line')}."
    )
