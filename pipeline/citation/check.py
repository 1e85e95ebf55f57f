"""Tells whether what a citation cites still reads as it did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.citation.pin import Pin, text_of, word_differences
from pipeline.errors import CatalogError
from pipeline.record.model import Record
from pipeline.references import ArchivalReference, read

#: A version of a record, the newest for None; raises CatalogError where there is none.
Load = Callable[[str, int | None], Record]
#: The records that hold a place.
Locate = Callable[[ArchivalReference], Sequence[Record]]


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a citation."""

    same: bool
    sentences: tuple[str, ...]
    differences: tuple[str, ...] = ()  #: in words, the cited text against the newest


def check(citation: str, quote: str, load: Load, locate: Locate) -> Checked:
    """Hold a citation, and words quoted with it, against the records.

    Args:
        citation: as somebody printed it, with its pin or without.
        quote: words that were quoted; may be empty.
        load: gives a version of a record.
        locate: finds records by place.

    Raises:
        CatalogError: no record is cited, or it is not here.
    """
    pin = Pin.find(citation)
    if pin is not None:
        return _pinned(pin, quote, load)
    if "[Opis" in citation:
        msg = (
            "The citation bears a pin that is torn or miscopied. Whole, it reads like "
            "[Opis RECORD, v1, leaf 0111, reading text, sha256 0123456789ab]."
        )
        raise CatalogError(msg)
    found = [record for place in read(citation).places for record in locate(place)]
    if not found:
        msg = (
            "The citation bears no pin ([Opis …]), and no record was found for a reference in it. "
            f"{read(citation).why}"
        )
        raise CatalogError(msg.strip())
    record = found[0]
    told = f"It cites {record.id}, now version {record.version}."
    told += " It bears no pin, so nobody can tell which version it was made from."
    if not quote:
        return Checked(same=True, sentences=(told,))
    return _quoted(quote, text_of(record, "reading text"), told)


def _pinned(pin: Pin, quote: str, load: Load) -> Checked:
    then, now = load(pin.record, pin.version), load(pin.record, None)
    fresh = Pin.of(then, pin.kind, pin.leaf)
    if fresh.digest != pin.digest:
        told = (
            f"Version {pin.version} of {pin.record} is here, but its {pin.kind} is not the one "
            f"that was cited: its digest is {fresh.digest}, not {pin.digest}."
        )
        return Checked(same=False, sentences=(told,))
    what = f"the {pin.kind}{f' of leaf {pin.leaf}' if pin.leaf else ''}"
    cited_text = text_of(then, pin.kind, pin.leaf)
    if quote and _plain(quote) not in _plain(cited_text):
        told = f"Version {pin.version} reads as cited, but the words quoted are not in {what}."
        return Checked(same=False, sentences=(told,))
    if now.status == "withdrawn":
        told = f"{pin.record} was withdrawn with version {now.version}."
        return Checked(same=False, sentences=(told,))
    if now.version == pin.version:
        told = f"{pin.record} reads as cited: {what} of version {pin.version}, the newest."
        return Checked(same=True, sentences=(told,))
    return _newer(pin, what, cited_text, now)


def _newer(pin: Pin, what: str, cited_text: str, now: Record) -> Checked:
    try:
        newest = text_of(now, pin.kind, pin.leaf)
    except CatalogError as error:
        told = f"Version {pin.version} reads as cited. Version {now.version}: {error}"
        return Checked(same=False, sentences=(told,))
    if newest == cited_text:
        told = f"{what.capitalize()} of version {pin.version} reads the same in {now.version}."
        return Checked(same=True, sentences=(told,))
    told = f"Version {pin.version} reads as cited; {what} reads otherwise in {now.version}."
    return Checked(False, (told,), tuple(word_differences(cited_text, newest)))


def _quoted(quote: str, text: str, told: str) -> Checked:
    if _plain(quote) in _plain(text):
        return Checked(same=True, sentences=(told, "The words quoted stand in it."))
    return Checked(same=False, sentences=(told, "The words quoted do not stand in it."))


def _plain(text: str) -> str:
    return " ".join(text.split())
