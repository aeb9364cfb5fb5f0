"""What do a directory's own errors mean? PURE."""

from __future__ import annotations

import re

import ldap

from portal.sources.faults import Fault, SourceFault

REFUSALS = (
    ldap.INVALID_CREDENTIALS, ldap.NO_SUCH_OBJECT, ldap.INAPPROPRIATE_AUTH, ldap.UNWILLING_TO_PERFORM, ldap.INVALID_DN_SYNTAX,
    ldap.CONSTRAINT_VIOLATION, ldap.INSUFFICIENT_ACCESS, ldap.REFERRAL, ldap.NO_SUCH_ATTRIBUTE,
)
"""What a bind says to somebody who may not come in. None of it says which of their two words was wrong."""
POLICY = {0: "password expired", 1: "account locked", 2: "password must be changed"}
"""Errors of the control of password policies, by their numbers (draft-behera-ldap-password-policy)."""
_ACTIVE_DIRECTORY = {
    "530": "not at this time", "531": "not from this computer", "532": "password expired", "533": "account disabled",
    "701": "account expired", "773": "password must be changed", "775": "account locked",
}
_DATA = re.compile(r"\bdata ([0-9a-f]{3}),")
_INSECURE = re.compile(r"certificate|handshake|\btls\b|\bssl\b", re.IGNORECASE)
_OF_ERROR: dict[type[Exception], Fault] = {
    ldap.SERVER_DOWN: Fault.UNREACHABLE, ldap.CONNECT_ERROR: Fault.UNREACHABLE, ldap.UNAVAILABLE: Fault.UNREACHABLE,
    ldap.BUSY: Fault.UNREACHABLE, ldap.TIMEOUT: Fault.TOO_SLOW, ldap.TIMELIMIT_EXCEEDED: Fault.TOO_SLOW,
    ldap.ADMINLIMIT_EXCEEDED: Fault.TOO_SLOW, ldap.DECODING_ERROR: Fault.UNREADABLE, ldap.PROTOCOL_ERROR: Fault.UNREADABLE,
    ldap.CONFIDENTIALITY_REQUIRED: Fault.NOT_SECURE, ldap.STRONG_AUTH_REQUIRED: Fault.NOT_SECURE,
    ldap.INSUFFICIENT_ACCESS: Fault.REFUSED_US, ldap.OPERATIONS_ERROR: Fault.REFUSED_US,
}
_LONGEST = 200


def fault_of(error: Exception) -> SourceFault:
    """Whatever keeps a directory from answering. What is none of the known ones lies in how the source is set."""
    words = said(error)
    reason = next((fault for kind, fault in _OF_ERROR.items() if isinstance(error, kind)), Fault.SETTINGS)
    if reason is Fault.UNREACHABLE and _INSECURE.search(words):
        reason = Fault.NOT_SECURE
    return SourceFault(reason, words)


def said(error: Exception) -> str:
    """What the library and the directory say of it, for administrators."""
    told = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    words = ": ".join(str(told[name]) for name in ("desc", "info") if told.get(name)) or type(error).__name__
    return "".join(character for character in words if character.isprintable())[:_LONGEST]


def state_of(error: Exception) -> str:
    """In what state an account is that was refused, as far as Active Directory tells; or that it was refused."""
    code = _DATA.search(said(error))
    return _ACTIVE_DIRECTORY.get(code[1], "refused") if code else "refused"
