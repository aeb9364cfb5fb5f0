"""How does a text leave through a provider that an administrator has described, by one HTTP request?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import quote

from requests import PreparedRequest, RequestException, Response
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from config import Settings
from portal.messages.gateways import bodies
from portal.messages.gateways.answers import Answer, receipt
from portal.messages.gateways.contract import Fault, OurFault, Outgoing, Receipt
from portal.messages.gateways.http_settings import flaws
from portal.messages.gateways.reach import AddressForbidden, Described, context
from portal.messages.gateways.silence import CONNECTION_AGES, comes_from, keep_quiet, of_silence
from portal.messages.gateways.template import filled, values
from portal.messages.reasons import Reason
from portal.messages.routing.kinds import wants_secret
from portal.messages.routing.register import Gateway
from portal.sockets import attempt

LARGEST = 65_536
"""Bytes of an answer that are read."""
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "portal"}


class Http:
    """Calls one provider, for one thread. No redirects, which would carry text and secret elsewhere, no .netrc, no cookies."""

    def __init__(self, gateway: Gateway, secret: Mapping[str, str], settings: Settings) -> None:
        self._settings, self._secret, self._portal = gateway.settings, secret.get("secret", ""), settings
        if flaws(self._settings, production=settings.production):
            raise OurFault(Reason.SETTINGS)
        if wants_secret(self._settings) and not self._secret:
            raise OurFault(Reason.CREDENTIALS)
        keep_quiet()
        self._adapter = Described(context(self._settings.get("ca", "")))
        self._used_at = 0.0

    def send(self, message: Outgoing) -> Receipt:
        """Hand the text over once; it takes at most twice the time-out. Raises one of the five faults."""
        try:
            request = self._request(message)
        except (ValueError, RequestException):
            raise OurFault(Reason.REQUEST) from None
        self._forget_old_connection()
        attempt.begin(self._portal.longest_call)
        return receipt(self._answer(request), self._settings)

    def _request(self, message: Outgoing) -> PreparedRequest:
        """The request with all its values. Raises ValueError if one cannot be written where it belongs."""
        told, kind = values(message, self._secret), self._settings.get("body_type", "json")
        headers = _HEADERS | ({"Content-Type": bodies.CONTENT_TYPES[kind]} if kind != bodies.NONE else {})
        own = {name: _line(filled(value, told)) for name, value in self._settings.get("headers", ())}
        headers = {name: value for name, value in headers.items() if name.lower() not in map(str.lower, own)}
        request = PreparedRequest()
        request.prepare(
            method=self._settings.get("method", "POST"), url=filled(self._settings["address"], told, _in_address),
            headers=headers | own, data=bodies.rendered(kind, self._settings.get("body", ""), told))
        return request

    def _answer(self, request: PreparedRequest) -> Answer:
        """What came back. Raises a fault, with nothing behind it: an error's words may hold the address with all its values."""
        try:
            answer = self._adapter.send(
                request, stream=True, timeout=self._portal.vonage_timeout, proxies=_proxies(str(request.url)))
        except (RequestException, HTTPError, OSError, ValueError) as error:
            fault = _of_silence(error)
        else:
            with answer:
                return Answer(answer.status_code, answer.headers, _body(answer))
        raise fault

    def _forget_old_connection(self) -> None:
        at = time.monotonic()
        if at - self._used_at > CONNECTION_AGES:
            self._adapter.close()
        self._used_at = at


def _line(value: str) -> str:
    """A header's value. Raises ValueError for what could end it, or is read in one way here and in another there."""
    if not value.isascii() or not value.isprintable():
        raise ValueError
    return value.strip()


def _in_address(value: str) -> str:
    return quote(value, safe="")


def _proxies(address: str) -> dict[str, str]:
    """The way out that the surroundings name, as for every gateway; none to this very machine."""
    return dict(get_environ_proxies(address)) if address.startswith("https:") else {}


def _body(answer: Response) -> bytes | None:
    """The answer's body as far as it may be large; None if it does not come to its end in time, or is packed."""
    body = bytearray()
    try:
        while len(body) <= LARGEST and (part := answer.raw.read1(LARGEST, decode_content=False)):
            body += part
    except (HTTPError, OSError, ValueError):
        return None
    whole = len(body) <= LARGEST and answer.headers.get("Content-Encoding", "identity").lower() == "identity"
    return bytes(body) if whole else None


def _of_silence(error: Exception) -> Fault:
    if comes_from(error, AddressForbidden):
        return OurFault(Reason.ADDRESS)
    return of_silence(error)
