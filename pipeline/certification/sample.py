"""A sample: the lines that were drawn, and what people typed for them without seeing the text.

The lines stand in ``output/samples/NAME.json``, written once; what was typed stands in the log of
corrections, as ``transcribed``, which changes no text.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import AwareDatetime, ValidationError

from pipeline.certification.drawing import divide_lines, draw_lines
from pipeline.corrections.correction import (
    Correction,
    CorrectionAction,
    counting_corrections,
    new_correction_id,
)
from pipeline.errors import CatalogError, SetupError
from pipeline.model import Clock, FrozenModel
from pipeline.record.record import dump_json
from pipeline.repository.correction_log import append_corrections, read_corrections
from pipeline.repository.record_selection import RecordSelection
from pipeline.review.page_lines import load_newest, read_stored_text
from pipeline.review.selected_lines import PopulationLine, population
from pipeline.settings import Settings
from pipeline.text import Box

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


class DrawnLine(FrozenModel):
    """A line of a sample."""

    record: str
    version: int
    page: int
    line: int
    image: str  #: SHA-256 of the page image
    box: Box
    text: str  #: as it stood when it was drawn


class DrawnStratum(FrozenModel):
    """A stratum of a sample."""

    name: str
    size: int  #: lines of the collection that belong to it
    lines: tuple[DrawnLine, ...]


class LineSample(FrozenModel):
    """The lines that were drawn of a collection."""

    name: str
    when: AwareDatetime
    seed: int
    selection: RecordSelection
    records: int
    strata: tuple[DrawnStratum, ...]

    @property
    def lines(self) -> tuple[DrawnLine, ...]:
        """All lines, in an order that mixes the strata."""
        every = [line for stratum in self.strata for line in stratum.lines]
        return tuple(sorted(every, key=lambda one: (one.record, one.page, one.line)))


def sample_file(name: str, settings: Settings) -> Path:
    """Return the file of a sample; SetupError if no sample can have this name."""
    if not _NAME.fullmatch(name):
        msg = f"{name!r} is no name of a sample: small letters a to z, digits and hyphens."
        raise SetupError(msg)
    return settings.output / "samples" / f"{name}.json"


def make_sample(
    name: str, count: int, seed: int, selection: RecordSelection, settings: Settings, clock: Clock
) -> LineSample:
    """Draw lines of the records of a selection, and write them down.

    Raises:
        SetupError: there is a sample of this name, or no line to draw.
    """
    file = sample_file(name, settings)
    if file.exists():
        msg = f"There is a sample {name} already; choose another name."
        raise SetupError(msg)
    log = read_corrections(settings.output)
    lines = list(population(selection, log, settings))
    if not lines:
        msg = "No line of these records can be drawn."
        raise SetupError(msg)
    strata = divide_lines(lines)
    drawn = draw_lines(strata, count, seed)
    sample = LineSample(
        name=name, when=clock.now(), seed=seed, selection=selection,
        records=len({line.record for line in lines}),
        strata=tuple(
            DrawnStratum(
                name=stratum.name, size=len(stratum.lines),
                lines=tuple(_drawn_line(line, settings) for line in chosen),
            )
            for stratum, chosen in zip(strata, drawn, strict=True)
        ),
    )  # fmt: skip
    file.parent.mkdir(exist_ok=True)
    content = dump_json(json.loads(sample.model_dump_json()))
    with file.open("x", encoding="utf-8", newline="\n") as target:
        target.write(content)
    return sample


def load_sample(name: str, settings: Settings) -> LineSample:
    """Return a sample; CatalogError if there is none of this name."""
    try:
        return LineSample.model_validate_json(sample_file(name, settings).read_bytes())
    except (FileNotFoundError, SetupError) as error:
        msg = f"There is no sample {name}."
        raise CatalogError(msg) from error
    except ValidationError as error:
        msg = f"The sample {name} is damaged; restore {sample_file(name, settings)} from a copy."
        raise CatalogError(msg) from error


def typed_lines(sample: LineSample, log: Sequence[Correction]) -> dict[int, Correction]:
    """Return what was typed for the lines of a sample, by their place in ``sample.lines``."""
    places = {(one.record, one.image, one.box): place for place, one in enumerate(sample.lines)}
    return {
        places[one.record, one.image, one.box]: one
        for one in counting_corrections(log)
        if one.action is CorrectionAction.TRANSCRIBED
        and one.note == sample.name
        and (one.record, one.image, one.box) in places
    }


def type_line(
    sample: LineSample, place: int, text: str, by: str, settings: Settings, clock: Clock
) -> None:
    """Keep what a person typed for a line; an empty text says that no text is there.

    Raises:
        CatalogError: the sample has no such line.
        OSError: the log cannot be written.
    """
    if not 0 <= place < len(sample.lines):
        msg = f"The sample {sample.name} has {len(sample.lines)} lines."
        raise CatalogError(msg)
    line = sample.lines[place]

    def make(log: Sequence[Correction]) -> Iterator[Correction]:
        del log
        yield Correction(
            id=new_correction_id(), when=clock.now(), by=by, via="sample", record=line.record,
            version=line.version, page=line.page, image=line.image, box=line.box, before=line.text,
            after=" ".join(text.split()), action=CorrectionAction.TRANSCRIBED, note=sample.name,
        )  # fmt: skip

    append_corrections(make, settings.output)


def _drawn_line(line: PopulationLine, settings: Settings) -> DrawnLine:
    folder, record = load_newest(line.record, settings)
    page = record.pages[line.page - 1]
    lines = list(read_stored_text(folder, page).lines())
    assert page.image is not None
    return DrawnLine(
        record=line.record, version=line.version, page=line.page, line=line.line,
        image=page.image.sha256, box=lines[line.line - 1].box, text=line.text,
    )  # fmt: skip
