"""What does an HTTP status say of a message, if it is none of success? PURE."""

from __future__ import annotations

from collections.abc import Mapping

from portal.messages import reasons
from portal.messages.gateways.contract import Fault, OurFault, RetryLater, Unknown
from portal.messages.gateways.silence import retry_after
from portal.messages.reasons import Reason

_FAULTS = {401: Reason.CREDENTIALS, 402: Reason.CREDIT, 403: Reason.CREDENTIALS}
_NOT_DONE = frozenset({301, 307, 308})
"""Redirects that say "ask there instead". The others are also said by a server that has done what it was asked to."""
_SERVER_FAULT, _CLIENT_FAULT, _REDIRECT, _TOO_MANY, _TIME_OUT = 500, 400, 300, 429, 408


def of_status(status: int, headers: Mapping[str, str]) -> Fault:
    """The fault that it stands for. A server's own fault says nothing about the message, and whoever answers 408 may have stopped
    to wait for somebody else.
    """
    if status == _TOO_MANY:
        return RetryLater(Reason.THROTTLED, retry_after(headers))
    if _REDIRECT <= status < _CLIENT_FAULT:
        return OurFault(Reason.REDIRECT) if status in _NOT_DONE else Unknown(Reason.REDIRECT)
    if status >= _SERVER_FAULT or status < _CLIENT_FAULT or status == _TIME_OUT:
        return Unknown(reasons.of_status(status))
    return OurFault(_FAULTS.get(status, reasons.of_status(status)))
