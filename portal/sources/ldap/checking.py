"""Whose identifier and password are these, as a directory says? Asked of one server after the other, within five seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from portal.sources import secrets, slots
from portal.sources.asking import SECONDS
from portal.sources.claims import Claimed
from portal.sources.faults import Fault, SourceFault, Steps
from portal.sources.ldap.question import Deadline, Question
from portal.sources.register import Source
from portal.sources.secrets import SecretUnreadable
from portal.sources.slots import Busy

LONGEST_IDENTIFIER, LONGEST_PASSWORD = 254, 1024
REMEDY = "pip install --require-hashes -r requirements-ldap.txt"
_ANOTHER_MAY_ANSWER = {Fault.UNREACHABLE, Fault.TOO_SLOW, Fault.NOT_SECURE, Fault.UNREADABLE}


def anybody(_entry: str) -> bool:
    """Lets the password of every entry be tried."""
    return True


def check(
    source: Source, identifier: str, password: str, *, steps: Steps | None = None, may_try: Callable[[str], bool] = anybody,
) -> Claimed | None:
    """Whom the directory names for an identifier and a password; None for wrong, unknown, disabled and ambiguous alike.

    `may_try` is asked with the entry's name before its password is tried. With `steps`, a server that rests is asked all the
    same: somebody wants to know. Raises SourceFault, and Busy when it cannot be asked at the moment.
    """
    taken = steps or Steps()
    if not can_be_asked(identifier, password):
        taken.add("identifier and password", ok=False)
        return None
    question = Question(source, identifier.strip(), password, _secret(source), may_try, taken)
    with slots.slot():
        return _ask_each(question, patient=steps is not None)


def can_be_asked(identifier: str, password: str) -> bool:
    """Whether a directory may see them at all. An empty password would be a bind as nobody, which succeeds (RFC 4513 5.1.2)."""
    if not (identifier.isprintable() and 0 < len(identifier.strip()) <= LONGEST_IDENTIFIER):
        return False
    try:
        return 0 < len(password.encode()) <= LONGEST_PASSWORD and "\0" not in password
    except UnicodeEncodeError:
        return False


def installed() -> bool:
    """Whether the library is there that speaks with directories."""
    return find_spec("ldap") is not None


def trouble() -> str | None:
    """What an operator has to do before a directory can be asked; None if nothing."""
    return None if installed() else f"LDAP needs python-ldap: {REMEDY}"


def _ask_each(question: Question, *, patient: bool) -> Claimed | None:
    """Ask the servers in their order until one answers; one that did not answer a moment ago is left out."""
    named = question.source.settings.get("servers") or ()
    servers = [server for server in named if patient or not slots.rests(_name(question, server))]
    if named and not servers:
        raise Busy
    fault, ends_at = SourceFault(Fault.SETTINGS, "no server is named"), time.monotonic() + SECONDS
    for tried, server in enumerate(servers):
        # The share of one that hangs leaves time for the next.
        share = (ends_at - time.monotonic()) / (len(servers) - tried)
        try:
            found = _talk().ask(server, question, Deadline(time.monotonic() + share))
        except SourceFault as caught:
            fault = caught
            _failed(question, server, caught)
            continue
        slots.answered(_name(question, server))
        return found  # type: ignore[no-any-return]
    raise fault


def _failed(question: Question, server: str, fault: SourceFault) -> None:
    """Note what was wrong with a server. Raises the fault again if no other server would answer otherwise."""
    question.steps.add(server, ok=False, detail=str(fault))
    if fault.reason not in _ANOTHER_MAY_ANSWER:
        raise fault
    slots.failed(_name(question, server))


def _name(question: Question, server: str) -> str:
    """What rests: this server with these settings, so that mended ones are tried at once."""
    return f"{question.source.key} {question.source.version} {server}"


def _secret(source: Source) -> str | None:
    try:
        return secrets.opened(source.id) if source.settings.get("bind_dn") else None
    except SecretUnreadable:
        raise SourceFault(Fault.SETTINGS, "the password of the search account cannot be read: enter it again") from None


def _talk() -> Any:
    """The rest needs a library that not every portal has installed."""
    try:
        from portal.sources.ldap import talk
    except ImportError as missing:
        raise SourceFault(Fault.NOT_INSTALLED, trouble() or str(missing)) from None
    return talk
