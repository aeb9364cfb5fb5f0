"""How is an outside source called, so that it costs little time and memory, and leads nowhere else?"""

from __future__ import annotations

import json
import ssl
import time
from base64 import b64encode
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.auth import ClientAuth
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import SSLError, Timeout
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from portal import addresses
from portal.extensions import settings
from portal.messages.gateways.wire import Adapter, trust
from portal.sockets import WatchedSocket, attempt
from portal.sources.faults import Fault, SourceFault
from portal.sources.register import Source

LARGEST = 1_000_000
"""Bytes of one answer."""
_OK, _REDIRECT, _ERROR, _SERVER_FAULT = 200, 300, 400, 500
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "portal"}


class Client(OAuth2Session):  # type: ignore[misc]
    """Authlib's client of one source for one talk that is over at `ends_at` (of `time.monotonic`).

    It follows no redirect, which would carry code and secret elsewhere, reads no .netrc, and trusts the certificates that the
    source's settings name under `ca`, or those of certifi.
    """

    def __init__(self, source: Source, secret: str | None, ends_at: float, **options: Any) -> None:
        super().__init__(source.settings.get("client_id"), secret, code_challenge_method="S256", **options)
        self.trust_env = False
        self.headers.update(_HEADERS)
        self.mount("https://", Adapter(_context(source.settings.get("ca") or "")))
        self.mount("http://", HTTPAdapter(max_retries=0))
        self.register_client_auth_method(("client_secret_basic", _basic))
        self._ends_at = ends_at
        self.of = (source.id, source.version)
        """What is fetched is worth something for this source alone, as it is set now: another may trust other certificates."""

    def send(self, request: PreparedRequest, **options: Any) -> Response:
        """Send, and read the whole answer as far as it may be large. Raises SourceFault."""
        address = permitted(request.url)
        options |= {"stream": True, "allow_redirects": False, "timeout": self._left(), "proxies": _proxies(address)}
        attempt.begin(self._left())
        try:
            answer: Response = super().send(request, **options)
            with answer:
                answer._content = self._body(answer)
        except (RequestException, HTTPError, OSError, ValueError) as error:
            raise _fault_of(error) from None
        return answer

    def get_redirect_target(self, resp: Response) -> None:
        """None: `requests` would read the whole of a redirect's body to find out."""

    def parse_response_token(self, resp: Response) -> Any:
        """What the token endpoint answered, an error too. Raises SourceFault if that cannot be read."""
        return fields(resp, errors=True)

    def _left(self) -> float:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise SourceFault(Fault.TOO_SLOW)
        return left

    def _body(self, answer: Response) -> bytes:
        """As it came, not unpacked: a small answer that unpacks to a large one is no JSON."""
        body = bytearray()
        while part := answer.raw.read1(65_536, decode_content=False):
            body += part
            self._left()
            if len(body) > LARGEST:
                raise SourceFault(Fault.TOO_LARGE)
        return bytes(body)


def permitted(address: object) -> str:
    """The address, if it may be called: https or, in development, http to this very machine. Raises SourceFault.

    A source's own description names addresses, too, so each is looked at when it is called.
    """
    if not isinstance(address, str):
        raise SourceFault(Fault.NOT_SECURE, "no address")
    if not addresses.is_secure(address, production=settings().production):
        parts = addresses.parts_of(address) if address.isprintable() else None
        raise SourceFault(Fault.NOT_SECURE, f"{parts.scheme}://{parts.hostname}" if parts else "no address")
    return address


def fields(answer: Response, *, errors: bool = False) -> dict[str, Any]:
    """The JSON object of an answer. `errors`: of one that says 4xx, too. Raises SourceFault."""
    said = parsed(answer, errors=errors)
    if not isinstance(said, dict):
        raise SourceFault(Fault.UNREADABLE, "no JSON object")
    return said


def parsed(answer: Response, *, errors: bool = False) -> Any:
    """The JSON of an answer. Raises SourceFault."""
    status = answer.status_code
    if _REDIRECT <= status < _ERROR:
        raise SourceFault(Fault.REDIRECTS, f"status {status}")
    if status >= _SERVER_FAULT:
        raise SourceFault(Fault.UNREACHABLE, f"status {status}")
    if status != _OK and not (errors and status >= _ERROR):
        raise SourceFault(Fault.UNREADABLE, f"status {status}")
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        seen = "".join(character for character in kind[:60] if character.isprintable())
        raise SourceFault(Fault.UNREADABLE, f"status {status}, content type {seen or 'missing'}")
    return _read(answer.content)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise SourceFault(Fault.UNREADABLE, "no JSON") from None


def _fault_of(error: Exception) -> SourceFault:
    """The words of an error may hold an address with a code in it, so its kind must do."""
    if isinstance(error, Timeout | TimeoutError) or "timed out" in str(error):
        return SourceFault(Fault.TOO_SLOW)
    if isinstance(error, SSLError | ssl.SSLError):
        return SourceFault(Fault.NOT_SECURE, "certificate")
    return SourceFault(Fault.UNREACHABLE, type(error).__name__)


def _basic(auth: ClientAuth, _method: str, address: str, headers: Any, body: Any) -> tuple[str, Any, Any]:
    """Encoded as in a form first (RFC 6749 section 2.3.1), which Authlib leaves out: a `+` or `%` would be taken for another."""
    pair = f"{quote_plus(auth.client_id)}:{quote_plus(auth.client_secret)}"
    headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return address, headers, body


def _proxies(address: str) -> dict[str, str]:
    """The way out that the surroundings name, as for text messages."""
    return dict(get_environ_proxies(address)) if address.startswith("https:") else {}


@lru_cache(maxsize=16)
def _context(certificates: str) -> ssl.SSLContext:
    if not certificates:
        return trust("")
    try:
        context = ssl.create_default_context(cadata=certificates)
    except (ssl.SSLError, ValueError):
        raise SourceFault(Fault.SETTINGS, "ca") from None
    context.sslsocket_class = WatchedSocket
    return context
