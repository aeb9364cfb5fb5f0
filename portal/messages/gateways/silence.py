"""What is certain of a message when no readable answer came, and what may anybody read of the call?"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping

from requests.exceptions import ConnectionError, Timeout

from portal.messages.gateways.contract import Fault, OurFault, RetryLater, Unknown
from portal.messages.reasons import Reason
from portal.sockets import attempt

CONNECTION_AGES = 20.0
"""Seconds without use after which a connection is not trusted: one that a firewall forgot looks like a lost message."""


def of_silence(error: Exception) -> Fault:
    """What a call that ended with `error` says: everything depends on whether a byte of the request had left."""
    if attempt.written:
        return Unknown(Reason.TIME_OUT if isinstance(error, Timeout) else Reason.UNREADABLE)
    if comes_from(error, ssl.SSLCertVerificationError):
        return OurFault(Reason.CERTIFICATE)
    return RetryLater(Reason.UNREACHABLE) if isinstance(error, ConnectionError | Timeout) else OurFault(Reason.REQUEST)


def comes_from(error: BaseException | None, kind: type[BaseException]) -> bool:
    """Whether an error of that kind is behind it, or is it."""
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error is not None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """RFC 9110 section 10.2.3, seconds only; a date is not worth trusting two clocks."""
    said = headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() else None


def keep_quiet(**levels: int) -> None:
    """Let these loggers say nothing below these levels, and urllib3 no addresses: it warns of odd headers with a whole one."""
    for name, level in ({"urllib3": logging.ERROR} | levels).items():
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, level))
