"""The formats a record is exported in: one table, from which everything else is derived.

It says what is written into ``export/`` of a version, what ``opis export`` writes, what ``opis
verify`` checks, what harvesters are offered, and what README.txt, METS and the site call a file.

A new format is a module with its writer and its check, a row here, a case in
``tests/cases/exports/`` and a row in ``docs/exports.md``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.exports import citations, dublin_core, ead, iiif, mets, mods, premis, schema_org, tei
from pipeline.exports.source import ExportSource
from pipeline.record.record import Record


@dataclass(frozen=True, slots=True)
class OaiFormat:
    """How a format is offered to harvesters (OAI-PMH)."""

    prefix: str
    schema: str  #: its address
    namespace: str


@dataclass(frozen=True, slots=True)
class RecordGrouping:
    """How several records are written into one file."""

    key: Callable[[ExportSource], str]  #: the same for records of one file; also its name
    write: Callable[[Sequence[ExportSource]], bytes]  #: at least one, all with the same key


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """A format: how it is named, written, checked and offered."""

    name: str  #: by which a person asks for it
    title: str  #: as README.txt and the site call it
    file_name: str | None  #: in ``export/`` of every version; None where it is written on demand
    suffix: str  #: of the files that `opis export --all` writes
    media_type: str
    write: Callable[[ExportSource], bytes]
    check: Callable[[bytes, Record], Iterator[str]]  #: yields a sentence for each rule broken
    is_citation: bool = False  #: for reference managers
    grouping: RecordGrouping | None = None  #: where a file holds several records
    oai: OaiFormat | None = None  #: only of a format that versions hold
    site_label: str = ""  #: among the files on the site, translated there; empty: not listed

    def broken_rules(self, content: bytes, record: Record) -> Iterator[str]:
        """Yield a sentence for each rule that a file of this format, made from a record, breaks."""
        try:
            yield from self.check(content, record)
        except ValueError as error:
            yield f"cannot be read: {error}"

    def group_key(self, source: ExportSource) -> str:
        """Return the name, without suffix, of the file that a record is written into."""
        return self.grouping.key(source) if self.grouping else source.record.id

    def write_group(self, sources: Sequence[ExportSource]) -> bytes:
        """Return the file of all records that have one group key."""
        if self.grouping:
            return self.grouping.write(sources)
        (source,) = sources
        return self.write(source)


def rely_on_schema(content: bytes, record: Record) -> Iterator[str]:
    """Break no rule: the check of a format that is held against its schema in the tests alone."""
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
        write=lambda source: ead.to_ead([source]),
        check=rely_on_schema,
        grouping=RecordGrouping(ead.archival_file_name, ead.to_ead),
    ),
)
#: In the order in which a person is told of them.
FORMATS_BY_NAME = {each.name: each for each in sorted(EXPORT_FORMATS, key=lambda each: each.name)}
#: Written into ``export/`` of every version, by file name.
PUBLISHED_FORMATS = {each.file_name: each for each in EXPORT_FORMATS if each.file_name is not None}
#: What every version has had from the first Opis on. A format that came later is in some versions
#: and not in others: it never joins these, or older archives would no longer verify.
ORIGINAL_EXPORTS = frozenset(
    {
        "citation.bib", "citation.csl.json", "citation.ris", "dublin-core.xml",
        "iiif-manifest.json", "mods.xml", "premis.xml", "schema-org.json", "tei.xml",
    }
)  # fmt: skip
#: By prefix: the file of a version, and how it is offered.
OAI_FORMATS = {
    each.oai.prefix: (file_name, each.oai)
    for file_name, each in PUBLISHED_FORMATS.items()
    if each.oai is not None
}
