"""OAI-PMH 2.0 provider: answers all six verbs from the state and files that a site build saved.

Source: https://www.openarchives.org/OAI/openarchivesprotocol.html. A resumption token holds the
whole position, so the provider keeps no state between requests. Withdrawn records stay listed as
deleted ("persistent").
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
_RECORDS_PER_ANSWER = 100


class OaiProvider:
    """Answers OAI-PMH requests about the records of a site."""

    def __init__(
        self, site: Path, states: Mapping[str, BuildState], base_url: str, organization: str
    ) -> None:
        """Keep the site's folder, the states of its records, its address and its organization."""
        self._site, self._base_url = site, base_url.rstrip("/")
        self._organization = organization or "Reading room"
        self._domain = urlsplit(base_url).hostname or "localhost"
        listings = [state.listing for state in states.values()]
        self._listings = sorted(listings, key=lambda each: (_datestamp_of(each), each.id))
        self._by_id = {listing.id: listing for listing in listings}

    def answer(self, arguments: Sequence[tuple[str, str]], now: datetime) -> bytes:
        """Return the XML answer to a request, whose arguments are pairs of name and value."""
        root = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap={None: OAI, "xsi": XSI})
        root.set(f"{{{XSI}}}schemaLocation", _SCHEMA_LOCATION)
        _add_element(root, "responseDate", now.astimezone(UTC).strftime(SECOND_FORMAT))
        request = _add_element(root, "request", f"{self._base_url}/oai")
        try:
            parsed = parse_arguments(arguments)
            for name, value in parsed.items():
                request.set(name, xml_safe(value))
            verb = parsed["verb"]
            verbs: dict[str, Callable[[etree._Element, dict[str, str]], None]] = {
                "Identify": self._identify, "ListMetadataFormats": self._list_formats,
                "ListSets": self._list_sets, "GetRecord": self._get_record,
                "ListIdentifiers": self._list_records, "ListRecords": self._list_records,
            }  # fmt: skip
            content = etree.Element(f"{{{OAI}}}{verb}", nsmap={None: OAI})
            verbs[verb](content, parsed)
            root.append(content)
        except OaiError as error:
            _add_element(root, "error", str(error), code=error.code)
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
            entry = _add_element(parent, "metadataFormat")
            _add_element(entry, "metadataPrefix", prefix)
            _add_element(entry, "schema", form.schema)
            _add_element(entry, "metadataNamespace", form.namespace)

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
            entry = _add_element(parent, "set")
            _add_element(entry, "setSpec", spec)
            _add_element(entry, "setName", name)

    def _get_record(self, parent: etree._Element, arguments: dict[str, str]) -> None:
        prefix = check_format(arguments["metadataPrefix"])
        self._add_record(parent, self._find_listing(arguments["identifier"]), prefix)

    def _list_records(self, parent: etree._Element, arguments: dict[str, str]) -> None:
        token = arguments.get("resumptionToken")
        request = ListRequest.from_token(token) if token else parse_list_request(arguments)
        matching = list(self._select_listings(request))
        rest = [each for each in matching if (_datestamp_of(each), each.id) > request.after]
        if not rest:
            code = "badResumptionToken" if token else "noRecordsMatch"
            raise OaiError(code, "There is no such record.")
        answered = rest[:_RECORDS_PER_ANSWER]
        for listing in answered:
            if arguments["verb"] == "ListIdentifiers":
                self._add_header(parent, listing)
            else:
                self._add_record(parent, listing, request.prefix)
        has_more = len(rest) > len(answered)
        if token or has_more:
            last = (_datestamp_of(answered[-1]), answered[-1].id)
            cursor = request.cursor + len(answered)
            text = request.resumption_token(last, cursor) if has_more else ""
            sizes = {"completeListSize": str(len(matching)), "cursor": str(request.cursor)}
            _add_element(parent, "resumptionToken", text, **sizes)

    def _select_listings(self, request: ListRequest) -> Iterator[Listing]:
        for listing in self._listings:
            stamp = _datestamp_of(listing)
            in_set = not request.set_spec or any(
                _set_spec(folder) == request.set_spec for folder, _ in listing.levels
            )
            in_period = request.since <= stamp and (not request.until or stamp <= request.until)
            if in_set and in_period:
                yield listing

    def _find_listing(self, identifier: str) -> Listing:
        head = f"oai:{self._domain}:"
        listing = self._by_id.get(identifier.removeprefix(head))
        if listing is None or not identifier.startswith(head):
            code = "idDoesNotExist"
            raise OaiError(code, f"There is no {identifier!r} here.")
        return listing

    def _add_header(self, parent: etree._Element, listing: Listing) -> None:
        status = {"status": "deleted"} if listing.is_withdrawn else {}
        head = _add_element(parent, "header", **status)
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
