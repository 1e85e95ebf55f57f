"""The formats a record is exported in: each a pure function of the record and its lines."""

from collections.abc import Callable

from pipeline.citation.data import to_bibtex, to_csl_json, to_ris
from pipeline.exports.dublin_core import to_dublin_core
from pipeline.exports.ead import to_ead
from pipeline.exports.iiif import to_iiif
from pipeline.exports.mets import to_mets
from pipeline.exports.mods import to_mods
from pipeline.exports.premis import to_premis
from pipeline.exports.schema_org import to_json_ld
from pipeline.exports.source import ExportSource
from pipeline.exports.tei import to_tei

Exporter = Callable[[ExportSource], bytes]

#: Written into ``export/`` of every version, under these names.
PUBLISHED: dict[str, Exporter] = {
    "citation.bib": lambda made: to_bibtex(made.record).encode(),
    "citation.csl.json": lambda made: to_csl_json(made.record).encode(),
    "citation.ris": lambda made: to_ris(made.record).encode(),
    "dublin-core.xml": to_dublin_core,
    "iiif-manifest.json": to_iiif,
    "mods.xml": to_mods,
    "premis.xml": to_premis,
    "schema-org.json": to_json_ld,
    "tei.xml": to_tei,
}
#: Those that every version has had from the first Opis on. A format that came later is in some
#: versions and not in others: it never joins them, or older archives would no longer verify.
ORIGINAL_EXPORTS = frozenset(
    {
        "citation.bib", "citation.csl.json", "citation.ris", "dublin-core.xml",
        "iiif-manifest.json", "mods.xml", "premis.xml", "schema-org.json", "tei.xml",
    }
)  # fmt: skip
#: By the name that a person asks for, with the suffix of its file.
FORMATS: dict[str, tuple[Exporter, str]] = {
    "bibtex": (PUBLISHED["citation.bib"], ".bib"),
    "csl-json": (PUBLISHED["citation.csl.json"], ".csl.json"),
    "ead3": (lambda made: to_ead([made]), ".ead.xml"),
    "iiif": (to_iiif, ".iiif.json"),
    "json-ld": (to_json_ld, ".jsonld"),
    "mets": (to_mets, ".mets.xml"),
    "mods": (to_mods, ".mods.xml"),
    "oai_dc": (to_dublin_core, ".dc.xml"),
    "premis": (to_premis, ".premis.xml"),
    "ris": (PUBLISHED["citation.ris"], ".ris"),
    "tei": (to_tei, ".tei.xml"),
}
