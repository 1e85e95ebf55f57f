"""What the commands print: tables on a terminal, plain lines in a pipe, JSON for a program."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.machine_checks import Check
from flows.progress import meter
from pipeline.evaluation.results import PageResult, SetSummary, review_rankings, summarize_results
from pipeline.exports.readme import pinned_citation
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.stats import DailyTotals
from pipeline.record.model import Record, dump_json
from pipeline.repository.bag import Finding
from pipeline.repository.catalog import CatalogEntry
from pipeline.repository.full_text import MAX_RANKED_PAGES, Hit

# no emoji: a text that holds ":id:" keeps it
_out = Console(soft_wrap=True, highlight=False, emoji=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)


def print_line(text: str) -> None:
    """Print a line as it is."""
    _out.print(text, markup=False)


def print_error(text: str) -> None:
    """Print what went wrong."""
    _err.print(f"opis: {text}", markup=False)


def show_progress() -> AbstractContextManager[None]:
    """Show how far the pages of a run are while the block runs."""
    return meter.show_on(_out)


def print_outcomes(outcomes: Sequence[Outcome], output: Path) -> None:
    """Print what became of each scan and where the records lie."""
    rows = [
        (
            result.scan,
            result.status,
            result.record and f"{result.record} v{result.version}",
            str(result.pages or ""),
            _format_percent(result.confidence),
        )
        for result in outcomes
    ]
    _print_table(("scan", "what became of it", "record", "pages", "confidence"), rows)
    for result in outcomes:
        for told in _outcome_details(result):
            print_line(told)
    if any(result.record for result in outcomes):
        print_line(
            f"Read them with `opis list`, `opis show RECORD`, `opis search WORDS`; in {output}."
        )


def _outcome_details(outcome: Outcome) -> Iterator[str]:
    """Yield what else is to be said of a scan."""
    if outcome.folder:
        yield f"  {outcome.record}: {outcome.folder}"
    yield from (f"    look at: {issue}" for issue in outcome.issues)
    if outcome.finding:
        yield f"  {outcome.finding}"
    if outcome.reason:
        yield f"  {outcome.status}: {outcome.reason}"


def print_entries(entries: Iterable[CatalogEntry], *, as_json: bool, total: int) -> None:
    """Print records, a line each, ``total`` so many that there are."""
    if as_json:
        print_json([asdict(entry) for entry in entries])
        return
    rows = [
        (
            entry.id,
            f"v{entry.version}",
            entry.date or "",
            entry.title,
            str(entry.pages),
            _format_percent(entry.confidence),
            _entry_status(entry),
        )
        for entry in entries
    ]
    _print_table(("record", "", "date", "title", "pages", "confidence", ""), rows)
    share = "" if len(rows) == total else f"of {total:,} "
    print_line(f"{len(rows)} {share}record{'' if total == 1 else 's'}")
    if rows and len(rows) < total:
        print_line(f"`opis list --after {rows[-1][0]}` goes on from there, if there are more.")


def print_totals(totals: Mapping[str, DailyTotals]) -> None:
    """Print sums, a line each."""
    heads = ("", "published", "before", "refused", "failed", "pages", "read before", "words",
             "review", "seconds")  # fmt: skip
    rows = [
        (name, *(str(one.fates[status]) for status in _COUNTED_STATUSES),
         str(one.pages), str(one.cached),
         f"{one.words:,}", f"{one.review / one.published_count:.0%}" if one.published_count else "",
         f"{sum(one.seconds.values()):,.0f}")
        for name, one in totals.items()
    ]  # fmt: skip
    _print_table(heads, rows)


_COUNTED_STATUSES = ("published", "published before", "refused", "failed")


def _entry_status(entry: CatalogEntry) -> str:
    if entry.status == "withdrawn":
        return entry.status
    return "review" if entry.needs_review else ""


def print_hits(hits: Sequence[Hit], count: int, *, as_json: bool) -> None:
    """Print where words were found, with the words around them; ``count`` is of all pages."""
    if as_json:
        print_json([asdict(hit) for hit in hits])
        return
    for hit in hits:
        leaf = "" if hit.leaf is None else f", leaf {hit.leaf}"
        print_line(f"{hit.record}, page {hit.page}{leaf}: {hit.title}")
        print_line(f"    {hit.around}")
    if count > MAX_RANKED_PAGES:
        print_line(
            f"{len(hits)} of more than {MAX_RANKED_PAGES} pages: another word would find fewer"
        )
    elif count > len(hits):
        print_line(f"{len(hits)} of {count} pages; --limit shows more")
    else:
        print_line(f"{count} page{'' if count == 1 else 's'}")


def print_record(record: Record, folder: Path) -> None:
    """Print a record for a person: what, where, doubts, text by leaf."""
    if record.status == "withdrawn":
        print_line(
            f"{record.name}\n\nWithdrawn with version {record.version}: {record.status_reason}"
        )
        print_line(f"Its earlier versions lie in {folder.parent}.")
        return
    print_line(f"{record.name}\n\n{pinned_citation(record)}\n")
    rows = {
        "record": f"{record.id}, version {record.version}",
        "folder": str(folder),
        "date": record.date,
        "language": record.language,
        "pages": str(len(record.pages)),
        "confidence": _format_percent(record.quality.mean_confidence),
        "summary": record.summary,
        "note": record.note,
    }
    for name, value in rows.items():
        if value:
            print_line(f"{name:<12}{value}")
    for issue in record.issues:
        print_line(f"{'look at':<12}{issue.detail}")
    for page in record.pages:
        leaf = "" if page.leaf is None else f", leaf {page.leaf}"
        print_line(f"\n--- page {page.number}{leaf} ({page.state}) ---\n{page.reading_text}")


def print_findings(checked: int, findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print what verification found, a line each."""
    if as_json:
        print_json({"versions": checked, "findings": [asdict(finding) for finding in findings]})
        return
    for finding in findings:
        print_line(f"DAMAGED {finding.path}: {finding.damage}: {finding.detail}")
    versions = f"{checked} version{'' if checked == 1 else 's'} checked"
    print_line(f"{versions}, {len(findings)} finding{'' if len(findings) == 1 else 's'}")


def print_evaluation(results: Sequence[PageResult], *, as_json: bool) -> None:
    """Print the error rates of each page, of each set, and how well review is called for."""
    sums, review = summarize_results(results), review_rankings(results)
    if as_json:
        sets, pages = [asdict(found) for found in sums], [asdict(result) for result in results]
        print_json({"pages": pages, "sets": sets, "review": [asdict(rank) for rank in review]})
        return
    heads = ("CER", "after cleaning", "WER", "after", "line error", "after")
    rows = [
        (r.set, r.name, str(r.page), r.recipe, r.state, f"{r.languages} ({r.told})",
         str(r.readings), f"{r.seconds:.1f}", _format_rate(r.expected_error), *_error_rates(r))
        for r in results
    ]  # fmt: skip
    names = ("set", "scan", "page", "recipe", "state", "languages", "readings", "s", "expected")
    _print_table((*names, *heads), rows)
    print_line("")
    totals = [
        (s.set, s.recipe, str(s.pages), str(s.failed), f"{s.readings:.2f}", f"{s.seconds:.1f}",
         *_error_rates(s))
        for s in sums
    ]  # fmt: skip
    _print_table(("set", "recipe", "pages", "failed", "readings", "s", *heads), totals)
    for rank in review:
        print_line(rank.sentence)


def _error_rates(found: PageResult | SetSummary) -> list[str]:
    raw, after = astuple(found.raw), astuple(found.cleaned)
    return [_format_rate(rate) for pair in zip(raw, after, strict=True) for rate in pair]


def _format_rate(rate: float | None) -> str:
    return "" if rate is None else f"{100 * rate:.2f}"


def _print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not _out.is_terminal:
        for row in rows:
            print_line("\t".join(row))
        return
    table = Table(*heads, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(escape, row))
    _out.print(table)


def _format_percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def print_json(value: Any) -> None:
    """Print JSON."""
    print_line(dump_json(value).rstrip("\n"))


def print_checks(checks: Sequence[Check]) -> bool:
    """Print what the doctor found; return whether all is well."""
    for look in checks:
        print_line(f"{'ok  ' if look.ok else 'BAD '} {look.name:<8}{look.detail}")
    return all(look.ok for look in checks)
