"""Chooses the records of a selection: by the catalogue, then by how each was read."""

from collections.abc import Iterator

from pipeline.errors import DescriptionError
from pipeline.ingest.admission import engine_languages
from pipeline.ocr.engines import signature_of
from pipeline.record.reading_identity import would_read_alike
from pipeline.record.record import Record
from pipeline.repository.catalog import Catalog
from pipeline.repository.record_selection import RecordSelection, version_key
from pipeline.settings import Settings


def select_records(selection: RecordSelection, settings: Settings) -> list[str]:
    """Return the ids of the records of a selection, in the order of the archive.

    Conditions on the reading cost a look into each record that fulfils the others. Records that
    are named without a condition are all returned, in the order given: each has an outcome.

    Raises:
        CatalogError: one that is named beside a condition does not exist.
        SetupError: the engine does not run.
    """
    if selection.records and not selection.has_condition:
        return list(dict.fromkeys(selection.records))
    with Catalog(settings.catalog, settings.records) as catalog:
        catalog.apply_pending()
        for record_id in selection.records:
            catalog.get_entry(record_id)
        found = catalog.select(selection)
        if not selection.depends_on_reading:
            return found
        return list(_with_reading(found, selection, catalog, settings))


def _with_reading(
    record_ids: list[str], selection: RecordSelection, catalog: Catalog, settings: Settings
) -> Iterator[str]:
    """Yield the records that were read as the selection says."""
    newest = version_key(selection.engine_before)
    for record_id in record_ids:
        record = catalog.load_record(record_id, None)
        engine = record.provenance.agents["engine"]
        if newest and version_key(engine.version) >= newest:
            continue
        if not selection.not_as_today or not _would_read_alike_today(record, settings):
            yield record_id


def _would_read_alike_today(record: Record, settings: Settings) -> bool:
    try:
        languages = engine_languages(record.language, settings)
    except DescriptionError:  # the model is missing here: only a reading could say why
        return False
    return would_read_alike(record, signature_of(settings.engine_choice, languages))
