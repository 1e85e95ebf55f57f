"""Questions that a scan raises and only a person can answer.

With the setting ``ask_people`` the scan waits in the inbox until its sidecar has the answer;
without it the scan is published for review, or refused. An answer is a decision in the sidecar, so
it is part of the description and of the provenance.
"""

from dataclasses import dataclass
from datetime import datetime

from pipeline.description.fields import Description
from pipeline.description.merge import page_labels
from pipeline.description.nested_fields import NO_LEAF, DecidedField, GivenDecision
from pipeline.description.sources import DECISION, DescriptionSource
from pipeline.description.statement import statements_of, validate
from pipeline.description.yaml_file import FieldValue
from pipeline.errors import ContradictionError, DescriptionError, OpisError
from pipeline.model import PageState
from pipeline.ocr.foreign_text import doubts_language
from pipeline.record.record import Record
from pipeline.references.leaves import parse_leaf_labels
from pipeline.scan import AdmittedScan
from pipeline.wording import plural

_FOREIGN_SHARE = 0.5  #: of the pages with text, from which the language is in doubt


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a scan, whose answer is the value of a field."""

    field: DecidedField
    text: str  #: what is in doubt, in full sentences
    proposal: str = ""  #: what the answer may begin with
    pages: int = 0  #: of the scan; 0 if it does not matter
    scan: str = ""  #: its path in the inbox; the whole path of a scan from elsewhere

    @property
    def answer_advice(self) -> str:
        """What an answer looks like, and what an empty one means."""
        empty = "Leave it empty to publish the scan as it is, for review."
        return {
            "leaves": f"Give a leaf for each of the {plural(self.pages, 'page')}, with commas "
            f"between, and {NO_LEAF} for a page that is no leaf. {empty}",
            "references": "Give the whole reference.",
            "language": f"Give its code, such as ru or de. {empty}",
        }[self.field]

    @property
    def sidecar_advice(self) -> str:
        """What a person may write into the sidecar instead of answering a form."""
        return {
            "leaves": "`leaves:` with a leaf or null for each page",
            "references": "the right reference (or rename the scan)",
            "language": "`language:`",
        }[self.field]


class UndecidedError(OpisError):
    """A person is to answer a question before the scan can be published."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.text)
        self.question = question


def require_leaf_decision(scan: AdmittedScan) -> None:
    """Check that each page has a leaf, or that a person decided.

    Raises:
        UndecidedError: there are more or fewer pages than leaves, or leaves that the reference does
            not have.
    """
    description, reference = scan.described.description, scan.described.held_reference
    count = scan.facts.page_count
    _, mismatch = page_labels(reference, description.leaves, count)
    if mismatch is None or "leaves" in _decided_fields(description):
        return
    labels = description.leaves or (reference.leaf_labels() if reference else ())
    proposal = ", ".join(label or NO_LEAF for label in labels)
    text = f"{mismatch.detail}. Which leaf is on each page?"
    raise UndecidedError(Question("leaves", text, proposal, count))


def require_language_decision(record: Record, description: Description) -> None:
    """Check that the pages are in the language in which they were read, or that a person decided.

    Raises:
        UndecidedError: few words are known on most of the pages, and no language is given.
    """
    if description.language or "language" in _decided_fields(description):
        return
    read = [page for page in record.pages if page.state is PageState.OK and page.words]
    foreign = [page for page in read if doubts_language(page.detail)]
    if read and len(foreign) >= _FOREIGN_SHARE * len(read):
        first = foreign[0]
        text = (
            f"{plural(len(foreign), 'page')} of {len(read)} may be in another language than "
            f"Opis found. Page {first.number}: {first.detail}. In which language is it?"
        )
        raise UndecidedError(Question("language", text))


def question_about_place(error: ContradictionError) -> Question:
    """Return the question which of two places is right."""
    return Question(
        "references", f"{error.args[0]} Where does this scan belong?", proposal=error.stated
    )


def decision_on(
    question: Question, value: str, *, by: str, note: str, when: datetime
) -> GivenDecision:
    """Return a person's answer as a decision; an empty value publishes the scan as it is.

    Args:
        question: that was asked.
        value: leaf labels with commas between, ``-`` for a page that is no leaf; a reference; or a
            language.
        by: the person.
        note: why, or an empty text.
        when: with a time zone.

    Raises:
        DescriptionError: the value is no answer; the message says why.
    """
    if not by.strip():
        msg = "Say who decides."
        raise DescriptionError(msg)
    value = value.strip()
    if question.field == "references" and not value:
        msg = "A place is needed; the scan cannot be published under two."
        raise DescriptionError(msg)
    is_list = question.field == "leaves"
    items = _leaf_items(value, question.pages) if is_list else tuple(filter(None, [value]))
    given: FieldValue = list(items) if is_list else value
    validate(statements_of(DescriptionSource(DECISION, "the answer", {question.field: given})))
    return GivenDecision(
        field=question.field, value=items, by=by.strip(), note=note,
        when=when.isoformat(timespec="seconds"), question=question.text,
    )  # fmt: skip


def _leaf_items(value: str, count: int) -> tuple[str | None, ...]:
    labels: list[str | None] = []
    for part in filter(None, (part.strip() for part in value.split(","))):
        labels += [None] if part == NO_LEAF else parse_leaf_labels(part) or (part,)
    if value and len(labels) != count:
        msg = (
            f"These are {len(labels)} leaves for {plural(count, 'page')}. Give one for each page, "
            f"and {NO_LEAF} for a page that is no leaf."
        )
        raise DescriptionError(msg)
    return tuple(labels)


def _decided_fields(description: Description) -> set[str]:
    return {decision.field for decision in description.decisions}
