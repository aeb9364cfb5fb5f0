"""What does the result page of an *Experience login* say of each step?"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal import clock
from portal.audit import What
from portal.models import Channel, MessageState, State
from portal.signin.policy import Reason
from portal.signin.trial_story import Happening, Login
from portal.signin.trials import Tried
from portal.web.admin.user_words import called
from portal.web.events import event_words, outcome_kind, outcome_words
from portal.web.failures import failed
from portal.web.moments import moment
from portal.web.reasons import reason_words
from portal.web.source_words import source_label

_MESSAGE_KINDS = {MessageState.SENT: "good", MessageState.DELIVERED: "good", MessageState.WAITING: "wait",
                  MessageState.SENDING: "wait"}
_WAITS_FOR = {
    State.AWAITING_PHONE: _l("Waiting for a mobile phone number"),
    State.AWAITING_CODE: _l("Waiting for the verification code"),
    State.AWAITING_PASSWORD: _l("Waiting for a new password"),
}


@dataclass(frozen=True)
class Item:
    """One line of the time line."""

    title: str
    text: str = ""
    when: str = ""
    kind: str = "info"
    lit: bool = False


@dataclass(frozen=True)
class Chapter:
    """One login: whose, how it stands as a tag (kind and words), and what happened."""

    title: str
    kind: str
    verdict: str
    items: tuple[Item, ...]


def chapter(login: Login, tried: Tried) -> Chapter:
    """One login of a trial in words."""
    title = called(login.user) if login.user else _("Unknown account")
    items = [item for happening in login.happenings for item in _items(happening, tried)]
    kind, verdict = _verdict(login)
    return Chapter(title, kind, verdict, (*items, *_open_end(login)))


def _verdict(login: Login) -> tuple[str, str]:
    if login.state is None:
        return "bad", _("Refused")
    if login.state is State.COMPLETE:
        return "good", _("Logged in")
    return ("off", _("Ended")) if login.state is State.ENDED else ("wait", _("Under way"))


def _items(happening: Happening, tried: Tried) -> list[Item]:
    when = moment(happening.at, "HH:mm:ss")
    match happening.event:
        case What.FIRST_FACTOR_PASSED:
            return [Item(event_words(happening.event), _source(happening), when, "good"), _decision(happening, when)]
        case What.CODE_SENT:
            return [_message(happening, when)]
        case What.SIGN_IN_COMPLETE:
            text = _("The person would now be in %(application)s.", application=tried.application)
            return [Item(event_words(happening.event), text, when, "good", lit=True)]
        case What.PHONE_BOUND:
            text = _("This is real: from now on %(number)s belongs to the account.", number=happening.detail.get("to"))
            return [Item(event_words(happening.event), text, when, "good")]
        case What.CODE_REFUSED:
            left = int(happening.detail.get("tries left", 0))
            return [Item(event_words(happening.event), ngettext("%(num)s try left.", "%(num)s tries left.", left), when, "bad")]
        case other:
            said = outcome_words(happening.outcome) if happening.outcome != "ok" else ""
            text = ": ".join(filter(None, (_source(happening), said)))
            return [Item(event_words(other), text, when, outcome_kind(other, happening.outcome))]


def _source(happening: Happening) -> str:
    return source_label(str(happening.detail.get("source", "")))


def _decision(happening: Happening, when: str) -> Item:
    title, sentence = reason_words(Reason(happening.detail["policy"]))
    return Item(title, sentence, when, "info", lit=True)


def _message(happening: Happening, when: str) -> Item:
    call, number = bool(happening.detail.get("call")), happening.detail.get("to")
    title = (_("Verification code told by a call to %(number)s", number=number) if call else
             _("Verification code sent to %(number)s", number=number))
    state = happening.message
    if state is None:
        return Item(title, "", when, "good")
    reason, channel = happening.message_reason or "", Channel.VOICE if call else Channel.TEXT
    text = failed(reason, channel) if state is MessageState.FAILED else outcome_words(state)
    return Item(title, text, when, _MESSAGE_KINDS.get(state, "bad"))


def _open_end(login: Login) -> list[Item]:
    """What a login waits for that is still under way, or why it went no further."""
    if login.state in _WAITS_FOR:
        if login.expires_at <= clock.now():
            return [Item(_("Login ended"), _("It took too long."), kind="off")]
        return [Item(str(_WAITS_FOR[login.state]), kind="wait")]
    said = any(happening.event == What.SIGN_IN_ENDED for happening in login.happenings)
    if login.state is State.ENDED and login.ended_because and not said:
        return [Item(_("Login ended"), outcome_words(login.ended_because), kind="off")]
    return []
