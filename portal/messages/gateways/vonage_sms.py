"""How does a text leave through Vonage's SMS API, and what does each status of its answer mean?

Answers: `sms` 1.0.11 in Vonage's API descriptions. They come with HTTP 200 whatever happened, with a status for each part
of the text. The package's own reading of them hides the status in a sentence, so they are read here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vonage_sms import SmsMessage

from config import Settings
from portal.messages import reasons
from portal.messages.gateways import vonage_auth
from portal.messages.gateways.contract import Fault, NoRoute, OurFault, Outgoing, Receipt, Refused, RetryLater, Unknown
from portal.messages.gateways.vonage_client import Client, reference
from portal.messages.reasons import Reason
from portal.messages.routing.register import Gateway
from portal.messages.segments import GSM7

SHORTEST_TTL = 20_000
"""Milliseconds, here alone."""
TAKEN = "0"
INVALID = "3"
LONGEST_STATUS = 4
"""Digits: it may go on record, and a record has room for no more than a word."""
FAULTS: dict[str, Callable[[], Fault]] = {
    "1": lambda: RetryLater(Reason.THROTTLED), "5": lambda: RetryLater(Reason.GATEWAY),
    "10": lambda: RetryLater(Reason.THROTTLED), "6": lambda: NoRoute(Reason.ROUTE), "7": lambda: Refused(Reason.STOPPED),
    "33": lambda: Refused(Reason.NUMBER), **dict.fromkeys(("4", "14", "32"), lambda: OurFault(Reason.CREDENTIALS)),
    **dict.fromkeys(("8", "11"), lambda: OurFault(Reason.ACCOUNT_BARRED)), "9": lambda: OurFault(Reason.CREDIT),
    "15": lambda: OurFault(Reason.SENDER), "29": lambda: OurFault(Reason.DEMO),
}
"""By status. 7: the number's holder has answered STOP. 8, 11: the account is barred, or not for this interface. 15: this
sender may not write to that country. 29: a demo account writes only to numbers that were named to it."""


class VonageSms:
    """One client for one thread."""

    def __init__(self, gateway: Gateway, secret: Mapping[str, str], settings: Settings) -> None:
        self._client = Client(gateway, vonage_auth.plain(secret), settings)

    def send(self, message: Outgoing) -> Receipt:
        """Hand the text over once; it takes at most twice the time-out. Raises one of the five faults."""
        return _read(self._client.once(lambda: self._client.post(
            self._client.rest_host, "/sms/json", _form(message), "basic", "form")))


def _form(message: Outgoing) -> dict[str, Any]:
    """Unless it is said that letters outside GSM-7 are in it, they reach the phone as question marks."""
    fields: dict[str, Any] = {
        "to": message.to.removeprefix("+"), "from_": message.sender.removeprefix("+"), "text": message.text,
        "type": "text" if GSM7.issuperset(message.text) else "unicode",
        "ttl": max(SHORTEST_TTL, 1_000 * message.lifetime), "client_ref": str(message.id),
    }
    return SmsMessage(**fields).model_dump(by_alias=True, exclude_none=True)


def _read(answer: object) -> Receipt:
    """The receipt that an answer stands for. Raises the fault that it names.

    If some parts of a text were taken and others not, a phone may show the code: nothing is certain.
    """
    parts = _parts(answer)
    taken = [part for part in parts if _status(part) == TAKEN]
    if not parts or 0 < len(taken) < len(parts):
        raise Unknown(Reason.IN_PARTS if parts else Reason.UNREADABLE)
    if taken:
        return Receipt(reference(parts[0].get("message-id")))
    raise _fault(parts[0])


def _parts(answer: object) -> list[dict[str, Any]]:
    """The parts that an answer tells of; none if it cannot be read, or tells of fewer than it says there are."""
    parts = answer.get("messages") if isinstance(answer, dict) else None
    if not isinstance(parts, list) or not all(isinstance(part, dict) and _is_status(_status(part)) for part in parts):
        return []
    said = str(answer.get("message-count", len(parts))) if isinstance(answer, dict) else ""
    return parts if said == str(len(parts)) else []


def _status(part: dict[str, Any]) -> str:
    return str(part.get("status", ""))


def _is_status(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) <= LONGEST_STATUS


def _fault(part: dict[str, Any]) -> Fault:
    status = _status(part)
    if status == INVALID and _blames_number(part):
        return Refused(Reason.NUMBER)
    known = FAULTS.get(status)
    return known() if known else OurFault(reasons.of_status(status))


def _blames_number(part: dict[str, Any]) -> bool:
    """Status 3 is about any field, and only the words beside it say which: "Invalid to param"."""
    words = str(part.get("error-text", "")).lower().replace("`", " ").split()
    return "to" in words and "from" not in words
