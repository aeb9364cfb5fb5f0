"""What must the code page say of the newest message? Written down once more, so that the portal does not check itself. PURE."""

from __future__ import annotations

from collections.abc import Mapping

from portal.messages.reasons import Reason
from portal.models import Channel, MessageState

_OF_TEXT = {
    MessageState.WAITING: "Sending…",
    MessageState.SENDING: "Sending…",
    MessageState.SENT: "Text message sent.",
    MessageState.DELIVERED: "Text message delivered.",
    MessageState.UNKNOWN: "We don’t know whether the text message went out. If none comes, send the code again.",
    MessageState.EXPIRED: "The text message could not be sent in time. Send the code again.",
}
_OF_CALL = {
    MessageState.WAITING: "Calling…",
    MessageState.SENDING: "Calling…",
    MessageState.SENT: "We are calling you.",
    MessageState.DELIVERED: "The call was answered.",
    MessageState.UNKNOWN: "We don’t know whether the call reaches you. If your phone does not ring, send the code again.",
    MessageState.EXPIRED: "The call could not be made in time. Send the code again.",
}
_FAILED_TEXT: Mapping[str, str] = {
    Reason.NUMBER: "That number cannot receive text messages.", Reason.NOT_DELIVERED: "The text message did not arrive.",
}
_FAILED_CALL: Mapping[str, str] = {
    Reason.NUMBER: "That number cannot be called.", Reason.NOT_DELIVERED: "Our call did not come through.",
}


def beginning(state: MessageState, channel: Channel, reason: str | None) -> str:
    """How the sentence begins that is said of such a message."""
    called = channel is Channel.VOICE
    if state is MessageState.FAILED:
        other = "We could not call you." if called else "The text message could not be sent."
        return (_FAILED_CALL if called else _FAILED_TEXT).get(reason or "", other)
    return (_OF_CALL if called else _OF_TEXT)[state]
