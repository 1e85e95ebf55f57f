"""Answers harvesters: OAI-PMH 2.0, all six verbs, from what a build of the site has left.

Source: https://www.openarchives.org/OAI/openarchivesprotocol.html. A token says where to go on, so
that nothing is remembered between two questions; withdrawn records are deleted ones, for ever.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from pipeline.exports.registry import OAI_FORMATS
from pipeline.exports.source import XSI, element, serialize, xml_safe
from pipeline.record.version_folder import version_name
from pipeline.site.listing import BuildState, Listing
from pipeline.site.oai_request import (
    OAI,
    SECOND_FORMAT,
    ListRequest,
    OaiError,
    check_format,
    parse_arguments,
    parse_list_request,
)

_SCHEMA_LOCATION = f"{OAI} {OAI}OAI-PMH.xsd"
_RECORDS_PER_ANSWER = 100  #: records in an answer


class OaiProvider:
    """The records of a site, to a harvester."""

    def __init__(
        self, site: Path, states: Mapping[str, BuildState], base_url: str, organization: str
    ) -> None:
        """Say where the site lies, what is on it, where it is served, and whose it is."""
        self._site, self._base_url, self._organization = (
            site,
            base_url.rstrip("/"),
            organization or "Reading room",
        )
        self._domain = urlsplit(base_url).hostname or "localhost"
        listings = [one.listing for one in states.values()]
        self._listings = sorted(listings, key=lambda one: (_datestamp_of(one), one.id))
        self._by_id = {one.id: one for one in listings}

    def answer(self, arguments: Sequence[tuple[str, str]], now: datetime) -> bytes:
        """Return the answer to a question: its arguments in order, names and values."""
        root = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap={None: OAI, "xsi": XSI})
        root.set(f"{{{XSI}}}schemaLocation", _SCHEMA_LOCATION)
        _add_element(root, "responseDate", now.astimezone(UTC).strftime(SECOND_FORMAT))
        request = _add_element(root, "request", f"{self._base_url}/oai")
        try:
            asked = parse_arguments(arguments)
            for name, value in asked.items():
                request.set(name, xml_safe(value))
            verb = asked["verb"]
            verbs: dict[str, Callable[[etree._Element, dict[str, str]], None]] = {
                "Identify": self._identify, "ListMetadataFormats": self._list_formats,
                "ListSets": self._list_sets, "GetRecord": self._get_record,
                "ListIdentifiers": self._list_records, "ListRecords": self._list_records,
            }  # fmt: skip
            said = etree.Element(f"{{{OAI}}}{verb}", nsmap={None: OAI})
            verbs[verb](said, asked)
            root.append(said)
        except OaiError as fault:
            _add_element(root, "error", str(fault), code=fault.code)
        return serialize(root)

    def _identify(self, parent: etree._Element, arguments: dict[str, str]) -> None:
        del arguments
        earliest = _datestamp_of(self._listings[0]) if self._listings else "1970-01-01T00:00:00Z"
        rows = [
            ("repositoryName", self._organization), ("baseURL", f"{self._base_url}/oai"),
            ("protocolVersion", "2.0"), ("adminEmail", f"archive@{self._domain}"),
            ("earliestDatestamp", earliest), ("deletedRecord", "persistent"),
            ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        ]  # fmt: skip
        for name, value in rows:
            _add_element(parent, name, value)

    def _list_formats(self, parent: etree._Element, arguments: dict[str, str]) -> None:
        if "identifier" in arguments:
            self._find_listing(arguments["identifier"])
        for prefix, (_, form) in OAI_FORMATS.items():
            one = _add_element(parent, "metadataFormat")
            for name, value in (
                ("metadataPrefix", prefix),
                ("schema", form.schema),
                ("metadataNamespace", form.namespace),
            ):
                _add_element(one, name, value)

    def _list_sets(self, parent: etree._Element, arguments: dict[str, str]) -> None:
        del arguments
        names: dict[str, str] = {}
        for listing in self._listings:
            for depth, (folder, _) in enumerate(listing.levels, 1):
                names[_set_spec(folder)] = ", ".join(name for _, name in listing.levels[:depth])
        if not names:
            code = "noSetHierarchy"
            raise OaiError(code, "No record lies in an archive that is known.")
        for spec, name in sorted(names.items()):
            one = _add_element(parent, "set")
            _add_element(one, "setSpec", spec)
            _add_element(one, "setName", name)

    def _get_record(self, parent: etree._Element, arguments: dict[str, str]) -> None:
        check_format(arguments["metadataPrefix"])
        self._add_record(
            parent, self._find_listing(arguments["identifier"]), arguments["metadataPrefix"]
        )

    def _list_records(self, parent: etree._Element, arguments: dict[str, str]) -> None:
        token = arguments.get("resumptionToken")
        wanted = ListRequest.from_token(token) if token else parse_list_request(arguments)
        matching = list(self._select_listings(wanted))
        rest = [one for one in matching if (_datestamp_of(one), one.id) > wanted.after]
        if not rest:
            code = "badResumptionToken" if token else "noRecordsMatch"
            raise OaiError(code, "There is no such record.")
        here = rest[:_RECORDS_PER_ANSWER]
        for one in here:
            if arguments["verb"] == "ListIdentifiers":
                self._add_header(parent, one)
            else:
                self._add_record(parent, one, wanted.prefix)
        more = len(rest) > len(here)
        if token or more:
            last = (_datestamp_of(here[-1]), here[-1].id)
            text = wanted.resumption_token(last, wanted.cursor + len(here)) if more else ""
            sizes = {"completeListSize": str(len(matching)), "cursor": str(wanted.cursor)}
            _add_element(parent, "resumptionToken", text, **sizes)

    def _select_listings(self, request: ListRequest) -> Iterator[Listing]:
        for one in self._listings:
            stamp = _datestamp_of(one)
            inside = not request.set_spec or any(
                _set_spec(folder) == request.set_spec for folder, _ in one.levels
            )
            late = request.since <= stamp and (not request.until or stamp <= request.until)
            if inside and late:
                yield one

    def _find_listing(self, identifier: str) -> Listing:
        head = f"oai:{self._domain}:"
        found = self._by_id.get(identifier.removeprefix(head))
        if found is None or not identifier.startswith(head):
            code = "idDoesNotExist"
            raise OaiError(code, f"There is no {identifier!r} here.")
        return found

    def _add_header(self, parent: etree._Element, listing: Listing) -> None:
        head = _add_element(
            parent, "header", **({"status": "deleted"} if listing.is_withdrawn else {})
        )
        _add_element(head, "identifier", f"oai:{self._domain}:{listing.id}")
        _add_element(head, "datestamp", _datestamp_of(listing))
        for folder, _ in listing.levels:
            _add_element(head, "setSpec", _set_spec(folder))

    def _add_record(self, parent: etree._Element, listing: Listing, prefix: str) -> None:
        record = _add_element(parent, "record")
        self._add_header(record, listing)
        if not listing.is_withdrawn:
            home = self._site / "id" / listing.id / version_name(listing.version) / "export"
            parser = etree.XMLParser(no_network=True, resolve_entities=False)
            file_name, _ = OAI_FORMATS[prefix]
            file = etree.fromstring((home / file_name).read_bytes(), parser)
            _add_element(record, "metadata").append(file)


def _datestamp_of(listing: Listing) -> str:
    return datetime.fromisoformat(listing.updated).astimezone(UTC).strftime(SECOND_FORMAT)


def _set_spec(folder: str) -> str:
    return folder.replace("/", ":")


def _add_element(
    parent: etree._Element, name: str, text: str = "", /, **values: str
) -> etree._Element:
    return element(parent, f"{{{OAI}}}{name}", text, **values)
