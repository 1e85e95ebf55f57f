"""Everything that is wrong with what was said, not only the first of it: for the dry run."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.dates.parse import read_date
from pipeline.description.field_types import labels
from pipeline.description.merge import describe
from pipeline.description.sources import FILE_NAME, Source
from pipeline.description.statement import Said, faults_of, said_by
from pipeline.errors import DescriptionError
from pipeline.references import ArchivalReference, parse_all
from pipeline.references.leaves import Leaf


def faults_of_source(source: Source) -> list[DescriptionError]:
    """Return what is wrong with one file, or one row, taken alone."""
    found: list[DescriptionError] = []
    said = said_by(source, found.append)
    found += faults_of(said)
    wrong = {error.line for error in found}
    found += [error for error in _unread(said) if error.line not in wrong]
    return found


def sound(source: Source) -> Source:
    """Return a source without what is wrong in itself, so that the rest can be merged."""
    said = said_by(source, lambda _: None)
    kept = {value.key: value.value for name, value in said.items() if not faults_of({name: value})}
    return replace(source, values=kept)


def faults_together(sources: Sequence[Source]) -> list[DescriptionError]:
    """Return what is wrong between the sources of one scan, each of them well in itself."""
    try:
        describe(sources)
    except DescriptionError as error:
        return [error] if error.code == "contradiction" else []
    return list(_lost_zeros(sources))


def _unread(said: dict[str, Said]) -> Iterator[DescriptionError]:
    """Yield dates and references that could not be read; a run keeps them as given."""
    date, calendar = said.get("date"), said.get("date_calendar")
    if date is not None and isinstance(date.value, str):
        julian = calendar is not None and calendar.value == "julian"
        trouble = read_date(date.value.strip(), "julian" if julian else None).trouble
        if trouble:
            yield date.fault(f"the date “{date.value}” {trouble.rstrip('.')}.", "bad-date")
    references = said.get("references")
    if references is not None:
        for place, text in enumerate(_texts(references)):
            if not parse_all(text):
                problem = (
                    f"the reference “{text}” cannot be read. Write it as"
                    " RGASPI, f. 558, op. 11, d. 330, ll. 110-113."
                )
                yield references.fault(problem, "unread-reference", place)


def _lost_zeros(sources: Sequence[Source]) -> Iterator[DescriptionError]:
    """Yield leaves with fewer zeros than file name or reference: 110 was made of 0110."""
    names = [source for source in sources if source.name == FILE_NAME]
    held = describe(sources).held
    named = parse_all(str(names[-1].values["references"])) if names else (held,) if held else ()
    teller = "file name" if names else "reference"
    padded = {Leaf.parse(label) for one in named for label in one.leaf_labels()}
    stamped = {leaf.order: leaf for leaf in padded if leaf is not None}
    for source in sources:
        if source.name == FILE_NAME:
            continue
        said = said_by(source)
        for place, label, value in _labels(said, named):
            leaf = Leaf.parse(label)
            full = None if leaf is None else stamped.get(leaf.order)
            if leaf is not None and full is not None and leaf.digits < full.digits:
                problem = (
                    f"`{value.key}` says {label}, the {teller} {full.label}: zeros were lost."
                    f" Write {full.label}; in a spreadsheet, make the column text."
                )
                yield value.fault(problem, "lost-zero", *place)
                break


def _labels(
    said: dict[str, Said], named: Sequence[ArchivalReference]
) -> Iterator[tuple[tuple[int, ...], str, Said]]:
    """Yield the leaf labels that a source gives for the place that the file name spells."""
    if "leaves" in said:
        value = said["leaves"]
        for place, label in enumerate(labels(value.value)):
            if label is not None:
                yield (place,), label, value
    if "references" in said:
        value = said["references"]
        for place, text in enumerate(_texts(value)):
            for one in parse_all(text):
                same = any(
                    replace(one, unit="", leaves=()).agrees(replace(name, unit="", leaves=()))
                    for name in named
                )
                for label in one.leaf_labels() if one.unit == "l" and same else ():
                    yield (place,), label, value


def _texts(value: Said) -> list[str]:
    given = value.value if isinstance(value.value, list) else [value.value]
    return [text for text in given if isinstance(text, str)]
