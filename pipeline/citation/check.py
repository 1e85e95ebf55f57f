"""Checks whether a cited text still reads as it did when it was cited."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.citation.pin import Pin, record_text, word_differences
from pipeline.errors import CatalogError
from pipeline.record.record import Record
from pipeline.references import ArchivalReference, find_references
from pipeline.wording import one_line

#: Loads a version of a record, the newest for None; raises CatalogError if there is none.
RecordLoader = Callable[[str, int | None], Record]
#: Finds the records that cover a place.
RecordLocator = Callable[[ArchivalReference], Sequence[Record]]


@dataclass(frozen=True, slots=True)
class CitationCheck:
    """The result of checking a citation."""

    is_unchanged: bool
    sentences: tuple[str, ...]
    differences: tuple[str, ...] = ()  #: of the newest text from the cited one, with words around


def check_citation(
    citation: str, quote: str, load: RecordLoader, locate: RecordLocator
) -> CitationCheck:
    """Compare a citation, and words quoted with it, with the records.

    Args:
        citation: the printed citation, with or without a pin.
        quote: the quoted words; may be empty.
        load: loads a version of a record.
        locate: finds records by place.

    Raises:
        CatalogError: no record is cited, the pin is damaged, or the record, version or leaf is not
            here.
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
    records = [
        record for place in find_references(citation).certain_references for record in locate(place)
    ]
    if not records:
        msg = (
            "The citation bears no pin ([Opis …]), and no record was found for a reference in it. "
            f"{find_references(citation).explanation}"
        )
        raise CatalogError(msg.strip())
    record = records[0]
    sentence = f"It cites {record.id}, now version {record.version}."
    sentence += " It bears no pin, so nobody can tell which version it was made from."
    if not quote:
        return CitationCheck(is_unchanged=True, sentences=(sentence,))
    return _check_quote(quote, record_text(record, "reading text"), sentence)


def _check_pin(pin: Pin, quote: str, load: RecordLoader) -> CitationCheck:
    then, now = load(pin.record, pin.version), load(pin.record, None)
    actual = Pin.from_record(then, pin.kind, pin.leaf)
    if actual.digest != pin.digest:
        sentence = (
            f"Version {pin.version} of {pin.record} is here, but its {pin.kind} is not the one "
            f"that was cited: its digest is {actual.digest}, not {pin.digest}."
        )
        return CitationCheck(is_unchanged=False, sentences=(sentence,))
    part = f"the {pin.kind}{f' of leaf {pin.leaf}' if pin.leaf else ''}"
    cited_text = record_text(then, pin.kind, pin.leaf)
    if quote and one_line(quote) not in one_line(cited_text):
        sentence = f"Version {pin.version} reads as cited, but the words quoted are not in {part}."
        return CitationCheck(is_unchanged=False, sentences=(sentence,))
    if now.status == "withdrawn":
        sentence = f"{pin.record} was withdrawn with version {now.version}."
        return CitationCheck(is_unchanged=False, sentences=(sentence,))
    if now.version == pin.version:
        sentence = f"{pin.record} reads as cited: {part} of version {pin.version}, the newest."
        return CitationCheck(is_unchanged=True, sentences=(sentence,))
    return _compare_newest(pin, part, cited_text, now)


def _compare_newest(pin: Pin, cited_part: str, cited_text: str, now: Record) -> CitationCheck:
    try:
        newest = record_text(now, pin.kind, pin.leaf)
    except CatalogError as error:
        sentence = f"Version {pin.version} reads as cited. Version {now.version}: {error}"
        return CitationCheck(is_unchanged=False, sentences=(sentence,))
    if newest == cited_text:
        sentence = (
            f"{cited_part.capitalize()} of version {pin.version} reads the same in {now.version}."
        )
        return CitationCheck(is_unchanged=True, sentences=(sentence,))
    sentence = (
        f"Version {pin.version} reads as cited; {cited_part} reads otherwise in {now.version}."
    )
    return CitationCheck(False, (sentence,), tuple(word_differences(cited_text, newest)))


def _check_quote(quote: str, text: str, sentence: str) -> CitationCheck:
    if one_line(quote) in one_line(text):
        return CitationCheck(
            is_unchanged=True, sentences=(sentence, "The words quoted stand in it.")
        )
    return CitationCheck(
        is_unchanged=False, sentences=(sentence, "The words quoted do not stand in it.")
    )
