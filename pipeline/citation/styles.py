"""Citations in words. Each style says one thing its own way; none says what the record does not.

Chicago: The Chicago Manual of Style, 18th ed., 14 (manuscript collections). Russian legend: the
practice of archival editions after ГОСТ Р 7.0.5. Wilson: as the Digital Archive prints it.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from pipeline.citation.cited import Cited
from pipeline.dates.words import in_english, in_russian
from pipeline.references import ArchivalReference, Style, render


class Manner(StrEnum):
    """A style of citation in words."""

    CHICAGO = "chicago"
    BIBLIOGRAPHY = "chicago-bibliography"
    GOST = "gost"
    WILSON = "wilson"


def in_words(this: Cited, manner: Manner, *, all_holdings: bool | None = None) -> str:
    """Return a citation, with its full stop.

    Args:
        this: what is cited.
        manner: in which style.
        all_holdings: every archive that holds the document, or the one it was scanned in; None
            for what the style does: Wilson names all, the others one.
    """
    every = manner is Manner.WILSON if all_holdings is None else all_holdings
    places = this.places if every else this.places[:1]
    match manner:
        case Manner.CHICAGO:
            return _note(this, places)
        case Manner.BIBLIOGRAPHY:
            return _bibliography(this, places)
        case Manner.GOST:
            return _legend(this, places)
        case Manner.WILSON:
            return _wilson(this, places)


def _note(this: Cited, places: Sequence[ArchivalReference | str]) -> str:
    where = ", and ".join(_at(place, Style.CHICAGO) for place in places)
    said = [_date(this), where or this.collection]
    head = f"“{_inside(_quoted(this.title), ',')}” " if this.title else f"{_untitled(this)}, "
    return _stopped(head + ", ".join(filter(None, said)))


def _bibliography(this: Cited, places: Sequence[ArchivalReference | str]) -> str:
    where = "; ".join(_at(place, Style.CHICAGO) for place in places)
    title = _stopped(_untitled(this))
    if this.title:
        title = f"“{_inside(_quoted(this.title), '.')}”"
    author = this.creator if this.title else ""
    rest = filter(None, [_capital(_date(this)), where or this.collection])
    return " ".join(filter(None, [author and _stopped(author), title, *map(_stopped, rest)]))


def _legend(this: Cited, places: Sequence[ArchivalReference | str]) -> str:
    date = in_russian(this.date) if this.date else this.date_as_given or "[Без даты]"
    where = "; ".join(_at(place, Style.LEGEND) for place in places)
    head = _stopped(this.title or _untitled(this, " — ", "[Документ без заглавия]"))
    date = _capital(date)
    return _stopped(f"{head} {date} // {where}" if where else f"{head} {date}")


def _wilson(this: Cited, places: Sequence[ArchivalReference | str]) -> str:
    # The archive of origin first, the copy that was scanned last, as the Digital Archive has it.
    where = ", and ".join(_at(place, Style.WILSON) for place in (*places[1:], *places[:1]))
    said = ", ".join(filter(None, [_date(this), this.collection, where]))
    title = re.sub("[“”]", "'", this.title).replace('"', "'")
    head = f'"{title}," {said}' if title else f"{_untitled(this)}, {said}"
    done = {"Contributed by": this.contributors, "Translated by": this.translators}
    credit = [f" {doing} {_listed(names)}." for doing, names in done.items() if names]
    return _stopped(head) + "".join(credit)


def _at(place: ArchivalReference | str, style: Style) -> str:
    return render(place, style) if isinstance(place, ArchivalReference) else place.rstrip(" .")


def _date(this: Cited) -> str:
    return in_english(this.date) if this.date else this.date_as_given or "undated"


def _untitled(this: Cited, to: str = " to ", nothing: str = "Untitled document") -> str:
    """Return what stands for a title: who wrote to whom, or what kind of document it is."""
    if this.creator and this.recipient:
        return f"{this.creator}{to}{this.recipient}"
    kind = this.document_type[:1].upper() + this.document_type[1:]
    return " ".join(filter(None, [kind, this.creator and f"by {this.creator}" * bool(kind)])) or (
        this.creator or nothing
    )


def _quoted(title: str) -> str:
    """Return a title as it stands inside double quotation marks: its own become single."""
    title = title.replace("“", "‘").replace("”", "’").rstrip(" .,")
    return re.sub(r'"([^"]*)"', "‘\\1’", title).replace('"', "’")


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _stopped(text: str) -> str:
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def _inside(title: str, stop: str) -> str:
    """Return a quoted title with a comma or a full stop inside its own quotation marks, too."""
    if stop == "." and title.endswith(("?", "!", "…")):
        return title
    return f"{title[:-1]}{stop}’" if title.endswith("’") else f"{title}{stop}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
