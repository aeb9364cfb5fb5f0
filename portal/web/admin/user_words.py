"""What is said of a user in a word or two: what they are called, and how they stand?"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts import phones
from portal.models import PhoneState, Role
from portal.signin import codes
from portal.signin.oversight import Barred
from portal.web.tags import Tag

ROLES = {
    Role.ADMINISTRATOR: _l("Administrator"), Role.HELPDESK: _l("Helpdesk"), Role.AUDITOR: _l("Auditor"),
}
_PHONE = {
    PhoneState.UNPROVEN: ("wait", _l("Not proven")), PhoneState.PROVEN: ("good", _l("Proven")),
    PhoneState.FAILING: ("bad", _l("Failing")),
}
_TURNING = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
"""Marks that turn the direction of what follows: in the middle of a sentence of ours they would turn the sentence."""


def called(user: Any) -> str:
    """What a user is called, by a row with name, username, email and phone; a number is masked."""
    named = user.name or user.username or user.email or (phones.mask(user.phone) if user.phone else "")
    return named.translate(_TURNING).strip() or f"#{user.id}"


def tags(user: Any) -> list[Tag]:
    """Whether a user may come in, and what stands against it, by a row of theirs; the role last."""
    found = [Tag("off", _("Suspended")) if user.suspended else Tag("good", _("Active"))]
    if not user.phone:
        found.append(Tag("wait", _("Will bind a phone")))
    elif user.phone_state is not PhoneState.PROVEN:
        found.append(phone_tag(user.phone_state))
    if codes.locked(user):
        found.append(Tag("bad", _("Locked")))
    return [*found, Tag("info", role_words(user.role))] if user.role else found


def phone_tag(state: PhoneState) -> Tag:
    """What is known of a bound number."""
    kind, words = _PHONE[state]
    return Tag(kind, str(words))


def role_words(role: Role | None) -> str:
    """What a role is called, and its absence."""
    return str(ROLES[role]) if role else _("No role")


def last_identifier() -> str:
    """Why the number of somebody who has nothing else to log in with is not taken away."""
    return _("The number is all that this user can log in with. Give them a username or an email first.")


def last_administrator() -> str:
    """Why nothing is taken from the last administrator."""
    return _("This is the last administrator who can log in. Make somebody else an administrator first.")


def barred(why: Barred) -> str:
    """Why something was not done for a user."""
    return not_cared_for() if why is Barred.ROLE else last_identifier()


def not_cared_for() -> str:
    """Why the helpdesk may not act on somebody."""
    return _("People with a role in the console are looked after by administrators only.")
