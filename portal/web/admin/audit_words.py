"""What does an entry of the audit log say, in the reader's words? As a line of the list, and with all its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts import names as people
from portal.applications import names as applications
from portal.web.admin.user_words import called
from portal.web.admission import may_open
from portal.web.agents import device_words
from portal.web.events import actor_name, event_words, outcome_kind, outcome_words
from portal.web.moments import listed
from portal.web.tags import Tag

SECONDS = {"en": "d MMM y HH:mm:ss", "zh": "y年M月d日 HH:mm:ss"}
_FACTS = {
    "to": _l("Number"), "call": _l("By a call"), "binding": _l("Binding a number"), "source": _l("Identity source"),
    "policy": _l("What the policy said"),
    "tries left": _l("Tries left"), "page": _l("Page"), "minutes": _l("Minutes"), "why": _l("Why"), "role": _l("Role"),
    "language": _l("Language"), "text": _l("Words"),
    "before": _l("Before"), "message": _l("Text message"), "reason": _l("Reason"), "switch": _l("Switch"),
    "scope": _l("Where it holds"), "trial": _l("Experience login"), "name": _l("Name"), "username": _l("Username"),
    "email": _l("Email"), "phone": _l("Mobile phone number"), "identifier": _l("Account as typed"), "rows": _l("Rows"),
    "logins": _l("Logins"), "file": _l("File"), "seals": _l("Seals"), "entries": _l("Entries"), "filter": _l("Filter"),
    "format": _l("Format"), "log": _l("Log"), "numbers": _l("With whole numbers"),
    "import": _l("Import"), "mode": _l("Which rows"), "creates": _l("Created"), "updates": _l("Updated"),
    "unchanged": _l("Unchanged"), "faulty": _l("Faulty"),
    "home_address": _l("Home address"), "colour": _l("Colour"), "logo": _l("Logo"), "client_id": _l("Client ID"),
    "generated": _l("Generated"), "again": _l("Once more"), "asked": _l("What was asked for"), "seal": _l("Seal"),
    "browser": _l("Browser that showed the code"), "from": _l("Its address"),
    "filters": _l("Filter"), "searched": _l("Searched"), "count": _l("How many"),
    # identity sources and their settings
    "issuer": _l("Issuer"), "scopes": _l("Scopes"), "acr_values": _l("Authentication contexts"), "base": _l("Base address"),
    "servers": _l("Servers"), "starttls": _l("StartTLS"), "ca": _l("Certificates"), "base_dn": _l("Search from"),
    "bind_dn": _l("Account for the search"), "user_dn": _l("DN of a person"), "attributes": _l("Attributes"),
    "create_accounts": _l("Create users"), "email_domains": _l("Email domains"), "take_phone": _l("Take the number over"),
    "trust_phone": _l("Trust the number"), "preset": _l("Kind"), "secret": _l("Secret"), "enabled": _l("In use"),
    "preferred": _l("Leads"), "position": _l("Place"), "hidden": _l("Not offered"),
    # answers to messages
    "ending": _l("Last digits"),
    # gateways and rules
    "gateway": _l("Gateway"), "kind": _l("Kind"), "per_second": _l("Messages a second"), "sender": _l("Sender ID"),
    "settings": _l("Settings"), "credentials": _l("Credentials"), "prefix": _l("Numbers"), "gateways": _l("Gateways"),
    "rules": _l("Rules"),
    # the guard against toll fraud
    "limit": _l("Limit"), "closings": _l("Times in a row"), "countries": _l("Countries"), "kinds": _l("Kinds of numbers"),
    "breaker": _l("Close a country whose codes do not come back"), "unverified": _l("Codes that may be missing"),
    "verified_share": _l("Share that must come back, %"), "growing": _l("Growing pause"), "share": _l("Share of new numbers, %"),
    "messages": _l("Messages a day"), "money": _l("Money a day"), "currency": _l("Currency"),
}


@dataclass(frozen=True)
class Named:
    """Somebody or something, and the page about it, if it is still there and the reader may open it."""

    words: str
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry in the list."""

    id: int
    url: str
    when: str
    event: str
    who: str
    whom: Named | None
    device: str
    address: str
    outcome: Tag


@dataclass(frozen=True)
class Fact:
    """One fact beside an entry; of a change, what was before and what is after."""

    label: str
    value: str
    before: str | None = None


def lines(rows: Sequence[Any]) -> list[Line]:
    """The entries of one page."""
    known = people.of(row.user_id for row in rows)
    return [_line(row, known) for row in rows]


def _line(row: Any, known: Mapping[int, Any]) -> Line:
    return Line(
        id=row.id, url=url_for("audit_log.entry", entry_id=row.id), when=listed(row.at), event=event_words(row.event),
        who=actor_words(row), whom=person(row.user_id, known), device=device(row), address=row.address or "",
        outcome=outcome(row))


def outcome(row: Any) -> Tag:
    """How an event ended."""
    return Tag(outcome_kind(row.event, row.outcome), outcome_words(row.outcome))


def device(row: Any) -> str:
    """The browser; none where a command or the portal itself acted."""
    return device_words(row.agent) if row.agent and row.address != "command" else ""


def actor_words(row: Any) -> str:
    """Who acted: somebody in charge, whoever sent the request, or the portal by itself."""
    if row.actor:
        return actor_name(row.actor)
    if not row.address:
        return _("The portal")
    return _("The user") if row.sign_in_id else _("A visitor")


def person(user_id: int | None, known: Mapping[int, Any]) -> Named | None:
    """A person by what they are called, or by their number when they are gone."""
    if user_id is None:
        return None
    if user_id not in known:
        return Named(_("#%(number)s, deleted", number=user_id))
    return Named(called(known[user_id]), url_for("user.show", user_id=user_id) if may_open("user.show") else None)


def sign_ins_url(row: Any) -> str | None:
    """The page with the logins of the person of a record, if it speaks of a login and they are still there."""
    there = row.sign_in_id and row.user_id and may_open("user_sign_ins.show") and people.of([row.user_id])
    return url_for("user_sign_ins.show", user_id=row.user_id) if there else None


def application(application_id: int | None) -> Named | None:
    """An application by its name, or by its number when it is gone."""
    if application_id is None:
        return None
    name = applications.of([application_id]).get(application_id)
    if name is None:
        return Named(_("#%(number)s, deleted", number=application_id))
    open_ = may_open("application.details")
    return Named(name, url_for("application.details", application_id=application_id) if open_ else None)


def fact_label(name: str) -> str:
    """What stands before a fact; one that this version has no words for is called as it was written."""
    return str(_FACTS.get(name, name))


def facts(detail: Any) -> list[Fact]:
    """What else was written down, each fact with a label."""
    return [_fact(str(name), value) for name, value in detail.items()] if isinstance(detail, dict) else []


def _fact(name: str, value: Any) -> Fact:
    label = fact_label(name)
    if isinstance(value, dict) and value.keys() == {"before", "after"}:
        return Fact(label, _plain(value["after"]), _plain(value["before"]))
    return Fact(label, _plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(each)}" for name, each in value.items())
    return "–" if value is None or value == "" else str(value)
