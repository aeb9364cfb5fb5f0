"""Why did a text or a call not reach the phone, and what helps? In the words of whoever waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.messages.reasons import Reason
from portal.models import Channel

_AGAIN = _l("Send the code again in a moment, or ask your administrator.")
_CHECK = _l("Check the number or ask your administrator.")
_PHONE = _l("Check that your phone is switched on and has reception. Then send the code again.")
_READY = _l("Keep the phone at hand, then let us call you again.")
_Words = Mapping[str, tuple[Any, Any]]
_TEXT: _Words = {
    Reason.NUMBER: (_l("That number cannot receive text messages."), _CHECK),
    Reason.NUMBER_BARRED: (_l("That number takes no text messages from us."), _CHECK),
    Reason.BLOCKED: (_l("The network operator did not let the text message through."), _CHECK),
    Reason.ROUTE: (_l("Our text messages do not reach that number."), _CHECK),
    Reason.ABSENT: (_l("Your phone could not be reached."), _PHONE),
    Reason.EXPIRED: (_l("Your phone could not be reached in time."), _PHONE),
    Reason.SPAM: (_l("The network operator took the text message for an unwanted one."), _AGAIN),
    Reason.FRAUD: (_l("Text messages to that number are held up for the moment, to prevent misuse."), _AGAIN),
    Reason.NOT_DELIVERED: (_l("The text message did not arrive."), _PHONE),
}
_CALL: _Words = {
    Reason.NUMBER: (_l("That number cannot be called."), _CHECK),
    Reason.NUMBER_BARRED: (_l("That number takes no calls from us."), _CHECK),
    Reason.ROUTE: (_l("Our calls do not reach that number."), _CHECK),
    Reason.FRAUD: (_l("Calls to that number are held up for the moment, to prevent misuse."), _AGAIN),
    Reason.BUSY: (_l("The line was busy."), _l("End the other call, then let us call you again.")),
    Reason.NO_ANSWER: (_l("Nobody answered our call."), _READY),
    Reason.DECLINED: (_l("Our call was declined."), _l("Take the next one, or send the code as a text message.")),
    Reason.MACHINE: (_l("An answering machine took our call, so we told it nothing."), _READY),
    Reason.NOT_DELIVERED: (_l("Our call did not come through."), _PHONE),
}
_NOT_SENT = (_l("The text message could not be sent."), _AGAIN)
_NOT_CALLED = (_l("We could not call you."), _AGAIN)


def failed(reason: str, channel: Channel = Channel.TEXT, *, sender: str = "", may_call: bool = False) -> str:
    """What is said of a message that failed because of that, in the gateways' words; what an operator must mend, in general ones.

    `sender`: the number (E.164) that texts come from, if it can be answered. `may_call`: a call is offered beside it.
    """
    if reason == Reason.STOPPED and channel is Channel.TEXT:
        return _stopped(sender, may_call=may_call)
    known, other = (_CALL, _NOT_CALLED) if channel is Channel.VOICE else (_TEXT, _NOT_SENT)
    happened, helps = known.get(reason, other)
    return _("%(happened)s %(helps)s", happened=happened, helps=helps)


def _stopped(sender: str, *, may_call: bool) -> str:
    if sender:
        return _("This number has answered STOP to our text messages. Send START to %(number)s, then send the code again.",
                 number=sender)
    if may_call:
        return _("This number has answered STOP to our text messages. Let us call you instead, or ask your administrator.")
    return _("This number has answered STOP to our text messages. Ask your administrator.")
