"""Requests of harvesters: the verbs of OAI-PMH 2.0, their arguments and errors."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.exports.registry import OAI_FORMATS

DAY_FORMAT, SECOND_FORMAT = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"
OAI = "http://www.openarchives.org/OAI/2.0/"
_LIST_ARGUMENTS = frozenset(["metadataPrefix", "from", "until", "set"])
#: By verb: required arguments, and optional ones.
_ARGUMENTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset(["identifier"])),
    "ListSets": (frozenset(), frozenset()),
    "GetRecord": (frozenset(["identifier", "metadataPrefix"]), frozenset()),
    "ListIdentifiers": (frozenset(["metadataPrefix"]), _LIST_ARGUMENTS),
    "ListRecords": (frozenset(["metadataPrefix"]), _LIST_ARGUMENTS),
}


class OaiError(Exception):
    """An error in a request: a code of the protocol, and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A request for a list of records, and the position where it continues."""

    prefix: str  #: of the metadata format
    since: str = ""  #: ``YYYY-MM-DDThh:mm:ssZ``, or empty
    until: str = ""  #: the same, inclusive
    set_spec: str = ""  #: of a set, or empty
    after: tuple[str, str] = ("", "")  #: datestamp and id of the last record answered
    cursor: int = 0  #: number of records answered before

    def resumption_token(self, last: tuple[str, str], cursor: int) -> str:
        """Return the token that continues after a record, with ``cursor`` records answered."""
        parts = [self.prefix, self.since, self.until, self.set_spec, *last, cursor]
        return urlsafe_b64encode(json.dumps(parts).encode()).decode()

    @classmethod
    def from_token(cls, token: str) -> "ListRequest":
        """Parse a token.

        Raises:
            OaiError: it was not issued here.
        """
        try:
            *texts, cursor = json.loads(urlsafe_b64decode(token))
            prefix, since, until, set_spec, stamp, record_id = map(str, texts)
            after = (stamp, record_id)
            return cls(check_format(prefix), since, until, set_spec, after, int(cursor))
        except (ValueError, TypeError, RecursionError, OaiError) as error:
            code = "badResumptionToken"
            raise OaiError(code, "This resumption token was not issued here.") from error


def parse_arguments(arguments: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the arguments by name.

    Raises:
        OaiError: there is not one known verb, or the arguments are not those of the verb.
    """
    values = dict(arguments)
    verb = values.get("verb", "")
    if verb not in _ARGUMENTS or [name for name, _ in arguments].count("verb") != 1:
        code = "badVerb"
        raise OaiError(code, "One verb is asked for: " + ", ".join(_ARGUMENTS) + ".")
    given = values.keys() - {"verb"}
    required, optional = _ARGUMENTS[verb]
    known = required | optional
    is_resumed = (
        given == {"resumptionToken"} and verb.startswith("List") and verb != "ListMetadataFormats"
    )
    if len(values) != len(arguments) or not (is_resumed or (required <= given <= known)):
        code = "badArgument"
        raise OaiError(code, f"{verb} takes {', '.join(sorted(known)) or 'no arguments'}.")
    if is_resumed and verb == "ListSets":
        code = "badResumptionToken"
        raise OaiError(code, "The list of sets is given whole.")
    return values


def parse_list_request(arguments: dict[str, str]) -> ListRequest:
    """Return the request for a list of records.

    Raises:
        OaiError: a date is invalid, from is later than until, or the format is not known.
    """
    since, until = arguments.get("from", ""), arguments.get("until", "")
    if since and until and len(since) != len(until):
        code = "badArgument"
        raise OaiError(code, "from and until are of one granularity.")
    request = ListRequest(
        prefix=check_format(arguments["metadataPrefix"]),
        since=_parse_datestamp(since, "00:00:00"),
        until=_parse_datestamp(until, "23:59:59"),
        set_spec=arguments.get("set", ""),
    )
    if request.until and request.since > request.until:
        code = "badArgument"
        raise OaiError(code, "from is later than until.")
    return request


def check_format(prefix: str) -> str:
    """Return the prefix of a metadata format unchanged.

    Raises:
        OaiError: the format is not known.
    """
    if prefix not in OAI_FORMATS:
        code = "cannotDisseminateFormat"
        raise OaiError(code, f"Formats are {', '.join(OAI_FORMATS)}.")
    return prefix


def _parse_datestamp(text: str, time: str) -> str:
    """Return a datestamp in seconds; a day with ``time``; an empty text for an empty one."""
    if not text:
        return ""
    for pattern in (DAY_FORMAT, SECOND_FORMAT):
        try:
            moment = datetime.strptime(text, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
        return text if pattern == SECOND_FORMAT else moment.strftime(f"{DAY_FORMAT}T{time}Z")
    code = "badArgument"
    raise OaiError(code, f"{text!r} is no date of the protocol.")
