"""All tables, so that importing the package makes the metadata whole."""

from portal.models.alarm import Alarm, AlarmKind
from portal.models.application import Application
from portal.models.audit_entry import AuditEntry
from portal.models.audit_seal import AuditSeal
from portal.models.gateway import GatewayKind, MessageGateway, MessageRoute
from portal.models.identity import Identity
from portal.models.identity_source import IdentitySource, SourceKind
from portal.models.lease import Lease
from portal.models.limits import Allowance, Counter
from portal.models.link import Link, LinkPurpose
from portal.models.message import Channel, Message, MessageState, Purpose
from portal.models.message_guard import ClosedPrefix, MessageSetting, OptOut
from portal.models.scan_code import ScanCode, ScanState
from portal.models.sign_in import Ending, Method, SignIn, State
from portal.models.source_request import RequestPurpose, RequestState, SourceRequest
from portal.models.switch import Switch
from portal.models.tally import Tally
from portal.models.trial import Trial
from portal.models.user import PhoneState, Role, User, phone_columns
from portal.models.user_import import ImportPart, ImportRow, ImportState, UserImport, Verdict
from portal.models.wording import Wording

__all__ = [
    "Alarm", "AlarmKind", "Allowance", "Application", "AuditEntry", "AuditSeal", "Channel", "ClosedPrefix", "Counter",
    "Ending", "GatewayKind", "Identity", "IdentitySource", "ImportPart", "ImportRow", "ImportState", "Lease", "Link",
    "LinkPurpose", "Message", "MessageGateway", "MessageRoute", "MessageSetting", "MessageState", "Method", "OptOut",
    "PhoneState", "Purpose", "RequestPurpose", "RequestState", "Role", "ScanCode", "ScanState", "SignIn", "SourceKind",
    "SourceRequest", "State", "Switch", "Tally", "Trial", "User", "UserImport", "Verdict", "Wording", "phone_columns",
]
