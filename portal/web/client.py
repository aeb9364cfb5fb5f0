"""Who sends this request? Its address, browser and language, as the lower rooms want to know them."""

from __future__ import annotations

import ipaddress

from flask import request

from portal.signin import trials
from portal.trace import Client
from portal.web.language import current


def address() -> str:
    """The address that limits count by: of IPv6 the /64 a customer is given, which they can fill at will."""
    try:
        ip = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def client() -> Client:
    """The client of the request under way."""
    agent = "".join(c for c in request.headers.get("User-Agent", "") if c.isprintable())
    tried = trials.current()
    return Client(address=address(), agent=agent[:256], locale=current(), trial=tried.mark if tried else None)
