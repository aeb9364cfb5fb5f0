"""What may somebody in charge do to another person's access? Each also ends the sign-ins that it makes untrue."""

from portal.signin.oversight.access import LastIdentifier, bypass, remove, reset_mfa, resume, suspend, unlock
from portal.signin.oversight.passwords import generated_password, password_link, set_password
from portal.signin.oversight.roles import LastAdministrator, may_care_for, set_role

__all__ = [
    "LastAdministrator", "LastIdentifier", "bypass", "generated_password", "may_care_for", "password_link", "remove",
    "reset_mfa", "resume", "set_password", "set_role", "suspend", "unlock",
]
