"""The exports of many records into one folder: one table, beside that of the formats of a record.

They are made from published versions on demand; no version holds one. A new one is a module with
its writer, a row here, a test, and a row in ``docs/exports.md``.
"""

from pipeline.exports.collections.archivematica import ArchivematicaTransferWriter
from pipeline.exports.collections.atom import AtomTableWriter
from pipeline.exports.collections.collection_export import CollectionExport
from pipeline.exports.collections.islandora import IslandoraInputWriter
from pipeline.exports.collections.ocrd_workspace import OcrdWorkspaceWriter
from pipeline.exports.collections.omeka import OmekaTableWriter
from pipeline.exports.collections.page_folder import PageFolderWriter

COLLECTION_EXPORTS = (
    CollectionExport(
        "archivematica", "Archivematica: a standard transfer with metadata.csv",
        ArchivematicaTransferWriter,
    ),
    CollectionExport(
        "atom", "AtoM: archival descriptions in CSV (ISAD)", AtomTableWriter, has_addresses=True
    ),
    CollectionExport(
        "islandora", "Islandora Workbench: metadata.csv and PDFs", IslandoraInputWriter
    ),
    CollectionExport("ocrd", "OCR-D: a workspace for each record", OcrdWorkspaceWriter),
    CollectionExport(
        "omeka", "Omeka S, CSV Import: items.csv", OmekaTableWriter, has_addresses=True
    ),
    CollectionExport(
        "page", "eScriptorium, Transkribus: images and PAGE XML of each record", PageFolderWriter
    ),
)  # fmt: skip
#: By name, in alphabetical order.
COLLECTION_EXPORTS_BY_NAME = {one.name: one for one in COLLECTION_EXPORTS}
