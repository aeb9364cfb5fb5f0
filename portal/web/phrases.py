"""What does the portal say to what a person typed or asked for, in the reader's language?"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.messages.guard import NumberRefusal
from portal.signin.codes import Obstacle, Refusal
from portal.signin.flow import CodeReason, CodeVerdict
from portal.signin.pending import NonePending

_MINUTE, _HOUR = 60, 3_600


@dataclass(frozen=True)
class Notice:
    """A sentence at the top of a page: `info`, `good`, `care` or `bad`."""

    kind: str
    text: str


_SENT_TO_LOGIN = {
    NonePending.EXPIRED: ("care", _l("That took too long. Log in again.")),
    NonePending.ENDED: ("care", _l("That login has ended. Log in again.")),
    "cancelled": ("info", _l("The login was cancelled.")),
    "logged-out": ("good", _l("You are logged out.")),
    NonePending.WRONG_CODES: ("bad", _l("Too many wrong codes. For your safety that login has ended. Log in again.")),
    "password-set": ("good", _l("Your password is set. Log in with it.")),
    "scanned": ("info", _l("Log in on this phone first. Then you are asked about the code that you scanned.")),
    "created": ("good", _l("The first administrator is created. Log in with the new account.")),
}
REQUIRED = {
    "identifier": _l("Enter your username, mobile phone number or email."),
    "password": _l("Enter your password."),
    "code": _l("Enter the code from the text message."),
    "phone": _l("Enter your mobile phone number."),
    "username": _l("Choose a username."),
    "new_password": _l("Enter a new password."),
}
_NUMBER_REFUSED = {
    NumberRefusal.COUNTRY: _l("We can’t send text messages to that country."),
    NumberRefusal.KIND: _l("That number can’t receive our text messages. Enter a mobile phone number."),
    NumberRefusal.NOT_VALID: _l("That isn’t a whole phone number. Check the country and the digits."),
}
_NOT_IN_THIS_LOGIN = {
    Obstacle.TEXTS_USED_UP: _l("No more text messages in this login. Cancel it and log in again."),
    Obstacle.NUMBERS_USED_UP: _l("That is one number too many for this login. Cancel it and log in again."),
    Obstacle.NOT_ALLOWED: _l("Ask your administrator to add your mobile phone number."),
    Obstacle.NO_CALL: _l("We can’t call that number. Send the code again as a text message."),
}


def span(seconds: float) -> str:
    """A time to wait, in words, rounded up to what a person would say."""
    whole = max(1, ceil(seconds))
    if whole < 2 * _MINUTE:
        return ngettext("%(num)s second", "%(num)s seconds", whole)
    if whole < 2 * _HOUR:
        return ngettext("%(num)s minute", "%(num)s minutes", ceil(whole / _MINUTE))
    return ngettext("%(num)s hour", "%(num)s hours", ceil(whole / _HOUR))


def login_notice(name: str) -> Notice | None:
    """What the login page says to somebody who was sent there."""
    kind, text = _SENT_TO_LOGIN.get(name, ("", ""))
    return Notice(kind, str(text)) if kind else None


def stale() -> Notice:
    """What a page says whose form came from before."""
    return Notice("care", _("This page had been open too long or came from an earlier login. It is fresh now: try again."))


def too_many(seconds: float) -> Notice:
    """What is said above a form that comes too often from one address."""
    return Notice("bad", _("Too many tries from your network. Wait %(time)s, then go on.", time=span(seconds)))


def not_now() -> Notice:
    """What is said above a form that cannot be taken at the moment."""
    return Notice("care", _("The portal can’t answer for the moment. Nothing is lost: wait a few seconds and try again."))


def password_refused(wait: float) -> str:
    """The answer to a first factor that was not passed, whatever the cause."""
    if wait > 0:
        return _("Too many tries. Wait %(time)s, then try again.", time=span(wait))
    return _("That account and password don’t match. Check both and try again.")


def own_password_refused() -> str:
    """The answer to a person inside whose own password was not right."""
    return _("That is not your password. Try again.")


def required(field: str) -> str:
    """What is said beside an empty field."""
    return str(REQUIRED[field])


def code_refused(verdict: CodeVerdict, length: int) -> str:
    """What is said beside the code field."""
    match verdict.reason:
        case CodeReason.WRONG:
            left = ngettext("%(num)s try left.", "%(num)s tries left.", verdict.tries_left)
            return _("That code is not right. Check the newest text message. %(left)s", left=left)
        case CodeReason.MALFORMED:
            return _("A code has %(length)s digits. Check what you typed.", length=length)
        case CodeReason.EXPIRED:
            return _("That code has expired. Send a new one.")
        case CodeReason.LOCKED:
            return locked()
        case _other:
            return _("Too many wrong codes. Wait %(time)s, then send a new one.", time=span(verdict.seconds))


def locked() -> str:
    """What somebody is told whose SMS step is locked."""
    return _("Too many wrong codes. Text message login is locked for this account. Ask your administrator to unlock it.")


def not_sent(refusal: Refusal) -> str:
    """Why no text message is sent now, and what to do."""
    match refusal.obstacle:
        case Obstacle.LOCKED:
            return locked()
        case Obstacle.NUMBER_REFUSED:
            return number_refused(NumberRefusal(refusal.detail))
        case Obstacle.PAUSED:
            return _("Too many wrong codes. You can send a new one in %(time)s.", time=span(refusal.seconds or 0))
        case Obstacle.TOO_SOON:
            return _("You can send again in %(time)s.", time=span(refusal.seconds or 0))
        case Obstacle.PREFIX_CLOSED:
            return _("We can’t send text messages to new numbers of that country at the moment. "
                     "Try again later, or ask your administrator to help you in.")
        case Obstacle.CEILING:
            return _("The portal sends no more text messages today. Ask your administrator to help you in.")
        case Obstacle.BUDGET:
            return _("Too many text messages. Nothing was sent. You can send again in %(time)s.", time=span(refusal.seconds or 0))
        case final:
            return str(_NOT_IN_THIS_LOGIN[final])


def number_refused(why: NumberRefusal) -> str:
    """Why no text message can go to a number."""
    return str(_NUMBER_REFUSED[why])


def phone_taken() -> str:
    """What the holder of a number is told that another account has bound already."""
    return _("That number belongs to another account already. Use another number, or ask your administrator.")


def password_link_spent() -> tuple[str, str]:
    """Title and text of the page behind a one-time link for a password that is good no more."""
    return _("This link is no good any more"), _("It works once and for 24 hours. Ask your administrator for a new one.")


def link_spent() -> tuple[str, str]:
    """Title and text of the page behind a one-time link that is good no more."""
    return (_("This link is no good any more"),
            _("It works once and for 24 hours. If there is no administrator yet, the command %(command)s prints a new one.",
              command="“portal welcome”"))
