"""What can happen here that is worth an entry?"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.trace import Actor


class What(StrEnum):
    """What happened, as the audit log names it. An entry is never rewritten, so a value never changes."""

    FIRST_FACTOR_PASSED = "first factor passed"
    FIRST_FACTOR_REFUSED = "first factor refused"
    SCAN_CONFIRMED = "scan confirmed"
    SCAN_REFUSED = "scan refused"
    CODE_SENT = "code sent"
    CODE_NOT_SENT = "code not sent"
    CODE_REFUSED = "code refused"
    CODE_NOT_CHECKED = "code not checked"
    CODE_ENDED = "code ended"
    CODE_ACCEPTED = "code accepted"
    PHONE_BOUND = "phone bound"
    PHONE_REFUSED = "phone refused"
    PROOF_ASKED = "proof asked for again"
    STEP_UP_ASKED = "step-up asked"
    SIGN_IN_COMPLETE = "sign-in complete"
    SIGN_IN_ENDED = "sign-in ended"
    MESSAGE = "message"
    REQUESTS_REFUSED = "requests refused"
    PAGE_REFUSED = "page refused"
    USER_CREATED = "user created"
    USER_SUSPENDED = "user suspended"
    USER_RESUMED = "user resumed"
    USER_UNLOCKED = "user unlocked"
    USER_DELETED = "user deleted"
    MFA_RESET = "mfa reset"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - an event, no secret
    PASSWORD_LINK_GIVEN = "password link given"  # noqa: S105 - an event, no secret
    ROLE_CHANGED = "role changed"
    CHANGE_REFUSED = "change refused"
    BYPASS_GIVEN = "bypass given"
    BYPASS_WITHDRAWN = "bypass withdrawn"
    USER_CHANGED = "user changed"
    PHONE_REMOVED = "phone removed"
    NUMBERS_SHOWN = "numbers shown"
    USERS_EXPORTED = "users exported"
    USERS_IMPORTED = "users imported"
    IDENTITY_LINKED = "identity linked"
    IDENTITY_UNLINKED = "identity unlinked"
    SWITCH_THROWN = "switch thrown"
    RULES_CUSTOMISED = "rules customised"
    APPLICATION_CREATED = "application created"
    APPLICATION_CHANGED = "application changed"
    APPLICATION_DELETED = "application deleted"
    SOURCE_ADDED = "source added"
    SOURCE_CHANGED = "source changed"
    SOURCE_DELETED = "source deleted"
    SOURCE_TRIED = "source tried"
    GATEWAY_ADDED = "gateway added"
    GATEWAY_CHANGED = "gateway changed"
    GATEWAY_DELETED = "gateway deleted"
    GATEWAY_TRIED = "gateway tried"
    ROUTE_CHANGED = "route changed"
    ROUTE_DELETED = "route deleted"
    WORDING_CHANGED = "wording changed"
    TRIAL_STARTED = "trial started"
    TRIAL_ENDED = "trial ended"
    GUARD_CHANGED = "guard changed"
    PREFIX_CLOSED = "prefix closed"
    PREFIX_OPENED = "prefix opened"
    TEXTS_STOPPED = "texts stopped"
    TEXTS_ALLOWED = "texts allowed"
    HOOK_REFUSED = "webhook refused"
    LOG_EXPORTED = "log exported"
    LOG_ARCHIVED = "log archived"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One security event. `detail` holds plain values and never a secret, a code or a whole phone number."""

    event: What
    outcome: str = "ok"
    user_id: int | None = None
    actor: Actor | None = None
    sign_in_id: int | None = None
    application_id: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)
