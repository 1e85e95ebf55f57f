"""Answers harvesters: OAI-PMH 2.0, all six verbs, from what a build of the site has left.

Source: https://www.openarchives.org/OAI/openarchivesprotocol.html. A token says where to go on, so
that nothing is remembered between two questions; withdrawn records are deleted ones, for ever.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from pipeline.exports.source import XSI, element, writable, written
from pipeline.site.listing import Kept, Listing
from pipeline.site.oai_request import (
    FORMATS,
    OAI,
    SECOND,
    Asked,
    OaiError,
    checked,
    known_format,
    wanted_of,
)

_SCHEMA = f"{OAI} {OAI}OAI-PMH.xsd"
_AT_ONCE = 100  #: records in an answer


class Repository:
    """The records of a site, to a harvester."""

    def __init__(self, site: Path, kept: Mapping[str, Kept], base: str, house: str) -> None:
        """Say where the site lies, what is on it, where it is served, and whose it is."""
        self._site, self._base, self._house = site, base.rstrip("/"), house or "Reading room"
        self._domain = urlsplit(base).hostname or "localhost"
        listings = [one.listing for one in kept.values()]
        self._listings = sorted(listings, key=lambda one: (_stamp(one), one.id))
        self._by_id = {one.id: one for one in listings}

    def answer(self, arguments: Sequence[tuple[str, str]], now: datetime) -> bytes:
        """Return the answer to a question: its arguments in order, names and values."""
        root = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap={None: OAI, "xsi": XSI})
        root.set(f"{{{XSI}}}schemaLocation", _SCHEMA)
        _add(root, "responseDate", now.astimezone(UTC).strftime(SECOND))
        request = _add(root, "request", f"{self._base}/oai")
        try:
            asked = checked(arguments)
            for name, value in asked.items():
                request.set(name, writable(value))
            verb = asked["verb"]
            verbs: dict[str, Callable[[etree._Element, dict[str, str]], None]] = {
                "Identify": self._identify, "ListMetadataFormats": self._formats,
                "ListSets": self._sets, "GetRecord": self._record,
                "ListIdentifiers": self._list, "ListRecords": self._list,
            }  # fmt: skip
            said = etree.Element(f"{{{OAI}}}{verb}", nsmap={None: OAI})
            verbs[verb](said, asked)
            root.append(said)
        except OaiError as fault:
            _add(root, "error", str(fault), code=fault.code)
        return written(root)

    def _identify(self, said: etree._Element, asked: dict[str, str]) -> None:
        del asked
        earliest = _stamp(self._listings[0]) if self._listings else "1970-01-01T00:00:00Z"
        rows = [
            ("repositoryName", self._house), ("baseURL", f"{self._base}/oai"),
            ("protocolVersion", "2.0"), ("adminEmail", f"archive@{self._domain}"),
            ("earliestDatestamp", earliest), ("deletedRecord", "persistent"),
            ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        ]  # fmt: skip
        for name, value in rows:
            _add(said, name, value)

    def _formats(self, said: etree._Element, asked: dict[str, str]) -> None:
        if "identifier" in asked:
            self._found(asked["identifier"])
        for prefix, (_, schema, namespace) in FORMATS.items():
            one = _add(said, "metadataFormat")
            for name, value in (
                ("metadataPrefix", prefix), ("schema", schema), ("metadataNamespace", namespace),
            ):  # fmt: skip
                _add(one, name, value)

    def _sets(self, said: etree._Element, asked: dict[str, str]) -> None:
        del asked
        names: dict[str, str] = {}
        for listing in self._listings:
            for depth, (folder, _) in enumerate(listing.rungs, 1):
                names[_set(folder)] = ", ".join(name for _, name in listing.rungs[:depth])
        if not names:
            code = "noSetHierarchy"
            raise OaiError(code, "No record lies in an archive that is known.")
        for spec, name in sorted(names.items()):
            one = _add(said, "set")
            _add(one, "setSpec", spec)
            _add(one, "setName", name)

    def _record(self, said: etree._Element, asked: dict[str, str]) -> None:
        known_format(asked["metadataPrefix"])
        self._tell(said, self._found(asked["identifier"]), asked["metadataPrefix"])

    def _list(self, said: etree._Element, asked: dict[str, str]) -> None:
        token = asked.get("resumptionToken")
        wanted = Asked.of_token(token) if token else wanted_of(asked)
        matching = list(self._matching(wanted))
        rest = [one for one in matching if (_stamp(one), one.id) > wanted.after]
        if not rest:
            code = "badResumptionToken" if token else "noRecordsMatch"
            raise OaiError(code, "There is no such record.")
        here = rest[:_AT_ONCE]
        for one in here:
            if asked["verb"] == "ListIdentifiers":
                self._head(said, one)
            else:
                self._tell(said, one, wanted.prefix)
        more = len(rest) > len(here)
        if token or more:
            last = (_stamp(here[-1]), here[-1].id)
            text = wanted.token(last, wanted.told + len(here)) if more else ""
            sizes = {"completeListSize": str(len(matching)), "cursor": str(wanted.told)}
            _add(said, "resumptionToken", text, **sizes)

    def _matching(self, wanted: Asked) -> Iterator[Listing]:
        for one in self._listings:
            stamp = _stamp(one)
            inside = not wanted.of or any(_set(folder) == wanted.of for folder, _ in one.rungs)
            late = wanted.since <= stamp and (not wanted.until or stamp <= wanted.until)
            if inside and late:
                yield one

    def _found(self, identifier: str) -> Listing:
        head = f"oai:{self._domain}:"
        found = self._by_id.get(identifier.removeprefix(head))
        if found is None or not identifier.startswith(head):
            code = "idDoesNotExist"
            raise OaiError(code, f"There is no {identifier!r} here.")
        return found

    def _head(self, said: etree._Element, one: Listing) -> None:
        head = _add(said, "header", **({"status": "deleted"} if one.gone else {}))
        _add(head, "identifier", f"oai:{self._domain}:{one.id}")
        _add(head, "datestamp", _stamp(one))
        for folder, _ in one.rungs:
            _add(head, "setSpec", _set(folder))

    def _tell(self, said: etree._Element, one: Listing, prefix: str) -> None:
        record = _add(said, "record")
        self._head(record, one)
        if not one.gone:
            home = self._site / "id" / one.id / f"v{one.version}" / "export"
            parser = etree.XMLParser(no_network=True, resolve_entities=False)
            file = etree.fromstring((home / FORMATS[prefix][0]).read_bytes(), parser)
            _add(record, "metadata").append(file)


def _stamp(one: Listing) -> str:
    return datetime.fromisoformat(one.updated).astimezone(UTC).strftime(SECOND)


def _set(folder: str) -> str:
    return folder.replace("/", ":")


def _add(parent: etree._Element, name: str, text: str = "", /, **values: str) -> etree._Element:
    return element(parent, f"{{{OAI}}}{name}", text, **values)
