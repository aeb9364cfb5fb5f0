"""Which addresses may the portal call by itself? PURE.

https only, so that nobody reads along or answers in another's place; in development http to this very machine, too. Never what
belongs to the machine's own surroundings: there, a cloud's metadata service hands out credentials to whoever asks.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_METADATA = frozenset(map(ip_address, ("100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254")))
"""Metadata services that are not link-local: those of Alibaba, Oracle, Azure, Amazon and Google."""
_TRANSLATED = IPv6Network("64:ff9b::/96")


def parts_of(address: str) -> SplitResult | None:
    """The parts of an address; None if it is none, port and all."""
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        return None
    return parts


def is_loopback(parts: SplitResult) -> bool:
    """Whether the address is that of this very machine."""
    return parts.hostname in LOOPBACK


def is_secure(address: str, *, production: bool) -> bool:
    """Whether it is a whole https address that names nobody; or, in development, one of http on this very machine."""
    parts = parts_of(address) if address.isprintable() and not set(address) & {" ", "\\"} else None
    if parts is None or not parts.hostname or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts) and not production)


def is_of_surroundings(host: str) -> bool:
    """Whether `host` is written as the number of something in the machine's own surroundings: link-local, or metadata."""
    try:
        number = ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return _surrounds(number) or (isinstance(number, IPv6Address) and any(map(_surrounds, _embedded(number))))


def _surrounds(number: IPv4Address | IPv6Address) -> bool:
    return number.is_link_local or number.is_multicast or number.is_unspecified or number in _METADATA


def _embedded(number: IPv6Address) -> list[IPv4Address]:
    """The numbers of the older kind to which it may lead: written into it, or by a translator on the way (RFC 6052, RFC 3056)."""
    translated = IPv4Address(int(number) & 0xFFFF_FFFF) if number in _TRANSLATED else None
    return [each for each in (number.ipv4_mapped, number.sixtofour, translated) if each]
