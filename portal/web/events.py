"""What are the events of the audit log called, and how did each end, in the reader's language?"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.audit import What
from portal.audit.filters import FAILURES, REFUSALS
from portal.messages.guard import NumberRefusal
from portal.messages.receipts.signed import Refusal as Forged
from portal.models import Ending, ImportState, MessageState
from portal.signin.codes import Obstacle
from portal.signin.flow import CodeReason
from portal.signin.policy import Reason
from portal.signin.rules import OFF, ON, Binder
from portal.sources.claims import Unknown
from portal.trace import COMMAND_ACTOR

EVENTS = {
    What.FIRST_FACTOR_PASSED: _l("First step passed"),
    What.FIRST_FACTOR_REFUSED: _l("First step refused"),
    What.SCAN_CONFIRMED: _l("Scanned code confirmed"),
    What.SCAN_REFUSED: _l("Scanned code refused"),
    What.CODE_SENT: _l("Code asked for"),
    What.CODE_NOT_SENT: _l("Code not sent"),
    What.CODE_REFUSED: _l("Wrong code"),
    What.CODE_NOT_CHECKED: _l("Code not checked"),
    What.CODE_ENDED: _l("Code used up"),
    What.CODE_ACCEPTED: _l("Code accepted"),
    What.PHONE_BOUND: _l("Phone number bound"),
    What.PHONE_REFUSED: _l("Phone number refused"),
    What.PHONE_REMOVED: _l("Phone number removed"),
    What.PROOF_ASKED: _l("Password asked for again"),
    What.STEP_UP_ASKED: _l("Code asked for at an entrance"),
    What.SIGN_IN_COMPLETE: _l("Logged in"),
    What.SIGN_IN_ENDED: _l("Login ended"),
    What.MESSAGE: _l("Text message"),
    What.REQUESTS_REFUSED: _l("Requests refused"),
    What.PAGE_REFUSED: _l("Page refused"),
    What.USER_CREATED: _l("User created"),
    What.USER_CHANGED: _l("User changed"),
    What.USER_SUSPENDED: _l("User suspended"),
    What.USER_RESUMED: _l("User resumed"),
    What.USER_UNLOCKED: _l("User unlocked"),
    What.USER_DELETED: _l("User deleted"),
    What.MFA_RESET: _l("MFA reset"),
    What.PASSWORD_CHANGED: _l("Password changed"),
    What.PASSWORD_LINK_GIVEN: _l("Link for a password given"),
    What.ROLE_CHANGED: _l("Role changed"),
    What.CHANGE_REFUSED: _l("Change refused"),
    What.BYPASS_GIVEN: _l("One-time bypass given"),
    What.BYPASS_WITHDRAWN: _l("One-time bypass withdrawn"),
    What.NUMBERS_SHOWN: _l("Whole numbers shown"),
    What.USERS_EXPORTED: _l("Users exported"),
    What.USERS_IMPORTED: _l("Users imported"),
    What.IDENTITY_LINKED: _l("Account of an identity source linked"),
    What.IDENTITY_UNLINKED: _l("Account of an identity source unlinked"),
    What.SWITCH_THROWN: _l("Switch thrown"),
    What.RULES_CUSTOMISED: _l("Application’s own rules switched"),
    What.APPLICATION_CREATED: _l("Application created"),
    What.APPLICATION_CHANGED: _l("Application changed"),
    What.APPLICATION_DELETED: _l("Application deleted"),
    What.SOURCE_ADDED: _l("Identity source added"),
    What.SOURCE_CHANGED: _l("Identity source changed"),
    What.SOURCE_DELETED: _l("Identity source deleted"),
    What.SOURCE_TRIED: _l("Identity source tried"),
    What.GATEWAY_ADDED: _l("Gateway added"),
    What.GATEWAY_CHANGED: _l("Gateway changed"),
    What.GATEWAY_DELETED: _l("Gateway deleted"),
    What.GATEWAY_TRIED: _l("Gateway tried"),
    What.ROUTE_CHANGED: _l("Rule for gateways changed"),
    What.ROUTE_DELETED: _l("Rule for gateways deleted"),
    What.WORDING_CHANGED: _l("Words of the text message changed"),
    What.TRIAL_STARTED: _l("Experience login started"),
    What.TRIAL_ENDED: _l("Experience login ended"),
    What.GUARD_CHANGED: _l("Protection against toll fraud changed"),
    What.PREFIX_CLOSED: _l("Calling code closed"),
    What.PREFIX_OPENED: _l("Calling code opened"),
    What.TEXTS_STOPPED: _l("STOP answered"),
    What.TEXTS_ALLOWED: _l("Text messages allowed again"),
    What.HOOK_REFUSED: _l("Webhook refused"),
    What.LOG_EXPORTED: _l("Log exported"),
    What.LOG_ARCHIVED: _l("Audit entries archived"),
}
"""One title for every event: a test holds that none is missing."""

OUTCOMES = {
    "ok": _l("Done"),
    # first factors
    "refused": _l("Account and password don’t match"), "too many tries": _l("Too many tries"),
    "account changed": _l("The account changed meanwhile"), "source": _l("No answer that can be used"),
    Unknown.NOT_LINKED: _l("Nobody is linked with it"), Unknown.EMAIL_TAKEN: _l("Somebody else has that email"),
    Unknown.NOT_ADMITTED: _l("No account is created for it"), Unknown.IN_TRIAL: _l("A trial creates no account"),
    "phone logged out": _l("The phone is no longer logged in"), "on the phone": _l("Refused on the phone"),
    "wrong number": _l("Wrong number chosen"),
    # codes and numbers
    "wrong": _l("Wrong"), "taken": _l("Belongs to somebody else"), "administrators only": _l("Only administrators may bind"),
    "not proven": _l("Not proven yet"), "last administrator": _l("The last active administrator"),
    Obstacle.LOCKED: _l("Locked after wrong codes"), Obstacle.PAUSED: _l("Paused after wrong codes"),
    Obstacle.TEXTS_USED_UP: _l("Too many texts in one login"), Obstacle.NUMBERS_USED_UP: _l("Too many numbers in one login"),
    Obstacle.NUMBER_REFUSED: _l("No texts go to that number"), Obstacle.TOO_SOON: _l("Too soon after the last one"),
    Obstacle.BUDGET: _l("Budget of texts used up"), Obstacle.NOT_ALLOWED: _l("Only administrators may bind"),
    Obstacle.PREFIX_CLOSED: _l("Calling code closed to new numbers"), Obstacle.CEILING: _l("Ceiling of the day reached"),
    "breaker": _l("Codes did not come back"), "by hand": _l("By a person"), "code came back": _l("A code came back"),
    Obstacle.NO_CALL: _l("No call can reach that number"),
    CodeReason.EXPIRED: _l("Expired"), CodeReason.DEAD: _l("The code was used up"), CodeReason.MALFORMED: _l("Not a code"),
    CodeReason.RIGHT: _l("Right"), CodeReason.GONE: _l("The login was over"),
    CodeReason.PHONE_TAKEN: _l("Belongs to somebody else"),
    # what the policy said
    Reason.STEP_UP: _l("The application asked for a code"), Reason.BYPASS: _l("One-time bypass"),
    Reason.ADMINISTRATOR: _l("Console roles are always asked"), Reason.SMS_OFF: _l("SMS code is off"),
    Reason.SOURCE_OFF: _l("Off for the identity source"), Reason.SOURCE_VOUCHES: _l("Second factor given at the source"),
    Reason.TRUSTED_DEVICE: _l("Trusted device"),
    Reason.RULES: _l("The rules ask for a code"),
    # how logins end
    Ending.REPLACED: _l("Another login in the same browser"), Ending.CANCELLED: _l("Cancelled"),
    Ending.LOGGED_OUT: _l("Logged out"), Ending.WRONG_CODES: _l("Too many wrong codes"),
    Ending.PHONE_CHANGED: _l("Phone number changed"),
    Ending.PASSWORD_CHANGED: _l("Password changed"), Ending.MFA_RESET: _l("MFA reset"), Ending.SUSPENDED: _l("User suspended"),
    Ending.ROLE_CHANGED: _l("Role changed"), Ending.UNLINKED: _l("Account of an identity source unlinked"),
    Ending.BY_OTHERS: _l("Ended by somebody in charge"),
    # messages
    MessageState.WAITING: _l("Waiting"), MessageState.SENDING: _l("Sending"), MessageState.SENT: _l("Handed over"),
    MessageState.DELIVERED: _l("Delivered"), MessageState.FAILED: _l("Failed"), MessageState.UNKNOWN: _l("Unknown"),
    NumberRefusal.NOT_VALID: _l("Not a whole number"), NumberRefusal.COUNTRY: _l("No texts go to that country"),
    NumberRefusal.KIND: _l("Not a mobile phone number"),
    # files that are written or read for a while
    "begun": _l("Begun"), ImportState.GIVEN_UP: _l("Given up"),
    # answers to messages
    "by answer": _l("By START"),
    # webhooks that are not believed
    Forged.UNSIGNED: _l("Not signed"), Forged.NO_SECRET: _l("No signature secret is known"),
    Forged.MALFORMED: _l("No signature of Vonage’s"), Forged.SIGNATURE: _l("Wrong signature"),
    Forged.ALGORITHM: _l("Wrong algorithm"), Forged.ISSUER: _l("Wrong issuer"), Forged.AGE: _l("Too old, or of the future"),
    Forged.NO_ID: _l("Without an id"), Forged.BODY: _l("Another body was signed"), Forged.ACCOUNT: _l("Of another account"),
    Forged.APPLICATION: _l("Of another application"), Forged.HOOK: _l("For another webhook"), Forged.REPEATED: _l("A repeat"),
    # the edge of the portal, and switches
    "too many": _l("Too many requests"), "role": _l("Not allowed in that role"),
    ON: _l("On"), OFF: _l("Off"), Binder.USER: _l("The user"), Binder.ADMINISTRATORS: _l("Administrators only"),
}

ACTORS = {COMMAND_ACTOR.name: _l("A command"), "one-time link": _l("One-time link")}
"""Who acts and is nobody."""


def actor_name(actor: str) -> str:
    """Who acted, by the name that was written down; what is nobody's name, in the reader's language."""
    return str(ACTORS.get(actor, actor))


def event_words(what: str) -> str:
    """What an event is called; one that this version does not know, as it was written."""
    return str(EVENTS.get(what, what))  # type: ignore[call-overload]


def outcome_words(outcome: str) -> str:
    """How an event ended; what this version has no words for, as it was written."""
    return str(OUTCOMES.get(outcome, outcome))


def outcome_kind(what: str, outcome: str) -> str:
    """The kind of tag in which an outcome stands: `bad` for refusals and failures, `good` for what was done, else `off`."""
    if what in REFUSALS or outcome in FAILURES:
        return "bad"
    return "good" if outcome == "ok" or what == What.SIGN_IN_COMPLETE else "off"
