"""How does a call leave through Vonage's Voice API that reads a code out?

What answers must be a person: a code on an answering machine can be heard by whoever comes by. So Vonage hangs up as soon as
it takes what answers for a machine. That takes a moment; the words begin with who is calling, and the code comes after.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vonage_voice.models.common import Phone
from vonage_voice.models.enums import TtsLanguageCode
from vonage_voice.models.ncco import Talk
from vonage_voice.models.requests import CreateCallRequest, ToPhone

from config import Settings
from portal.messages.gateways import vonage_auth
from portal.messages.gateways.contract import OurFault, Outgoing, Receipt, Unknown
from portal.messages.gateways.vonage_client import Client, reference
from portal.messages.reasons import Reason
from portal.messages.routing.register import Gateway

EVENTS = "/hooks/vonage/voice"
RINGS, LASTS = 30, 60
"""Seconds after which a call is given up that nobody answers, and one that was answered."""
VOICES = {"en": TtsLanguageCode.EN_GB, "zh": TtsLanguageCode.CMN_CN}


class VonageVoice:
    """One client for one thread."""

    def __init__(self, gateway: Gateway, secret: Mapping[str, str], settings: Settings) -> None:
        self._client = Client(gateway, vonage_auth.signed(secret), settings)
        # Vonage calls no address without TLS, and one of a developer's own machine it could not reach. It hands no name of ours
        # back, and may tell of a call before its answer has told us what it calls it: so our name stands in the address.
        self._events = f"{settings.portal_url}{EVENTS}" if settings.portal_url.startswith("https://") else None

    def send(self, message: Outgoing) -> Receipt:
        """Have the number called once; it takes at most twice the time-out. Raises one of the five faults."""
        caller = message.sender.removeprefix("+")
        if not (caller.isascii() and caller.isdigit()):
            raise OurFault(Reason.SENDER)
        answer = self._client.once(lambda: self._client.post(
            self._client.api_host, "/v1/calls", self._call(message, caller), "jwt", "json"))
        return _read(answer)

    def _call(self, message: Outgoing, caller: str) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "to": [ToPhone.model_validate({"number": message.to.removeprefix("+")})], "from_": Phone(number=caller),
            "ncco": [_talk(message)], "ringing_timer": RINGS, "length_timer": LASTS, "machine_detection": "hangup",
            **({"event_url": [f"{self._events}?message={message.id}"], "event_method": "POST"} if self._events else {}),
        }
        return dict(CreateCallRequest(**fields).model_dump(mode="json", by_alias=True, exclude_none=True))


def _talk(message: Outgoing) -> Talk:
    """Said once: the words themselves tell the code twice."""
    fields: dict[str, Any] = {"text": message.text, "language": VOICES.get(message.language, VOICES["en"]).value, "loop": 1}
    return Talk(**fields)


def _read(answer: object) -> Receipt:
    """The receipt that an answer stands for. Raises Unknown where it names no call: there may be one."""
    name = reference(answer.get("uuid")) if isinstance(answer, dict) else None
    if name is None:
        raise Unknown(Reason.UNREADABLE)
    return Receipt(name)
