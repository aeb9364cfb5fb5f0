"""How does a text leave through Vonage's Messages API, and what does each answer mean?

Answers: `messages` 1.11.0 in Vonage's API descriptions. The official package repeats a POST on a dropped connection as
often as its pool is large, so the pool is one; and it waits for ever unless told otherwise, so it is told.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import ValidationError
from requests import RequestException, Response
from requests.exceptions import ConnectionError, Timeout, TooManyRedirects
from vonage_http_client.auth import Auth
from vonage_http_client.errors import HttpRequestError
from vonage_http_client.http_client import HttpClient, HttpClientOptions
from vonage_jwt.jwt import JwtClient
from vonage_messages import Messages
from vonage_messages.models import Sms
from vonage_utils.errors import VonageError

from config import Settings
from portal.messages.gateways.contract import Fault, OurFault, Outgoing, Receipt, Refused, RetryLater, Unknown
from portal.messages.gateways.wire import Adapter, attempt, trust
from portal.messages.routing.register import Gateway

SHORTEST_TTL = 20
LONGEST_REFERENCE = 100
CONNECTION_AGES = 20.0
"""Seconds without use after which a connection is not trusted: one that a firewall forgot looks like a lost message."""

FAULTS = {401: "credentials", 402: "credit", 403: "credentials", 404: "host"}
NUMBER_FAULTS = frozenset({"110", "1130", "1170", "1240", "1250"})
"""Last part of the problem's type: invalid recipient, invalid or missing number, barred after STOP, no route to it."""

SERVER_FAULT, TOO_MANY, UNPROCESSABLE = 500, 429, 422


class Vonage:
    """One client for one thread."""

    def __init__(self, gateway: Gateway, secret: Mapping[str, str], settings: Settings) -> None:
        _keep_quiet()
        self._seconds = 2 * settings.vonage_timeout
        self._client = _Client(gateway, secret, settings)
        self._messages = Messages(self._client)
        self._used_at = 0.0

    def send(self, message: Outgoing) -> Receipt:
        """Hand the text over once; it takes at most twice the time-out. Raises one of the five faults."""
        self._forget_old_connection()
        attempt.begin(self._seconds)
        try:
            answer = self._messages.send(self._sms(message))
        except HttpRequestError as error:
            fault = _of_answer(error.response)
        except (RequestException, ValidationError, VonageError, TypeError, KeyError, ValueError, OSError) as error:
            fault = _of_silence(error)
        else:
            return Receipt(answer.message_uuid[:LONGEST_REFERENCE])
        raise fault

    def _sms(self, message: Outgoing) -> Sms:
        """Vonage wants the number without its plus sign, and gives up by itself once the code is of no use any more."""
        return Sms(
            to=message.to.removeprefix("+"), from_=message.sender.removeprefix("+"), text=message.text,
            client_ref=str(message.id), ttl=max(SHORTEST_TTL, message.lifetime),
        )

    def _forget_old_connection(self) -> None:
        at = time.monotonic()
        if at - self._used_at > CONNECTION_AGES:
            self._client.forget_connection()
        self._used_at = at


class _Client(HttpClient):
    """The package's client with our transport, no redirects (they would carry the text elsewhere) and no .netrc."""

    def __init__(self, gateway: Gateway, secret: Mapping[str, str], settings: Settings) -> None:
        options = HttpClientOptions(
            api_host=gateway.settings.get("api_host") or settings.vonage_api_host, timeout=settings.vonage_timeout,
            max_retries=0, pool_connections=1, pool_maxsize=1)
        super().__init__(_credentials(secret), options)
        self._session.mount("https://", Adapter(trust(settings.vonage_ca_file)))
        self._session.max_redirects = 0
        self._session.auth = lambda request: request

    def forget_connection(self) -> None:
        """Let the next call open a new connection."""
        self._session.close()


class _Signer(Auth):
    """Signs each request with a JWT. The package would parse the private key anew every time: 42 ms instead of one."""

    def __init__(self, application_id: str, private_key: str) -> None:
        super().__init__(application_id=application_id, private_key=private_key)
        self._signer = JwtClient(application_id, _parsed(private_key))

    def generate_application_jwt(self, claims: dict[str, Any] | None = None) -> bytes:
        """A token for one request."""
        return bytes(self._signer.generate_application_jwt(claims or {}))


@lru_cache(maxsize=8)
def _parsed(private_key: str) -> Any:
    return load_pem_private_key(private_key.encode(), password=None)


def _credentials(secret: Mapping[str, str]) -> Auth:
    """A JWT if there is an application, else key and secret. Raises OurFault if they cannot even be tried."""
    try:
        if secret.get("application_id"):
            return _Signer(secret["application_id"], secret["private_key"])
        return Auth(api_key=secret["api_key"], api_secret=secret["api_secret"])
    except (VonageError, ValueError, TypeError, KeyError):
        raise OurFault("credentials") from None


def _of_answer(response: Response) -> Fault:
    """What an answer other than 2xx says. A server's own fault says nothing about the message."""
    status = response.status_code
    if status >= SERVER_FAULT:
        return Unknown(f"status {status}")
    if status == TOO_MANY:
        return RetryLater("throttled", _retry_after(response))
    if status == UNPROCESSABLE and _blames_number(_problem(response)):
        return Refused("number")
    return OurFault(FAULTS.get(status, f"status {status}"))


def _of_silence(error: Exception) -> Fault:
    """What it says that no readable answer came: everything depends on whether a byte of the request had left."""
    if isinstance(error, TooManyRedirects):
        return OurFault("redirect")
    if attempt.written:
        return Unknown("time-out" if isinstance(error, Timeout) else "no readable answer")
    if _comes_from(error, ssl.SSLCertVerificationError):
        return OurFault("certificate")
    return RetryLater("unreachable") if isinstance(error, ConnectionError | Timeout) else OurFault("request")


def _comes_from(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error is not None


def _problem(response: Response) -> dict[str, Any]:
    try:
        problem = response.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _blames_number(problem: dict[str, Any]) -> bool:
    blamed = problem.get("invalid_parameters")
    named = isinstance(blamed, list) and any(isinstance(one, dict) and one.get("name") == "to" for one in blamed)
    return named or str(problem.get("type", "")).rpartition("#")[2] in NUMBER_FAULTS


def _retry_after(response: Response) -> float | None:
    """RFC 9110 section 10.2.3, seconds only; a date is not worth trusting two clocks."""
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() else None


def _keep_quiet() -> None:
    """At WARNING the package logs whole answers, at DEBUG texts and credentials; urllib3 logs addresses."""
    for name, level in (("vonage", logging.ERROR), ("urllib3", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, level))
