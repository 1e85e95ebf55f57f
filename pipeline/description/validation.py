"""Everything that is wrong with what was said, not only the first of it: for the dry run."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.dates.parse import parse_date
from pipeline.description.field_types import to_leaf_labels
from pipeline.description.merge import merge_sources
from pipeline.description.sources import FILE_NAME, DescriptionSource
from pipeline.description.statement import Statement, statements_of, validation_errors
from pipeline.errors import DescriptionError
from pipeline.references import ArchivalReference, parse_references
from pipeline.references.leaves import Leaf


def source_errors(source: DescriptionSource) -> list[DescriptionError]:
    """Return what is wrong with one file, or one row, taken alone."""
    found: list[DescriptionError] = []
    said = statements_of(source, found.append)
    found += validation_errors(said)
    wrong = {error.line for error in found}
    found += [error for error in _unread_value_errors(said) if error.line not in wrong]
    return found


def drop_invalid(source: DescriptionSource) -> DescriptionSource:
    """Return a source without what is wrong in itself, so that the rest can be merged."""
    said = statements_of(source, lambda _: None)
    kept = {
        value.key: value.value
        for name, value in said.items()
        if not validation_errors({name: value})
    }
    return replace(source, values=kept)


def cross_field_errors(sources: Sequence[DescriptionSource]) -> list[DescriptionError]:
    """Return what is wrong between the sources of one scan, each of them well in itself."""
    try:
        merge_sources(sources)
    except DescriptionError as error:
        return [error] if error.code == "contradiction" else []
    return list(_lost_zero_errors(sources))


def _unread_value_errors(said: dict[str, Statement]) -> Iterator[DescriptionError]:
    """Yield dates and references that could not be read; a run keeps them as given."""
    date, calendar = said.get("date"), said.get("date_calendar")
    if date is not None and isinstance(date.value, str):
        julian = calendar is not None and calendar.value == "julian"
        trouble = parse_date(date.value.strip(), "julian" if julian else None).problem
        if trouble:
            yield date.make_error(f"the date “{date.value}” {trouble.rstrip('.')}.", "bad-date")
    references = said.get("references")
    if references is not None:
        for place, text in enumerate(_texts_of(references)):
            if not parse_references(text):
                problem = (
                    f"the reference “{text}” cannot be read. Write it as"
                    " RGASPI, f. 558, op. 11, d. 330, ll. 110-113."
                )
                yield references.make_error(problem, "unread-reference", place)


def _lost_zero_errors(sources: Sequence[DescriptionSource]) -> Iterator[DescriptionError]:
    """Yield leaves with fewer zeros than file name or reference: 110 was made of 0110."""
    names = [source for source in sources if source.name == FILE_NAME]
    held = merge_sources(sources).held_reference
    named = (
        parse_references(str(names[-1].values["references"])) if names else (held,) if held else ()
    )
    teller = "file name" if names else "reference"
    padded = {Leaf.parse(label) for one in named for label in one.leaf_labels()}
    stamped = {leaf.sort_key: leaf for leaf in padded if leaf is not None}
    for source in sources:
        if source.name == FILE_NAME:
            continue
        said = statements_of(source)
        for place, label, value in _labels_of_place(said, named):
            leaf = Leaf.parse(label)
            full = None if leaf is None else stamped.get(leaf.sort_key)
            if leaf is not None and full is not None and leaf.digit_count < full.digit_count:
                problem = (
                    f"`{value.key}` says {label}, the {teller} {full.label}: zeros were lost."
                    f" Write {full.label}; in a spreadsheet, make the column text."
                )
                yield value.make_error(problem, "lost-zero", *place)
                break


def _labels_of_place(
    said: dict[str, Statement], named: Sequence[ArchivalReference]
) -> Iterator[tuple[tuple[int, ...], str, Statement]]:
    """Yield the leaf labels that a source gives for the place that the file name spells."""
    if "leaves" in said:
        value = said["leaves"]
        for place, label in enumerate(to_leaf_labels(value.value)):
            if label is not None:
                yield (place,), label, value
    if "references" in said:
        value = said["references"]
        for place, text in enumerate(_texts_of(value)):
            for one in parse_references(text):
                same = any(
                    replace(one, unit="", leaves=()).agrees_with(replace(name, unit="", leaves=()))
                    for name in named
                )
                for label in one.leaf_labels() if one.unit == "l" and same else ():
                    yield (place,), label, value


def _texts_of(value: Statement) -> list[str]:
    given = value.value if isinstance(value.value, list) else [value.value]
    return [text for text in given if isinstance(text, str)]
