"""Addresses under which something is served: who reaches them."""

import ipaddress

ALL_INTERFACES = ("0.0.0.0", "::")  #: hosts that stand for all addresses of this machine


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches an address.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.0.0.2")]
    [True, True, True, False, False]
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
