"""The export formats: one table, from which everything else is derived.

It determines the files in ``export/`` of a version, the output of ``opis export``, the checks of
``opis verify``, the OAI-PMH formats, and the names of files in README.txt, METS and the site.

A new format is a module with its writer and its check, a row here, a case in
``tests/cases/exports/`` and a row in ``docs/exports.md``.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pipeline.exports import (
    citations,
    dublin_core,
    ead3,
    ead2002,
    iiif,
    mets,
    mods,
    premis,
    schema_org,
    tei,
)
from pipeline.exports.archival_levels import innermost_key, outermost_key
from pipeline.exports.source import ExportSource
from pipeline.record.record import Record


@dataclass(frozen=True, slots=True)
class OaiFormat:
    """The names by which OAI-PMH offers a format to harvesters."""

    prefix: str  #: ``metadataPrefix``
    schema: str  #: URL
    namespace: str


@dataclass(frozen=True, slots=True)
class RecordGrouping:
    """A rule that writes several records into one file."""

    key: Callable[[ExportSource], str]  #: the name of the file, without suffix
    write: Callable[[Iterable[ExportSource]], bytes]  #: takes one or more, all of one key


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """A format: its names, writer and check, and where it is published."""

    name: str  #: on the command line
    title: str  #: in README.txt and on the site
    file_name: str | None  #: in ``export/`` of every version; None if written on demand only
    suffix: str  #: of the files that `opis export --all` writes
    media_type: str
    write: Callable[[ExportSource], bytes]
    check: Callable[[bytes, Record], Iterator[str]]  #: yields a sentence for each broken rule
    is_citation: bool = False  #: for reference managers
    grouping: RecordGrouping | None = None  #: if a file holds several records
    oai: OaiFormat | None = None  #: only for a format with a file name
    site_label: str = ""  #: in the site's list of files, translated there; empty: not listed

    def broken_rules(self, content: bytes, record: Record) -> Iterator[str]:
        """Yield a sentence for each rule of the format that the file of a record breaks."""
        try:
            yield from self.check(content, record)
        except ValueError as error:
            yield f"cannot be read: {error}"

    def group_key(self, source: ExportSource) -> str:
        """Return the name, without suffix, of the file that holds a record."""
        return self.grouping.key(source) if self.grouping else source.record.id

    def write_group(self, sources: Iterable[ExportSource]) -> bytes:
        """Return the file of the records of one group key: a single record without grouping."""
        if self.grouping:
            return self.grouping.write(sources)
        (source,) = sources
        return self.write(source)


def rely_on_schema(content: bytes, record: Record) -> Iterator[str]:
    """Yield nothing: only the tests check this format, against its schema."""
    del content, record
    return iter(())


EXPORT_FORMATS = (
    ExportFormat(
        name="oai_dc",
        title="Dublin Core",
        file_name="dublin-core.xml",
        suffix=".dc.xml",
        media_type="application/xml",
        write=dublin_core.to_dublin_core,
        check=dublin_core.broken_dublin_core_rules,
        oai=OaiFormat("oai_dc", dublin_core.OAI_DC_SCHEMA, dublin_core.OAI_DC),
    ),
    ExportFormat(
        name="mods",
        title="MODS",
        file_name="mods.xml",
        suffix=".mods.xml",
        media_type="application/mods+xml",
        write=mods.to_mods,
        check=mods.broken_mods_rules,
        oai=OaiFormat("mods", mods.MODS_SCHEMA, mods.MODS),
    ),
    ExportFormat(
        name="tei",
        title="TEI",
        file_name="tei.xml",
        suffix=".tei.xml",
        media_type="application/tei+xml",
        write=tei.to_tei,
        check=tei.broken_tei_rules,
        site_label="TEI",
    ),
    ExportFormat(
        name="iiif",
        title="IIIF",
        file_name="iiif-manifest.json",
        suffix=".iiif.json",
        media_type='application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"',
        write=iiif.to_iiif,
        check=iiif.broken_iiif_rules,
        site_label="IIIF manifest",
    ),
    ExportFormat(
        name="premis",
        title="PREMIS",
        file_name="premis.xml",
        suffix=".premis.xml",
        media_type="application/xml",
        write=premis.to_premis,
        check=premis.broken_premis_rules,
    ),
    ExportFormat(
        name="json-ld",
        title="schema.org",
        file_name="schema-org.json",
        suffix=".jsonld",
        media_type="application/ld+json",
        write=schema_org.to_json_ld,
        check=schema_org.broken_json_ld_rules,
    ),
    ExportFormat(
        name="bibtex",
        title="BibTeX",
        file_name="citation.bib",
        suffix=".bib",
        media_type="text/x-bibtex",
        write=citations.write_bibtex,
        check=citations.broken_bibtex_rules,
        is_citation=True,
    ),
    ExportFormat(
        name="ris",
        title="RIS",
        file_name="citation.ris",
        suffix=".ris",
        media_type="application/x-research-info-systems",
        write=citations.write_ris,
        check=citations.broken_ris_rules,
        is_citation=True,
    ),
    ExportFormat(
        name="csl-json",
        title="CSL-JSON",
        file_name="citation.csl.json",
        suffix=".csl.json",
        media_type="application/vnd.citationstyles.csl+json",
        write=citations.write_csl_json,
        check=citations.broken_csl_json_rules,
        is_citation=True,
    ),
    ExportFormat(
        name="mets",
        title="METS",
        file_name=None,
        suffix=".mets.xml",
        media_type="application/mets+xml",
        write=mets.to_mets,
        check=rely_on_schema,
    ),
    ExportFormat(
        name="ead3",
        title="EAD3",
        file_name=None,
        suffix=".ead.xml",
        media_type="application/xml",
        write=lambda source: ead3.to_ead3([source]),
        check=rely_on_schema,
        grouping=RecordGrouping(innermost_key, ead3.to_ead3),
    ),
    ExportFormat(
        name="ead2002",
        title="EAD 2002",
        file_name=None,
        suffix=".ead2002.xml",
        media_type="application/xml",
        write=lambda source: ead2002.to_ead2002([source]),
        check=ead2002.broken_ead2002_rules,
        grouping=RecordGrouping(outermost_key, ead2002.to_ead2002),
    ),
)
#: By name, in alphabetical order.
FORMATS_BY_NAME = {form.name: form for form in sorted(EXPORT_FORMATS, key=lambda form: form.name)}
#: The formats in ``export/`` of every version, by file name.
PUBLISHED_FORMATS = {form.file_name: form for form in EXPORT_FORMATS if form.file_name is not None}
#: The exports of every version since the first Opis. Never add a later format: older versions lack
#: it and would no longer verify.
ORIGINAL_EXPORTS = frozenset(
    {
        "citation.bib", "citation.csl.json", "citation.ris", "dublin-core.xml",
        "iiif-manifest.json", "mods.xml", "premis.xml", "schema-org.json", "tei.xml",
    }
)  # fmt: skip
#: By prefix: the file name in a version, and the names in OAI-PMH.
OAI_FORMATS = {
    form.oai.prefix: (file_name, form.oai)
    for file_name, form in PUBLISHED_FORMATS.items()
    if form.oai is not None
}
