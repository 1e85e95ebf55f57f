"""Citations in words, in several styles; none adds anything that the record does not say.

Chicago: The Chicago Manual of Style, 18th ed., 14 (manuscript collections). Russian legend: the
practice of archival editions after ГОСТ Р 7.0.5. Wilson: as the Digital Archive prints it.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from pipeline.citation.cited import CitationTarget
from pipeline.record.people import names_in_words, sorted_name, spoken_name
from pipeline.record.record import Name
from pipeline.references import ArchivalReference, ReferenceStyle, format_reference
from pipeline.wording import join_names


class CitationStyle(StrEnum):
    """A style of citation in words."""

    CHICAGO = "chicago"
    BIBLIOGRAPHY = "chicago-bibliography"
    GOST = "gost"
    WILSON = "wilson"


def format_citation(
    target: CitationTarget, style: CitationStyle, *, all_holdings: bool | None = None
) -> str:
    """Return a citation, with its full stop.

    Args:
        target: the parts of the citation.
        style: the style.
        all_holdings: True to name every archive that holds the document, False for only the one
            where it was scanned; None for the default of the style: Wilson names all, others one.
    """
    names_all = style is CitationStyle.WILSON if all_holdings is None else all_holdings
    places = target.places if names_all else target.places[:1]
    match style:
        case CitationStyle.CHICAGO:
            return _chicago_note(target, places)
        case CitationStyle.BIBLIOGRAPHY:
            return _chicago_bibliography(target, places)
        case CitationStyle.GOST:
            return _russian_legend(target, places)
        case CitationStyle.WILSON:
            return _wilson_citation(target, places)


def _chicago_note(target: CitationTarget, places: Sequence[ArchivalReference | str]) -> str:
    location = _join_places([_format_place(place, ReferenceStyle.CHICAGO) for place in places])
    parts = [_format_date(target), target.fond_title, location or target.collection]
    head = (
        f"“{_punctuate_inside(_nest_quotes(target.title), ',')}” "
        if target.title
        else f"{_title_substitute(target)}, "
    )
    return _with_full_stop(head + ", ".join(filter(None, parts)))


def _chicago_bibliography(target: CitationTarget, places: Sequence[ArchivalReference | str]) -> str:
    location = "; ".join(_format_place(place, ReferenceStyle.CHICAGO) for place in places)
    title = _with_full_stop(_title_substitute(target))
    if target.title:
        title = f"“{_punctuate_inside(_nest_quotes(target.title), '.')}”"
    author = _bibliography_names(target.creators) if target.title else ""
    dated = _capitalize_first(_format_date(target))
    rest = filter(None, [dated, target.fond_title, location or target.collection])
    return " ".join(
        filter(None, [author and _with_full_stop(author), title, *map(_with_full_stop, rest)])
    )


def _russian_legend(target: CitationTarget, places: Sequence[ArchivalReference | str]) -> str:
    date = target.russian_date or "[Без даты]"
    location = "; ".join(_format_place(place, ReferenceStyle.LEGEND) for place in places)
    head = _with_full_stop(
        target.title or _title_substitute(target, " — ", "[Документ без заглавия]", "и")
    )
    date = _capitalize_first(date)
    return _with_full_stop(f"{head} {date} // {location}" if location else f"{head} {date}")


def _wilson_citation(target: CitationTarget, places: Sequence[ArchivalReference | str]) -> str:
    # The archive of origin first, the scanned copy last, as the Digital Archive prints them.
    location = _join_places(
        [_format_place(place, ReferenceStyle.WILSON) for place in (*places[1:], *places[:1])]
    )
    rest = ", ".join(filter(None, [_format_date(target), target.collection, location]))
    title = re.sub("[“”]", "'", target.title).replace('"', "'")
    head = f'"{title}," {rest}' if title else f"{_title_substitute(target)}, {rest}"
    contributions = {"Contributed by": target.contributors, "Translated by": target.translators}
    sentences = [
        f" {label} {join_names(names)}." for label, names in contributions.items() if names
    ]
    return _with_full_stop(head) + "".join(sentences)


def _join_places(places: Sequence[str]) -> str:
    """Return places as a sentence has them; semicolons part three or more, which have commas."""
    if len(places) < 3:
        return ", and ".join(places)
    return f"{'; '.join(places[:-1])}; and {places[-1]}"


def _format_place(place: ArchivalReference | str, style: ReferenceStyle) -> str:
    return (
        format_reference(place, style)
        if isinstance(place, ArchivalReference)
        else place.rstrip(" .")
    )


def _format_date(target: CitationTarget) -> str:
    return target.english_date or "undated"


def _title_substitute(
    target: CitationTarget,
    to: str = " to ",
    nothing: str = "Untitled document",
    conjunction: str = "and",
) -> str:
    """Return a substitute for a title: creator and recipient, or the kind of document."""
    creators, recipients = (
        names_in_words(names, conjunction) for names in (target.creators, target.recipients)
    )
    if creators and recipients:
        return f"{creators}{to}{recipients}"
    kind = target.document_type[:1].upper() + target.document_type[1:]
    return " ".join(filter(None, [kind, creators and f"by {creators}" * bool(kind)])) or (
        creators or nothing
    )


def _bibliography_names(names: Sequence[Name]) -> str:
    """Return names as a bibliography has them: of the first the family name first (Chicago, 13.21).

    The first and the second are then parted by a comma.
    """
    if not names:
        return ""
    first, *others = sorted_name(names[0]), *map(spoken_name, names[1:])
    if not others or "," not in first:
        return join_names([first, *others])
    return f"{', '.join([first, *others[:-1]])}, and {others[-1]}"


def _nest_quotes(title: str) -> str:
    """Return a title for use inside double quotation marks: its own marks become single."""
    title = title.replace("“", "‘").replace("”", "’").rstrip(" .,")
    return re.sub(r'"([^"]*)"', "‘\\1’", title).replace('"', "’")


def _with_full_stop(text: str) -> str:
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def _punctuate_inside(title: str, stop: str) -> str:
    """Return a title with a comma or full stop, inside a quotation mark that ends it."""
    if stop == "." and title.endswith(("?", "!", "…")):
        return title
    return f"{title[:-1]}{stop}’" if title.endswith("’") else f"{title}{stop}"


def _capitalize_first(text: str) -> str:
    return text[:1].upper() + text[1:]
