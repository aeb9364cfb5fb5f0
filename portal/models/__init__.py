"""All tables, so that importing the package makes the metadata whole."""

from portal.models.application import Application
from portal.models.audit_entry import AuditEntry
from portal.models.lease import Lease
from portal.models.limits import Allowance, Counter
from portal.models.link import Link, LinkPurpose
from portal.models.message import Message, MessageState, Purpose
from portal.models.sign_in import Ending, Method, SignIn, State
from portal.models.switch import Switch
from portal.models.user import PhoneState, Role, User

__all__ = [
    "Allowance", "Application", "AuditEntry", "Counter", "Ending", "Lease", "Link", "LinkPurpose", "Message", "MessageState",
    "Method", "PhoneState", "Purpose", "Role", "SignIn", "State", "Switch", "User",
]
