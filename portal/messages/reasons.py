"""Why did a message not arrive, in one word for its record? PURE."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The words that records have. Beside them stands the bare `status` of an answer that means nothing else."""

    # of the number, and of the phone
    NUMBER = "number"
    NUMBER_BARRED = "number barred"
    BLOCKED = "blocked"
    STOPPED = "stopped"
    ROUTE = "route"
    ABSENT = "absent"
    SPAM = "spam"
    EXPIRED = "expired"
    FRAUD = "fraud"
    NOT_DELIVERED = "not delivered"
    """What is not said, or has no word here."""
    # of calls
    BUSY = "busy"
    NO_ANSWER = "no answer"
    DECLINED = "declined"
    MACHINE = "machine"
    """What answered was taken for a machine, and was told no code."""
    # of our account
    CREDENTIALS = "credentials"
    CREDENTIALS_LOST = "credentials lost"
    CREDIT = "credit"
    ACCOUNT_BARRED = "barred"
    DEMO = "demo"
    SENDER = "sender"
    THROTTLED = "throttled"
    # of the way to the gateway
    HOST = "host"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    REDIRECT = "redirect"
    TIME_OUT = "time-out"
    UNREADABLE = "no readable answer"
    IN_PARTS = "in parts"
    GATEWAY = "gateway"
    REQUEST = "request"
    # of a provider that an administrator has described
    SETTINGS = "settings"
    ADDRESS = "address"
    NOT_SENT = "not sent"
    NO_SUCCESS = "no success"
    NO_SERVER = "no mail server"
    NO_TLS = "no tls"
    NOT_NOW = "not now"
    REFUSED = "refused"
    # of the portal
    KIND = "kind"
    NO_GATEWAY = "no gateway"
    KEY_RETIRED = "key retired"
    UNFORESEEN = "unforeseen"
    LOST = "lost"


OF_NUMBER = frozenset({Reason.NUMBER, Reason.NUMBER_BARRED, Reason.BLOCKED})
"""Those for which the number is to blame: the next message will not arrive either."""
BLAMELESS = OF_NUMBER | {
    Reason.STOPPED, Reason.ROUTE, Reason.ABSENT, Reason.SPAM, Reason.EXPIRED, Reason.FRAUD, Reason.NOT_DELIVERED, Reason.BUSY,
    Reason.NO_ANSWER, Reason.DECLINED, Reason.MACHINE}
"""Those of messages that failed although the gateway works."""
_STATUS = "status "


def of_status(status: object) -> str:
    """What is recorded of an answer of which nothing is known but its status."""
    return f"{_STATUS}{status}"


def status_in(reason: str) -> str:
    """The status that a reason tells, if it tells no more; else nothing."""
    status = reason.removeprefix(_STATUS)
    return status if status != reason and status.isascii() and status.isdigit() else ""
