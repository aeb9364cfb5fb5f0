"""May a user be created for somebody whom nobody here is linked with, and what are they called?"""

from __future__ import annotations

from sqlalchemy import Connection

from portal.accounts import identifiers, phones, users
from portal.accounts.users import LONGEST_NAME, NewUser, UserRefused
from portal.models import SourceKind
from portal.sources import numbers
from portal.sources.claims import Claimed, Unknown
from portal.sources.register import Source
from portal.trace import Actor, Client


def create(connection: Connection, source: Source, claimed: Claimed, client: Client) -> int | Unknown:
    """Add a user for whom the source tells of; returns the id, or why there is none. Nobody is ever made one with another."""
    if not source.settings.get("create_accounts"):
        return Unknown.NOT_LINKED
    if client.trial is not None:
        return Unknown.IN_TRIAL
    if not _admitted(source, claimed):
        return Unknown.NOT_ADMITTED
    if claimed.email and _held(connection, claimed.email):
        return Unknown.EMAIL_TAKEN
    try:
        return users.create(connection, client, _new(connection, source, claimed), actor=Actor(source.title), home=None)
    except UserRefused:
        return Unknown.NOT_ADMITTED


def _admitted(source: Source, claimed: Claimed) -> bool:
    """An email that the source has not verified proves no domain. A directory knows its own without one."""
    # Small letters and no more: folded, straße.de would be strasse.de, which is somebody else's.
    domains = [domain.strip().lstrip("@").lower() for domain in source.settings.get("email_domains") or ()]
    if not claimed.email:
        return source.kind is SourceKind.LDAP and not domains
    domain = claimed.email.rpartition("@")[2].lower()
    return claimed.email_verified and identifiers.is_email(claimed.email) and (not domains or domain in domains)


def _new(connection: Connection, source: Source, claimed: Claimed) -> NewUser:
    name = (claimed.name or "").strip()[:LONGEST_NAME] or None
    phone = numbers.trusted(connection, source, claimed)
    return NewUser(username=_username(connection, claimed), email=claimed.email, name=name, phone=phone)


def _username(connection: Connection, claimed: Claimed) -> str | None:
    wanted = (claimed.username or "").strip()
    fits = identifiers.is_username(wanted) and not phones.looks_like_number(wanted)
    return wanted if fits and not _held(connection, wanted) else None


def _held(connection: Connection, identifier: str) -> bool:
    try:
        users.find_id(connection, identifier, None)
    except users.NoSuchUser:
        return False
    return True
