"""How does a text leave as mail to a provider that makes a text of it?"""

from __future__ import annotations

from collections.abc import Mapping

from config import Settings
from portal import mail, smtp
from portal.mail import MailNotSent
from portal.messages.gateways.contract import Fault, OurFault, Outgoing, Receipt, Refused, RetryLater, Unknown
from portal.messages.gateways.mail_settings import flaws
from portal.messages.gateways.template import filled, values
from portal.messages.reasons import Reason
from portal.messages.routing.kinds import wants_secret
from portal.messages.routing.register import Gateway

LONGEST_REFERENCE = 100


class Mail:
    """Writes to one provider, by the portal's own mail server."""

    def __init__(self, gateway: Gateway, secret: Mapping[str, str], settings: Settings) -> None:
        self._settings, self._secret, self._portal = gateway.settings, secret.get("secret", ""), settings
        if flaws(self._settings):
            raise OurFault(Reason.SETTINGS)
        if wants_secret(self._settings) and not self._secret:
            raise OurFault(Reason.CREDENTIALS)
        if not mail.is_set_up(settings):
            raise OurFault(Reason.NO_SERVER)

    def send(self, message: Outgoing) -> Receipt:
        """Hand the mail over once; it takes at most twice the time-out. Raises one of the five faults."""
        told = values(message, self._secret)
        to, subject, text = (filled(self._settings.get(name, ""), told) for name in ("address", "subject", "body"))
        try:
            reference = mail.send(self._portal, to, subject, text, sender=self._settings.get("from", ""),
                                  seconds=self._portal.longest_call)
        except MailNotSent as error:
            fault = _fault_of(error)
        else:
            return Receipt(reference[:LONGEST_REFERENCE])
        raise fault


def _fault_of(error: MailNotSent) -> Fault:
    if not error.sent_nothing:
        return Unknown(Reason.UNREADABLE)
    if error.reason is smtp.Reason.RECIPIENT:
        return Refused(Reason.NUMBER)
    if error.reason in (smtp.Reason.UNREACHABLE, smtp.Reason.NOT_NOW):
        return RetryLater(Reason(error.reason.value))
    return OurFault(Reason.REQUEST if error.reason is smtp.Reason.MESSAGE else Reason(error.reason.value))
