"""All lines of the records of a selection, and what both the queue and a sample ask of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.corrections.correction import Correction, counting_corrections
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.repository.record_selection import RecordSelection
from pipeline.review.page_lines import load_version, read_stored_text, review_lines
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class PopulationLine:
    """A line of the collection."""

    record: str
    version: int
    page: int
    line: int  #: of the page, from 1
    text: str  #: as it stands
    expected_wrong: float  #: words
    is_compared: bool  #: a person compared it with the image


def population(
    selection: RecordSelection, log: Sequence[Correction], settings: Settings
) -> Iterator[PopulationLine]:
    """Yield every line of the records, furniture too, with what is expected to be wrong in it."""
    by_page = corrections_by_page(log)
    for folder in chosen_folders(selection, settings):
        record = load_version(folder)
        for page in record.pages:
            if page.image is None or not page.line_roles:
                continue
            corrections = by_page.get((record.id, page.number), ())
            text = read_stored_text(folder, page)
            for line in review_lines(page, page.image, text, corrections):
                yield PopulationLine(
                    record.id, record.version, page.number, line.number, line.text,
                    line.expected_wrong, line.is_settled,
                )  # fmt: skip


def chosen_folders(selection: RecordSelection, settings: Settings) -> list[VersionFolder]:
    """Return the folders of the newest versions of the records of a selection."""
    with Catalog(settings.catalog, settings.records) as catalog:
        catalog.apply_pending()
        entries = [catalog.get_entry(record_id) for record_id in catalog.select(selection)]
    return [VersionFolder.of(settings.records / one.folder, one.version) for one in entries]


def corrections_by_page(log: Sequence[Correction]) -> dict[tuple[str, int], list[Correction]]:
    """Return the corrections that count, by record and page."""
    by_page = dict[tuple[str, int], list[Correction]]()
    for correction in counting_corrections(log):
        by_page.setdefault((correction.record, correction.page), []).append(correction)
    return by_page
