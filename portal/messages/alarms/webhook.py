"""How is a program of the operator's told? By one POST of JSON, which ends in time and follows nobody elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from requests import PreparedRequest, RequestException
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from portal.messages.gateways.reach import Described
from portal.messages.gateways.silence import keep_quiet
from portal.messages.gateways.wire import trust
from portal.sockets import attempt

_OK = range(200, 300)


def post(address: str, facts: Mapping[str, Any], seconds: float) -> str:
    """Tell it once, within so many seconds. Returns what went wrong, in a word or two, or nothing if it was taken.

    Never the address, which may hold a key.
    """
    keep_quiet()
    attempt.begin(seconds)
    try:
        status = _status(address, json.dumps(facts).encode(), seconds)
    except (RequestException, HTTPError, OSError, ValueError) as error:
        return type(error).__name__
    return "" if status in _OK else f"answer {status}"


def _status(address: str, body: bytes, seconds: float) -> int:
    """Of the answer nothing but the status is read."""
    request = PreparedRequest()
    request.prepare(method="POST", url=address, data=body,
                    headers={"Content-Type": "application/json", "User-Agent": "portal", "Connection": "close"})
    adapter = Described(trust(""))
    proxies = dict(get_environ_proxies(address)) if address.startswith("https:") else {}
    try:
        with adapter.send(request, stream=True, timeout=seconds, proxies=proxies) as answer:
            return answer.status_code
    finally:
        adapter.close()
