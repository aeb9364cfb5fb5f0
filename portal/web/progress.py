"""What does the code page say of the message on its way?"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.accounts import phones
from portal.calling_codes import calling_code
from portal.models import Channel, MessageState
from portal.signin.codes import Obstacle
from portal.signin.pending import Pending
from portal.web import phrases
from portal.web.failures import failed

_SAID_OF_TEXT = {
    MessageState.WAITING: _l("Sending…"),
    MessageState.SENDING: _l("Sending…"),
    MessageState.SENT: _l("Text message sent."),
    MessageState.DELIVERED: _l("Text message delivered."),
    MessageState.UNKNOWN: _l("We don’t know whether the text message went out. If none comes, send the code again."),
    MessageState.EXPIRED: _l("The text message could not be sent in time. Send the code again."),
}
_SAID_OF_CALL = {
    MessageState.WAITING: _l("Calling…"),
    MessageState.SENDING: _l("Calling…"),
    MessageState.SENT: _l("We are calling you. Your phone rings in a moment."),
    MessageState.DELIVERED: _l("The call was answered."),
    MessageState.UNKNOWN: _l("We don’t know whether the call reaches you. If your phone does not ring, send the code again."),
    MessageState.EXPIRED: _l("The call could not be made in time. Send the code again."),
}
_PAUSES = {MessageState.WAITING: 2_000, MessageState.SENDING: 2_000, MessageState.SENT: 5_000, MessageState.UNKNOWN: 5_000}
_LONGEST_SHORT_CODE = 6
_NOT_GONE_OUT = (MessageState.FAILED, MessageState.EXPIRED)
_FOR_GOOD = (Obstacle.LOCKED, Obstacle.TEXTS_USED_UP, Obstacle.NUMBER_REFUSED)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The message and the code, as the page and its script show them. `resend_in` in seconds, 0: now.

    `called`: the newest message was a call; `pause`: after so many milliseconds the page asks what became of it, 0 where nothing
    changes by itself any more; `lost`: it did not go out, or did not arrive.
    """

    phone: str
    phone_words: str
    state: str
    sentence: str
    valid: str
    resend_in: int
    resend_label: str
    call_label: str
    can_verify: bool
    can_send: bool
    can_call: bool
    called: bool
    pause: int
    lost: bool
    changeable: bool

    @property
    def shape(self) -> str:
        """Which parts the page has: its script changes words in place, and opens the page anew when its parts change."""
        return "".join("01"[part] for part in (self.can_verify, self.can_send, self.can_call, self.called, self.lost))


def of(now: Pending) -> Progress:
    """The progress of a sign-in that awaits its code."""
    locked = now.outlook is not None and now.outlook.obstacle is Obstacle.LOCKED
    phone, live = now.phone or "", now.code_expires_at is not None and not locked
    wait = (now.outlook.seconds if now.outlook else None) or now.resend_in
    called = now.message_channel is Channel.VOICE
    can_send = now.outlook is None or now.outlook.obstacle not in _FOR_GOOD
    return Progress(
        phone=phones.mask(phone),
        phone_words=_("%(code)s, ending in %(digits)s", code=calling_code(phone), digits=phone[-2:]),
        state=_state(now, locked=locked), sentence=_sentence(now), valid=_valid(now) if live else "", resend_in=ceil(wait),
        resend_label=_resend_label(now, live=live), call_label=_("Call me again") if called else _("Call me instead"),
        can_verify=live, can_send=can_send, can_call=can_send and now.may_call, changeable=now.binding,
        called=called, pause=_PAUSES.get(now.message_state, 0) if live and now.message_state else 0,
        lost=now.message_state in _NOT_GONE_OUT,
    )


def _resend_label(now: Pending, *, live: bool) -> str:
    if not live:
        return _("Send verification code")
    return _("Send a text message instead") if now.message_channel is Channel.VOICE else _("Send the code again")


def _state(now: Pending, *, locked: bool) -> str:
    """What became of the message, as the page marks it; `refused` and `none` where there is no message."""
    if now.message_state and not locked:
        return now.message_state.value
    return "refused" if now.outlook else "none"


def _sentence(now: Pending) -> str:
    if now.outlook and now.outlook.obstacle is Obstacle.LOCKED:
        return phrases.locked()
    if now.message_state is None:
        return phrases.not_sent(now.outlook) if now.outlook else _("No code is on its way. Send one to go on.")
    if now.message_state is MessageState.FAILED:
        sender = _answerable(now.text_sender)
        return failed(now.message_reason or "", now.message_channel, sender=sender, may_call=now.may_call)
    if now.message_state is MessageState.WAITING and now.message_reason:
        return _put_off(now.message_channel)
    return str((_SAID_OF_CALL if now.message_channel is Channel.VOICE else _SAID_OF_TEXT)[now.message_state])


def _put_off(channel: Channel) -> str:
    """Of what no gateway took, and is tried again: whoever waits may rather take another way."""
    if channel is Channel.VOICE:
        return _("We could not call you yet. We keep trying.")
    return _("The text message has not gone out yet. We keep trying.")


def _answerable(sender: str) -> str:
    """A sender to which START can be sent, as it is dialled: letters cannot be."""
    digits = sender.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return ""
    return f"+{digits}" if len(digits) > _LONGEST_SHORT_CODE else digits


def _valid(now: Pending) -> str:
    if now.code_expires_at is None or now.message_state in _NOT_GONE_OUT:
        return ""
    return _("Valid for %(time)s.", time=phrases.span(now.code_expires_at - clock.now()))
