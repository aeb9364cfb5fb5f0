"""The *Audit trail* of one user: what happened to them, who did it, from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from portal.accounts import trail
from portal.audit import What
from portal.trace import COMMAND
from portal.web import paging
from portal.web.admin.user_tabs import TRAIL, found, head
from portal.web.admission import console
from portal.web.agents import device_words
from portal.web.events import actor_name, event_words, outcome_kind, outcome_words
from portal.web.moments import listed
from portal.web.rendering import render
from portal.web.source_words import source_label
from portal.web.tags import Tag

blueprint = Blueprint("user_trail", __name__)
_BY_SOURCE = (What.FIRST_FACTOR_PASSED, What.FIRST_FACTOR_REFUSED, What.IDENTITY_LINKED, What.IDENTITY_UNLINKED)


@dataclass(frozen=True, kw_only=True)
class EntryView:
    """One entry as its row shows it. `who`: somebody else who acted; `more`: the facts beside it, in words."""

    id: int
    when: str
    event: str
    more: str
    outcome: Tag
    who: str
    device: str
    address: str


@blueprint.get("/admin/users/<int:user_id>/trail")
@console
def show(user_id: int) -> str:
    """The entries, newest first."""
    user = found(user_id)
    entries = trail.of_user(user.id, paging.cursor())
    return render("pages/admin/user_trail.html", head=head(user, TRAIL), pages=paging.pages(entries.page, entries.count),
                  entries=[_view(row) for row in entries.page.rows])


def _view(row: Any) -> EntryView:
    # A command has no browser and no network address, and is nobody.
    by_command = row.address == COMMAND.address
    device = device_words(row.agent) if row.agent and not by_command else ""
    return EntryView(
        id=row.id, when=listed(row.at), event=event_words(row.event), more=_more(row), outcome=_outcome(row),
        who=actor_name(row.actor) if row.actor else _nobody(row),
        device=device, address=_("On the server") if by_command else row.address or "")


def _nobody(row: Any) -> str:
    """Who it was where no actor is named. Whoever was refused at the first step need not be the user."""
    if row.event == What.FIRST_FACTOR_REFUSED:
        return _("Somebody at the login page")
    return _("The user") if row.address else _("The portal")


def _outcome(row: Any) -> Tag:
    """How it ended. What a complete login says of the policy stands beside the event."""
    complete = row.event == What.SIGN_IN_COMPLETE
    return Tag(outcome_kind(row.event, row.outcome), outcome_words("ok" if complete else row.outcome))


def _more(row: Any) -> str:
    """The facts that a person in charge looks for; the audit log shows them all."""
    detail: Mapping[str, Any] = row.detail
    said = [outcome_words(row.outcome)] if row.event == What.SIGN_IN_COMPLETE else []
    if row.event in _BY_SOURCE and detail.get("source"):
        said.append(source_label(str(detail["source"])))
    if row.application:
        said.append(_("through %(application)s", application=row.application))
    if detail.get("to"):
        said.append(str(detail["to"]))
    if detail.get("minutes"):
        said.append(_("%(count)s minutes", count=detail["minutes"]))
    if detail.get("why"):
        said.append(f"“{detail['why']}”")
    said += [f"{change['before'] or '–'} → {change['after'] or '–'}" for change in detail.values() if _is_change(change)]
    return " · ".join(said)


def _is_change(fact: Any) -> bool:
    return isinstance(fact, dict) and fact.keys() == {"before", "after"}
