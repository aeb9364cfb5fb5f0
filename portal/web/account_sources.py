"""*Your identity sources*: with which accounts elsewhere one can log in here; linking another, and unlinking."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts import profile
from portal.models import RequestPurpose
from portal.signin import linking
from portal.sources import identities, register
from portal.sources.identities import Linked
from portal.sources.register import Source
from portal.web import limits, outside_inside, outside_words, round_trip, steps
from portal.web.admission import lately
from portal.web.client import client
from portal.web.moments import moment
from portal.web.outside_words import OF_LINKING, OF_UNLINKING
from portal.web.phrases import Notice
from portal.web.rendering import render
from portal.web.reopening import reopens
from portal.web.round_trip import Failed

blueprint = Blueprint("account_sources", __name__)


@dataclass(frozen=True)
class Line:
    """One linked account as the page shows it."""

    linked: Linked
    since: str
    used: str | None
    last: bool


@blueprint.get("/account/sources")
def show() -> str:
    """Who waits to be linked, what is linked, and what could be."""
    return _page(outside_words.said())


@blueprint.post("/account/sources/link")
@lately
@limits.forms
def link() -> ResponseReturnValue:
    """To the source, to come back with an account there."""
    left = outside_inside.leave(_offered(request.form.get("source", "")), RequestPurpose.LINK, url_for("account_sources.show"))
    if isinstance(left, Failed):
        return _page(left.notice), left.status, limits.retry_after(round_trip.SECONDS)
    return left


@blueprint.post("/account/sources/arrived")
@lately
@limits.forms
def link_arrived() -> ResponseReturnValue:
    """Link who came from a source before this person logged in; then on to where they wanted to go."""
    done = linking.link_waiting(current_user, client())
    if done is None:
        return redirect(url_for("account_sources.show"), 303)
    waiting, outcome = done
    wanted = steps.local(waiting.next_address) if outcome is identities.Linking.DONE else None
    here = url_for("account_sources.show", said=OF_LINKING[outcome].value, source=waiting.source.name)
    return redirect(wanted or here, 303)


@blueprint.post("/account/sources/<int:identity_id>/unlink")
@lately
@limits.forms
def unlink(identity_id: int) -> ResponseReturnValue:
    """Unlink one of one's own accounts, but for the last way in."""
    name = next((each.name for each in identities.linked(current_user.user_id) if each.id == identity_id), None)
    if name is None:
        abort(404)
    own = identities.Own(current_user.user_id, identity_id)
    outcome = linking.unlink(own, client(), current_user.actor, keep=current_user.sign_in_id)
    return redirect(url_for("account_sources.show", said=OF_UNLINKING[outcome].value, source=name), 303)


def _offered(name: str) -> Source:
    source = register.named(name)
    if source is None or not source.is_outside:
        abort(404)
    return source


def _page(notice: Notice | None = None) -> str:
    linked, user = identities.linked(current_user.user_id), profile.find(current_user.user_id)
    others = [source for source in register.offered() if source.is_outside]
    lines = [_line(each, linked, has_password=bool(user and user.password)) for each in linked]
    return render("pages/account_sources.html", notice=notice, waiting=linking.waiting(current_user), others=others, lines=lines,
                  last_way=outside_words.last_way())


def _line(one: Linked, linked: list[Linked], *, has_password: bool) -> Line:
    last = not has_password and not any(other.enabled for other in linked if other.id != one.id)
    return Line(one, moment(one.linked_at), moment(one.used_at) if one.used_at else None, last)


@reopens("account_sources.link", "account_sources.link_arrived", "account_sources.unlink")
def _reopen(notice: Notice) -> ResponseReturnValue:
    return _page(notice)
