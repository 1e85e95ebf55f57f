"""The lineage of records, from the scan to the files of the version: a list and a diagram."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from prefect.artifacts import create_image_artifact, create_markdown_artifact

from flows.ui.markdown import escape_markdown
from pipeline.exports.registry import PUBLISHED_FORMATS
from pipeline.ingest.outcome import Outcome
from pipeline.record.record import Record, RecordPage
from pipeline.record.version_folder import VersionFolder
from pipeline.settings import Settings
from pipeline.site.record_views import page_image_files
from pipeline.wording import plural

_MAX_DIAGRAMS = 10  #: records of a run with a diagram
_MAX_GROUPS = 12  #: boxes of pages in a diagram


def publish_lineage(outcomes: Sequence[Outcome], settings: Settings) -> None:
    """Publish the diagrams of a run's new records, and the picture of their worst page."""
    fresh = [outcome for outcome in outcomes if outcome.is_new]
    records = [VersionFolder(Path(one.folder)).load_record() for one in fresh[:_MAX_DIAGRAMS]]
    if not records:
        return
    diagrams = "\n".join(map(_section, records))
    more = len(fresh) - len(records)
    rest = f"\n… and {plural(more, 'more record')}\n" if more > 0 else ""
    create_markdown_artifact(f"# From scan to record\n\n{diagrams}{rest}", key="lineage")
    _publish_worst_page(records, settings)


def _publish_worst_page(records: Sequence[Record], settings: Settings) -> None:
    """Publish the page that probably has the most errors; the reading room has its picture."""
    candidates = [
        (page.expected_error, number, page, record)
        for number, record in enumerate(records)
        for page in record.pages
        if page.expected_error is not None and page.image is not None
    ]
    if not candidates or not (settings.pages_url and settings.site):
        return
    error, _, page, record = max(candidates, key=lambda one: (one[0], -one[1], -one[2].number))
    _, path = next(iter(page_image_files(page)))
    leaf = f", leaf {page.leaf}" if page.leaf else ""
    create_image_artifact(
        f"{settings.pages_url}/site/id/{record.id}/v{record.version}/{path}",
        key="worst-page",
        description=(
            f"Page {page.number}{leaf} of {escape_markdown(record.name)}: "
            f"{error:.1%} of the characters are expected to be wrong."
        ),
    )


def _section(record: Record) -> str:
    """Return a list that every UI shows, and the diagram, which Prefect's V2 UI draws."""
    steps = "\n".join(_steps(record))
    diagram = "\n".join(_diagram(record))
    return f"## {escape_markdown(record.name)}\n\n{steps}\n\n```mermaid\n{diagram}\n```\n"


def _steps(record: Record) -> Iterator[str]:
    """Yield the steps from scan to record as items of a list."""
    log = record.provenance
    engine = log.agents["engine"]
    yield f"1. Scan: {escape_markdown(log.source.name)}, SHA-256 `{log.source.sha256}`"
    if log.sidecar is not None:
        yield f"1. Description: {escape_markdown(log.sidecar.name)}"
    groups = _page_groups(record.pages)
    for pages, languages in groups[:_MAX_GROUPS]:
        models = languages or "nothing was read"
        yield f"1. {escape_markdown(pages)}: {engine.name} {engine.version}, {models}"
    if len(groups) > _MAX_GROUPS:
        yield f"1. … and {len(groups) - _MAX_GROUPS} more groups of pages"
    recipes = (log.plans.get("extract", {}).get("recipe"), log.plans.get("read", {}).get("prepare"))
    yield f"1. Recipes: {', '.join(f'`{recipe}`' for recipe in recipes if recipe)}"
    yield f"1. Text: {plural(record.quality.words, 'word')}, then cleaned"
    for translation in record.translations:
        by = f" by {escape_markdown(translation.translator)}" if translation.translator else ""
        yield f"1. Translation, {translation.language}{by}"
    formats = ", ".join(form.name for form in PUBLISHED_FORMATS.values())
    yield f"1. Record `{record.id}`, version {record.version}; exports: {formats}"


def _diagram(record: Record) -> Iterator[str]:
    """Yield the lines of a flow chart: scan, pages by how they were read, texts, files."""
    log = record.provenance
    engine = log.agents["engine"]
    extraction = _quoted(log.plans.get("extract", {}).get("recipe", "extraction"))
    preparation = _quoted(log.plans.get("read", {}).get("prepare", "reading"))
    yield "flowchart LR"
    yield f"    scan[{_label(log.source.name, f'SHA-256 {log.source.sha256[:12]}…')}]"
    groups = _page_groups(record.pages)
    for number, (pages, languages) in enumerate(groups[:_MAX_GROUPS]):
        reading = f"{engine.name} {engine.version}, {languages or 'nothing read'}"
        yield f"    pages{number}[{_label(pages, reading)}]"
        yield f"    scan -->|{extraction}| pages{number}"
        yield f"    pages{number} -->|{preparation}| raw"
    if len(groups) > _MAX_GROUPS:
        yield f"    scan --> more[{_label(f'{len(groups) - _MAX_GROUPS} more groups of pages')}]"
        yield "    more --> raw"
    yield f"    raw[{_label('raw text', plural(record.quality.words, 'word'))}]"
    yield f"    raw -->|cleaning| reading[{_label('reading text')}]"
    for number, translation in enumerate(record.translations):
        label = _label(f"translation, {translation.language}", translation.translator or "")
        yield f"    reading -.- translation{number}[{label}]"
    if log.sidecar is not None:
        yield f"    sidecar[{_label(log.sidecar.name)}] --> record"
    yield f"    reading --> record[{_label(record.id, f'version {record.version}')}]"
    formats = (form.name for form in PUBLISHED_FORMATS.values())
    yield f"    record --> exports[{_label(*_lines_of(formats))}]"


def _page_groups(pages: Sequence[RecordPage]) -> list[tuple[str, str]]:
    """Return runs of pages that the same models read: their label, and the models."""
    groups = []
    for languages, run in groupby(pages, key=lambda page: "+".join(page.languages)):
        members = list(run)
        first, last = members[0], members[-1]
        span = str(first.number) if first is last else f"{first.number}–{last.number}"
        leaves = [page.leaf for page in (first, last) if page.leaf]
        leaf = f", leaf {' – '.join(dict.fromkeys(leaves))}" if leaves else ""
        noun = "Page" if first is last else "Pages"
        groups.append((f"{noun} {span}{leaf}", languages))
    return groups


def _lines_of(names: Iterable[str]) -> Iterator[str]:
    """Yield names, four on a line."""
    listed = list(names)
    for start in range(0, len(listed), 4):
        yield ", ".join(listed[start : start + 4])


def _label(*lines: str) -> str:
    return _quoted("<br/>".join(_escaped(line) for line in lines if line))


def _quoted(text: str) -> str:
    return f'"{text}"'


def _escaped(text: str) -> str:
    """Return a text as Mermaid's labels take any: entities by number (https://mermaid.js.org)."""
    return "".join(f"#{ord(c)};" if c in '"#;<>&`\\[]{}()|' else c for c in text)
