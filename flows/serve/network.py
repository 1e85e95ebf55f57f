"""The addresses that serve listens on, and the names under which browsers may ask for them."""

import ipaddress
import re
import socket
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from pipeline.errors import SetupError
from pipeline.settings import Settings

ALL_INTERFACES = ("0.0.0.0", "::")  #: hosts that mean all addresses of this machine
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_PLACEHOLDER_HOST = "opis.invalid"  #: of ``base_url``, until it is set
_HOST_HEADER = re.compile(r"(?:(?P<name>[\w.-]+)|\[(?P<address>[0-9a-fA-F:.]+)\])(?::[0-9]*)?")


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches a host.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.0.0.2")]
    [True, True, True, False, False]
    """
    address = _ip_address(host)
    return host == "localhost" if address is None else address.is_loopback


def require_password(settings: Settings) -> None:
    """Check that other machines need a password to come in; SetupError if they do not."""
    if not is_loopback(settings.host) and settings.auth is None:
        msg = (
            f"{settings.host} can be reached from other machines: set OPIS_AUTH to NAME:PASSWORD, "
            "or leave OPIS_HOST alone to listen on this machine only."
        )
        raise SetupError(msg)


def host_of_header(value: str) -> str | None:
    """Return the host in a Host header, in small letters; None if it is no host.

    >>> host_of_header("LocalHost:4200"), host_of_header("[::1]:4200"), host_of_header("a@b")
    ('localhost', '::1', None)
    """
    found = _HOST_HEADER.fullmatch(value.strip())
    return found and (found["name"] or found["address"]).rstrip(".").lower()


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """The hosts for which the servers answer; a request for any other is refused.

    A web page can let its own domain name point to this machine (DNS rebinding). The browser then
    takes the answers for answers of that page's server, but its requests name that domain.
    """

    names: frozenset[str]  #: in small letters
    public: frozenset[str]  #: those that only the settings give: names of a proxy in front
    takes_addresses: bool  #: any IP address, too: an address cannot be rebound

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the hosts of the settings, of loopback and of this machine."""
        urls = (settings.pages_url, settings.base_url)
        given = {*settings.allowed_hosts, *(urlsplit(url).hostname or "" for url in urls)}
        own = {*_LOOPBACK_NAMES, settings.host.lower(), socket.gethostname().lower()}
        public = frozenset(given - own - {"", _PLACEHOLDER_HOST})
        return cls(public | own, public, not is_loopback(settings.host))

    def __contains__(self, host: str) -> bool:
        """Return whether a server answers for a host."""
        address = _ip_address(host)
        if address is None:
            return host in self.names
        return self.takes_addresses or address.is_loopback or host in self.names


def _ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
