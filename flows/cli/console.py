"""What the commands print: tables on a terminal, plain lines in a pipe, JSON for a program."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.machine_checks import Look
from flows.progress import meter
from pipeline.evaluation.results import Result, Summary, ranking, summaries
from pipeline.exports.readme import citation
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.stats import Tally
from pipeline.record.model import Record, dump
from pipeline.repository.bag import Finding
from pipeline.repository.catalog import Entry
from pipeline.repository.full_text import CONSIDERED, Hit

# no emoji: a text that holds ":id:" keeps it
_out = Console(soft_wrap=True, highlight=False, emoji=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)


def line(text: str) -> None:
    """Print a line as it is."""
    _out.print(text, markup=False)


def complaint(text: str) -> None:
    """Print what went wrong."""
    _err.print(f"opis: {text}", markup=False)


def progress() -> AbstractContextManager[None]:
    """Show how far the pages of a run are while the block runs."""
    return meter.shown(_out)


def outcomes(results: Sequence[Outcome], output: Path) -> None:
    """Print what became of each scan and where the records lie."""
    rows = [
        (
            result.scan,
            result.fate,
            result.record and f"{result.record} v{result.version}",
            str(result.pages or ""),
            _percent(result.confidence),
        )
        for result in results
    ]
    _table(("scan", "what became of it", "record", "pages", "confidence"), rows)
    for result in results:
        for told in _told(result):
            line(told)
    if any(result.record for result in results):
        line(f"Read them with `opis list`, `opis show RECORD`, `opis search WORDS`; in {output}.")


def _told(result: Outcome) -> Iterator[str]:
    """Yield what else is to be said of a scan."""
    if result.folder:
        yield f"  {result.record}: {result.folder}"
    yield from (f"    look at: {issue}" for issue in result.issues)
    if result.finding:
        yield f"  {result.finding}"
    if result.reason:
        yield f"  {result.fate}: {result.reason}"


def entries(found: Iterable[Entry], *, as_json: bool, of: int) -> None:
    """Print records, a line each, ``of`` so many that there are."""
    if as_json:
        json_of([asdict(entry) for entry in found])
        return
    rows = [
        (
            entry.id,
            f"v{entry.version}",
            entry.date or "",
            entry.title,
            str(entry.pages),
            _percent(entry.confidence),
            _standing(entry),
        )
        for entry in found
    ]
    _table(("record", "", "date", "title", "pages", "confidence", ""), rows)
    line(f"{len(rows)} {'' if len(rows) == of else f'of {of:,} '}record{'' if of == 1 else 's'}")
    if rows and len(rows) < of:
        line(f"`opis list --after {rows[-1][0]}` goes on from there, if there are more.")


def tallies(found: Mapping[str, Tally]) -> None:
    """Print sums, a line each."""
    heads = ("", "published", "before", "refused", "failed", "pages", "read before", "words",
             "review", "seconds")  # fmt: skip
    rows = [
        (name, *(str(one.fates[fate]) for fate in _FATES), str(one.pages), str(one.cached),
         f"{one.words:,}", f"{one.review / one.published:.0%}" if one.published else "",
         f"{sum(one.seconds.values()):,.0f}")
        for name, one in found.items()
    ]  # fmt: skip
    _table(heads, rows)


_FATES = ("published", "published before", "refused", "failed")


def _standing(entry: Entry) -> str:
    if entry.status == "withdrawn":
        return entry.status
    return "review" if entry.needs_review else ""


def hits(found: Sequence[Hit], count: int, *, as_json: bool) -> None:
    """Print where words were found, with the words around them; ``count`` is of all pages."""
    if as_json:
        json_of([asdict(hit) for hit in found])
        return
    for hit in found:
        leaf = "" if hit.leaf is None else f", leaf {hit.leaf}"
        line(f"{hit.record}, page {hit.page}{leaf}: {hit.title}")
        line(f"    {hit.around}")
    if count > CONSIDERED:
        line(f"{len(found)} of more than {CONSIDERED} pages: another word would find fewer")
    elif count > len(found):
        line(f"{len(found)} of {count} pages; --limit shows more")
    else:
        line(f"{count} page{'' if count == 1 else 's'}")


def record(shown: Record, folder: Path) -> None:
    """Print a record for a person: what, where, doubts, text by leaf."""
    if shown.status == "withdrawn":
        line(f"{shown.name}\n\nWithdrawn with version {shown.version}: {shown.status_reason}")
        line(f"Its earlier versions lie in {folder.parent}.")
        return
    line(f"{shown.name}\n\n{citation(shown)}\n")
    rows = {
        "record": f"{shown.id}, version {shown.version}",
        "folder": str(folder),
        "date": shown.date,
        "language": shown.language,
        "pages": str(len(shown.pages)),
        "confidence": _percent(shown.quality.mean_confidence),
        "summary": shown.summary,
        "note": shown.note,
    }
    for name, value in rows.items():
        if value:
            line(f"{name:<12}{value}")
    for issue in shown.issues:
        line(f"{'look at':<12}{issue.detail}")
    for page in shown.pages:
        leaf = "" if page.leaf is None else f", leaf {page.leaf}"
        line(f"\n--- page {page.number}{leaf} ({page.state}) ---\n{page.reading_text}")


def findings(checked: int, found: Sequence[Finding], *, as_json: bool) -> None:
    """Print what verification found, a line each."""
    if as_json:
        json_of({"versions": checked, "findings": [asdict(finding) for finding in found]})
        return
    for finding in found:
        line(f"DAMAGED {finding.path}: {finding.damage}: {finding.detail}")
    versions = f"{checked} version{'' if checked == 1 else 's'} checked"
    line(f"{versions}, {len(found)} finding{'' if len(found) == 1 else 's'}")


def evaluation(results: Sequence[Result], *, as_json: bool) -> None:
    """Print the error rates of each page, of each set, and how well review is called for."""
    sums, review = summaries(results), ranking(results)
    if as_json:
        sets, pages = [asdict(found) for found in sums], [asdict(result) for result in results]
        json_of({"pages": pages, "sets": sets, "review": [asdict(rank) for rank in review]})
        return
    heads = ("CER", "after cleaning", "WER", "after", "line error", "after")
    rows = [
        (r.set, r.name, str(r.page), r.recipe, r.state, f"{r.languages} ({r.told})",
         str(r.readings), f"{r.seconds:.1f}", _exactly(r.expected_error), *_rates(r))
        for r in results
    ]  # fmt: skip
    names = ("set", "scan", "page", "recipe", "state", "languages", "readings", "s", "expected")
    _table((*names, *heads), rows)
    line("")
    totals = [
        (s.set, s.recipe, str(s.pages), str(s.failed), f"{s.readings:.2f}", f"{s.seconds:.1f}",
         *_rates(s))
        for s in sums
    ]  # fmt: skip
    _table(("set", "recipe", "pages", "failed", "readings", "s", *heads), totals)
    for rank in review:
        line(rank.sentence)


def _rates(found: Result | Summary) -> list[str]:
    raw, after = astuple(found.raw), astuple(found.cleaned)
    return [_exactly(rate) for pair in zip(raw, after, strict=True) for rate in pair]


def _exactly(rate: float | None) -> str:
    return "" if rate is None else f"{100 * rate:.2f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not _out.is_terminal:
        for row in rows:
            line("\t".join(row))
        return
    table = Table(*heads, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(escape, row))
    _out.print(table)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def json_of(value: Any) -> None:
    """Print JSON."""
    line(dump(value).rstrip("\n"))


def examination(looks: Sequence[Look]) -> bool:
    """Print what the doctor found; return whether all is well."""
    for look in looks:
        line(f"{'ok  ' if look.well else 'BAD '} {look.what:<8}{look.found}")
    return all(look.well for look in looks)
