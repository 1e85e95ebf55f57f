"""What a harvester asks: the verbs of OAI-PMH 2.0, their arguments, and what may be wrong."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.exports.registry import OAI_FORMATS

DAY_FORMAT, SECOND_FORMAT = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"
OAI = "http://www.openarchives.org/OAI/2.0/"
_LIST_ARGUMENTS = frozenset(["metadataPrefix", "from", "until", "set"])
#: By verb: arguments that must be there, and those that may.
_ARGUMENTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset(["identifier"])),
    "ListSets": (frozenset(), frozenset()),
    "GetRecord": (frozenset(["identifier", "metadataPrefix"]), frozenset()),
    "ListIdentifiers": (frozenset(["metadataPrefix"]), _LIST_ARGUMENTS),
    "ListRecords": (frozenset(["metadataPrefix"]), _LIST_ARGUMENTS),
}


class OaiError(Exception):
    """What is wrong with a question: a code of the protocol, and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Which records a list is asked for, and from where on."""

    prefix: str
    since: str = ""  #: seconds of UTC as text, or empty
    until: str = ""
    set_spec: str = ""  #: a set
    after: tuple[str, str] = ("", "")  #: datestamp and id of the last record told
    cursor: int = 0

    def resumption_token(self, last: tuple[str, str], cursor: int) -> str:
        """Return the token that goes on behind a record, told so many."""
        parts = [self.prefix, self.since, self.until, self.set_spec, *last, cursor]
        return urlsafe_b64encode(json.dumps(parts).encode()).decode()

    @classmethod
    def from_token(cls, token: str) -> "ListRequest":
        """Read a token back.

        Raises:
            OaiError: it is none of ours.
        """
        try:
            *words, told = json.loads(urlsafe_b64decode(token))
            prefix, since, until, of, stamp, record = map(str, words)
            return cls(check_format(prefix), since, until, of, (stamp, record), int(told))
        except (ValueError, TypeError, RecursionError, OaiError) as error:
            code = "badResumptionToken"
            raise OaiError(code, "The token is none of ours.") from error


def parse_arguments(arguments: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the arguments by name, if they are those of a verb.

    Raises:
        OaiError: they are not.
    """
    asked = dict(arguments)
    verb = asked.get("verb", "")
    if verb not in _ARGUMENTS or [name for name, _ in arguments].count("verb") != 1:
        code = "badVerb"
        raise OaiError(code, "One verb is asked for: " + ", ".join(_ARGUMENTS) + ".")
    given = asked.keys() - {"verb"}
    must, may = _ARGUMENTS[verb]
    resumed = (
        given == {"resumptionToken"} and verb.startswith("List") and verb != "ListMetadataFormats"
    )
    if len(asked) != len(arguments) or not (resumed or (must <= given <= must | may)):
        code = "badArgument"
        raise OaiError(code, f"{verb} takes {', '.join(sorted(must | may)) or 'no arguments'}.")
    if resumed and verb == "ListSets":
        code = "badResumptionToken"
        raise OaiError(code, "The list of sets is given whole.")
    return asked


def parse_list_request(arguments: dict[str, str]) -> ListRequest:
    """Return which records a list is asked for.

    Raises:
        OaiError: a date is none, or the format is not known.
    """
    since, until = arguments.get("from", ""), arguments.get("until", "")
    if since and until and len(since) != len(until):
        code = "badArgument"
        raise OaiError(code, "from and until are of one granularity.")
    prefix, of = check_format(arguments["metadataPrefix"]), arguments.get("set", "")
    wanted = ListRequest(
        prefix, _parse_datestamp(since, "00:00:00"), _parse_datestamp(until, "23:59:59"), of
    )
    if wanted.until and wanted.since > wanted.until:
        code = "badArgument"
        raise OaiError(code, "from is later than until.")
    return wanted


def check_format(prefix: str) -> str:
    """Return a format's prefix, if it is one of ours.

    Raises:
        OaiError: it is not.
    """
    if prefix not in OAI_FORMATS:
        code = "cannotDisseminateFormat"
        raise OaiError(code, f"Formats are {', '.join(OAI_FORMATS)}.")
    return prefix


def _parse_datestamp(text: str, time: str) -> str:
    """Return a moment in seconds; a day's first or last one as ``time`` says."""
    if not text:
        return ""
    for form in (DAY_FORMAT, SECOND_FORMAT):
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return text if form == SECOND_FORMAT else moment.strftime(f"{DAY_FORMAT}T{time}Z")
    code = "badArgument"
    raise OaiError(code, f"{text!r} is no date of the protocol.")
