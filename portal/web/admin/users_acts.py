"""What can be done to many users at once, by whom, and what is said before and after?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from portal.accounts.users import NoSuchUser
from portal.signin import oversight
from portal.signin.oversight import Barred, LastAdministrator
from portal.web.admin import user_words
from portal.web.admission import Access, admits
from portal.web.client import client


class Act(StrEnum):
    """What is done to each of them, as addresses name it."""

    SUSPEND = "suspend"
    RESUME = "resume"
    END = "end-logins"
    UNLOCK = "unlock"
    LINK = "password-links"
    RESET = "reset-mfa"
    DELETE = "delete"


@dataclass(frozen=True)
class Told:
    """What became of one user: `refused` says why, if it was."""

    words: str
    url: str
    refused: str = ""


RISKY = frozenset({Act.SUSPEND, Act.RESET, Act.DELETE})
WATCHED = RISKY | {Act.LINK}
"""What asks for a proof of who does it."""
_BY_HELPDESK = frozenset({Act.UNLOCK, Act.LINK, Act.RESET})
BUTTONS = {
    Act.SUSPEND: _l("Suspend"), Act.RESUME: _l("Resume"), Act.END: _l("End logins"), Act.UNLOCK: _l("Unlock"),
    Act.LINK: _l("Create password links"), Act.RESET: _l("Reset MFA"), Act.DELETE: _l("Delete"),
}
DONE = {
    Act.SUSPEND: _l("Suspended"), Act.RESUME: _l("Resumed"), Act.END: _l("Logins ended"), Act.UNLOCK: _l("Unlocked"),
    Act.RESET: _l("MFA reset"), Act.DELETE: _l("Deleted"),
}
EFFECTS = {
    Act.SUSPEND: _l("They can log in no more, and every login of theirs ends at once. Nothing is lost: they can be resumed."),
    Act.RESUME: _l("They can log in again, with the password and number they had."),
    Act.END: _l("Every login of theirs ends at once, on all devices. They can log in again."),
    Act.UNLOCK: _l("Wrong codes are forgotten, and text message login works again at once."),
    Act.LINK: _l("Who has no password gets a link by which they set one; the others are left out. The links are shown once."),
    Act.RESET: _l("Their mobile phone numbers are taken away and their logins end. They bind a number anew at the next login."),
    Act.DELETE: _l("Their accounts, passwords, numbers and logins are lost for good. What they did stays in the audit log."),
}
_DO: dict[Act, Callable[..., object]] = {
    Act.SUSPEND: oversight.suspend, Act.RESUME: oversight.resume, Act.END: oversight.end_sign_ins, Act.DELETE: oversight.remove,
}
_CARE: dict[Act, Callable[..., Barred | None]] = {Act.UNLOCK: oversight.unlock, Act.RESET: oversight.reset_mfa}
"""What the helpdesk does, too, though not for everybody."""


def offered() -> list[tuple[Act, str]]:
    """What the present reader may do to users, with the words of its button."""
    return [(act, str(BUTTONS[act])) for act in Act if may(act)]


def may(act: Act) -> bool:
    """Whether the present reader may do that to users at all."""
    return admits(Access.HELPDESK if act in _BY_HELPDESK else Access.ADMINISTRATOR)


def carry_out(act: Act, user: Any) -> str:
    """Do it to one user, given by a row; why it was refused, in words, or nothing when it is done."""
    if user.id == current_user.user_id:
        return _("That is you. Ask another administrator.")
    try:
        return _carried_out(act, user.id)
    except LastAdministrator:
        return user_words.last_administrator()
    except NoSuchUser:
        return gone()


def _carried_out(act: Act, user_id: int) -> str:
    if act not in _CARE:
        _DO[act](user_id, client(), actor=current_user.actor)
        return ""
    barred = _CARE[act](user_id, client(), actor=current_user.actor, actor_role=current_user.role)
    return user_words.barred(barred) if barred else ""


def gone() -> str:
    """What is said of a user who has been deleted meanwhile."""
    return _("Deleted by somebody else meanwhile.")


def title(act: Act, count: int) -> str:
    """The question that is asked before so many users are touched."""
    match act:
        case Act.SUSPEND:
            return ngettext("Suspend %(num)s user?", "Suspend %(num)s users?", count)
        case Act.RESUME:
            return ngettext("Resume %(num)s user?", "Resume %(num)s users?", count)
        case Act.END:
            return ngettext("End the logins of %(num)s user?", "End the logins of %(num)s users?", count)
        case Act.UNLOCK:
            return ngettext("Unlock %(num)s user?", "Unlock %(num)s users?", count)
        case Act.LINK:
            return ngettext("Create a password link for %(num)s user?", "Create password links for %(num)s users?", count)
        case Act.RESET:
            return ngettext("Reset MFA of %(num)s user?", "Reset MFA of %(num)s users?", count)
        case Act.DELETE:
            return ngettext("Delete %(num)s user?", "Delete %(num)s users?", count)
