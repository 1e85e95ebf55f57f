"""Collects all errors in the sources of a description, for the dry run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.dates.parse import parse_date
from pipeline.description.field_types import to_leaf_labels
from pipeline.description.index_csv import PAGES_KEY
from pipeline.description.merge import merge_sources, nearest_statements
from pipeline.description.relations import RELATION_KINDS, parse_relation
from pipeline.description.sources import FILE_NAME, DescriptionSource
from pipeline.description.statement import Statement, statements_of, validation_errors
from pipeline.errors import DescriptionError
from pipeline.references import ArchivalReference, Leaf, parse_references
from pipeline.references.page_labels import leaves_of_label


def source_errors(source: DescriptionSource) -> list[DescriptionError]:
    """Return the errors of one source, a file or a row, taken alone."""
    errors: list[DescriptionError] = []
    values = {name: value for name, value in source.values.items() if name != PAGES_KEY}
    statements = statements_of(replace(source, values=values), errors.append)
    errors += validation_errors(statements)
    lines = {error.line for error in errors}
    errors += [error for error in _unread_value_errors(statements) if error.line not in lines]
    return errors


def drop_invalid(source: DescriptionSource) -> DescriptionSource:
    """Return a source without its invalid values, so that the rest can be merged."""
    statements = statements_of(source, lambda _: None)
    valid = {
        statement.key: statement.value
        for name, statement in statements.items()
        if not validation_errors({name: statement})
    }
    return replace(source, values=valid)


def cross_field_errors(sources: Sequence[DescriptionSource]) -> list[DescriptionError]:
    """Return contradictions between the sources of one scan, each of them valid alone."""
    try:
        description = merge_sources(sources).description
    except DescriptionError as error:
        return [error] if error.code == "contradiction" else []
    errors = list(_lost_zero_errors(sources))
    parsed = parse_date(
        description.date or "", description.date_calendar, description.language or ""
    )
    if parsed.needs_language:
        errors.append(_date_error(nearest_statements(sources)["date"], parsed.problem))
    return errors


def _date_error(date: Statement, problem: str) -> DescriptionError:
    return date.make_error(f"the date “{date.value}” {problem.rstrip('.')}.", "bad-date")


def _unread_value_errors(statements: dict[str, Statement]) -> Iterator[DescriptionError]:
    """Yield errors for values that cannot be parsed; ingest keeps them as given."""
    date, calendar = statements.get("date"), statements.get("date_calendar")
    if date is not None and isinstance(date.value, str):
        is_julian = calendar is not None and calendar.value == "julian"
        parsed = parse_date(date.value.strip(), "julian" if is_julian else None)
        if parsed.problem and not parsed.needs_language:  # another source may state the language
            yield _date_error(date, parsed.problem)
    references = statements.get("references")
    if references is not None:
        for index, text in enumerate(_texts_of(references)):
            if not parse_references(text):
                problem = (
                    f"the reference “{text}” cannot be read. Write it as"
                    " RGASPI, f. 558, op. 11, d. 330, ll. 110-113."
                )
                yield references.make_error(problem, "unread-reference", index)
    yield from _unread_relation_errors(statements)


def _unread_relation_errors(statements: dict[str, Statement]) -> Iterator[DescriptionError]:
    for name, kind in RELATION_KINDS.items():
        statement = statements.get(name)
        if statement is None:
            continue
        for index, text in enumerate(_texts_of(statement)):
            if not parse_relation(kind, text.strip()).is_read:
                problem = (
                    f"the document “{text}” cannot be read. Name it by the id of its record, its"
                    " reference or a link."
                )
                yield statement.make_error(problem, "unread-relation", index)


def _lost_zero_errors(sources: Sequence[DescriptionSource]) -> Iterator[DescriptionError]:
    """Yield errors for leaves with fewer zeros than file name or reference: 110 for 0110."""
    names = [source for source in sources if source.name == FILE_NAME]
    held = merge_sources(sources).held_reference
    named = (
        parse_references(str(names[-1].values["references"])) if names else (held,) if held else ()
    )
    padded_by = "file name" if names else "reference"
    padded_leaves = {
        leaf.sort_key: leaf
        for reference in named
        for label in reference.leaf_labels()
        for leaf in leaves_of_label(label)
    }
    for source in sources:
        if source.name == FILE_NAME:
            continue
        for index, label, statement in _labels_of_place(statements_of(source), named):
            full = _label_with_zeros(label, padded_leaves)
            if full is not None:
                problem = (
                    f"`{statement.key}` says {label}, the {padded_by} {full}:"
                    f" zeros were lost. Write {full}; in a spreadsheet, make the column text."
                )
                yield statement.make_error(problem, "lost-zero", index)
                break


def _label_with_zeros(label: str, padded: Mapping[tuple[int, str, bool], Leaf]) -> str | None:
    """Return a label with the zeros of padded leaves; None if it has them."""
    leaves = leaves_of_label(label)
    full = [padded.get(leaf.sort_key, leaf) for leaf in leaves]
    lost = any(a.digit_count < b.digit_count for a, b in zip(leaves, full, strict=True))
    return "-".join(leaf.label for leaf in full) if lost else None


def _labels_of_place(
    statements: dict[str, Statement], named: Sequence[ArchivalReference]
) -> Iterator[tuple[int, str, Statement]]:
    """Yield the leaf labels that a source gives for the references of the file name.

    Each comes with its index in the list of its statement, from 0.
    """
    if "leaves" in statements:
        statement = statements["leaves"]
        for index, label in enumerate(to_leaf_labels(statement.value)):
            if label is not None:
                yield index, label, statement
    if "references" in statements:
        statement = statements["references"]
        for index, text in enumerate(_texts_of(statement)):
            for reference in parse_references(text):
                file = reference.without_leaves()
                same = any(file.agrees_with(name.without_leaves()) for name in named)
                for label in reference.leaf_labels() if reference.unit == "l" and same else ():
                    yield index, label, statement


def _texts_of(statement: Statement) -> list[str]:
    items = statement.value if isinstance(statement.value, list) else [statement.value]
    return [text for text in items if isinstance(text, str)]
