"""Why did a gateway not carry a message, and what helps? A sentence and a remedy for every word that a record has for it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.messages.reasons import Reason, status_in

_ELSEWHERE = _l("Look at the provider’s own log, and ask its support with the time of this message.")
_OPERATOR = _l("Whoever runs the portal looks into its log at this time.")
_DONT_REPEAT = _l("It may have arrived, so it is not sent again. If it happens often, see whether the provider has a bad day.")
_SERVER_FAULT = 500
"""From this status of HTTP on nobody knows what was done. Those of Vonage's SMS API are lower, and say that nothing was."""
_WORDS: dict[str, tuple[Any, Any]] = {
    # the number
    Reason.NUMBER: (_l("That number cannot receive text messages"), _l("Check its digits. The gateway itself works.")),
    Reason.STOPPED: (
        _l("The holder of that number answered STOP"),
        _l("They send START to the number that the texts come from. The gateway itself works.")),
    Reason.ROUTE: (
        _l("The gateway does not reach that number"),
        _l("Make a rule that sends numbers of that country by another gateway, or ask the provider to open it.")),
    Reason.ABSENT: (_l("The phone was off or out of reach"), _l("Try it again later. The gateway itself works.")),
    Reason.SPAM: (
        _l("The network took it for spam"),
        _l("Register the sender for that country, or use a number as the sender.")),
    Reason.NUMBER_BARRED: (
        _l("The network lets no text messages through to that number"),
        _l("Check its digits, or use another number.")),
    Reason.BLOCKED: (_l("The network refused it"), _l("Register the sender for that country, or use a number as the sender.")),
    Reason.FRAUD: (
        _l("The provider suspects fraud and blocks these numbers"),
        _l("Ask the provider. See “Protection” for what was sent.")),
    Reason.EXPIRED: (_l("The network could not deliver it in time"), _l("Try it again later.")),
    Reason.NOT_DELIVERED: (_l("It did not arrive, and nobody says why"), _l("Try it again later.")),
    # calls
    Reason.BUSY: (_l("The line was busy"), _l("Try it again later.")),
    Reason.NO_ANSWER: (_l("Nobody answered the call"), _l("Try it again later.")),
    Reason.DECLINED: (_l("The call was declined"), _l("Nothing is wrong with the gateway.")),
    Reason.MACHINE: (_l("An answering machine took the call and was told nothing"), _l("Nothing is wrong with the gateway.")),
    # the account
    Reason.CREDENTIALS: (
        _l("The gateway does not know our credentials"),
        _l("Enter them once more, exactly as the provider’s page shows them. For a private key, see that its public "
           "half is that of the application.")),
    Reason.CREDENTIALS_LOST: (
        _l("The credentials can’t be read any more, for PORTAL_SECRET has changed"),
        _l("Enter them once more.")),
    Reason.CREDIT: (_l("The gateway’s credit is used up"), _l("Top the account up with the provider.")),
    Reason.ACCOUNT_BARRED: (
        _l("The provider has barred the account, or not opened this interface for it"),
        _l("Ask the provider.")),
    Reason.DEMO: (
        _l("A demo account sends to numbers on its list only"),
        _l("Add the number to the list in the provider’s console, or pay for the account.")),
    Reason.SENDER: (
        _l("The sender may not be used there"),
        _l("Some countries want a registered name or a number; a call wants a number of the account. Set the sender here, "
           "or another one for that country under “Rules”.")),
    Reason.THROTTLED: (
        _l("The gateway asked for a pause"),
        _l("It is tried again by itself. If it stays so, let fewer messages a second go by it.")),
    # the way there
    Reason.HOST: (_l("The gateway has no such address"), _l("Check the host or the address below.")),
    Reason.UNREACHABLE: (
        _l("The gateway cannot be reached"),
        _l("Nothing was sent. See whether this machine reaches the host: name, firewall, proxy. Then the provider’s "
           "status page.")),
    Reason.CERTIFICATE: (
        _l("The gateway’s certificate is not trusted"),
        _l("Nothing was sent. Check the host, and who in between looks into TLS; a private authority’s certificate "
           "can be named.")),
    Reason.REDIRECT: (
        _l("The gateway sent us elsewhere"),
        _l("Nothing was followed. Enter the address at which it really answers.")),
    Reason.TIME_OUT: (_l("The gateway did not answer in time"), _DONT_REPEAT),
    Reason.UNREADABLE: (_l("The gateway’s answer cannot be read"), _DONT_REPEAT),
    Reason.IN_PARTS: (_l("The gateway took a part of it"), _DONT_REPEAT),
    Reason.GATEWAY: (_l("The gateway has a fault of its own"), _l("Nothing was sent, and it is tried again by itself.")),
    Reason.REQUEST: (_l("The gateway did not understand us"), _ELSEWHERE),
    # of a provider that an administrator describes
    Reason.SETTINGS: (
        _l("This gateway’s settings can’t be used"),
        _l("Open them and save them: what is wrong is said beside its field.")),
    Reason.ADDRESS: (
        _l("The address leads into the portal’s own surroundings"),
        _l("Nothing was sent. Enter the provider’s address, and see what its name stands for on this machine.")),
    Reason.NOT_SENT: (_l("The provider says that it sent nothing"), _ELSEWHERE),
    Reason.NO_SUCCESS: (
        _l("The provider’s answer does not say that it took the message"),
        _l("It may have arrived, so it is not sent again. See what the provider answers, and what “Success, too, "
           "needs” says.")),
    Reason.NO_SERVER: (_l("The portal has no mail server"), _l("Set PORTAL_SMTP_URL and PORTAL_MAIL_FROM.")),
    Reason.NO_TLS: (
        _l("The mail server does not speak TLS"),
        _l("Nothing was sent. Use a server that offers STARTTLS, or smtps:// where it speaks TLS from the start.")),
    Reason.NOT_NOW: (_l("The mail server asked to wait"), _l("It is tried again by itself. If it stays so, see its log.")),
    Reason.REFUSED: (_l("The mail server refused it"), _l("See its log: it may not know us, or not relay to the provider.")),
    # the portal
    Reason.KIND: (_l("This version cannot send by a gateway of that kind"), _OPERATOR),
    Reason.NO_GATEWAY: (
        _l("No gateway was on for that number"),
        _l("Turn one on, or see what the rules say about that number.")),
    Reason.KEY_RETIRED: (_l("The code’s key is gone"), _l("PORTAL_SECRET has changed twice. Ask for a new code.")),
    Reason.UNFORESEEN: (_l("An unforeseen fault"), _OPERATOR),
    Reason.LOST: (_l("The sender stopped while it was being sent"), _DONT_REPEAT),
}


def sentence(reason: str) -> str:
    """Why it was not carried; what this version has no words for, as it was written."""
    if status := status_in(reason):
        return _("The gateway answered with the status %(status)s", status=status)
    return str(_WORDS[reason][0]) if reason in _WORDS else reason


def remedy(reason: str) -> str:
    """What helps; empty where nobody can tell."""
    if status := status_in(reason):
        return str(_DONT_REPEAT if int(status) >= _SERVER_FAULT else _ELSEWHERE)
    return str(_WORDS[reason][1]) if reason in _WORDS else ""


def whole(reason: str) -> str:
    """Why it was not carried, and what helps."""
    return " ".join(filter(None, (_("%(what)s.", what=sentence(reason)), remedy(reason))))
