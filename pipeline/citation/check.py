"""Tells whether what a citation cites still reads as it did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.citation.pin import Pin, record_text, word_differences
from pipeline.errors import CatalogError
from pipeline.record.record import Record
from pipeline.references import ArchivalReference, find_references
from pipeline.wording import one_line

#: A version of a record, the newest for None; raises CatalogError where there is none.
RecordLoader = Callable[[str, int | None], Record]
#: The records that hold a place.
RecordLocator = Callable[[ArchivalReference], Sequence[Record]]


@dataclass(frozen=True, slots=True)
class CitationCheck:
    """What came of checking a citation."""

    is_unchanged: bool
    sentences: tuple[str, ...]
    differences: tuple[str, ...] = ()  #: in words, the cited text against the newest


def check_citation(
    citation: str, quote: str, load: RecordLoader, locate: RecordLocator
) -> CitationCheck:
    """Hold a citation, and words quoted with it, against the records.

    Args:
        citation: as somebody printed it, with its pin or without.
        quote: words that were quoted; may be empty.
        load: gives a version of a record.
        locate: finds records by place.

    Raises:
        CatalogError: no record is cited, or it is not here.
    """
    pin = Pin.find_in(citation)
    if pin is not None:
        return _check_pin(pin, quote, load)
    if "[Opis" in citation:
        msg = (
            "The citation bears a pin that is torn or miscopied. Whole, it reads like "
            "[Opis RECORD, v1, leaf 0111, reading text, sha256 0123456789ab]."
        )
        raise CatalogError(msg)
    found = [
        record for place in find_references(citation).certain_references for record in locate(place)
    ]
    if not found:
        msg = (
            "The citation bears no pin ([Opis …]), and no record was found for a reference in it. "
            f"{find_references(citation).explanation}"
        )
        raise CatalogError(msg.strip())
    record = found[0]
    told = f"It cites {record.id}, now version {record.version}."
    told += " It bears no pin, so nobody can tell which version it was made from."
    if not quote:
        return CitationCheck(is_unchanged=True, sentences=(told,))
    return _check_quote(quote, record_text(record, "reading text"), told)


def _check_pin(pin: Pin, quote: str, load: RecordLoader) -> CitationCheck:
    then, now = load(pin.record, pin.version), load(pin.record, None)
    fresh = Pin.from_record(then, pin.kind, pin.leaf)
    if fresh.digest != pin.digest:
        told = (
            f"Version {pin.version} of {pin.record} is here, but its {pin.kind} is not the one "
            f"that was cited: its digest is {fresh.digest}, not {pin.digest}."
        )
        return CitationCheck(is_unchanged=False, sentences=(told,))
    what = f"the {pin.kind}{f' of leaf {pin.leaf}' if pin.leaf else ''}"
    cited_text = record_text(then, pin.kind, pin.leaf)
    if quote and one_line(quote) not in one_line(cited_text):
        told = f"Version {pin.version} reads as cited, but the words quoted are not in {what}."
        return CitationCheck(is_unchanged=False, sentences=(told,))
    if now.status == "withdrawn":
        told = f"{pin.record} was withdrawn with version {now.version}."
        return CitationCheck(is_unchanged=False, sentences=(told,))
    if now.version == pin.version:
        told = f"{pin.record} reads as cited: {what} of version {pin.version}, the newest."
        return CitationCheck(is_unchanged=True, sentences=(told,))
    return _compare_newest(pin, what, cited_text, now)


def _compare_newest(pin: Pin, cited_part: str, cited_text: str, now: Record) -> CitationCheck:
    try:
        newest = record_text(now, pin.kind, pin.leaf)
    except CatalogError as error:
        told = f"Version {pin.version} reads as cited. Version {now.version}: {error}"
        return CitationCheck(is_unchanged=False, sentences=(told,))
    if newest == cited_text:
        told = (
            f"{cited_part.capitalize()} of version {pin.version} reads the same in {now.version}."
        )
        return CitationCheck(is_unchanged=True, sentences=(told,))
    told = f"Version {pin.version} reads as cited; {cited_part} reads otherwise in {now.version}."
    return CitationCheck(False, (told,), tuple(word_differences(cited_text, newest)))


def _check_quote(quote: str, text: str, sentence: str) -> CitationCheck:
    if one_line(quote) in one_line(text):
        return CitationCheck(
            is_unchanged=True, sentences=(sentence, "The words quoted stand in it.")
        )
    return CitationCheck(
        is_unchanged=False, sentences=(sentence, "The words quoted do not stand in it.")
    )
