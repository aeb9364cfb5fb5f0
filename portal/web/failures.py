"""Why did a text or a call not reach the phone, and what helps? In the words of whoever waits for it."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.models import Channel

_AGAIN = _l("Send the code again in a moment, or ask your administrator.")
_CHECK = _l("Check the number or ask your administrator.")
_PHONE = _l("Check that your phone is switched on and has reception. Then send the code again.")
_READY = _l("Keep the phone at hand, then let us call you again.")
_TEXT = {
    "number": (_l("That number cannot receive text messages."), _CHECK),
    "route": (_l("Our text messages do not reach that number."), _CHECK),
    "barred": (_l("That number takes no text messages from us."), _CHECK),
    "absent": (_l("Your phone could not be reached."), _PHONE),
    "expired": (_l("Your phone could not be reached in time."), _PHONE),
    "spam": (_l("The network operator took the text message for an unwanted one."), _AGAIN),
    "carrier": (_l("The network operator did not let the text message through."), _AGAIN),
    "fraud": (_l("Text messages to that number are held up for the moment, to prevent misuse."), _AGAIN),
}
_CALL = {
    "busy": (_l("The line was busy."), _l("End the other call, then let us call you again.")),
    "not answered": (_l("Nobody answered our call."), _READY),
    "declined": (_l("Our call was declined."), _l("Take the next one, or send the code again as a text message.")),
    "machine": (_l("An answering machine took our call, so we told it nothing."), _READY),
    "number": (_l("That number cannot be called."), _CHECK),
    "route": (_l("Our calls do not reach that number."), _CHECK),
    "fraud": (_l("Calls to that number are held up for the moment, to prevent misuse."), _AGAIN),
}
_NOT_SENT = (_l("The text message could not be sent."), _AGAIN)
_NOT_CALLED = (_l("We could not call you."), _AGAIN)
STOPPED = "stopped"


def failed(reason: str, channel: Channel = Channel.TEXT, *, sender: str = "") -> str:
    """What is said of a message that failed because of that, in the gateways' words; what an operator must mend, in general ones.

    `sender`: the number (E.164) that texts come from, if it can be answered.
    """
    if reason == STOPPED and channel is Channel.TEXT:
        return _stopped(sender)
    known, other = (_CALL, _NOT_CALLED) if channel is Channel.VOICE else (_TEXT, _NOT_SENT)
    happened, helps = known.get(reason, other)
    return _("%(happened)s %(helps)s", happened=happened, helps=helps)


def _stopped(sender: str) -> str:
    if sender:
        return _("This number has answered STOP to our text messages. Send START to %(number)s, then send the code again.",
                 number=sender)
    return _("This number has answered STOP to our text messages. Ask your administrator.")
