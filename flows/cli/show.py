"""The command ``opis show``."""

from flows import runtime
from flows.cli import console
from flows.cli.options import JsonOption, OutputOption, RecordArgument
from pipeline.citation.pin import pinned_citation
from pipeline.record.date_wording import record_date_in_words
from pipeline.record.record import Record, parse_record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.repository.related_records import RelationLink
from pipeline.wording import printable_line


def show_record(
    record: RecordArgument, output: OutputOption = None, as_json: JsonOption = False
) -> None:
    """Show a record: its citation, folder, description, issues and text."""
    settings = runtime.archive_settings(output)
    with Catalog(settings.catalog, settings.records) as catalog:
        entry = catalog.get_entry(record)
        links = catalog.related_records().links_of(record)
    folder = VersionFolder.of(settings.records / entry.folder, entry.version)
    content = folder.record_file.read_text("utf-8")
    if as_json:
        console.print_line(content.rstrip("\n"))
    else:
        _print_record(parse_record(content), folder, links)


def _print_record(record: Record, folder: VersionFolder, links: tuple[RelationLink, ...]) -> None:
    if record.status == "withdrawn":
        console.print_line(
            f"{record.name}\n\nWithdrawn with version {record.version}: {record.status_reason}"
        )
        console.print_line(f"Its earlier versions are in {folder.record_folder}.")
        return
    console.print_line(f"{record.name}\n\n{pinned_citation(record)}\n")
    rows = {
        "record": f"{record.id}, version {record.version}",
        "folder": str(folder.path),
        "date": record_date_in_words(record, "en"),
        "language": record.language,
        "pages": str(len(record.pages)),
        "confidence": console.format_percent(record.quality.mean_confidence),
        "summary": record.summary,
        "note": record.note,
        "misread": ", ".join(map(str, record.misread_letters)),
    }
    for name, value in rows.items():
        if value:
            console.print_line(f"{name:<12}{value}")
    for link in links:
        console.print_line(printable_line(f"{link.label}: {link.other_side}"))
    for issue in record.issues:
        console.print_line(f"{'look at':<12}{printable_line(issue.detail)}")
    for page in record.pages:
        leaf = "" if page.leaf is None else f", leaf {page.leaf}"
        console.print_line(
            f"\n--- page {page.number}{leaf} ({page.state}) ---\n{page.reading_text}"
        )
