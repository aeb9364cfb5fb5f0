"""Why did a gateway not carry a message, and what helps? A sentence and a remedy for every word that a record has for it."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

_STATUS = re.compile(r"status ([0-9]{1,3})")
_ELSEWHERE = _l("Look at the provider’s own log, and ask its support with the time of this message.")
_OPERATOR = _l("Whoever runs the portal looks into its log at this time.")
_DONT_REPEAT = _l("It may have arrived, so it is not sent again. If it happens often, see whether the provider has a bad day.")
_WORDS: dict[str, tuple[Any, Any]] = {
    # the number
    "number": (_l("That number cannot receive text messages"), _l("Check its digits. The gateway itself works.")),
    "stopped": (_l("The holder of that number answered STOP"),
                _l("They send START to the number that the texts come from. The gateway itself works.")),
    "route": (_l("The gateway does not reach that number"),
              _l("Make a rule that sends numbers of that country by another gateway, or ask the provider to open it.")),
    "absent": (_l("The phone was off or out of reach"), _l("Try it again later. The gateway itself works.")),
    "spam": (_l("The network took it for spam"), _l("Register the sender for that country, or use a number as the sender.")),
    "number barred": (_l("The network lets no text messages through to that number"),
                      _l("Check its digits, or use another number.")),
    "blocked": (_l("The network refused it"), _l("Register the sender for that country, or use a number as the sender.")),
    "fraud": (_l("The provider suspects fraud and blocks these numbers"),
              _l("Ask the provider. See “Protection” for what was sent.")),
    "expired": (_l("The network could not deliver it in time"), _l("Try it again later.")),
    "not delivered": (_l("It did not arrive, and nobody says why"), _l("Try it again later.")),
    # calls
    "busy": (_l("The line was busy"), _l("Try it again later.")),
    "no answer": (_l("Nobody answered the call"), _l("Try it again later.")),
    "declined": (_l("The call was declined"), _l("Nothing is wrong with the gateway.")),
    "machine": (_l("An answering machine took the call and was told nothing"), _l("Nothing is wrong with the gateway.")),
    # the account
    "credentials": (_l("The gateway does not know our credentials"),
                    _l("Enter them once more, exactly as the provider’s page shows them. For a private key, see that its public "
                       "half is that of the application.")),
    "credentials lost": (_l("The credentials can’t be read any more, for PORTAL_SECRET has changed"),
                         _l("Enter them once more.")),
    "credit": (_l("The gateway’s credit is used up"), _l("Top the account up with the provider.")),
    "barred": (_l("The provider has barred the account, or not opened this interface for it"), _l("Ask the provider.")),
    "demo": (_l("A demo account sends to numbers on its list only"),
             _l("Add the number to the list in the provider’s console, or pay for the account.")),
    "sender": (_l("The sender may not be used there"),
               _l("Some countries want a registered name or a number; a call wants a number of the account. Set the sender here, "
                  "or another one for that country under “Rules”.")),
    "throttled": (_l("The gateway asked for a pause"),
                  _l("It is tried again by itself. If it stays so, let fewer messages a second go by it.")),
    # the way there
    "host": (_l("The gateway has no such address"), _l("Check the host or the address below.")),
    "unreachable": (_l("The gateway cannot be reached"),
                    _l("Nothing was sent. See whether this machine reaches the host: name, firewall, proxy. Then the provider’s "
                       "status page.")),
    "certificate": (_l("The gateway’s certificate is not trusted"),
                    _l("Nothing was sent. Check the host, and who in between looks into TLS; a private authority’s certificate "
                       "can be named.")),
    "redirect": (_l("The gateway sent us elsewhere"), _l("Nothing was followed. Enter the address at which it really answers.")),
    "time-out": (_l("The gateway did not answer in time"), _DONT_REPEAT),
    "no readable answer": (_l("The gateway’s answer cannot be read"), _DONT_REPEAT),
    "in parts": (_l("The gateway took a part of it"), _DONT_REPEAT),
    "gateway": (_l("The gateway has a fault of its own"), _l("Nothing was sent, and it is tried again by itself.")),
    "request": (_l("The gateway did not understand us"), _ELSEWHERE),
    "answer": (_l("The gateway’s answer says that it did not take it"), _ELSEWHERE),
    # of a provider that an administrator describes
    "settings": (_l("This gateway’s settings can’t be used"),
                 _l("Open them and save them: what is wrong is said beside its field.")),
    "address": (_l("The address leads into the portal’s own surroundings"),
                _l("Nothing was sent. Enter the provider’s address, and see what its name stands for on this machine.")),
    "not sent": (_l("The provider says that it sent nothing"), _ELSEWHERE),
    "no success": (_l("The provider’s answer does not say that it took the message"),
                   _l("It may have arrived, so it is not sent again. See what the provider answers, and what “Success, too, "
                      "needs” says.")),
    "no mail server": (_l("The portal has no mail server"), _l("Set PORTAL_SMTP_URL and PORTAL_MAIL_FROM.")),
    "no tls": (_l("The mail server does not speak TLS"),
               _l("Nothing was sent. Use a server that offers STARTTLS, or smtps:// where it speaks TLS from the start.")),
    "not now": (_l("The mail server asked to wait"), _l("It is tried again by itself. If it stays so, see its log.")),
    "refused": (_l("The mail server refused it"), _l("See its log: it may not know us, or not relay to the provider.")),
    # the portal
    "kind": (_l("This version cannot send by a gateway of that kind"), _OPERATOR),
    "no gateway": (_l("No gateway was on for that number"), _l("Turn one on, or see what the rules say about that number.")),
    "key retired": (_l("The code’s key is gone"), _l("PORTAL_SECRET has changed twice. Ask for a new code.")),
    "unforeseen": (_l("An unforeseen fault"), _OPERATOR),
    "lost": (_l("The sender stopped while it was being sent"), _DONT_REPEAT),
}


def sentence(reason: str) -> str:
    """Why it was not carried; what this version has no words for, as it was written."""
    if said := _STATUS.fullmatch(reason):
        return _("The gateway answered with the status %(status)s", status=said[1])
    return str(_WORDS[reason][0]) if reason in _WORDS else reason


def remedy(reason: str) -> str:
    """What helps; empty where nobody can tell."""
    if said := _STATUS.fullmatch(reason):
        return str(_DONT_REPEAT if said[1] >= "5" else _ELSEWHERE)
    return str(_WORDS[reason][1]) if reason in _WORDS else ""


def whole(reason: str) -> str:
    """Why it was not carried, and what helps."""
    return " ".join(filter(None, (_("%(what)s.", what=sentence(reason)), remedy(reason))))
