"""What is said beside a field of a user that cannot be taken?"""

from __future__ import annotations

from flask_babel import gettext as _

from portal.accounts.strength import SHORTEST, PasswordFault
from portal.accounts.users import LONGEST_NAME, UserFault
from portal.messages.guard import NumberRefusal
from portal.web import phrases


def user_fault(fault: UserFault) -> tuple[str, str]:
    """Beside which field a refused user is explained, and how."""
    said = {
        UserFault.USERNAME: ("username", username_fault()),
        UserFault.PHONE: ("phone", phrases.number_refused(NumberRefusal.NOT_VALID)),
        UserFault.TAKEN: ("username", _("Somebody has that username or number already.")),
    }
    return said.get(fault, ("username", fault.value))


def username_fault() -> str:
    """What a username has to be."""
    return _("A username has 2 to 64 characters, at least one letter, no @ and no leading +.")


def email_fault() -> str:
    """What an email address has to be."""
    return _("That is not an email address. Write it as name@example.com.")


def name_fault() -> str:
    """How long a name may be."""
    return _("A name has at most %(count)s characters.", count=LONGEST_NAME)


def identifier_taken(field: str) -> str:
    """What an administrator is told of an identifier that another user has; `field` is the form's."""
    said = {"username": _("Somebody has that username already."), "email": _("Somebody has that email already."),
            "phone": _("Somebody has that number already.")}
    return said[field]


def password_fault(fault: PasswordFault) -> str:
    """Why a new password is refused, and what would be better."""
    said = {
        PasswordFault.TOO_SHORT: _("That password is too short. Use at least %(count)s characters.", count=SHORTEST),
        PasswordFault.TOO_LONG: _("That password is too long."),
        PasswordFault.SAME: _("That is the password you have now. Choose another one."),
        PasswordFault.TOO_EASY: _("That password is easy to guess. Add a few words that don’t belong together."),
    }
    return said[fault]
