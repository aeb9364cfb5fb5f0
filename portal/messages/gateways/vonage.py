"""How does a text leave through Vonage's Messages API?"""

from __future__ import annotations

from collections.abc import Mapping

from vonage_messages import Messages
from vonage_messages.models import Sms

from config import Settings
from portal.messages.gateways import vonage_auth
from portal.messages.gateways.contract import Outgoing, Receipt
from portal.messages.gateways.vonage_client import Client, reference
from portal.messages.routing.register import Gateway

SHORTEST_TTL = 20


class Vonage:
    """One client for one thread."""

    def __init__(self, gateway: Gateway, secret: Mapping[str, str], settings: Settings) -> None:
        self._client = Client(gateway, vonage_auth.either(secret), settings)
        self._messages = Messages(self._client)

    def send(self, message: Outgoing) -> Receipt:
        """Hand the text over once; it takes at most twice the time-out. Raises one of the five faults."""
        answer = self._client.once(lambda: self._messages.send(_sms(message)))
        return Receipt(reference(answer.message_uuid))


def _sms(message: Outgoing) -> Sms:
    """Vonage wants the number without its plus sign, and gives up by itself once the code is of no use any more."""
    return Sms(
        to=message.to.removeprefix("+"), from_=message.sender.removeprefix("+"), text=message.text,
        client_ref=str(message.id), ttl=max(SHORTEST_TTL, message.lifetime),
    )
