"""How is one of Vonage's interfaces called once and no more, and what does each answer or silence mean?

Answers: `messages` 1.11.0 in Vonage's API descriptions. The official package repeats a POST on a dropped connection as
often as its pool is large, so the pool is one; and it waits for ever unless told otherwise, so it is told.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import ValidationError
from requests import RequestException, Response
from requests.exceptions import TooManyRedirects
from vonage_http_client.auth import Auth
from vonage_http_client.errors import HttpRequestError
from vonage_http_client.http_client import HttpClient, HttpClientOptions
from vonage_utils.errors import VonageError

from config import Settings
from portal.messages.gateways.contract import Fault, NoRoute, OurFault, Refused
from portal.messages.gateways.silence import CONNECTION_AGES, keep_quiet, of_silence
from portal.messages.gateways.statuses import of_status
from portal.messages.gateways.wire import Adapter, trust
from portal.messages.reasons import Reason
from portal.messages.routing.register import Gateway
from portal.sockets import attempt

LONGEST_REFERENCE = 100
NOT_FOUND, BLAMING = 404, frozenset({400, 422})
NUMBER_FAULTS: dict[str, Callable[[], Fault]] = {
    **dict.fromkeys(("110", "1130", "1170"), lambda: Refused(Reason.NUMBER)),
    "1240": lambda: Refused(Reason.STOPPED), "1250": lambda: NoRoute(Reason.ROUTE),
}
"""By the last part of the problem's type: invalid recipient, invalid or missing number, barred after STOP, no route to it."""

_Answer = TypeVar("_Answer")


class Client(HttpClient):
    """The package's client, for one thread and one interface: it keeps headers from one call to the next, so that a form
    sent after JSON would be called JSON.

    It has our transport, follows no redirects (they would carry the text elsewhere) and reads no .netrc.
    """

    def __init__(self, gateway: Gateway, auth: Auth, settings: Settings) -> None:
        keep_quiet(vonage=logging.ERROR)  # at WARNING the package logs whole answers, at DEBUG texts and credentials
        self._seconds = settings.longest_call
        self._used_at = 0.0
        super().__init__(auth, HttpClientOptions(
            api_host=gateway.settings.get("api_host") or settings.vonage_api_host,
            rest_host=gateway.settings.get("rest_host") or settings.vonage_rest_host,
            timeout=settings.vonage_timeout, max_retries=0, pool_connections=1, pool_maxsize=1))
        self._session.mount("https://", Adapter(trust(settings.vonage_ca_file)))
        self._session.max_redirects = 0
        self._session.auth = lambda request: request

    def once(self, call: Callable[[], _Answer]) -> _Answer:
        """What `call` returns, which makes one request by this client. It takes at most twice the time-out.

        Raises one of the five faults, with nothing behind it: what the package raises may hold a number or a code.
        """
        self._forget_old_connection()
        attempt.begin(self._seconds)
        try:
            return call()
        except HttpRequestError as error:
            fault = _of_answer(error.response)
        except (RequestException, ValidationError, VonageError, TypeError, KeyError, ValueError, OSError,
                RecursionError) as error:
            fault = _of_silence(error)
        raise fault

    def _forget_old_connection(self) -> None:
        at = time.monotonic()
        if at - self._used_at > CONNECTION_AGES:
            self._session.close()
        self._used_at = at


def reference(said: object) -> str | None:
    """What the gateway calls the message, as it can be kept: no database takes every letter."""
    return said[:LONGEST_REFERENCE] if isinstance(said, str) and said and said.isprintable() else None


def _of_answer(response: Response) -> Fault:
    """What an answer other than 2xx says."""
    status = response.status_code
    if status == NOT_FOUND:
        return OurFault(Reason.HOST)
    blamed = _of_number(_problem(response)) if status in BLAMING else None
    return blamed or of_status(status, response.headers)


def _of_silence(error: Exception) -> Fault:
    """What it says that no readable answer came; a redirect is an answer, which requests reports as an error."""
    if isinstance(error, TooManyRedirects) and error.response is not None:
        return of_status(error.response.status_code, error.response.headers)
    return of_silence(error)


def _problem(response: Response) -> dict[str, Any]:
    try:
        problem = response.json()
    except (ValueError, RecursionError):
        return {}
    return problem if isinstance(problem, dict) else {}


def _of_number(problem: dict[str, Any]) -> Fault | None:
    """The fault of the number that the message was for, if it is to blame."""
    blamed = problem.get("invalid_parameters")
    if isinstance(blamed, list) and any(isinstance(one, dict) and _names_number(one.get("name")) for one in blamed):
        return Refused(Reason.NUMBER)
    known = NUMBER_FAULTS.get(str(problem.get("type", "")).rpartition("#")[2])
    return known() if known else None


def _names_number(name: object) -> bool:
    """The Voice API names the fields of its list of callees: `to[0].number`, `to.0.number`."""
    return isinstance(name, str) and (name == "to" or name.startswith(("to[", "to.")))
