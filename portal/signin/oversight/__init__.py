"""What may somebody in charge do to another person's access? Each also ends the sign-ins that it makes untrue."""

from portal.signin.oversight.access import (
    Barred,
    bypass,
    remove,
    reset_mfa,
    resume,
    suspend,
    unlock,
    withdraw_bypass,
)
from portal.signin.oversight.identities import unlink
from portal.signin.oversight.passwords import NoLink, generated_password, password_link, set_password
from portal.signin.oversight.roles import LastAdministrator, may_care_for, set_role
from portal.signin.oversight.sign_ins import end_sign_in, end_sign_ins

__all__ = [
    "Barred", "LastAdministrator", "NoLink", "bypass", "end_sign_in", "end_sign_ins", "generated_password", "may_care_for",
    "password_link", "remove", "reset_mfa", "resume", "set_password", "set_role", "suspend", "unlink", "unlock",
    "withdraw_bypass",
]
